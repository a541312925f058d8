"""Checks and normal forms of what people type: numbers, addresses, dates, money.

Every check takes the text as typed and gives a `Checked`: the normal form, or an error code for `errors.FieldError`, and warnings that
never refuse.
IIN and BIN: the check digit is strict; date and sex inside are only a warning, because in law the number is a bare unique combination
with a check digit (orders 521 and 423 of 2023) and sex or birth date are never derived from it.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from operator import mul
from typing import Any, NamedTuple


class Checked(NamedTuple):
    """`value` is the normal form when `error` is empty; `warnings` are codes too."""

    value: str = ""
    error: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.error


_FIRST = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_SECOND = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
_ZEROS = ord("0") * sum(_FIRST)
"""What eleven zeros would weigh, as codes of characters; both passes have the same weights in another order."""
_NEVER = 10
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_BLANKS_AND_DASHES = re.compile(r"[\s\u00a0\u202f().\-\u2010-\u2015]+")
_CENTURIES = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}


def check_digit(first_eleven: str) -> int:
    """The twelfth digit of an IIN or BIN, or 10 when the number is never issued.

    Two passes of weights modulo 11. The method is blind to an error in the eleventh digit of the first pass (its weight is 11).
    """
    codes = first_eleven.encode("ascii")
    rest: int = (sum(map(mul, codes, _FIRST)) - _ZEROS) % 11
    if rest == _NEVER:
        rest = (sum(map(mul, codes, _SECOND)) - _ZEROS) % 11
    return rest


def _twelve(text: str, name: str) -> Checked:
    digits = text if text.isdigit() else _BLANKS_AND_DASHES.sub("", text)
    if len(digits) != 12 or not digits.isascii() or not digits.isdigit():
        return Checked(error=f"{name}_not_12_digits")
    expected = check_digit(digits[:11])
    if expected == _NEVER or not digits.strip("0"):
        return Checked(error=f"{name}_never_issued")
    if expected != ord(digits[11]) - 48:
        return Checked(error=f"{name}_check_digit")
    return Checked(digits)


def iin(text: str) -> Checked:
    """An individual identification number (ЖСН / ИИН): 12 digits with a right check digit."""
    checked = _twelve(text, "iin")
    if checked.error:
        return checked
    digits, warnings = checked.value, []
    century = _CENTURIES.get(digits[6])
    if century is None:
        warnings.append("iin_century_unknown")
    if _real(century or 1900, digits) is None:
        warnings.append("iin_date_unreal")
    return Checked(digits, "", tuple(warnings))


def _real(century: int, digits: str) -> date | None:
    try:
        return date(century + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return None


def bin_number(text: str) -> Checked:
    """A business identification number (БСН / БИН): year, month, kind of body, then as the IIN."""
    checked = _twelve(text, "bin")
    if checked.error:
        return checked
    digits, warnings = checked.value, []
    if not 1 <= int(digits[2:4]) <= 12:
        warnings.append("bin_month_unreal")
    if digits[4] not in "456" or digits[5] not in "01234":
        warnings.append("bin_kind_unknown")
    return Checked(digits, "", tuple(warnings))


@cache
def _kazakh_mobile() -> re.Pattern[str]:
    """Mobile numbers by the numbering plan that `phonenumbers` carries, loaded on first use: the common case needs no full parse."""
    from phonenumbers import PhoneMetadata

    plan: Any = PhoneMetadata.metadata_for_region("KZ")
    return re.compile(plan.mobile.national_number_pattern)


_SEVEN = re.compile(r"^(?:\+?7|8)?([0-9]{10})$")


def phone(text: str) -> Checked:
    """A telephone number in E.164. Numbers without a country are Kazakh; the local trunk form `8 701 ...` is read as `+7 701 ...`."""
    compact = text if text[1:].isdigit() else _BLANKS_AND_DASHES.sub("", text)
    local = _SEVEN.match(compact)
    if local and _kazakh_mobile().fullmatch(local.group(1)):
        return Checked("+7" + local.group(1))
    return _other_phone(compact)


def _other_phone(compact: str) -> Checked:
    import phonenumbers as plan

    if not compact or len(compact) > 24:
        return Checked(error="phone_unreadable")
    try:
        number = plan.parse(compact, "KZ")
    except plan.NumberParseException:
        return Checked(error="phone_unreadable")
    if not plan.is_valid_number(number) or number.extension:
        return Checked(error="phone_not_a_number")
    warnings: tuple[str, ...] = () if plan.region_code_for_number(number) == "KZ" else ("phone_foreign",)
    if plan.number_type(number) == plan.PhoneNumberType.FIXED_LINE:
        warnings += ("phone_not_mobile",)
    return Checked(plan.format_number(number, plan.PhoneNumberFormat.E164), "", warnings)


_LOCAL_PART = re.compile(r"^[^\s@\"(),:;<>\[\\\]]{1,64}$")
_PLAIN_EMAIL = re.compile(r"^[a-z0-9](?:[a-z0-9._+-]{0,62}[a-z0-9])?@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}\Z")
"""What most addresses look like: they are their own normal form."""
_LABEL = re.compile(r"^(?!-)[a-z0-9-]{1,63}(?<!-)$")


def email(text: str) -> Checked:
    """An e-mail address in one normal form: lower case, the domain in its ASCII form (IDNA). Practical, not the whole of RFC 5321."""
    if len(text) <= 120 and _PLAIN_EMAIL.match(text) and ".." not in text:
        return Checked(text)
    compact = unicodedata.normalize("NFC", text.strip()).lower()
    local, at, domain = compact.rpartition("@")
    if not at or not _LOCAL_PART.match(local) or local.startswith(".") or local.endswith(".") or ".." in local:
        return Checked(error="email_unreadable")
    if not local.isprintable() and any(unicodedata.category(c) in ("Cc", "Cf") for c in local):
        return Checked(error="email_unreadable")
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return Checked(error="email_domain")
    labels = ascii_domain.split(".")
    if len(labels) < 2 or len(ascii_domain) > 253 or labels[-1].isdigit() or not all(_LABEL.match(label) for label in labels):
        return Checked(error="email_domain")
    return Checked(f"{local}@{ascii_domain}")


_IBAN = re.compile(r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$")
_KZ_IBAN = re.compile(r"^KZ[0-9]{2}[0-9]{3}[A-Z0-9]{13}$")


def iban(text: str) -> Checked:
    """An account number (ISO 13616): remainder 1 modulo 97; a Kazakh one has 20 characters."""
    compact = _BLANKS_AND_DASHES.sub("", text).upper()
    if not compact.isascii() or not _IBAN.match(compact) or (compact.startswith("KZ") and not _KZ_IBAN.match(compact)):
        return Checked(error="iban_shape")
    turned = compact[4:] + compact[:4]
    if int("".join(str(int(c, 36)) for c in turned)) % 97 != 1:
        return Checked(error="iban_check_digits")
    return Checked(compact)


_MONEY_TRASH = re.compile(r"[\s\u00a0\u202f'₸]|тг\.?|тенге|теңге|kzt", re.IGNORECASE)
_MONEY = re.compile(r"^[0-9]{1,13}(?:[.,][0-9]{1,2})?$")


def money(text: str) -> Checked:
    """A sum in tenge, not negative, as `1250000` or `1250000.50`."""
    if len(text) <= 13 and text.isascii() and text.isdigit():
        return Checked(str(int(text)))
    compact = _MONEY_TRASH.sub("", text)
    if not _MONEY.match(compact):
        return Checked(error="money_unreadable")
    try:
        amount = Decimal(compact.replace(",", "."))
    except InvalidOperation:
        return Checked(error="money_unreadable")
    return Checked(str(amount.to_integral_value() if amount == amount.to_integral_value() else amount.quantize(Decimal("0.01"))))


_ISO_DATE = re.compile(r"^([0-9]{4})-([0-9]{2})-([0-9]{2})$")
_LOCAL_DATE = re.compile(r"^([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})$")


def day(text: str) -> Checked:
    """A calendar day in ISO form; `31.12.1990` and `31/12/1990` are read as day, month, year."""
    compact = text.strip()
    iso, local = _ISO_DATE.match(compact), _LOCAL_DATE.match(compact)
    parts = iso.groups() if iso else local.groups()[::-1] if local else None
    if parts is None:
        return Checked(error="date_unreadable")
    try:
        return Checked(date(int(parts[0]), int(parts[1]), int(parts[2])).isoformat())
    except ValueError:
        return Checked(error="date_unreal")


def birth_day(text: str, today: date) -> Checked:
    """A day of birth: not after `today`, not more than 130 years before it."""
    checked = day(text)
    if checked.error:
        return checked
    born = date.fromisoformat(checked.value)
    if born > today:
        return Checked(error="date_in_future")
    if today.year - born.year > 130:
        return Checked(error="date_too_old")
    return checked


_NAME = re.compile(r"^[^\W\d_]+(?:[ '’\-][^\W\d_]+)*\.?$")


def name(text: str) -> Checked:
    """A name as a person writes it: letters of any script, inner spaces, hyphens and apostrophes; at most 100 characters."""
    whole = unicodedata.normalize("NFC", text)
    if whole.isalpha() and len(whole) <= 100:
        return Checked(whole)
    compact = _SPACES.sub(" ", whole).strip()
    if not compact:
        return Checked(error="name_empty")
    if len(compact) > 100:
        return Checked(error="name_too_long")
    return Checked(compact) if _NAME.match(compact) else Checked(error="name_letters")


def line(text: str) -> Checked:
    """One line of free text, at most 500 characters, without control characters and half characters (which no encoding can write)."""
    compact = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    if len(compact) > 500:
        return Checked(error="text_too_long")
    if not compact.isprintable() and any(unicodedata.category(c) in ("Cc", "Cs") for c in compact):
        return Checked(error="text_control_characters")
    return Checked(compact)


_ID_CARD = re.compile(r"^[0-9]{9}$")
_PASSPORT = re.compile(r"^N[0-9]{8}$")


def identity_document(text: str) -> Checked:
    """Number of an identity card (9 digits) or passport (N and 8 digits); another shape is kept with a warning, foreign papers exist."""
    compact = _BLANKS_AND_DASHES.sub("", text).upper()
    if not compact or len(compact) > 30 or not compact.isalnum():
        return Checked(error="document_number")
    known = _ID_CARD.match(compact) or _PASSPORT.match(compact)
    return Checked(compact, "", () if known else ("document_number_unusual",))


KINDS: Mapping[str, Callable[[str], Checked]] = {
    "iin": iin,
    "bin": bin_number,
    "phone": phone,
    "email": email,
    "iban": iban,
    "money": money,
    "date": day,
    "name": name,
    "text": line,
    "document": identity_document,
}
"""The check for each validator kind that a policy file may name."""
