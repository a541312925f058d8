"""Guesses about a letter are hints: the common ways to ask are recognised in each language, and what is not asked for is not guessed."""

import json
import subprocess
import sys

import pytest

from sandyq.correspondence import guess
from sandyq.rights import Kind


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Сәлем", "kk"),
        ("Деректерімді беріңіз", "kk"),
        ("Прошу сообщить", "ru"),
        ("Please tell me", "en"),
        ("12 34", ""),
        ("", ""),
        ("Re: Деректер туралы хат", "ru"),
    ],
)
def test_the_language_is_seen_by_its_letters(text: str, language: str) -> None:
    assert guess.language(text) == language


ASKS = {
    "access": (
        "Қандай деректерім бар?",
        "Сәлеметсіз бе! Мен туралы қандай дербес деректер сақталатынын және оларды кімге бергеніңізді жазып жіберіңіз. Рахмет, Айгүл.",
        "Дербес деректерімнің көшірмесін жіберуіңізді сұраймын.",
        "Прошу сообщить, какие данные хранятся",
        "Здравствуйте! На основании ст. 24 Закона прошу предоставить перечень моих персональных данных, которые вы обрабатываете, и сообщить, кому они переданы.",
        "Добрый день. Откуда у вас мой номер телефона?",
        "Please send me my data",
        "Dear Sirs, under article 24 of the Law please tell me what personal data you hold about me and who has received it.",
        "This is a subject access request.",
    ),
    "rectify": (
        "Тұрмысқа шығып, тегімді ауыстырдым. Деректерімдегі тегімді өзгертуіңізді сұраймын, куәлік көшірмесі қоса беріледі.",
        "Менің мекенжайым қате жазылған, түзетіңіз.",
        "Исправьте фамилию в моей анкете",
        "Я сменила фамилию после брака, прошу внести изменения в мои данные. Свидетельство приложено.",
        "В моих данных неверно указан адрес.",
        "My surname is misspelled in your records.",
        "Please update my address, the certificate is attached.",
    ),
    "block": (
        "Деректерімді бұғаттаңыз",
        "Менің келісімімсіз жиналған деректерді бұғаттауды талап етемін",
        "Заблокируйте мои данные",
        "Прошу приостановить обработку моих персональных данных, так как они собраны с нарушением.",
        "I demand that you block my personal data.",
        "Please restrict the processing of my data until this is examined.",
    ),
    "unblock": (
        "Деректерімді бұғаттан шығарыңыз",
        "Деректерімнің бұғаттауын алып тастаңыз",
        "Разблокируйте мои данные, вопрос решен",
        "Прошу снять блокировку с моих данных",
        "Please unblock my data",
        "Kindly lift the block on my data.",
    ),
    "destroy": (
        "Деректерімді жойыңыз",
        "Маған қатысты барлық деректерді өшіріңіз",
        "Дербес деректерімді жоюды талап етемін",
        "Удалите мои данные",
        "Требую уничтожить мои персональные данные, собранные незаконно.",
        "Прошу удаления моей анкеты из вашей базы",
        "Please delete everything you have on me",
        "I request the erasure of my personal data.",
        "I want to be forgotten",
    ),
    "withdraw": (
        "Дербес деректерімді өңдеуге берген келісімімді қайтарып аламын",
        "Келісімімнен бас тартамын",
        "Отзываю согласие",
        "Прошу отозвать мое согласие на обработку персональных данных и на рекламу.",
        "Прекратите присылать мне рекламу",
        "I withdraw my consent",
        "Please stop sending me SMS offers, I revoke my consent.",
    ),
    "public-sources": (
        "Деректерімнің ашық дереккөздерде таратылуына қарсымын",
        "Возражаю против размещения моих данных в общедоступных источниках",
        "Согласна на публикацию моего отзыва с именем и фото",
        "I do not agree that my data are publicly available on your site",
        "Please do not publish my name",
    ),
    "complaint": (
        "Дербес деректерімнің таралуынан келген зиянды өтеуді талап етемін",
        "Сіздерге шағым: деректерім рұқсатсыз берілді, моральдық залал 200 000 теңге.",
        "Претензия о возмещении ущерба: мои данные переданы без согласия",
        "Направляю жалобу, из-за утечки моих данных понес ущерб 150 000 тенге.",
        "I claim damages of 300,000 tenge because my data were leaked",
        "I wish to complain about how my data were used.",
    ),
    "automated-objection": (
        "Өтінімім бойынша автоматты түрде қабылданған шешімге қарсымын, адам қарасын",
        "Не согласен с автоматическим отказом по моей заявке, прошу пересмотра решения сотрудником",
        "Мне отказали, решение принял робот. Прошу, чтобы посмотрел живой человек.",
        "I object to the automated decision on my application",
        "Please have my refusal reviewed by a human",
    ),
    "authority-order": (
        "Алматы ауданының сот орындаушысы. Сот қаулысына сәйкес азаматтың деректерін беруді сұраймыз.",
        "В рамках досудебного расследования направляем постановление следователя о предоставлении данных заемщика.",
        "Направляем предписание уполномоченного органа о блокировании данных субъекта.",
        "Please find attached a court order to disclose the data of the person named.",
    ),
    "not-me": (
        "Бұл мен емес, мұндай өтінім бермедім",
        "Менің атымнан біреу қарыз рәсімдеген",
        "Это не я подавал заявку",
        "Мне звонят из банка, но я не оформлял у вас никакую заявку!",
        "I never applied for a loan with you",
        "Someone used my phone to apply in my name",
    ),
}
ROWS = [(text, kind) for kind, texts in ASKS.items() for text in texts]


def test_every_kind_of_request_has_its_letters_in_three_languages() -> None:
    assert set(ASKS) == {kind.value for kind in Kind}
    for kind, texts in ASKS.items():
        assert {guess.language(text) for text in texts} >= {"kk", "ru", "en"}, kind


@pytest.mark.parametrize(("text", "kind"), ROWS)
def test_the_right_is_seen_by_its_words(text: str, kind: str) -> None:
    assert guess.kind(text) == kind


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Отзываю согласие и прошу удалить мои данные.", {"withdraw", "destroy"}),
        ("Прошу сообщить, какие данные обо мне есть, и исправить мой адрес.", {"access", "rectify"}),
        ("Келісімімді қайтарып аламын, деректерімді жойыңыз.", {"withdraw", "destroy"}),
        ("Деректерімді бұғаттаңыз және келтірілген зиянды өтеңіз.", {"block", "complaint"}),
        ("Это не я подавал заявку. Заблокируйте мои данные!", {"not-me", "block"}),
        ("Please send me a copy of my data and then delete it.", {"access", "destroy"}),
        ("Block my data. I also claim damages.", {"block", "complaint"}),
        ("Не удаляйте, а только заблокируйте мои данные", {"block"}),
        ("I do not want you to delete my data, but please block it.", {"block"}),
    ],
)
def test_a_letter_that_asks_for_two_things_names_both(text: str, kinds: set[str]) -> None:
    assert set(guess.kinds(text)) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "Мои данные не удаляйте, пожалуйста",
        "Не надо ничего удалять из моей анкеты.",
        "Прошу не блокировать мои данные",
        "Я не отзываю согласие, мне просто нужен другой график",
        "I do not withdraw my consent",
        "Келісімімді қайтарып алмаймын",
        "Я не прошу удалить мои данные",
        "Please do not delete my data",
        "I don't want you to block my data",
        "You need not destroy my data; no need to erase my file",
        "Деректерімді жоймаңыз",
        "Деректерімді бұғаттамаңыз",
        "Деректерімді жою қажет емес",
        "Менің деректерімді өшірмеңіз, өзгертпеңіз",
    ],
)
def test_what_is_not_wanted_is_not_guessed(text: str) -> None:
    assert guess.kind(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Сәлем",
        "Құрметті әріптестер, мереке құтты болсын!",
        "Ертең кездесу сағат 10-да өтеді.",
        "Добрый день! Предлагаем удаление вирусов и блокировку рекламы для вашей компании.",
        "Счет на оплату № 14 во вложении.",
        "Спасибо, вопрос решен.",
        "Special offer: delete stains with our new product!",
        "Invoice 2026-03 attached. Best regards",
        "Thank you, that answers everything.",
    ],
)
def test_a_letter_that_is_no_request_speaks_of_no_right(text: str) -> None:
    assert guess.kinds(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Рахмет!\n\n> Сіздің деректеріңізді жою туралы өтінішіңіз қабылданды",
        "Спасибо, получила.\n\n19.03.2026 10:00, Office пишет:\nВаше обращение об удалении данных принято. Удалите мои данные",
        "Thanks!\n\nOn Thu, 19 Mar 2026 at 10:00, Office wrote:\n> Your request to delete your data was received",
        "Ok\n\n-----Original Message-----\nPlease delete my data",
    ],
)
def test_what_a_reply_quotes_is_not_what_it_asks(text: str) -> None:
    assert guess.kind(text) == ""


SLOW = (
    "не " * 10_000,
    "данные удал" * 3_000,
    "on " + "x" * 20_000,
    "келісім а " * 4_000,
    "what " * 4_000 + "my",
    "\n" * 20_000,
    "\n " * 10_000,
    "--\n" * 6_000,
    "мои не удалите " * 1_300,
)
_READS = """
import json, resource, sys
from sandyq.correspondence import guess
resource.setrlimit(resource.RLIMIT_CPU, (4, 4))
for text in json.load(sys.stdin):
    guess.kinds(text)
"""


def test_a_letter_made_to_be_slow_is_read_within_four_seconds_of_the_processor() -> None:
    """A pattern that goes back over everything is ended by the system: nine such letters need a tenth of that."""
    done = subprocess.run([sys.executable, "-c", _READS], input=json.dumps(SLOW), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
