"""Each of the eleven kinds of requests from the letter to its end: opened by somebody who has proved nothing, identified, decided, carried out, answered, told to
recipients, confirmed by them, delivered, closed; whole, in part, and refused with limb, article and where to complain (policy 4.1, 5.1.1, 2.16)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest

from acts_world import acknowledge, destroyed, later, on_demand, post, wired
from office import PUBLIC, Applicant, House
from rights_world import RightsDesk, at
from sandyq import collect, correspondence, relations, requests, rights
from sandyq.app.chores import Requests
from sandyq.identity import Level
from sandyq.law.decision import Refusal
from sandyq.letters import render
from sandyq.letters.letter import LetterBody
from sandyq.relations import NewRelation, RelationKind
from sandyq.requests import DocumentKind
from sandyq.rights import Case, Channel, Do, Kind, Part, PartDecision, State, Wanted, What, kinds
from sandyq.rights.states import AT_ANSWER


@dataclass
class Walk:
    """One request of one person, step by step."""

    desk: RightsDesk
    office: House
    someone: Applicant
    case: Case = field(init=False)

    def open(self, kind: Kind, *wants: Wanted, **more: Any) -> None:
        """By post, from somebody who has proved nothing; then they come to the desk."""
        self.case = self.desk.stranger(kind, *wants, channel=Channel.PAPER, **more)
        assert self.now.state is State.IDENTIFYING
        assert [clock for clock in self.now.clocks if clock.open], "its clocks run whoever asks"
        later(self.office, seconds=1)
        self.desk.do(rights.identified, self.case, self.someone.subject, Level.DESK)
        later(self.office, seconds=1)

    @property
    def now(self) -> Case:
        return self.desk.now(self.case)

    def decide(self, choose: Callable[[Part], PartDecision]) -> None:
        """Every open part; where it takes two, the second confirms."""
        if self.now.open_parts:
            self.desk.do(rights.decide, self.case, [choose(part) for part in self.now.open_parts])
        later(self.office, seconds=1)
        if self.now.state is State.SECOND_PERSON:
            self.desk.do(rights.confirm, self.case, by=self.office.dpo2)
        destroyed(self.office)
        later(self.office, seconds=1)
        self.chore()

    def grant(self, **more: Any) -> None:
        self.decide(lambda part: PartDecision(part.no, Do.GRANT, **more))

    def paper(self, kind: DocumentKind = DocumentKind.PROOF) -> str:
        def filed(work):
            return requests.file_document(work, self.office.office.gate, self.someone.subject, kind, "certificate 17")

        return self.office.do(filed, self.office.dpo)

    def chore(self) -> None:
        Requests(self.office.office).run()

    def answered(self) -> LetterBody:
        """The answer goes by post; recipients confirm what they were told; the receipt comes back; the office closes the case by itself."""
        gate, dpo = self.office.office.gate, self.office.dpo
        entry = self.desk.do(rights.answer, self.case, ("Сыналова Ү.", "Алматы, Үлгі к., 1"))
        self.chore()
        assert self.now.delivery is rights.Delivery.TO_POST
        later(self.office, hours=1)
        self.office.do(lambda work: correspondence.posted(work, gate, correspondence.one(work, entry), "KZ 0001"), dpo)
        self.chore()
        assert not [clock for clock in self.now.clocks if clock.open and clock.duty in AT_ANSWER], "the answer has left"
        assert self.now.state is State.ANSWERED
        self.confirmed()
        assert self.now.state is State.ANSWERED, "the receipt has not come"
        later(self.office, hours=1)
        self.office.do(lambda work: correspondence.delivered(work, gate, correspondence.one(work, entry), None, note="signed for"), dpo)
        self.chore()
        assert self.now.state is State.CLOSED

        def read(work):
            found = correspondence.letter(work, gate, correspondence.one(work, entry))
            assert not isinstance(found, Refusal)
            return found

        return LetterBody.from_json(self.office.do(read, dpo))

    def confirmed(self) -> None:
        """Each recipient confirms what it was told; until then the case names it."""
        post(self.office)
        later(self.office, seconds=1)
        waiting = self.office.look(lambda work: rights.unconfirmed(work, rights.case(work, self.case.id)))
        if waiting:
            assert self.office.look(lambda work: rights.waits_for(work, rights.case(work, self.case.id))) == "recipients"
        for transfer in waiting:
            acknowledge(self.office, transfer)
        self.chore()


def said(body: LetterBody) -> dict[str, str]:
    return {language: " ".join(render.render_text(body, language, base_url="").split()) for language in ("kk", "ru", "en")}


@pytest.fixture
def walk(office: House) -> Walk:
    wired(office)
    someone = office.applicant(to=[office.bank_a])
    post(office)
    later(office, seconds=1)
    return Walk(RightsDesk(office), office, someone)


def told_bank_a(body: LetterBody) -> bool:
    return all("Bank A" in text for text in said(body).values())


def test_access(walk: Walk) -> None:
    walk.open(Kind.ACCESS)
    walk.grant()
    body = walk.answered()
    assert (body.template, walk.now.outcome) == ("access-1", "granted")
    assert told_bank_a(body), "recipients are listed; nobody is asked"


def test_rectify(walk: Walk) -> None:
    walk.open(Kind.RECTIFY, Wanted(What.FIELD, "surname", "Жаңабекова"))
    walk.desk.do(rights.add_documents, walk.case, (walk.paper(),))
    walk.grant()
    body = walk.answered()
    assert (body.template, walk.now.outcome) == ("rectified-1", "granted")
    assert told_bank_a(body)


def test_block(walk: Walk) -> None:
    walk.open(Kind.BLOCK)
    walk.chore()
    body = walk.answered()
    assert (body.template, walk.now.outcome) == ("blocked-1", "granted")
    assert told_bank_a(body)


def test_unblock(walk: Walk) -> None:
    walk.desk.ask(walk.someone, Kind.BLOCK)
    post(walk.office)
    later(walk.office, seconds=1)
    walk.open(Kind.UNBLOCK)
    walk.grant()
    body = walk.answered()
    assert (body.template, walk.now.outcome) == ("released-1", "granted")
    assert told_bank_a(body)


def test_destroy(walk: Walk) -> None:
    on_demand(walk.office)
    walk.open(Kind.DESTROY)
    walk.grant(reason="demanded")
    body = walk.answered()
    assert (body.template, walk.now.outcome, walk.now.about) == ("destroyed-1", "granted", "")
    assert told_bank_a(body)


def test_withdraw_in_part_for_an_obligation(walk: Walk) -> None:
    new = NewRelation(RelationKind.OBLIGATION, date(2026, 3, 1), frozenset({walk.office.purpose}))
    owed = walk.office.do(lambda work: relations.open_relation(work, walk.someone.subject, new))
    walk.open(Kind.WITHDRAW)
    free = {part.no for part in walk.desk.do(rights.suggest, walk.case).parts if part.verdict == "permitted"}
    assert free
    walk.decide(
        lambda part: (
            PartDecision(part.no, Do.GRANT) if part.no in free else PartDecision(part.no, Do.REFUSE, "goes_on_for_obligation", owed)
        )
    )
    body = walk.answered()
    assert (body.template, walk.now.outcome) == ("withdrawn-1", "partly")
    assert told_bank_a(body)
    assert "art. 8(2)" in said(body)["en"]


def test_public_sources_in_part(walk: Walk) -> None:
    walk.office.clock.move(at(2026, 4, 1))
    places = (Wanted(What.PLACE, "", "https://sample.example/list"), Wanted(What.PLACE, "", "https://elsewhere.example/page"))
    walk.open(Kind.PUBLIC_SOURCES, Wanted(What.PUBLICATION, "no"), *places)
    walk.decide(
        lambda part: (
            PartDecision(part.no, Do.GRANT, document=walk.office.document())
            if part.no == 2
            else PartDecision(part.no, Do.REFUSE, "published_by_others")
        )
    )
    body = walk.answered()
    assert (body.template, walk.now.outcome) == ("public-1", "partly")
    assert "https://sample.example/list" in said(body)["ru"]


def test_complaint_in_part(walk: Walk) -> None:
    walk.open(Kind.COMPLAINT, Wanted(What.CLAIM, "moral"), Wanted(What.CLAIM, "material"))
    walk.decide(lambda part: PartDecision(part.no, Do.GRANT) if part.no == 1 else PartDecision(part.no, Do.REFUSE, "unsubstantiated"))
    body = walk.answered()
    assert (body.template, walk.now.outcome) == ("complaint-1", "partly")


def test_automated_objection(walk: Walk) -> None:
    walk.open(Kind.AUTOMATED_OBJECTION)
    [first, *_] = walk.now.open_parts
    walk.decide(lambda part: PartDecision(part.no, Do.GRANT) if part is first else PartDecision(part.no, Do.REFUSE, "review_confirmed"))
    body = walk.answered()
    assert body.template == "objection-1"
    assert all(part.decision for part in walk.now.parts if part.what is What.DECISION), "each decision was reviewed by a member, on record"
    assert told_bank_a(body)


def test_authority_order(walk: Walk) -> None:
    order = walk.paper(DocumentKind.AUTHORITY_DEMAND)
    wants = (Wanted(What.ORDER, "block"), Wanted(What.ORDER, "disclose"), Wanted(What.FIELD, "surname"))
    walk.open(Kind.AUTHORITY_ORDER, *wants, documents=(order,), ordered_on=date(2026, 3, 16), ordered_due=date(2026, 3, 25))
    walk.grant()
    body = walk.answered()
    assert (body.template, walk.now.outcome) == ("authority-1", "granted")
    assert walk.someone.person.surname in said(body)["en"]
    assert told_bank_a(body)


def test_not_me(walk: Walk) -> None:
    form = walk.office.form(replace(walk.office.person(), iin=walk.someone.person.iin))
    walk.office.do(lambda work: collect.submit(work, walk.office.office.gate, form), PUBLIC)
    later(walk.office, seconds=1)
    walk.open(Kind.NOT_ME)
    walk.grant(reason="reject")
    assert (walk.answered().template, walk.now.outcome) == ("not-me-1", "granted")


ASKED: dict[Kind, tuple[Wanted, ...]] = {
    Kind.RECTIFY: (Wanted(What.FIELD, "surname", "Жаңабекова"),),
    Kind.PUBLIC_SOURCES: (Wanted(What.PUBLICATION, "yes"),),
    Kind.COMPLAINT: (Wanted(What.CLAIM, "moral"),),
    Kind.AUTHORITY_ORDER: (Wanted(What.ORDER, "correct"),),
}
AT_ONCE = {Kind.BLOCK, Kind.NOT_ME}
"""What cannot be refused as a whole by a member: a block takes effect at once, and where no form was sent there is nothing to decide."""


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in AT_ONCE])
def test_a_refusal_names_its_limb_with_clause_and_article_and_where_to_complain(walk: Walk, kind: Kind) -> None:
    if kind is Kind.UNBLOCK:
        walk.desk.ask(walk.someone, Kind.BLOCK)
        later(walk.office, seconds=1)
    limbs = kinds.TABLE[kind].limbs()
    reason = next(code for code, limb in limbs.items() if not limb.cites)
    papers = (walk.paper(DocumentKind.AUTHORITY_DEMAND),) if kind is Kind.AUTHORITY_ORDER else ()
    walk.open(kind, *ASKED.get(kind, ()), documents=papers)
    walk.decide(lambda part: PartDecision(part.no, Do.REFUSE, reason))
    body = walk.answered()
    assert walk.now.outcome == "refused"
    assert {(r.code, r.basis.clause, r.basis.article) for r in body.reasons} == {(reason, limbs[reason].clause, limbs[reason].article)}
    assert body.appeal == ("authorised_body", "prosecutor", "court")
    for language, court in (("kk", "сот"), ("ru", "суд"), ("en", "court")):
        assert court in said(body)[language].lower()
