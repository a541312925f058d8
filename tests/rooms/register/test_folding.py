"""Spellings of one name meet; different names stay apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandyq.register.folding import fold, fold_surname, initial, stems

SPELLINGS = [
    ("Әсел", "Асель", "Ásel", "Äsel", "Asel", "A'sel"),
    ("Нұрсұлтан", "Нурсултан", "Nursultan", "Nūrsūltan"),
    ("Ғалымжан", "Галымжан", "Ǵalymjan", "Ğalymjan", "Galymzhan", "Ghalymzhan"),
    ("Қасым", "Касым", "Qasym", "Kassym", "Kasym"),
    ("Шыңғыс", "Шынгыс", "Shyńǵys", "Şyñğys", "Shyngys"),
    ("Бауыржан", "Бауржан", "Bauyrzhan", "Baýyrjan"),
    ("Мұхтар", "Мухтар", "Mukhtar", "Muhtar", "Mūhtar"),
    ("Ерлан", "Yerlan", "Erlan"),
    ("Әлия", "Алия", "Aliya", "Aliia", "Álııa", "Äliia"),
    ("Сәуле", "Сауле", "Saule", "Sáýle", "Säule"),
    ("Жұлдыз", "Жулдыз", "Zhuldyz", "Juldyz", "Jūldyz"),
    ("Өмірбек", "Омирбек", "Ómirbek", "Ömırbek", "Omirbek"),
    ("Гүлмира", "Гульмира", "Gulmira", "Gúlmıra", "Gülmira"),
    ("Һаким", "Хаким", "Hakim", "Khakim"),
    ("Айгүл", "Айгуль", "Aigul", "Aıgúl", "Aigül", "Aygul"),
    ("Александр", "Alexandr", "Aleksandr"),
    ("Юлия", "Yuliya", "Iuliia", "Yulia"),
    ("Щербаков", "Shcherbakov", "Scherbakov"),
    ("Фёдор", "Федор", "Fyodor", "Fedor"),
    ("Әлиева-Серікова", "Алиева Серикова", "Aliyeva-Serikova"),
]
CASES = [
    ("Ахметов", ("Ахметова", "Ахметову", "Ахметовым", "Ахметовтың", "Ахметовке", "Ахметоваға", "Akhmetova", "Ahmetovqa", "Ахметовтан", "Ахметовпен")),
    ("Сейітжан", ("Сейітжанның", "Сейтжану", "Сейтжаном", "Seıitjan", "Сейітжанға", "Сейітжаннан")),
    ("Аманат", ("Аманаттың", "Аманатқа", "Аманатты", "Аманатпен")),
    ("Достоевский", ("Достоевского", "Достоевская", "Достоевским", "Dostoevsky")),
    ("Пушкин", ("Пушкина", "Пушкиной", "Пушкиным")),
]  # fmt: skip


@pytest.mark.parametrize("spellings", SPELLINGS, ids=lambda s: s[0])
def test_spellings_of_one_name_meet(spellings: tuple[str, ...]) -> None:
    assert len({fold(name) for name in spellings}) == 1
    assert len({initial(name) for name in spellings}) == 1


@pytest.mark.parametrize(("kept", "typed"), CASES, ids=lambda c: c if isinstance(c, str) else "")
def test_a_search_with_a_case_ending_finds_the_nominative(kept: str, typed: tuple[str, ...]) -> None:
    assert [name for name in typed if fold_surname(kept) not in stems(name)] == []


def test_different_names_stay_apart() -> None:
    names = [spellings[0] for spellings in SPELLINGS] + [kept for kept, _ in CASES]
    assert len({fold(name) for name in names}) == len(names)


_KAZAKH = "абвгдежзийклмнопрстуфхцчшыіәғқңөұүһ"
_BASE = str.maketrans("әіңғүұқөһ", "аингуукох")


@given(st.text(_KAZAKH, min_size=1, max_size=15))
def test_kazakh_letters_fold_onto_their_russian_base(name: str) -> None:
    assert fold(name) == fold(name.translate(_BASE)) == fold(name.upper())


@given(st.text(max_size=30))
def test_any_text_folds_to_plain_letters_and_a_search_always_has_the_fold_itself(text: str) -> None:
    folded = fold(text)
    assert folded == "" or (folded.isascii() and folded.isalpha() and folded.islower())
    assert fold_surname(text) in (*stems(text), "")
