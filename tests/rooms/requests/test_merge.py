"""A form of somebody who is known already: merged on an identity check, kept apart, or rejected (design 11)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from office import PUBLIC
from sandyq import applications, collect, consent, destroy, requests, use
from sandyq.app import plans, start
from sandyq.collect import Rejected, Stored
from sandyq.errors import Conflict, Invalid, NotFound
from sandyq.law.ask import Ask
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, Occasion, Operation
from sandyq.register import items, media, subjects
from sandyq.requests import Decided, DocumentKind, Kind

PDF = b"%PDF-1.7 a made-up identity card" + b" " * 64


@pytest.fixture
def known(office):
    start.start(office.office)
    return office.applicant(to=[office.bank_a])


@pytest.fixture
def again(office, known):
    """A second form with the known person's IIN, a day later, its phone confirmed, with a document copy."""
    office.clock.advance(timedelta(days=1))
    upload = media.receive(office.settings.media_dir, [PDF], 1)
    form = office.form(known.person, to=[office.bank_b], uploads=(Stored("document_copy", upload),))
    form = replace(form, values={**form.values, "city": "Шымкент"}, browser="browser of the second form")
    received = office.do(lambda work: collect.submit(work, office.office.gate, form), PUBLIC)
    assert not isinstance(received, Rejected)
    code = office.code(received)
    state, routed = office.do(lambda work: applications.confirm(work, office.office.gate, "browser of the second form", code), PUBLIC)
    assert state.ok
    assert [r.transfer for r in routed] == ["", ""]
    return received


def paper(office, subject, kind=DocumentKind.IDENTITY_CHECK):
    return office.do(lambda work: requests.file_document(work, office.office.gate, subject, kind, "ID card shown on 19 March"), office.dpo)


def merged(office, again, known):
    document = paper(office, known.subject)
    return office.do(lambda work: requests.merge(work, office.office.desk, again.submission, known.subject, document), office.dpo)


def test_everything_the_form_brought_becomes_the_known_persons(office, known, again):
    before = office.look(lambda work: consent.proofs(work, again.subject))
    done = merged(office, again, known)
    assert isinstance(done, Decided)
    shown = office.show(known.subject, office.dpo)
    values = {name: value for item in shown.items for name, value in item.values.items()}
    assert values["city"] == "Шымкент"
    assert "document_copy" in values
    after = [
        g for g in office.look(lambda work: consent.proofs(work, known.subject)) if g.recipient == office.bank_b and g.state == "given"
    ]
    assert [(g.given_at, g.text.sha256, len(g.codes)) for g in after] == [
        (g.given_at, g.text.sha256, 1) for g in before if g.recipient == office.bank_b
    ]
    assert [form.id for form in office.look(lambda work: collect.submissions(work, known.subject))] == [
        known.received.submission,
        again.submission,
    ]
    assert [(r.recipient, bool(r.transfer)) for r in done.routed if r.transfer] == [(office.bank_b, True)]


def test_the_upload_opens_as_the_known_persons_and_the_provisional_one_is_gone(office, known, again):
    merged(office, again, known)
    plans.drive(office.office)
    entry = office.look(lambda work: media.of(work, known.subject))[0]
    ask = Ask(Operation.USE, known.subject, office.purpose, actor=ActorKind.STAFF, actor_id=office.dpo.id)

    def read(work):
        permit = office.office.gate.ask(work, ask)
        return media.open(work, office.office.ring, permit, office.settings.media_dir, entry.media_id)

    assert b"".join(office.do(read, office.dpo)) == PDF
    assert not office.look(lambda work: subjects.alive(work, again.subject))
    assert office.look(lambda work: [i for i in items.legal(work, again.subject) if i.klass == "data"]) == []
    assert (
        office.look(lambda work: [h.verify_gone(work, again.subject) for h in office.office.holders if h.verify_gone(work, again.subject)])
        == []
    )


def test_a_merge_without_an_identity_check_is_refused_and_changes_nothing(office, known, again):
    with pytest.raises(Invalid):
        office.do(lambda work: requests.merge(work, office.office.desk, again.submission, known.subject, ""), office.dpo)
    assert office.do(lambda work: collect.undecided(work, office.office.gate))


def test_a_merge_into_a_blocked_person_is_refused_by_law_and_the_refusal_stays_on_record(office, known, again):
    known.done(Kind.BLOCK, reason="violation_claimed")
    answer = merged(office, again, known)
    assert isinstance(answer, Refusal)
    assert "stopped_by_block" in [f.code for f in answer.verdict.reasons]
    assert office.look(lambda work: subjects.alive(work, again.subject))


def test_who_has_no_grant_to_merge_cannot(office, known, again):
    document = paper(office, known.subject)
    answer = office.do(lambda work: requests.merge(work, office.office.desk, again.submission, known.subject, document), office.clerk)
    assert isinstance(answer, Refusal)
    assert "staff_without_grant" in [f.code for f in answer.verdict.reasons]


def test_a_form_is_decided_once(office, known, again):
    merged(office, again, known)
    with pytest.raises(NotFound):
        merged(office, again, known)
    with pytest.raises((NotFound, Conflict)):
        office.do(lambda work: requests.keep_apart(work, office.office.desk, again.submission), office.dpo)


def test_kept_apart_it_goes_to_the_partners_that_it_named(office, known, again):
    done = office.do(lambda work: requests.keep_apart(work, office.office.desk, again.submission), office.dpo)
    assert done.subject == again.subject
    assert [r.recipient for r in done.routed if r.transfer] == [office.bank_b]


def test_rejected_it_is_destroyed_with_a_certificate(office, known, again):
    document = paper(office, again.subject, DocumentKind.REPORT)
    done = office.do(lambda work: requests.reject(work, office.office.desk, again.submission, document), office.dpo)
    assert isinstance(done, Decided)
    plans.drive(office.office)
    plan = office.look(lambda work: destroy.one(work, again.subject, done.plan))
    assert plan.certificate
    assert office.look(lambda work: subjects.alive(work, known.subject))


def test_the_number_of_a_paper_is_sealed_and_opens_as_evidence(office, known):
    document = paper(office, known.subject)
    (filed,) = office.look(lambda work: requests.documents(work, known.subject))
    assert (filed.id, filed.kind, filed.by_id) == (document, DocumentKind.IDENTITY_CHECK, office.dpo.id)
    ask = Ask(
        Operation.USE,
        known.subject,
        office.purpose,
        actor=ActorKind.STAFF,
        actor_id=office.dpo.id,
        occasion=Occasion.OWN_ACCESS,
        documents=(document,),
        items=frozenset({filed.item}),
    )
    shown = office.do(lambda work: use.show(work, office.office.gate, ask), office.dpo)
    assert not isinstance(shown, Refusal)


@pytest.mark.parametrize(
    ("number", "code"), [("", "missing"), ("  ", "missing"), ("x" * 201, "text_too_long"), ("a\x07b", "text_control_characters")]
)
def test_a_paper_needs_a_number_that_can_be_read(office, known, number, code):
    with pytest.raises(Invalid) as refused:
        office.do(lambda work: requests.file_document(work, office.office.gate, known.subject, DocumentKind.REPORT, number), office.dpo)
    assert [e.code for e in refused.value.errors] == [code]


@pytest.mark.parametrize(
    ("reason", "clause", "article"),
    [("demanded", "4.1.4", "255-VIII art. 41(1)"), ("court", "4.1.7", "94-V art. 18(1)(3)"), ("withdrawn", "4.1.4", "255-VIII art. 41(1)")],
)
def test_a_destruction_cites_what_the_law_bears_out_of_its_reason(office, known, reason, clause, article, clock):
    clock.advance(timedelta(days=200))  # the Digital Code is in force
    done = known.done(Kind.DESTROY, reason=reason)
    basis = office.look(lambda work: destroy.one(work, known.subject, done.plan)).basis
    assert basis.clause == clause
    assert basis.article.startswith(article)


def test_an_unknown_reason_of_a_destruction_is_named(office, known):
    with pytest.raises(Invalid):
        known.done(Kind.DESTROY, reason="because")
