"""Taking on, finding, showing and ending behind the wall of 3.7.

Nothing here looks at the clients' side: a search, the check that an IIN is taken on once, and the tokens all belong to the wall. Whoever is not behind it
is answered like an id that does not exist.
"""

import re
from collections.abc import Mapping
from datetime import date

from sandyq import consent, relations, use
from sandyq.audit import Act, Leaf, record
from sandyq.collect import evidence_end
from sandyq.collect.acts import EVIDENCE_TERM
from sandyq.consent.facts import NewGrant, Pressed, Proof, ShownText, Via
from sandyq.db import Work
from sandyq.errors import Conflict, FieldError, Invalid, NotFound
from sandyq.gate import Gate, Prospect
from sandyq.law.ask import Ask, ConsentFact, SubjectFact
from sandyq.law.calendar import local_date
from sandyq.law.decision import Permit, Refusal
from sandyq.law.vocabulary import ActorKind, GrantKind, GrantState, Operation
from sandyq.personnel.facts import CONSENT, RELATIONS, WALL, Ended, NewPerson, Role, Standing, Taken
from sandyq.policy import answers, texts
from sandyq.policy.facts import Edition
from sandyq.register import identifiers, index, items, subjects
from sandyq.register.items import NewItem
from sandyq.relations.facts import NewRelation, RelationKind

_ARTICLE = "94-V art. 9(2-1), 14"
_LISTED = ("3.7", "94-V art. 7(9)")
_CITED = re.compile(r"([0-9IVXLCDM-]{1,12}|Labour Code|Tax Code( 20[0-9]{2})?) art\. [0-9(), -]{1,20}")
"""An act by its number or by its name, and an article: a citation stands in clear beside the data, so it is no place for words of one's own."""
_REQUIRED = ("iin", "surname", "first_name")
_PAPER = 200


def take_on(work: Work, gate: Gate, new: NewPerson, subject: str = "") -> Taken | Refusal:
    """Take on a candidate or an employee, as a subject of their own behind the wall. With `subject` somebody there (a candidate) is taken on anew: the data
    come whole, and what tied them before ends.

    Raises Invalid with every fault, Conflict when the IIN is taken on already, NotFound. A refusal by law is a value, and nothing is kept then.
    """
    edition = gate.in_force(work).edition
    values = _checked(work, edition, new)
    if subject:
        _behind(work, subject)
    elif _known(work, gate, values["iin"]):
        raise Conflict("taken_on_already", remedy="find the person and take them on anew")
    taking = _Taking(work, gate, edition, new, values, subject or work.new_id(), known=bool(subject))
    return taking.run()


# --- checked and asked -------------------------------------------------------------------------------------------------------------------------


def check(work: Work, gate: Gate, new: NewPerson) -> None:
    """Look whether somebody could be taken on with what was filled in; the law is asked by `take_on`. Raises Invalid with every fault."""
    _checked(work, gate.in_force(work).edition, new)


def _checked(work: Work, edition: Edition, new: NewPerson) -> dict[str, str]:
    """Normal values by field, or every fault at once."""
    labour = {purpose.id: purpose for purpose in edition.policy.purposes.values() if purpose.hr}
    today = local_date(work.at)
    errors = [
        FieldError(f"grounds.{p[:60]}", "not_in_list", {"allowed": ", ".join(sorted(labour))}, ("3.7",))
        for p in new.grounds
        if p not in labour
    ]
    errors += [
        FieldError(f"grounds.{p[:60]}", "citation_shape", {"form": "414-V art. 28"}, ("3.7", "94-V art. 9"))
        for p, ground in new.grounds.items()
        if ground.citation and not _CITED.fullmatch(ground.citation)
    ]
    if not new.grounds:
        errors.append(FieldError("grounds", "missing", {}, ("3.7", "94-V art. 7(1)")))
    listed = frozenset[str]().union(*[labour[p].fields for p in new.grounds if p in labour])
    typed = {name: value.strip() for name, value in new.values.items() if value.strip()}
    values: dict[str, str] = {}
    for name, value in typed.items():
        spec = edition.fields.get(name)
        if spec is None or spec.kind == "file" or name not in listed:
            errors.append(FieldError(f"data.{name[:60]}", "field_unlisted", {"name": name[:40]}, _LISTED))
            continue
        values[name], fault = answers.normal(spec, value, today, adult=False)
        errors += [fault] if fault else []
    errors += [FieldError(f"data.{name}", "missing", {}, ("6.2.1",)) for name in _REQUIRED if name not in typed]
    if new.started > today:
        errors.append(FieldError("started", "in_the_future", {"given": new.started.isoformat()}))
    paper = identifiers.line(new.paper)
    if paper.error or not paper.value or len(paper.value) > _PAPER:
        errors.append(
            FieldError("paper", paper.error or ("text_too_long" if paper.value else "missing"), {}, ("3.7", "94-V art. 25(2)(5)"))
        )
    if errors:
        raise Invalid(errors)
    return values


def _known(work: Work, gate: Gate, iin: str) -> bool:
    found = index.find(work, gate.ring, "iin", iin, wall=WALL).matches
    return any(subjects.alive(work, match.subject) for match in found)


def _behind(work: Work, subject: str) -> None:
    """Raises NotFound for everybody who is not behind the wall, as for an id that does not exist."""
    seen = subjects.see(work, subject)
    if seen.fact.wall != WALL or seen.fact.destroyed:
        raise NotFound("subject_unknown")


class _Taking:
    """One taking on. Of a new person everything is asked before anything is kept; of a known one what was signed is kept first, as it was signed anyhow."""

    def __init__(
        self, work: Work, gate: Gate, edition: Edition, new: NewPerson, values: Mapping[str, str], subject: str, *, known: bool
    ) -> None:
        self.work, self.gate, self.edition, self.new = work, gate, edition, new
        self.values, self.subject, self.known = values, subject, known
        self.until = evidence_end(edition, local_date(work.at))

    def run(self) -> Taken | Refusal:
        grants = self._grants()
        granted, evidence = self._signed(grants) if self.known else ({}, "")
        permits: dict[str, Permit] = {}
        for purpose in self.new.grounds:
            answer = self._may_collect(purpose, grants)
            if isinstance(answer, Refusal):
                return answer
            permits[purpose] = answer
        if not self.known:
            subjects.create(self.work, self.gate.ring, wall=WALL, subject=self.subject)
            granted, evidence = self._signed(grants)
        purposes = ",".join(sorted(self.new.grounds))
        decision = next(iter(permits.values())).decision
        record(
            self.work,
            Leaf(
                Act.TAKEN_ON,
                self.subject,
                "3.7",
                _ARTICLE,
                decision=decision,
                purpose=purposes,
                object=self.new.role,
                count=len(self.values),
            ),
        )
        kept = self._kept(permits, granted)
        self._indexed()
        return Taken(self.subject, self._related(evidence), tuple(kept))

    def _grants(self) -> list[NewGrant]:
        """The consents that were signed: collecting and processing for each purpose that rests on consent, each in its exact words."""
        made = []
        rows = self.edition.data.get("texts", {}).items()
        for purpose in (p for p, ground in self.new.grounds.items() if ground.code == CONSENT):
            for name in (
                name for name, row in rows if row["purpose"] == purpose and row["kind"] in (GrantKind.COLLECTION, GrantKind.PROCESSING)
            ):
                text = texts.render(self.edition, name, self.new.language)
                shown = ShownText(text.text_id, text.version, text.language, bytes.fromhex(text.sha256), complete=len(text.items) == 8)
                kind, fields = GrantKind(text.kind), frozenset(text.fields)
                made.append(NewGrant(kind, GrantState.GIVEN, shown, Pressed.SIGNED_ON_PAPER, purpose=purpose, fields=fields))
        return made

    def _signed(self, grants: list[NewGrant]) -> tuple[dict[str, str], str]:
        """Keep the paper as evidence, and what it agrees to: (processing consents by purpose, the evidence)."""
        fields = {"document_kind": self.new.role.value, "document_number": identifiers.line(self.new.paper).value}
        ground = "94-V art. 25(2)(5)"
        paper = NewItem("6.2.5", fields, ground=ground, term_rule=EVIDENCE_TERM, term_end=self.until, klass="evidence")
        evidence = items.put_evidence(self.work, self.gate.ring, self.subject, paper, new_subject=not self.known)
        if not grants:
            return {}, evidence
        proof = Proof(Via.PAPER, self.until, evidence, self.new.given_at)
        ids = consent.give(self.work, self.subject, grants, proof, new_subject=not self.known)
        return {g.purpose: i for i, g in zip(ids, grants, strict=True) if g.kind is GrantKind.PROCESSING}, evidence

    def _may_collect(self, purpose: str, grants: list[NewGrant]) -> Permit | Refusal:
        ground, actor, new = self.new.grounds[purpose], self.work.actor, self.new
        listed = self.edition.policy.purposes[purpose].fields
        fields = frozenset(self.values) & listed
        kind = ActorKind(actor.kind)
        ask = Ask(Operation.COLLECT, self.subject, purpose, fields, kind, actor.id, ground=ground.code, citation=ground.citation)
        if self.known:
            return self.gate.ask(self.work, ask)
        at = new.given_at or self.work.at
        given = tuple(
            ConsentFact(f"offered:{n}", g.kind, g.state, at, g.purpose, fields=g.fields, proven=True, complete=g.text.complete)
            for n, g in enumerate(grants)
        )
        how = "verified" if new.identity_seen else "provisional"
        fact = SubjectFact(self.subject, how, iin_verified=new.identity_seen, wall=WALL)
        return self.gate.ask_before(self.work, ask, Prospect(fact, given))

    def _kept(self, permits: Mapping[str, Permit], granted: Mapping[str, str]) -> list[str]:
        """One item for each category, under the first purpose whose permit covers all of it; it serves every purpose that lists something of it."""
        by_purpose: dict[str, list[NewItem]] = {}
        known = self.edition.policy.purposes
        for category, fields in sorted(self._by_category().items()):
            first = next((p for p, permit in permits.items() if permit.fields >= fields.keys()), "")
            if not first:
                raise Invalid(
                    [FieldError(f"data.{name}", "purpose_lacks_category", {"category": category}, _LISTED) for name in sorted(fields)]
                )
            ground = self.new.grounds[first]
            serving = frozenset(p for p in permits if known[p].fields & fields.keys())
            made = NewItem(
                category,
                fields,
                ground=ground.code,
                purposes=serving,
                term_rule=known[first].term,
                consent=granted.get(first, ""),
                citation=ground.citation,
            )
            by_purpose.setdefault(first, []).append(made)
        ring, fresh = self.gate.ring, not self.known
        return [
            item for purpose, made in by_purpose.items() for item in items.put(self.work, ring, permits[purpose], made, new_subject=fresh)
        ]

    def _by_category(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for name, value in sorted(self.values.items()):
            found.setdefault(self.edition.fields[name].category, {})[name] = value
        return found

    def _indexed(self) -> None:
        if self.known:
            index.erase(self.work, self.subject)
        who = index.identifiers(self.values, asserted=not self.new.identity_seen, wall=WALL)
        index.put(self.work, self.gate.ring, self.subject, who)
        if self.new.identity_seen:
            subjects.verified(self.work, self.subject, iin=True)

    def _related(self, evidence: str) -> str:
        today = local_date(self.work.at)
        if self.known:
            for tie in relations.all_of(self.work, self.subject):
                if tie.ended is None:
                    relations.close_relation(self.work, self.subject, tie.id, today, fulfilled=True)
        new = NewRelation(RELATIONS[self.new.role], self.new.started, frozenset(self.new.grounds), document=evidence)
        return relations.open_relation(self.work, self.subject, new)


# --- found, shown, ended -----------------------------------------------------------------------------------------------------------------------


def find(work: Work, gate: Gate, query: use.Query, purpose: str) -> use.Results:
    """Find people behind the wall, for a purpose of 3.7. Raises Invalid for another purpose, or criteria that are too few or malformed."""
    _labour(gate.in_force(work).edition, purpose)
    return use.find(work, gate, query, purpose, wall=WALL, ground=lambda subject: _ground(work, subject, purpose))


def show(work: Work, gate: Gate, subject: str, purpose: str) -> use.ShownPerson | Refusal:
    """Show somebody behind the wall for a purpose of 3.7, on the ground that their data stand on. Raises Invalid, NotFound."""
    _labour(gate.in_force(work).edition, purpose)
    _behind(work, subject)
    ground, citation = _ground(work, subject, purpose)
    actor = work.actor
    return use.show(
        work, gate, Ask(Operation.USE, subject, purpose, actor=ActorKind(actor.kind), actor_id=actor.id, ground=ground, citation=citation)
    )


def _labour(edition: Edition, purpose: str) -> None:
    labour = sorted(p.id for p in edition.policy.purposes.values() if p.hr)
    if purpose not in labour:
        raise Invalid([FieldError("purpose", "not_in_list", {"allowed": ", ".join(labour)}, ("3.7",))])


def _ground(work: Work, subject: str, purpose: str) -> tuple[str, str]:
    """The ground of the data that serve a purpose; consent where none says otherwise."""
    serving = [i for i in items.legal(work, subject) if i.klass == "data" and i.superseded_at is None and purpose in i.purposes]
    cited = next((i for i in serving if i.ground != CONSENT), None)
    return (cited.ground, cited.citation) if cited else (CONSENT, "")


def standing(work: Work, subject: str) -> Standing:
    """What ties somebody behind the wall to the office now, or did last. Raises NotFound."""
    _behind(work, subject)
    tie = relations.all_of(work, subject)[-1]
    role = Role.EMPLOYEE if tie.kind is RelationKind.EMPLOYMENT else Role.CANDIDATE
    record(work, Leaf(Act.SHOWN, subject, "3.7", _ARTICLE, object="relations", count=1))
    return Standing(subject, role, tie.started, tie.ended, tie.fulfilled)


def end(work: Work, gate: Gate, subject: str, ended: date, *, fulfilled: bool = True) -> Ended | Refusal:
    """The employment or candidacy is over: from this day terms run, and what nothing keeps is destroyed by the sweep (8.1). `fulfilled` is off while
    something is owed still; it is then entered once more. Raises NotFound, Conflict, Invalid. Who may not change the person's data may not end it."""
    _behind(work, subject)
    open_ = [tie for tie in relations.all_of(work, subject) if tie.ended is None or not tie.fulfilled]
    if not open_:
        raise Conflict("relation_over", ended="")
    tie = open_[-1]
    purpose = sorted(tie.purposes)[0]
    ground, citation = _ground(work, subject, purpose)
    ask = Ask(Operation.USE, subject, purpose, actor=ActorKind(work.actor.kind), actor_id=work.actor.id, ground=ground, citation=citation)
    answer = gate.ask(work, ask)
    if isinstance(answer, Refusal):
        return answer
    relations.close_relation(work, subject, tie.id, ended, fulfilled=fulfilled)
    record(
        work,
        Leaf(Act.EMPLOYMENT_ENDED, subject, "3.7", "94-V art. 18(1)(2)", decision=answer.decision, object=tie.id, count=int(fulfilled)),
    )
    return Ended(subject, tie.id, ended)
