"""Correcting on documents: everything is checked and asked first, then each touched category gets one new version, whole, under its own key.

The gate is asked for each category apart, for the purpose that its data serve, so that staff correct only what they could open. What is wrong and cannot be
set right comes with an empty value and is left out of the new version (the Law art. 25(2)(8)).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sandyq.audit import Act, Leaf, record
from sandyq.change.facts import CONTACTS, Changed, NewVersion
from sandyq.db import Work
from sandyq.errors import Conflict, FieldError, Invalid
from sandyq.gate import Gate
from sandyq.gate.facts import gather
from sandyq.law.ask import Ask, Facts, ItemFact
from sandyq.law.calendar import local_date
from sandyq.law.decision import Permit, Refusal
from sandyq.law.retention import storage_term
from sandyq.law.vocabulary import ActorKind, Occasion, Operation, SourceKind
from sandyq.policy import answers
from sandyq.policy.facts import Edition, InForce
from sandyq.register import index, items, media, subjects
from sandyq.register.items import Legal, NewItem, Opened

_BASIS = ("4.1.2", "94-V art. 13, 24(1)(2), 25(2)(8)")
_LISTED = ("6.2", "94-V art. 7(9)")


class _Refused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


def correct(
    work: Work,
    gate: Gate,
    subject: str,
    values: Mapping[str, str],
    documents: tuple[str, ...],
    *,
    contacts_checked: bool = False,
    source: SourceKind = SourceKind.PERSON,
) -> Changed | Refusal:
    """Put right, supplement or (an empty value) give up fields of a person, as documents on file prove. The desk has looked at the documents.

    `contacts_checked`: the identity check allowed the new phone or e-mail; without it these fields are refused. Raises Invalid with every fault of
    the fields, NotFound, Conflict when an IIN is somebody else's verified one. A refusal by law is a value with its reasons, and nothing is changed then.
    """
    force = gate.in_force(work)
    facts = gather(work, Ask(Operation.CHANGE, subject, "", actor=ActorKind(work.actor.kind), actor_id=work.actor.id), force.installed)
    normal = _checked(work, force.edition, facts, values, contacts_checked=contacts_checked)
    try:
        return _Correction(work, gate, force, facts, documents, source).run(normal)
    except _Refused as refused:
        return refused.refusal  # all questions come before the first change; the decisions stay on record


def _checked(work: Work, edition: Edition, facts: Facts, values: Mapping[str, str], *, contacts_checked: bool) -> dict[str, str]:
    """Normal values by field, an empty one for what is to be given up; or every fault at once."""
    errors: list[FieldError] = [] if values else [FieldError("data", "missing", {}, ("4.1.2",))]
    held = frozenset[str]().union(*[item.fields for item in facts.items if item.klass == "data"])
    normal: dict[str, str] = {}
    for name, typed in values.items():
        spec = edition.fields.get(name)
        if spec is None or spec.kind == "file" or (name not in held and not _purpose_for(edition, facts, name)):
            errors.append(FieldError(f"data.{name[:60]}", "field_unlisted", {"name": name[:40]}, _LISTED))
            continue
        if name in CONTACTS and not contacts_checked:
            errors.append(FieldError(f"data.{name}", "contact_needs_identity", {}, ("4.1.2", "8.3")))
        normal[name], fault = answers.normal(spec, typed.strip(), local_date(work.at), adult=False) if typed.strip() else ("", None)
        if not typed.strip() and name not in held:
            fault = FieldError(f"data.{name}", "missing", {}, (spec.category,))
        if fault is not None:
            errors.append(fault)
    if errors:
        raise Invalid(errors)
    return normal


def _purpose_for(edition: Edition, facts: Facts, name: str) -> str:
    """A purpose that the person's data serve already and that lists the field: what is supplemented serves it, too."""
    serving = sorted(frozenset[str]().union(*[item.purposes for item in facts.items if item.klass == "data"]))
    known = edition.policy.purposes
    return next((p for p in serving if p in known and name in known[p].fields), "")


@dataclass(frozen=True, slots=True)
class _Touched:
    """One category to be corrected: its present version, if any, and what the new one consists of."""

    category: str
    purpose: str
    now: ItemFact | None
    legal: Legal
    opened: Opened | None
    values: Mapping[str, str]
    version: NewVersion


def _was(one: _Touched) -> dict[str, str]:
    """The values that a correction replaces or gives up."""
    gone = one.version.changed | one.version.removed
    return {name: value for name, value in one.opened.values.items() if name in gone} if one.opened else {}


class _Correction:
    """One correction: first everything is asked and opened, then everything is written."""

    def __init__(self, work: Work, gate: Gate, force: InForce, facts: Facts, documents: tuple[str, ...], source: SourceKind) -> None:
        self.work, self.gate, self.force, self.facts = work, gate, force, facts
        self.documents, self.source = documents, source
        self.subject = facts.subject.id
        self.present = {item.category: item for item in facts.items if item.klass == "data"}
        self.legal = {item.item_id: item for item in items.legal(work, self.subject)}

    def run(self, normal: Mapping[str, str]) -> Changed | Refusal:
        work, by_category = self.work, dict[str, dict[str, str]]()
        for name, value in normal.items():
            by_category.setdefault(self.force.edition.fields[name].category, {})[name] = value
        touched = [self._touched(category, wanted) for category, wanted in sorted(by_category.items())]
        differing = [one for one in touched if one.version.fields]
        unchanged = frozenset(normal) - frozenset[str]().union(*[one.version.fields for one in differing])
        permits = [self._permit_to_write(one) for one in differing]
        known = self._known(differing)
        if differing:
            subjects.touch(work, self.subject)  # a lead that is being decided on the old values is decided again
        made = [self._written(one, permit) for one, permit in zip(differing, permits, strict=True)]
        self._reindex(differing, known)
        told = self._told(made, unchanged, next((p.decision for p in permits if p), ""))
        return replace(told, was={name: value for one in differing for name, value in _was(one).items()})

    # --- asked and opened ------------------------------------------------------------------------------------------------------------------

    def _ask(self, operation: Operation, purpose: str, fields: frozenset[str], item: str = "") -> Permit:
        ask = Ask(
            operation,
            self.subject,
            purpose,
            fields,
            ActorKind(self.work.actor.kind),
            self.work.actor.id,
            Occasion.CORRECTION_ON_DOCUMENTS,
            documents=self.documents,
            items=frozenset({item}) if item else frozenset(),
        )
        answer = self.gate.ask(self.work, ask)
        if isinstance(answer, Refusal):
            raise _Refused(answer)
        if not answer.fields >= fields:  # a grant or a state takes a part away: a version is corrected whole or not at all
            raise _Refused(Refusal(ask, replace(answer.verdict, permitted=False, fields=frozenset()), answer.decision))
        return answer

    def _touched(self, category: str, wanted: Mapping[str, str]) -> _Touched:
        now = self.present.get(category)
        known = self.force.edition.policy.purposes
        if now is None:
            purpose = _purpose_for(self.force.edition, self.facts, next(iter(wanted)))
            like = next(item for item in self.facts.items if item.klass == "data" and purpose in item.purposes)
            version = NewVersion(category, "", "", frozenset(), frozenset(wanted), frozenset())
            return _Touched(category, purpose, None, self.legal[like.id], None, dict(wanted), version)
        purpose = next((p for p in sorted(now.purposes) if p in known), "")
        asked = Operation.CHANGE if now.fields & wanted.keys() else Operation.SUPPLEMENT
        opened = self.gate.open(self.work, self._ask(asked, purpose, now.fields, now.id))[now.id]
        old = opened.values
        removed = frozenset(name for name, value in wanted.items() if not value and name in old)
        changed = frozenset(name for name, value in wanted.items() if value and name in old and old[name] != value)
        added = frozenset(name for name, value in wanted.items() if value and name not in old)
        values = {name: value for name, value in {**old, **wanted}.items() if value}
        return _Touched(
            category, purpose, now, self.legal[now.id], opened, values, NewVersion(category, now.id, "", changed, added, removed)
        )

    def _permit_to_write(self, one: _Touched) -> Permit | None:
        """The permit for the whole new version. What was not there before is asked for as a supplement, too."""
        version = one.version
        if not one.values:
            return None
        if version.changed or version.removed:
            if version.added:
                self._ask(Operation.SUPPLEMENT, one.purpose, version.added)
            return self._ask(Operation.CHANGE, one.purpose, frozenset(one.values))
        return self._ask(Operation.SUPPLEMENT, one.purpose, frozenset(one.values))

    def _known(self, touched: list[_Touched]) -> dict[str, str]:
        """All values by which the person is found, as they stand after the correction: tokens of a name need the birth year and the phone as well."""
        changed = frozenset[str]().union(*[one.version.fields for one in touched])
        if not changed & index.KINDS_OF.keys():
            return {}
        known = {name: value for one in touched for name, value in one.values.items()}
        for category, item in self.present.items():
            fields = frozenset(item.fields & index.KINDS_OF.keys())
            if fields and all(one.category != category for one in touched):
                purpose = next((p for p in sorted(item.purposes) if p in self.force.edition.policy.purposes), "")
                permit = self._ask(Operation.CHANGE, purpose, fields, item.id)
                known.update(self.gate.open(self.work, permit)[item.id].values)
        return known

    # --- written -------------------------------------------------------------------------------------------------------------------------------

    def _written(self, one: _Touched, permit: Permit | None) -> NewVersion:
        if permit is None:
            return one.version
        (made,) = items.put(self.work, self.gate.ring, permit, [self._item(one)])
        if one.now is not None:
            media.stay(self.work, self.subject, one.now.id, made)
        return replace(one.version, new=made)

    def _item(self, one: _Touched) -> NewItem:
        """The new version: ground, purposes and term are those of the old one. It counts as coming from where it all came from, unless every field is new."""
        like, now = one.legal, one.now
        whole = now is None or one.version.changed | one.version.added >= one.values.keys()
        source = self.source if whole or now is None else now.source
        cited = "documents: " + ", ".join(self.documents)
        told = one.opened.source_detail if one.opened and not whole and source is not SourceKind.PERSON else ""
        return NewItem(
            one.category,
            one.values,
            source,
            "; ".join(filter(None, (told.partition("; documents: ")[0], cited))),
            like.ground,
            like.purposes,
            like.term_rule,
            self._term(now) if now else like.term_end,
            like.consent,
            citation=like.citation,
            guaranteed=whole or now is None or now.guaranteed,
            source_cited=not whole and now is not None and now.source_cited,
        )

    def _term(self, now: ItemFact) -> date | None:
        """A term that counts from the day of collecting goes on from the first day: a correction does not make it longer."""
        term = storage_term(now, self.facts, self.force.book.policy, self.work.at)
        rule = self.force.book.policy.terms.get(term.rule)
        counted = rule is not None and rule.event == "collected" and not term.by_law
        return term.end if counted else now.term_end

    def _reindex(self, touched: list[_Touched], known: Mapping[str, str]) -> None:
        changed = frozenset[str]().union(*[one.version.fields for one in touched])
        if not changed & index.KINDS_OF.keys():
            return
        fact = self.facts.subject
        who = index.identifiers(known, asserted=not fact.iin_verified, wall=fact.wall)
        if "iin" in changed and not fact.iin_verified:
            self._not_somebody_else(who)
        index.replace(self.work, self.gate.ring, self.subject, changed, who)

    def _not_somebody_else(self, who: index.Identifiers) -> None:
        """Who is only asserted does not become a known person by a correction: that is a merge, on an identity check."""
        if not who.iin:
            return
        found = index.find(self.work, self.gate.ring, "iin", who.iin, wall=who.wall).subjects
        if any(other != self.subject and subjects.alive(self.work, other) for other in found):
            raise Conflict("iin_known", remedy="merge at the desk")

    def _told(self, made: list[NewVersion], unchanged: frozenset[str], decision: str) -> Changed:
        clause, article = _BASIS
        categories = ",".join(version.category for version in made)
        count = sum(len(version.fields) for version in made)
        verdict = "done" if made else "refused"
        parent = record(
            self.work,
            Leaf(Act.CORRECTED, self.subject, clause, article, verdict, decision, category=categories, count=count),
        )
        for version in made:
            act = Act.VERSION_MADE if version.new else Act.FIELD_REMOVED
            touched = version.new or version.old
            record(
                self.work,
                Leaf(
                    act,
                    self.subject,
                    clause,
                    article,
                    decision=decision,
                    object=touched,
                    category=version.category,
                    count=len(version.fields),
                    parent=parent,
                ),
            )
        return Changed(self.subject, tuple(made), unchanged, decision, parent)
