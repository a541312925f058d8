"""The one tree of errors.

An expected "no" of the law is a value (`law.decision.Refusal`), never an exception. What is raised is what a caller cannot go on
with. Every error carries a stable `code` and plain parameters; the sentence a person reads is made at the door from the message
catalog in the asked language, so parameters never hold personal data. No transport knowledge lives here: each door has one table from code to
status or exit code.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as _field


class SandyqError(Exception):
    """Something the caller must be told. `code` is stable; `params` fill the sentence of the catalog."""

    code = "internal"

    def __init__(self, code: str = "", /, **params: object) -> None:
        self.code = code or type(self).code
        self.params = params
        super().__init__(self.code, params)

    def __str__(self) -> str:
        shown = ", ".join(f"{key}={value}" for key, value in sorted(self.params.items()))
        return f"{self.code} ({shown})" if shown else self.code


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault of one input field: `field` is a path such as `data.iin`, `code` a catalog key, `cites` clauses and articles."""

    field: str
    code: str
    params: dict[str, object] = _field(default_factory=dict)
    cites: tuple[str, ...] = ()


class Invalid(SandyqError):
    """Input refused whole: all field errors at once, nothing stored (design 22)."""

    code = "invalid"

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__("invalid", fields=", ".join(f"{e.field}: {e.code}" for e in self.errors))


class NotFound(SandyqError):
    """No such thing, or not for this caller: both look the same."""

    code = "not_found"


class Denied(SandyqError):
    """The caller is not who may do this (sign-in, scope, role). A refusal by law is not this: it is a value."""

    code = "denied"


class Conflict(SandyqError):
    """The state of things does not allow it now (already released, key reused with other content)."""

    code = "conflict"


class TooMany(SandyqError):
    """A limit of attempts or of rate. `params['retry_after']` is in seconds."""

    code = "too_many"


class TooLarge(SandyqError):
    """Input over a bound that is named in the parameters."""

    code = "too_large"


class NotReady(SandyqError):
    """The office refuses to serve until something is done (restore not finished, store copied back, newer schema)."""

    code = "not_ready"


class Retry(SandyqError):
    """A serialisation failure or a lost race on the server store: run the whole act again on a new transaction."""

    code = "retry"


class Tampered(SandyqError):
    """A seal, digest or signature does not fit what it should cover. Params name the place, never the content."""

    code = "tampered"


class Misuse(SandyqError):
    """Our own code broke a house rule (permit reused, act outside its transaction): a bug, not input."""

    code = "misuse"


class BadFile(SandyqError):
    """A file written by people is wrong: `file`, `line`, `what`, `remedy` are given."""

    code = "bad_file"

    def __init__(self, file: str, line: int, what: str, remedy: str) -> None:
        super().__init__("bad_file", file=file, line=line, what=what, remedy=remedy)

    def __str__(self) -> str:
        return f"{self.params['file']}:{self.params['line']}: {self.params['what']}. {self.params['remedy']}"
