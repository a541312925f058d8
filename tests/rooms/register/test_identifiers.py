"""Numbers and addresses as people type them."""

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandyq.register import identifiers
from sandyq.sample.people import make_bin, make_iin, make_phone, people


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("170240014901", ""),
        ("17 0240 014901", ""),
        ("170240014902", "bin_check_digit"),
        ("17024001490", "bin_not_12_digits"),
        ("1702400149011", "bin_not_12_digits"),
        ("17024001490a", "bin_not_12_digits"),
        ("١٧٠٢٤٠٠١٤٩٠١", "bin_not_12_digits"),
        ("", "bin_not_12_digits"),
    ],
)
def test_a_bin_is_twelve_digits_with_a_right_check_digit(text: str, error: str) -> None:
    assert identifiers.bin_number(text).error == error


def _naive(first: str) -> int:
    """The published method, written out another way."""
    one = sum((i + 1) * int(d) for i, d in enumerate(first)) % 11
    return one if one != 10 else sum(((i + 2) % 11 + 1) * int(d) for i, d in enumerate(first)) % 11


@given(st.text("0123456789", min_size=11, max_size=11))
def test_the_check_digit_is_that_of_the_published_method(first: str) -> None:
    assert identifiers.check_digit(first) == _naive(first)


def test_a_number_whose_passes_both_give_ten_was_never_issued() -> None:
    first = next(f for f in (f"{n:011d}" for n in range(10**6)) if _naive(f) == 10)
    assert {identifiers.iin(f"{first}{d}").error for d in range(10)} == {"iin_never_issued"}


@given(st.integers(0, 2**32), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_found_save_where_the_method_itself_is_blind(seed: int, place: int, shift: int) -> None:
    right = make_iin(random.Random(seed), date(1990, 1, 1), female=True)
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]
    passes_once = [sum((i + 1) * int(d) for i, d in enumerate(n[:11])) % 11 != 10 for n in (right, wrong)]
    blind = (all(passes_once) and place == 10) or (not any(passes_once) and place == 8) or passes_once[0] != passes_once[1]
    assert blind or identifiers.iin(wrong).error in {"iin_check_digit", "iin_never_issued"}


def test_an_odd_date_or_century_inside_an_iin_is_only_a_warning() -> None:
    first = next(f for f in (f"9013320{n:04d}" for n in range(100)) if _naive(f) < 10)
    checked = identifiers.iin(first + str(_naive(first)))
    assert checked.ok
    assert set(checked.warnings) == {"iin_century_unknown", "iin_date_unreal"}


@pytest.mark.parametrize(
    ("text", "value", "warnings"),
    [
        ("8 (701) 234-56-78", "+77012345678", ()),
        ("+7 701 234 56 78", "+77012345678", ()),
        ("77012345678", "+77012345678", ()),
        ("7012345678", "+77012345678", ()),
        ("8 727 250-00-00", "+77272500000", ("phone_not_mobile",)),
        ("+7 999 123-45-67", "+79991234567", ("phone_foreign",)),
        ("+998 90 123 45 67", "+998901234567", ("phone_foreign",)),
    ],
)
def test_a_phone_becomes_e164(text: str, value: str, warnings: tuple[str, ...]) -> None:
    assert identifiers.phone(text) == identifiers.Checked(value, "", warnings)


@pytest.mark.parametrize("text", ["", "12", "+7 600 123 45 67", "seven", "8" * 40, "+77012345678 ext 5"])
def test_what_is_no_phone_is_refused(text: str) -> None:
    assert identifiers.phone(text).error


@given(st.integers(7000000000, 7999999999))
def test_the_quick_way_agrees_with_the_numbering_plan(national: int) -> None:
    import phonenumbers

    slow = phonenumbers.parse(f"+7{national}", None)
    kazakh = phonenumbers.is_valid_number_for_region(slow, "KZ")
    checked = identifiers.phone(f"8{national}")
    assert (checked.value == f"+7{national}" and "phone_foreign" not in checked.warnings) == kazakh


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("  Asel@Mail.Example ", "asel@mail.example"),
        ("a.b+c@sub.mail.example", "a.b+c@sub.mail.example"),
        ("әсел@пошта.қаз", "әсел@xn--80a1acn3a.xn--80ao21a"),
    ],
)
def test_an_email_has_one_normal_form(text: str, value: str) -> None:
    assert identifiers.email(text) == identifiers.Checked(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@",
        "@b.kz",
        "a@b",
        "a b@c.kz",
        ".a@b.kz",
        "a..b@c.kz",
        "a@-b.kz",
        "a@b.1",
        "a@b..kz",
        "a@" + "b" * 64 + ".kz",
        "a\u200b@b.kz",
    ],
)
def test_what_is_no_email_is_refused(text: str) -> None:
    assert identifiers.email(text).error


def test_an_iban_needs_right_check_digits_and_the_kazakh_shape() -> None:
    assert identifiers.iban("kz86 125K ZT50 0410 0100").value == "KZ86125KZT5004100100"
    assert identifiers.iban("KZ87125KZT5004100100").error == "iban_check_digits"
    assert identifiers.iban("KZ86125KZT500410010").error == "iban_shape"
    assert identifiers.iban("DE89 3704 0044 0532 0130 00").ok


@pytest.mark.parametrize(
    ("text", "value"),
    [("1 250 000,50 ₸", "1250000.50"), ("85000", "85000"), ("85 000 тг", "85000"), ("85000.00", "85000"), ("0,5", "0.50")],
)
def test_money_is_read_as_people_write_it(text: str, value: str) -> None:
    assert identifiers.money(text).value == value


@pytest.mark.parametrize("text", ["", "-5", "1,2,3", "5.123", "1e9", "много", "9" * 20])
def test_what_is_no_sum_is_refused(text: str) -> None:
    assert identifiers.money(text).error == "money_unreadable"


def test_days_are_read_day_first_and_must_exist() -> None:
    assert identifiers.day("31.12.1990").value == "1990-12-31"
    assert identifiers.day(" 1990-12-31 ").value == "1990-12-31"
    assert identifiers.day("31.02.1990").error == "date_unreal"
    assert identifiers.day("90-12-31").error == "date_unreadable"
    assert identifiers.birth_day("2027-01-01", date(2026, 3, 19)).error == "date_in_future"
    assert identifiers.birth_day("1850-01-01", date(2026, 3, 19)).error == "date_too_old"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("Әсел", ""),
        ("Иванова-Петрова", ""),
        ("O'Neil", ""),
        ("Нұр Сұлтан", ""),
        ("", "name_empty"),
        ("R2D2", "name_letters"),
        ("<b>", "name_letters"),
        ("а" * 101, "name_too_long"),
    ],
)
def test_a_name_is_letters_of_any_script(text: str, error: str) -> None:
    assert identifiers.name(text).error == error


def test_made_up_people_pass_every_check_and_a_seed_repeats_them() -> None:
    first, again = list(people(7, 200)), list(people(7, 200))
    assert [vars_of(p) for p in first] == [vars_of(p) for p in again]
    assert len({p.iin for p in first}) == 200
    for p in first:
        assert identifiers.iin(p.iin) == identifiers.Checked(p.iin)
        assert identifiers.phone(p.phone) == identifiers.Checked(p.phone)
        assert identifiers.email(p.email).value == p.email
        assert all(identifiers.name(n).ok for n in (p.surname, p.first_name, p.patronymic))
        assert identifiers.identity_document(p.document).warnings == ()
    assert identifiers.bin_number(make_bin(random.Random(3))).warnings == ()
    assert identifiers.phone(make_phone(random.Random(3))).ok


def vars_of(person: object) -> list[object]:
    return [getattr(person, name) for name in type(person).__slots__]  # type: ignore[attr-defined]


def test_every_kind_names_its_check() -> None:
    assert all(identifiers.KINDS[kind]("").error for kind in ("iin", "bin", "phone", "email", "iban", "money", "date", "name", "document"))
    assert identifiers.line("a\x00b").error == "text_control_characters"
    assert identifiers.line("т" * 501).error == "text_too_long"
