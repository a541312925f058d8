"""From what was typed to an application: decode loosely, then find every fault at once (design 22).

Paths of errors: `data.<field>`, `consent.<card>`, `file.<field>`. The page links each to its input. What the rooms below find
comes in the same form (`Invalid`), so a person sees one list.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sandyq import speech
from sandyq.errors import FieldError
from sandyq.http.body import MEGABYTE, Bounds, Form
from sandyq.register.identifiers import KINDS, Checked
from sandyq.web.views import Application, ConsentChoice, FieldView, FormView, Upload

LIMITS = Bounds(total=12 * MEGABYTE, text=4 * 1024, file=10 * MEGABYTE, parts=120, past=52 * MEGABYTE)
_OWN = frozenset({"once", "digest"})
_CHOICES = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it is shown again: what was typed, what was chosen, what is wrong."""

    values: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by input name
    labels: Mapping[str, str] = field(default_factory=dict)
    had_files: bool = False
    switched: bool = False  # shown in another language than it was typed in

    @property
    def summary(self) -> list[tuple[str, str]]:
        """(input name, label and sentence), in the order of the form."""
        return [(name, f"{self.labels[name]}: {text}" if name else text) for name, texts in self.errors.items() for text in texts]


def decode(form: FormView, body: Form) -> tuple[Application, list[FieldError]]:
    """The application in this body, and the faults that the form itself can see: nothing is refused yet."""
    values = {f.id: body.text(f"data.{f.id}") for f in form.fields if f.kind != "file"}
    uploads = tuple(
        Upload(f.id, got.name[:120], got.media_type, got.content)
        for f in form.fields
        if f.kind == "file" and (got := body.files.get(f"file.{f.id}")) is not None and got.content
    )
    choices = tuple(
        ConsentChoice(card.id, _CHOICES[pressed], body.text(f"seen.{card.id}") or card.sha256)
        for card in form.consents
        if (pressed := body.text(f"consent.{card.id}")) in _CHOICES
    )
    application = Application(values, choices, uploads, body.text("once")[:64], body.text("digest")[:64])
    return application, [*_strangers(form, body), *_twice(body), *_unread(form, body)]


def check(form: FormView, application: Application) -> list[FieldError]:
    """Missing fields, malformed values by kind, unanswered or refused consents that the service needs, texts that changed meanwhile."""
    found = [error for f in form.fields if (error := _field(f, application)) is not None]
    made = {choice.id: choice for choice in application.choices}
    for card in form.consents:
        choice = made.get(card.id)
        if choice is not None and choice.sha256 != card.sha256:
            found.append(FieldError(f"consent.{card.id}", "consent_changed"))
        elif card.required and choice is None:
            found.append(FieldError(f"consent.{card.id}", "consent_missing", cites=("5.3", "94-V art. 8")))
        elif card.required and choice is not None and not choice.given:
            found.append(FieldError(f"consent.{card.id}", "consent_needed", cites=("5.3", "94-V art. 8")))
    return found


def joined(own: Iterable[FieldError], found: Iterable[FieldError]) -> list[FieldError]:
    """The faults that the form itself saw and those of the rooms below; of one input the form's own are enough."""
    seen = list(own)
    named = {error.field for error in seen}
    return seen + [error for error in found if error.field not in named]


def again(form: FormView, application: Application, errors: Iterable[FieldError], language: str, *, had_files: bool) -> Filled:
    """The form as it is shown with its errors; files are never shown again. Faults that belong to no input stand under an empty name."""
    labels = {**{_name(f): f.label for f in form.fields}, **{f"consent.{c.id}": c.title for c in form.consents}}
    spoken: dict[str, list[str]] = {}
    for error in errors:
        spoken.setdefault(error.field if error.field in labels else "", []).append(speech.beside_field(language, error))
    ordered = {name: tuple(spoken[name]) for name in ["", *labels] if name in spoken}
    chosen = {choice.id: "yes" if choice.given else "no" for choice in application.choices}
    return Filled(application.values, chosen, ordered, labels, had_files)


def _name(view: FieldView) -> str:
    return f"file.{view.id}" if view.kind == "file" else f"data.{view.id}"


def _field(view: FieldView, application: Application) -> FieldError | None:
    if view.kind == "file":
        missing = view.required and all(u.field != view.id for u in application.uploads)
        return FieldError(f"file.{view.id}", "missing") if missing else None
    value = application.values.get(view.id, "")
    if not value:
        return FieldError(f"data.{view.id}", "missing", cites=(view.category,)) if view.required else None
    if view.choices and value not in {code for code, _ in view.choices}:
        return FieldError(f"data.{view.id}", "choice")
    if view.kind == "integer" and not (value.isascii() and value.isdigit()):
        return FieldError(f"data.{view.id}", "number_unreadable")
    checked = KINDS[view.kind](value) if view.kind in KINDS else Checked(value)
    if checked.error:
        return FieldError(f"data.{view.id}", checked.error)
    return _range(view, checked.value)


def _range(view: FieldView, value: str) -> FieldError | None:
    if view.kind not in {"integer", "money"} or view.least is None or view.most is None:
        return None
    fits = view.least <= float(value) <= view.most
    return None if fits else FieldError(f"data.{view.id}", "number_range", {"least": view.least, "most": view.most})


def _strangers(form: FormView, body: Form) -> list[FieldError]:
    """Inputs that the policy does not list: refused, never silently dropped (6.2, the Law art. 7(9))."""
    known = {_name(f) for f in form.fields} | _OWN
    known |= {f"{kind}.{card.id}" for card in form.consents for kind in ("consent", "seen")}
    named = sorted({*body.values, *body.files} - known)
    return [FieldError(name[:60], "field_unlisted", {"name": name[:40]}, ("6.2",)) for name in named]


def _unread(form: FormView, body: Form) -> list[FieldError]:
    """Files of which nothing was taken: over the bound, or without a byte in them. Who chose one believes that a document was sent."""
    found = []
    for f in form.fields:
        got = body.files.get(f"file.{f.id}") if f.kind == "file" else None
        if got is not None and got.over:
            found.append(FieldError(f"file.{f.id}", "upload_over", {"megabytes": LIMITS.file // MEGABYTE}, (f.category,)))
        elif got is not None and got.name and not got.content:
            found.append(FieldError(f"file.{f.id}", "upload_empty", {}, (f.category,)))
    return found


def _twice(body: Form) -> list[FieldError]:
    return [FieldError(name[:60], "twice") for name in sorted(body.twice)]
