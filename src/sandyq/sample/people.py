"""Made-up people for samples and tests, from a seeded generator: the same seed gives the same people.

Names are put together at random from lists of common ones. The serial part of each IIN is taken from its topmost hundred and the phones from
one block of a mobile range with zeros, so that a chance match with a real person is unlikely; every check digit is right.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sandyq.register.identifiers import check_digit

_STEMS_KK = (
    "Ахмет",
    "Серік",
    "Жақсылық",
    "Бекмырза",
    "Тұрсын",
    "Оразбай",
    "Қасымбек",
    "Сейітқали",
    "Мұқан",
    "Әбіл",
    "Ермек",
    "Нұрғали",
    "Есенқұл",
)
_STEMS_RU = ("Петр", "Смирн", "Кузнец", "Васильк", "Лебед", "Орл", "Морозк", "Соколик", "Рябин", "Тихон", "Ветр")
_MEN_KK = ("Нұрлан", "Ержан", "Дәурен", "Асқар", "Бауыржан", "Қайрат", "Ғалым", "Өмірбек", "Шыңғыс", "Іскендір", "Санжар", "Тимур")
_WOMEN_KK = ("Әсел", "Айгүл", "Гүлнұр", "Жанар", "Мәдина", "Дана", "Сәуле", "Қарлығаш", "Үміт", "Інжу", "Айжан", "Зере")
_MEN_RU = ("Иван", "Алексей", "Дмитрий", "Сергей", "Юрий", "Павел", "Егор", "Фёдор")
_WOMEN_RU = ("Анна", "Ольга", "Елена", "Юлия", "Мария", "Светлана", "Вера", "Ксения")
_FATHERS_KK = ("Серік", "Болат", "Ерлан", "Марат", "Қанат", "Талғат", "Мұрат", "Сәкен")
_FATHERS_RU = ("Иван", "Петр", "Александр", "Степан", "Виктор", "Роман")
_CITIES = {
    "kk": ("Алматы", "Астана", "Шымкент", "Қарағанды", "Ақтөбе", "Өскемен", "Тараз"),
    "ru": ("Алматы", "Астана", "Шымкент", "Караганда", "Актобе", "Усть-Каменогорск", "Тараз"),
}
_STREETS = {"kk": ("Үлгі", "Сынақ", "Жаңалық", "Мысал"), "ru": ("Образцовая", "Пробная", "Новинок", "Примерная")}
_STREET = {"kk": "{} көшесі, {}", "ru": "ул. {}, {}"}
_LAST_BORN = date(2005, 12, 31)
_SPAN_DAYS = 45 * 365


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up person; values are in the normal forms of `register.identifiers`."""

    surname: str
    first_name: str
    patronymic: str
    female: bool
    language: str  # kk | ru
    born: date
    iin: str
    phone: str
    email: str
    city: str
    address: str
    income: str
    document: str

    def __repr__(self) -> str:  # kept out of test output by habit, so that real people would be too
        return f"Person(iin=...{self.iin[-2:]})"


def make_iin(rng: random.Random, born: date, female: bool) -> str:
    """A right IIN for a day of birth: never a number that is not issued."""
    century = {18: 1, 19: 3, 20: 5}[born.year // 100] + female
    while True:
        first = f"{born:%y%m%d}{century}{rng.randrange(9900, 10000)}"
        last = check_digit(first)
        if last < 10:
            return first + str(last)


def make_bin(rng: random.Random, year: int = 2015) -> str:
    """A right BIN of a resident legal entity."""
    while True:
        first = f"{year % 100:02d}{rng.randrange(1, 13):02d}40{rng.randrange(99000, 100000)}"
        last = check_digit(first)
        if last < 10:
            return first + str(last)


def make_phone(rng: random.Random) -> str:
    """A phone in E.164 from one block of +7 700 000."""
    return f"+7700000{rng.randrange(10_000):04d}"


def people(seed: int, count: int) -> Iterator[Person]:
    """`count` people, no two with the same IIN; phones may be shared, as in life."""
    rng = random.Random(seed)  # noqa: S311 made-up people need repetition, not secrecy
    taken: set[str] = set()
    while count:
        person = _person(rng)
        if person.iin not in taken:
            taken.add(person.iin)
            count -= 1
            yield person


def _person(rng: random.Random) -> Person:
    female, kazakh = rng.random() < 0.5, rng.random() < 0.7
    language = "kk" if kazakh else "ru"
    born = _LAST_BORN - timedelta(days=rng.randrange(_SPAN_DAYS))
    surname, first, patronymic = _names(rng, female, kazakh)
    iin = make_iin(rng, born, female)
    return Person(
        surname=surname,
        first_name=first,
        patronymic=patronymic,
        female=female,
        language=language,
        born=born,
        iin=iin,
        phone=make_phone(rng),
        email=f"person{rng.randrange(10**9)}@mail.example",
        city=rng.choice(_CITIES[language]),
        address=_STREET[language].format(rng.choice(_STREETS[language]), rng.randrange(1, 200)),
        income=str(rng.randrange(85, 900) * 1000),
        document=f"0{rng.randrange(10**8):08d}",
    )


def _names(rng: random.Random, female: bool, kazakh: bool) -> tuple[str, str, str]:
    stem = rng.choice(_STEMS_KK if kazakh else _STEMS_RU)
    surname = stem + ("ов" if stem[-1] not in "йьи" else "ев") + ("а" if female else "")
    first = rng.choice((_WOMEN_KK if female else _MEN_KK) if kazakh else (_WOMEN_RU if female else _MEN_RU))
    father = rng.choice(_FATHERS_KK if kazakh else _FATHERS_RU)
    if kazakh:
        return surname, first, father + ("қызы" if female else "ұлы")
    return surname, first, father + ("овна" if female else "ович")
