"""Answers to what was asked for: each says what was done, to whom it was told, what was refused item by item, and where to appeal."""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from sandyq.errors import Misuse
from sandyq.letters.certificate import Basis, Gone, Kept, Told
from sandyq.letters.compose.frame import APPEAL, GROUND, Frame, Part, body, on, outcome, place, refusals, told
from sandyq.letters.letter import Cell, LetterBody, Reason, Said, Section, say

Parts = tuple[Part, ...]
Recipients = tuple[Told, ...]


def _answer(frame: Frame, template: str, said: Iterable[Said], sections: Iterable[Section], parts: Parts) -> LetterBody:
    return body(frame, template, said, [*sections, *outcome(parts)], reasons=refusals(parts), appeal=APPEAL)


def rectified(
    frame: Frame,
    changes: tuple[tuple[Cell, Cell, Cell, Cell], ...],
    recipients: Recipients = (),
    parts: Parts = (),
    *,
    kept: bool = True,
    gone: bool = False,
) -> LetterBody:
    """What was changed or supplemented: rows of field, former value, new value, document (4.1.2). A former version is `kept` to the end of its own term, or is
    `gone`, and its values are then masked here."""
    if not changes:
        return _answer(frame, "rectified-1", [say("nothing", answers=frame.answers)], [], parts)
    table = Section(
        "changes",
        (),
        ("field", "was", "now", "document"),
        changes,
        (*([say("older")] if kept else []), *([say("older_gone")] if gone else [])),
    )
    return _answer(frame, "rectified-1", [say("done", answers=frame.answers)], [table, told(recipients)], parts)


def blocked(
    frame: Frame, since: datetime | None, scope: tuple[Cell, ...] = (), recipients: Recipients = (), parts: Parts = ()
) -> LetterBody:
    """What is blocked since when, what stops, what goes on, how it will end (4.1.3, 2.2). Without `since` nothing was blocked."""
    if since is None:
        return _answer(frame, "blocked-1", [say("nothing", answers=frame.answers)], [], parts)
    said = [say("done", answers=frame.answers, since_at=since), say("stops"), say("goes_on"), say("ends", term_basis=GROUND["release"])]
    listed = [Section("scope", rows=tuple((one,) for one in scope))] if scope else []
    return _answer(frame, "blocked-1", said, [*listed, told(recipients)], parts)


def released(
    frame: Frame, why: str, released_at: datetime | None, recipients: Recipients = (), parts: Parts = (), *, two_people: bool = True
) -> LetterBody:
    """The block is released, when, and why: `why` is a reason's code, such as `violation_not_confirmed` (4.1.3, art. 25(2)(8))."""
    if released_at is None:
        return _answer(frame, "released-1", [say("nothing", answers=frame.answers)], [], parts)
    said = [say("done", answers=frame.answers, since_at=released_at, why_code=why), say("again"), *([say("two")] if two_people else [])]
    return _answer(frame, "released-1", said, [told(recipients)], parts)


def clause_alone(clause: str) -> Cell:
    """A category by its clause, where the policy's words are not at hand."""
    return say("value_basis", value_basis=clause)


def destroyed(
    frame: Frame,
    certificate: str,
    deleted_at: datetime | None,
    unrecoverable_by: date | None,
    gone: tuple[Gone, ...] = (),
    kept: tuple[Kept, ...] = (),
    recipients: Recipients = (),
    parts: Parts = (),
    named: Callable[[str], Cell] = clause_alone,
) -> LetterBody:
    """The certificate's number, its two dates and its two lists (2.5, 4.1.4, art. 18). Without `deleted_at` nothing was destroyed. `named` calls a category by
    its clause."""
    if deleted_at is None:
        return _answer(frame, "destroyed-1", [say("nothing", answers=frame.answers)], [], parts)
    said = [
        say("done", answers=frame.answers, certificate=certificate),
        say("deleted", deleted_at=deleted_at),
        *([say("unrecoverable", unrecoverable_on=unrecoverable_by)] if unrecoverable_by else []),
        say("certificate"),
    ]
    rows = tuple(
        (named(one.category) if one.category else Said("all_categories"), Said(one.kind), str(one.items), str(one.keys)) for one in gone
    )
    lists = [Section("gone", (), ("category", "kind", "number", "keys"), rows)] if rows else []
    stays = tuple(
        (named(one.what) if one.what[:1].isdigit() else Said(one.what), place(one.basis), on(one.until, "no_end")) for one in kept
    )
    lists.append(Section("kept", (say("kept"),), ("kept", "basis", "until"), stays) if stays else Section("kept", (say("nothing_kept"),)))
    return _answer(frame, "destroyed-1", said, [*lists, told(recipients)], parts)


def withdrawn(
    frame: Frame,
    stopped: tuple[tuple[Cell, date | None], ...],
    goes_on: tuple[tuple[Cell, Basis, date | None], ...] = (),
    recipients: Recipients = (),
    parts: Parts = (),
) -> LetterBody:
    """What stops and by which day; what goes on under 5.4, on what ground and how long (4.1.5, art. 8(2), 8(7)). Nothing stopped: it was refused."""
    if not stopped:
        return _answer(frame, "withdrawn-1", [say("nothing", answers=frame.answers)], [], parts)
    rows = tuple((what, on(by, "at_once")) for what, by in stopped)
    lists = [Section("stopped", (say("stopped"),), ("what", "until"), rows)]
    if goes_on:
        going = tuple((what, place(basis), on(until, "no_end")) for what, basis, until in goes_on)
        lists.append(Section("goes_on", (say("goes_on", goes_basis=GROUND["goes_on"]),), ("what", "basis", "until"), going))
    said = [say("done", answers=frame.answers), *([] if goes_on else [say("nothing_goes_on")]), say("past")]
    return _answer(frame, "withdrawn-1", said, [*lists, told(recipients)], parts)


def public(frame: Frame, choice: str, places: tuple[tuple[Cell, date | None], ...] = (), parts: Parts = ()) -> LetterBody:
    """The person's yes or no to public sources, and where the data were removed from (4.1.6, art. 6). `choice` is `yes` or `no`."""
    if choice == "yes":
        return _answer(frame, "public-1", [say("agreed", answers=frame.answers)], [], parts)
    rows = tuple((where, on(removed, "state-open")) for where, removed in places)
    table = Section("places", (say("removed"),), ("place", "removed"), rows) if rows else Section("places", (say("nowhere"),))
    said = [say("refused", answers=frame.answers), *([say("cost", cost_basis=GROUND["removal"])] if rows else [])]
    return _answer(frame, "public-1", said, [table], parts)


def complaint(
    frame: Frame, found: str, findings: tuple[Cell, ...] = (), measures: tuple[Cell, ...] = (), *, hold: bool = False, parts: Parts = ()
) -> LetterBody:
    """A complaint is `upheld`, `partly` upheld or `rejected`; which claims were found justified, what was done, what is held, and the way to damages (4.1.7)."""
    lists = [Section("findings", (say("findings"),), rows=tuple((one,) for one in findings))] if findings else []
    done = tuple((one,) for one in measures)
    lists.append(Section("measures", (say("measures"),), rows=done) if done else Section("measures", (say("no_measures"),)))
    said = [
        say(found, answers=frame.answers),
        *([say("hold", hold_basis=GROUND["hold"])] if hold else []),
        say("damages", damages_basis=GROUND["damages"]),
    ]
    return _answer(frame, "complaint-1", said, lists, parts)


def objection(frame: Frame, found: str, factors: tuple[tuple[Cell, Cell, Cell, Cell, Cell], ...] = (), parts: Parts = ()) -> LetterBody:
    """A person looked at what the program decided: `changed` or `kept`, and of each decision when it was made, about what, on which data, with what result, and
    what mattered (art. 19-1(3); Digital Code art. 43(4))."""
    columns = ("when", "what", "data", "decided", "factors")
    listed = Section("factors", (say("factors"),), columns, factors) if factors else Section("factors", (say("no_factors"),))
    said = [say(found, answers=frame.answers), say("person"), say("stop", consent_basis=GROUND["consent"])]
    return _answer(frame, "objection-1", said, [listed], parts)


def authority(frame: Frame, order: str, ordered_on: date, parts: Parts, recipients: Recipients | None = None) -> LetterBody:
    """To a state body: its demand, how each item was carried out, and that what was given stays confidential (5.1.1, art. 27)."""
    if frame.received_on is None:
        raise Misuse("letter_without_day", kind=frame.kind)
    said = [
        say("order", order=order, ordered_on=ordered_on, received_on=frame.received_on, answers=frame.answers),
        say("done"),
        say("scope", confidential_basis=GROUND["confidential"]),
        say("subject"),
    ]
    rows = tuple((part.what, Said(f"state-{part.state}"), place(part.basis)) for part in parts)
    table = Section("outcome", (say("outcome_below"),), ("item", "outcome", "basis"), rows)
    sections = [table, *([told(recipients)] if recipients is not None else [])]
    return body(frame, "authority-1", said, sections, reasons=refusals(parts), appeal=APPEAL)


def not_me(frame: Frame, found: str, parts: Parts = (), *, guarded: bool = False) -> LetterBody:
    """Whose data they are: `split`, `merged` or `kept` as they were. Nothing of another person is told (2.16)."""
    said = [
        say(found, answers=frame.answers),
        *([say("guarded")] if guarded else []),
        say("other", confidential_basis=GROUND["confidential"]),
    ]
    return _answer(frame, "not-me-1", said, [], parts)


def refused(frame: Frame, parts: Parts = (), reasons: tuple[Reason, ...] = (), *, not_identified: bool = False) -> LetterBody:
    """The whole request is refused, with all its reasons (art. 25(2)(7)); `not_identified` when it was never proved who asks, which is then the reason."""
    said = [say("not_identified" if not_identified else "refused", answers=frame.answers, kind_code=frame.kind)]
    said.append(say("again" if not_identified else "later"))
    own = (
        (Reason("not_identified", Basis("8.3", GROUND["confidential"])),) if not_identified and not reasons and not refusals(parts) else ()
    )
    return body(frame, "refused-1", said, outcome(parts), reasons=[*own, *reasons, *refusals(parts)], appeal=APPEAL)
