"""The answer on access: everything that the Law art. 24(1)(1) lists, in tables that may run over pages (policy 4.1.1)."""

from dataclasses import dataclass

from sandyq.letters.compose.frame import APPEAL, GROUND, Frame, Part, body, outcome, refusals
from sandyq.letters.letter import Cell, LetterBody, Section, say

Rows = tuple[tuple[Cell, ...], ...]

_COLUMNS = {
    "purposes": ("purpose", "basis", "category"),
    "sources": ("category", "source", "since"),
    "methods": (),
    "data": ("field", "value", "source", "since", "until"),
    "consents": ("consent", "state", "since", "until"),
    "states": ("state", "what", "since", "basis"),
    "recipients": ("recipient", "fields", "purpose", "sent", "confirmed"),
    "looks": ("when", "who", "why", "what"),
    "terms": ("category", "rule", "until"),
    "automated": ("when", "what", "why"),
    "public": ("place", "fields", "since"),
}
"""The columns of each list, in their order; `methods` is a plain list of one cell each."""

_LACK = {"recipients": "no_recipients", "looks": "no_looks", "automated": "no_automated", "public": "no_public"}
"""Lists whose emptiness is itself part of the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What is told. `held` False means that nothing is kept but the request's own file. Rows follow the columns named here; `masked` says that values in `data` are
    not full, and why the person sees more elsewhere.

    purposes: purpose, basis, category. sources: category, source, since. methods: one cell. data: field, value, source, since, until. consents: consent, state,
    since, until. states: state, what, since, basis. recipients: recipient, fields, purpose, sent, confirmed. looks: when, who, why, what. terms: category, rule,
    until. automated: when, what, why. public: place, fields, since.
    """

    held: bool = True
    masked: bool = False
    purposes: Rows = ()
    sources: Rows = ()
    methods: Rows = ()
    data: Rows = ()
    consents: Rows = ()
    states: Rows = ()
    recipients: Rows = ()
    looks: Rows = ()
    terms: Rows = ()
    automated: Rows = ()
    public: Rows = ()


def access(frame: Frame, found: Access, parts: tuple[Part, ...] = ()) -> LetterBody:
    """The complete answer, free of charge. What the request asked for beyond it ends by its `parts`."""
    said = [
        say("held" if found.held else "not_held", answers=frame.answers),
        say("free", law_basis=GROUND["free"]),
        *([say("in_term", last_on=frame.due)] if frame.due else []),
    ]
    sections = [made for name in _COLUMNS for made in _listed(frame, found, name)] if found.held else []
    return body(frame, "access-1", said, [*sections, *outcome(parts)], reasons=refusals(parts), appeal=APPEAL)


def _listed(frame: Frame, found: Access, name: str) -> list[Section]:
    rows: Rows = getattr(found, name)
    if not rows:
        return [Section(name, (say(_LACK[name]),))] if name in _LACK else []
    lead = say(name, made_at=frame.made_at) if name == "data" else say(name)
    after = (say("masked"),) if name == "data" and found.masked else ()
    return [Section(name, (lead,), _COLUMNS[name], rows, after)]
