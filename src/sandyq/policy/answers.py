"""What somebody typed for a field of the policy, as its normal form or with the fault that it has (6.2; design 22)."""

from datetime import date

from sandyq.errors import FieldError
from sandyq.policy.facts import FieldSpec
from sandyq.register.identifiers import KINDS, birth_day, line

ADULT = 18
"""Years of age from which somebody may apply for a loan by themselves (Civil Code art. 17, 22; the form says so)."""
BIRTH = "birth_date"
"""The field that is a day of birth: not any day will do."""


def normal(spec: FieldSpec, value: str, today: date, *, adult: bool) -> tuple[str, FieldError | None]:
    """The normal form of a value, and what is wrong with it. `today` bounds a day of birth; `adult` says that a minor's does not do."""
    if spec.choices:
        fault = None if value in spec.choices else FieldError(f"data.{spec.id}", "choice", {}, (spec.category,))
        return value, fault
    if spec.kind == "integer":
        made, error = (str(int(value)), "") if value.isascii() and value.isdigit() and len(value) < 16 else ("", "not_a_whole_number")
    elif spec.id == BIRTH:
        made, error, _ = birth_day(value, today)
        error = error or ("minor" if adult and age(date.fromisoformat(made), today) < ADULT else "")
    else:
        made, error, _ = KINDS.get(spec.kind, line)(value)
    if error:
        return "", FieldError(f"data.{spec.id}", error, {}, (spec.category, "6.2"))
    if spec.kind in {"money", "integer"} and not _within(spec, made):
        bounds: dict[str, object] = {key: limit for key, limit in (("least", spec.least), ("most", spec.most)) if limit is not None}
        return "", FieldError(f"data.{spec.id}", "out_of_range", bounds, (spec.category,))
    return made, None


def age(born: date, today: date) -> int:
    """Full years of age on a day."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _within(spec: FieldSpec, value: str) -> bool:
    number = float(value)
    return (spec.least is None or number >= spec.least) and (spec.most is None or number <= spec.most)
