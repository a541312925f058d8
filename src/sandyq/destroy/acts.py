"""Destruction: a stored plan whose stages are units of work of their own, its steps idempotent, each with a receipt (2.5, 4.1.4, 8.1; design 8, 12).

Order of the steps: keys (after their commit nothing opens), rows of every holder, the journals, the check that all is gone, the certificate; last of all
the audit salt, so that no entry of the log can be tied to the person any more.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import takewhile
from pathlib import Path

from sandyq import block, seal
from sandyq.audit import Act, Leaf, ledger, record
from sandyq.clock import instant, micros
from sandyq.db import Work
from sandyq.destroy import records
from sandyq.destroy.facts import CERTIFICATE, CHECKPOINT, VERIFY, Basis, Plan, Receipt
from sandyq.errors import Conflict, Misuse, NotFound, Tampered
from sandyq.law.calendar import local_date
from sandyq.law.decision import Permit
from sandyq.law.vocabulary import Operation, StateKind
from sandyq.letters import certificate
from sandyq.register import items, keystore, media, subjects
from sandyq.register.holder import Holder
from sandyq.register.items import Legal, NewItem
from sandyq.register.keystore import Keyring

ITEM_KEYS, ITEM_ROWS = "items:keys", "items:rows"
LAST = ("audit_salt", "leaf_link")
"""Holders that go after the certificate: its entry is still tied to the person for the moment of its writing."""
CERTIFICATE_CATEGORY = "6.2.5"


def _idle(work: Work, subject: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class House:
    """What destruction needs of the office: every holder, the keys, where uploads lie, how long backups of keys are kept, whose certificate it is; and whether
    a request that somebody asked is still worked on (`busy`), which keeps the file of who is known by nothing else."""

    holders: tuple[Holder, ...]
    ring: Keyring
    media: Path
    key_backup: timedelta
    key_interval: timedelta
    office: str
    bin: str
    busy: Callable[[Work, str], bool] = _idle


def plan(work: Work, house: House, permit: Permit, basis: Basis, *, certified: bool = True) -> Plan:
    """Plan a destruction as permitted, of the whole person or of some items, and close the person to everything else at once.

    What the verdict withholds (a hold on an item) stays: then only the other items go. Raises Misuse, Conflict when nothing is left to destroy.
    """
    if permit.ask.operation is not Operation.DESTROY:
        raise Misuse("permit_for_another_act", asked=permit.ask.operation.value, act="destroy")
    work.spend(permit)
    subject = permit.ask.subject
    wanted = _wanted(work, subject, permit.ask.items, permit.verdict.withheld)
    made = Plan(
        subject,
        work.new_id(),
        wanted,
        steps(house.holders, whole=not wanted, certified=certified),
        basis,
        permit.decision,
        certified,
        work.at,
        None,
        None,
        keystore.newest_wrap(work, subject),
        "",
        "",
    )
    subjects.touch(work, subject)
    _begin(work, made)
    _note(work, made)
    return made


def _wanted(work: Work, subject: str, asked: frozenset[str], withheld: frozenset[str]) -> frozenset[str]:
    legal = items.legal(work, subject)
    data = frozenset(item.item_id for item in legal if item.klass == "data" or item.item_id in asked)
    kept = withheld | _former(work, subject, legal, withheld)
    if not asked and not data & kept:
        return frozenset()
    wanted = (asked & data if asked else data) - kept
    if not wanted:
        raise Conflict("nothing_to_destroy")
    return wanted


def _former(work: Work, subject: str, legal: Sequence[Legal], withheld: frozenset[str]) -> frozenset[str]:
    """Former versions that stay: of a category whose present version stays, or named by a hold. The law judges present versions alone."""
    homes = {item.category for item in legal if item.item_id in withheld and item.klass == "data" and item.superseded_at is None}
    named = frozenset().union(*[state.items for state in block.facts(work, subject) if state.kind is StateKind.HOLD])
    former = [item for item in legal if item.superseded_at is not None]
    return frozenset(item.item_id for item in former if item.category in homes or item.item_id in named)


def fields(work: Work, made: Plan) -> frozenset[str]:
    """The fields that a plan of some items takes away; empty for a plan of the whole person."""
    found = [item for item in items.legal(work, made.subject) if item.klass == "data"]
    going = frozenset[str]().union(*[item.fields for item in found if item.item_id in made.items])
    return going - frozenset[str]().union(*[i.fields for i in found if i.item_id not in made.items and i.superseded_at is None])


@lru_cache(maxsize=8)  # an office has one set of holders
def steps(holders: tuple[Holder, ...], *, whole: bool, certified: bool) -> tuple[str, ...]:
    """The steps of a plan in their order."""
    end = (CERTIFICATE,) if certified else ()
    if not whole:
        return (ITEM_KEYS, ITEM_ROWS, CHECKPOINT, VERIFY, *end)
    every = [(h.name, step) for h in holders for step in h.steps]
    keys = [f"{name}:{step}" for name, step in every if step == "keys"]
    rows = [f"{name}:{step}" for name, step in every if step != "keys" and name not in LAST]
    last = [f"{name}:{step}" for wanted in LAST for name, step in every if name == wanted]
    return (*keys, *rows, CHECKPOINT, VERIFY, *end, *last)


def _begin(work: Work, made: Plan) -> None:
    leaf = Leaf(
        Act.DESTRUCTION_PLANNED,
        made.subject,
        made.basis.clause,
        made.basis.article,
        decision=made.decision,
        object=made.id,
        count=len(made.items),
    )
    record(work, leaf)
    records.add(work, made)
    if made.whole:
        subjects.mark_destroyed(work, made.subject)


def _note(work: Work, made: Plan) -> None:
    ledger.note(
        work,
        "destroy.plan",
        made.subject,
        plan=made.id,
        items=",".join(sorted(made.items)),
        clause=made.basis.clause,
        article=made.basis.article,
        received=str(micros(made.basis.received_at)),
        decision=made.decision,
        certified="1" if made.certified else "",
    )


def again(work: Work, house: House, subject: str, body: Mapping[str, str]) -> None:
    """After a restore: plan a destruction again that the restored database does not know (design 16). It runs to its end before the office serves."""
    try:
        subjects.see(work, subject)
    except NotFound:
        return  # the person came after the backup: there is nothing to destroy
    wanted = frozenset(filter(None, body["items"].split(",")))
    basis = Basis(body["clause"], body["article"], instant(int(body["received"])))
    queue = steps(house.holders, whole=not wanted, certified=bool(body["certified"]))
    generation = keystore.newest_wrap(work, subject)
    _begin(
        work,
        Plan(
            subject, body["plan"], wanted, queue, basis, body["decision"], bool(body["certified"]), work.at, None, None, generation, "", ""
        ),
    )


def advance(work: Work, house: House, made: Plan, *, alone: bool = False) -> Plan | None:
    """Do the next stage of a plan that needs nothing from outside (all but `checkpoint` and `certificate`), or with `alone` only its next step;
    gives the plan as it then stands. None when another worker did it first.

    Raises Tampered when the check finds something that should be gone: then the plan stays open and the desk sees it.
    """
    steps_now = made.remaining[:1] if alone else stage(made)
    if not steps_now or made.next in (CHECKPOINT, CERTIFICATE):
        raise Misuse("step_from_outside", step=made.next)
    if made.next == VERIFY:
        return _verify(work, house, made)
    after = _struck(work, made, len(steps_now))
    if after is None:
        return None
    erase = _erase_items if made.items else _erase
    _receipted(work, made, {step: erase(work, house, made, step) for step in steps_now})
    return after


def stage(made: Plan) -> tuple[str, ...]:
    """The next steps that one unit of work does together: every holder's keys, every holder's rows, the last ties; any other step is a stage of its own.

    Between keys and rows lies a commit: what was to be destroyed is closed for good before anything is tidied away (design 8).
    """
    kind = _kind(made.next)
    return tuple(takewhile(lambda step: _kind(step) == kind, made.remaining))


def _kind(step: str) -> str:
    name, _, inner = step.partition(":")
    if not inner:
        return step
    if name in LAST:
        return "last"  # the salt is in the store that commits first, so no later entry can tie itself again to what is untied
    return "keys" if inner == "keys" else "rows"


def _struck(work: Work, made: Plan, count: int, *, deleted: bool = False) -> Plan | None:
    """Claim the next steps of a plan by striking them off, before anything of them is done; None when another worker was faster."""
    if not records.step_done(work, made, made.remaining[count:], deleted=deleted):
        return None
    return made.struck(count, work.at, deleted=deleted)


def _receipted(work: Work, made: Plan, removed: Mapping[str, Sequence[tuple[str, int, int]]]) -> None:
    """Receipts of what each step removed, as (category, things, keys), and an entry of the log for each step."""
    records.add_receipts(work, made, [(step, *row) for step, rows in removed.items() for row in rows])
    for step, rows in removed.items():
        if made.whole and unlogged(step):
            continue  # the salt goes or is gone: an entry about the person would only tie itself to them again
        count = sum([things + keys for _, things, keys in rows])
        basis = made.basis
        record(work, Leaf(Act.DESTRUCTION_STEP, made.subject, basis.clause, basis.article, object=made.id, purpose=step, count=count))


def _erase(work: Work, house: House, made: Plan, step: str) -> list[tuple[str, int, int]]:
    name, _, inner = step.partition(":")
    holder = next((h for h in house.holders if h.name == name), None)
    if holder is None:
        raise Misuse("holder_unknown", holder=name)
    if step == "register:keys":
        before = _by_category(work, made.subject)
        tokens = holder.erase(work, made.subject, inner) - sum(before.values())
        return [*((category, 0, count) for category, count in sorted(before.items())), ("", max(tokens, 0), 0)]
    if name == "register":
        before = _by_category(work, made.subject)
        holder.erase(work, made.subject, inner)
        return [(category, count, 0) for category, count in sorted(before.items())]
    return [("", holder.erase(work, made.subject, inner), 0)]


def _by_category(work: Work, subject: str, only: frozenset[str] = frozenset()) -> Counter[str]:
    known = items.known(work, subject)
    found = Counter([i.category for i in known if i.klass == "data" and (not only or i.item_id in only)])
    uploads = [entry.item_id for entry in media.of(work, subject)]
    if not uploads:
        return found
    homes = {i.item_id: i.category for i in known}
    stays = {i.item_id for i in known if i.klass == "evidence"}  # scans of retained evidence go when it goes, as one of `only`
    found.update(homes.get(item, "6.2.5") for item in uploads if (item in only if only else item not in stays))
    return found


def _erase_items(work: Work, house: House, made: Plan, step: str) -> list[tuple[str, int, int]]:
    before = _by_category(work, made.subject, made.items)
    uploads = [entry.media_id for entry in media.of(work, made.subject) if entry.item_id in made.items]
    if step == ITEM_KEYS:
        items.erase_keys(work, made.subject, made.items)
        media.erase_keys(work, made.subject, uploads)
        return [(category, 0, count) for category, count in sorted(before.items())]
    items.erase_rows(work, made.subject, made.items)
    media.erase_rows(work, made.subject, uploads, house.media)
    return [(category, count, 0) for category, count in sorted(before.items())]


def _verify(work: Work, house: House, made: Plan) -> Plan | None:
    left = items.verify_gone(work, made.subject, made.items) if made.items else []
    if made.whole:
        left = [f"{h.name}: {found}" for h in house.holders if h.name not in LAST for found in h.verify_gone(work, made.subject)]
    if left:
        raise Tampered("destruction_incomplete", plan=made.id, left=len(left), first=left[0].partition(":")[0])
    after = _struck(work, made, 1, deleted=True)
    if after is None:
        return None
    _receipted(work, made, {VERIFY: ()})
    leaf = record(
        work,
        Leaf(
            Act.DESTROYED,
            made.subject,
            made.basis.clause,
            made.basis.article,
            decision=made.decision,
            object=made.id,
            count=records.keys_removed(work, made),
        ),
    )
    records.set_leaf(work, made, leaf)
    return after.struck(0, work.at, leaf=leaf)


def journals_emptied(work: Work, made: Plan) -> Plan | None:
    """The step between two units of work: the door emptied and cut the journals, and says so. Gives the plan as it then stands, or None when another
    worker was faster."""
    if made.next != CHECKPOINT:
        raise Misuse("step_from_outside", step=made.next)
    after = _struck(work, made, 1)
    if after is not None:
        _receipted(work, made, {CHECKPOINT: ()})
    return after


def certify(work: Work, house: House, made: Plan, place: certificate.LogPlace, told: Sequence[certificate.Told], reference: str) -> Plan:
    """Write the certificate as evidence with its own key and term, and have the log vouch for it; gives the plan as it then stands."""
    if made.next != CERTIFICATE or made.deleted_at is None:
        raise Misuse("step_from_outside", step=made.next)
    body = _body(work, house, made, place, told, reference)
    text, until = body.to_json(), _years(body.executed_at, 3)
    new = NewItem(
        CERTIFICATE_CATEGORY,
        {"certificate": text.decode()},
        ground="94-V art. 18, 25(2)(4)",
        term_rule="correspondence",
        term_end=until,
        klass="evidence",
    )
    item = items.put_evidence(work, house.ring, made.subject, new, made.decision)
    leaf = record(
        work,
        Leaf(
            Act.CERTIFICATE_ISSUED, made.subject, made.basis.clause, made.basis.article, object=made.id, body_digest=seal.digest(text).hex()
        ),
    )
    if not records.certified(work, made, made.remaining[1:], item, leaf):
        raise Conflict("step_done_elsewhere")
    _receipted(work, made, {CERTIFICATE: ()})
    return made.struck(1, work.at, certificate=item, leaf=leaf)


def _years(at: datetime, count: int) -> date:
    day = local_date(at)
    return day.replace(year=day.year + count, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + count)


def _body(
    work: Work, house: House, made: Plan, place: certificate.LogPlace, told: Sequence[certificate.Told], reference: str
) -> certificate.CertificateBody:
    deleted = made.deleted_at or work.at
    final, _ = keystore.unrecoverable_at(work, made.generation, house.key_backup, house.key_interval)
    return certificate.CertificateBody(
        number=_number(made),
        office=house.office,
        bin=house.bin,
        reference=reference,
        received_at=made.basis.received_at,
        decided_at=made.planned_at,
        executed_at=deleted,
        basis=certificate.Basis(made.basis.clause, made.basis.article),
        gone=tuple(_gone(records.receipts(work, made))),
        kept=tuple(_kept(work, house, made)),
        deleted_at=deleted,
        unrecoverable_by=(final + timedelta(days=1)).date(),
        recipients=tuple(told),
        log=place,
    )


@dataclass(frozen=True, slots=True)
class Account:
    """What a destruction that was certified came to: the certificate's number, its two dates and its two lists."""

    number: str
    deleted_at: datetime
    unrecoverable_by: date
    gone: tuple[certificate.Gone, ...]
    kept: tuple[certificate.Kept, ...]


def account(work: Work, house: House, made: Plan) -> Account | None:
    """The account of a plan that was carried out, for a letter about it; None while it is under way."""
    if made.deleted_at is None:
        return None
    final, _ = keystore.unrecoverable_at(work, made.generation, house.key_backup, house.key_interval)
    gone, kept = tuple(_gone(records.receipts(work, made))), tuple(_kept(work, house, made))
    return Account(_number(made), made.deleted_at, (final + timedelta(days=1)).date(), gone, kept)


def _number(made: Plan) -> str:
    """The number of a plan's certificate."""
    return f"{made.deleted_at.year if made.deleted_at else 0}-{made.id[-10:].upper()}"


def _gone(receipts: Sequence[Receipt]) -> list[certificate.Gone]:
    things: Counter[str] = Counter()
    keys: Counter[str] = Counter()
    tokens = 0
    for receipt in receipts:
        if receipt.category:
            things[receipt.category] += receipt.things
            keys[receipt.category] += receipt.keys
        elif receipt.step == "register:keys":
            tokens += receipt.things
    order = sorted(things | keys, key=lambda clause: [int(part) for part in clause.split(".")])
    rows = [certificate.Gone(category, "data", things[category], keys[category]) for category in order]
    return [*rows, certificate.Gone("", "tokens", tokens, 0)] if tokens else rows


def _kept(work: Work, house: House, made: Plan) -> list[certificate.Kept]:
    rows: dict[tuple[str, str, date | None], None] = {}
    for holder in house.holders:
        for kept in holder.kept(work, made.subject):
            rows[(kept.what, kept.ground, kept.until)] = None
    holds = [state for state in block.history(work, made.subject) if state.kind is StateKind.HOLD and state.ended_at is None]
    for item in items.legal(work, made.subject):  # what a plan of some items leaves: a hold keeps it, or nobody asked for it
        if item.klass == "data":
            rows[_left(item, holds)] = None
    return [
        certificate.Kept(what, _basis(ground), until) for what, ground, until in sorted(rows, key=lambda r: (r[0], r[1], r[2] or date.max))
    ]


def _left(item: Legal, holds: Sequence[block.State]) -> tuple[str, str, date | None]:
    for hold in holds:
        scope = hold.scope
        parts = ((scope.categories, {item.category}), (scope.items, {item.item_id}), (scope.purposes, item.purposes))
        if all(not wanted or wanted & has for wanted, has in parts):
            return item.category, hold.basis.article, None  # a hold has no last day: two people end it
    return item.category, item.ground, item.term_end


def _basis(ground: str) -> certificate.Basis:
    clause = ground.split(".")[0].isdigit() and " " not in ground
    return certificate.Basis(ground, "") if clause else certificate.Basis("", ground)


def unfinished(work: Work, after: str = "", limit: int = 100) -> list[Plan]:
    """Plans with steps left, oldest first."""
    return records.unfinished(work, after, limit)


def plans(work: Work, subject: str) -> list[Plan]:
    """The destructions of a subject, oldest first."""
    return records.of_subject(work, subject)


def receipts(work: Work, made: Plan) -> list[Receipt]:
    """What each step of a plan removed."""
    return records.receipts(work, made)


def unlogged(step: str) -> bool:
    """Whether a step leaves no entry: the last ones take away what ties an entry to the person."""
    return step.partition(":")[0] in LAST


def one(work: Work, subject: str, plan_id: str) -> Plan:
    """One plan. Raises NotFound."""
    found = records.one(work, subject, plan_id)
    if found is None:
        raise NotFound("plan_unknown")
    return found
