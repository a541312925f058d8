"""Collecting: a form becomes a provisional subject with consents, sealed items, tokens and a phone code, or nothing at all (2.4, 5.3, 6).

Whoever fills the form is only asserted to be who they say. A form that meets a known IIN is kept apart and waits for the desk; one that meets
a blocked person is quarantined under a short term (2.2). The answer is the same in all cases.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from sandyq import block, consent, parties, relations
from sandyq.audit import Act, Leaf, record
from sandyq.clock import instant
from sandyq.collect import codes, form, records
from sandyq.collect.facts import Card, Choice, CodeState, Received, Rejected, Submission, Waiting
from sandyq.collect.records import SubmissionRow
from sandyq.consent.facts import CodeProof, NewGrant, Pressed, Proof, ShownText
from sandyq.db import Work
from sandyq.errors import Conflict, FieldError, Invalid, NotFound, NotReady
from sandyq.gate import Gate, Prospect
from sandyq.identity import records as identity
from sandyq.identity import verified
from sandyq.law.ask import Ask, ConsentFact, SubjectFact
from sandyq.law.calendar import local_date
from sandyq.law.decision import Permit, Refusal
from sandyq.law.vocabulary import ActorKind, GrantKind, GrantState, Occasion, Operation, Reading, StateKind
from sandyq.policy.facts import Edition
from sandyq.register import index, items, media, subjects
from sandyq.register.items import NewItem
from sandyq.relations.facts import NewRelation, RelationKind

QUARANTINE_DAYS = 30
EVIDENCE_TERM = "correspondence"
"""The policy's term rule that retained evidence of a request follows: what was asked and answered (3.10, 8.1)."""
_PARTIES_KEY = "parties"


def partners(work: Work, gate: Gate, edition: Edition) -> list[form.Partner]:
    """The recipients whom the form offers to agree to: those that could get a lead at all (7.1.1, 7.2)."""
    purpose = edition.form.purpose
    offered = []
    for party in parties.recipients(work, gate.ring.office(_PARTIES_KEY)):
        fields = _agreed(party.agreed, purpose)
        if party.active and fields:
            offered.append(form.Partner(party.id, party.name, party.country, fields))
    return offered


@lru_cache(maxsize=512)  # every form asks it of every recipient
def _agreed(agreed: frozenset[tuple[str, str]], purpose: str) -> tuple[str, ...]:
    return tuple(sorted([field for wanted, field in agreed if wanted == purpose]))


def cards(work: Work, gate: Gate, language: str) -> tuple[Card, ...]:
    """The consents that the form offers now, in a language."""
    edition = gate.in_force(work).edition
    return form.cards(edition, partners(work, gate, edition), language)


def submit(work: Work, gate: Gate, sent: Submission) -> Received | Rejected:
    """Take a form in whole, or refuse it whole. Raises Invalid with all faults of the fields; a refusal by law is a value with the same
    faults and its own, so that the caller commits it to the record (5.3, art. 7, 8)."""
    force = gate.in_force(work)
    edition, strict = force.edition, force.installed.reading is Reading.STRICT
    offered = cards(work, gate, sent.language)
    filled = form.check(edition, offered, sent, local_date(work.at), asked_expressly=strict)
    mark = codes.form_token(gate.ring, sent.browser, sent.once) if sent.once else b""
    before = records.sent_before(work, mark) if mark else None
    if before is not None:
        return Received("", "", _claim_again(work, gate, sent.browser, before), "", filled.values.get("phone", "")[-4:])
    known, blocked = _known(work, gate, filled.values.get("iin", ""))
    subject, purpose = work.new_id(), edition.form.purpose
    grants = [grant(card, choice, sent.language) for card, choice in filled.chosen]
    if not strict:
        grants += _implied(offered, sent, purpose)
    answer = gate.ask_before(work, _ask(subject, purpose, sent, filled.values, blocked), _prospect(work, subject, grants, bool(known)))
    if isinstance(answer, Refusal):
        return Rejected((*filled.errors, *_faults(answer, filled.errors)), answer.decision)
    if filled.errors:
        raise Invalid(filled.errors)
    if mark:
        records.form_sent(work, mark)
    return _take_in(work, gate, sent, answer, filled.values, grants, known=bool(known), blocked=blocked)


def _claim_again(work: Work, gate: Gate, browser: str, sent_us: int) -> str:
    """The claim code of a form that comes again. Of two taps on the button a browser shows the second answer only: without the code in it the
    person never gets to their receipt. It is told to the browser that sent the form, and no more once the phone's code has come back."""
    made = identity.bound_challenge(work, codes.binding(gate.ring, browser), "phone") if browser else None
    if made is None or made.verified_us is not None:
        return ""
    same = any(row.id == made.about and row.received_us == sent_us for row in records.submissions(work, made.subject))
    return codes.claim_of(gate.ring, made.about) if same else ""


def _known(work: Work, gate: Gate, iin: str) -> tuple[list[str], bool]:
    if not iin:
        return [], False
    found = [s for s in index.find(work, gate.ring, "iin", iin).subjects if subjects.alive(work, s)]
    return found, any(state.kind is StateKind.BLOCK for s in found for state in block.facts(work, s))


def _ask(subject: str, purpose: str, sent: Submission, values: Iterable[str], blocked: bool) -> Ask:
    return Ask(
        Operation.COLLECT,
        subject,
        purpose,
        fields=frozenset(values),
        actor=ActorKind.PUBLIC,
        occasion=Occasion.QUARANTINE if blocked else Occasion.ORDINARY,
        source=sent.source,
        guarantee=sent.guarantee,
    )


def _prospect(work: Work, subject: str, grants: Sequence[NewGrant], known: bool) -> Prospect:
    offered = tuple(
        ConsentFact(
            id=f"offered:{n}",
            kind=g.kind,
            state=g.state,
            given_at=work.at,
            purpose=g.purpose,
            recipient=g.recipient,
            channel=g.channel,
            country=g.country,
            fields=g.fields,
            implied=g.implied,
            proven=not g.implied,
            complete=g.text.complete,
        )
        for n, g in enumerate(grants)
    )
    return Prospect(SubjectFact(subject, matches_known=known), offered)


def grant(card: Card, choice: Choice, language: str) -> NewGrant:
    """What a choice on a card grants or refuses, bound to the text that was shown."""
    """A choice on a card as it is recorded. Cards are the same for everybody, and a form has a few: made once for each answer."""
    key = (language, choice.given, choice.pressed)
    made = card.grants.get(key)
    if made is None:
        made = card.grants[key] = _made(card, choice, language)
    return made


def _made(card: Card, choice: Choice, language: str) -> NewGrant:
    text = card.text
    shown = ShownText(text.text_id, text.version, language, bytes.fromhex(text.sha256), complete=len(text.items) == 8)
    return NewGrant(
        kind=card.kind,
        state=GrantState.GIVEN if choice.given else GrantState.REFUSED,
        text=shown,
        pressed=choice.pressed if choice.given else _no(choice.pressed),
        purpose=text.purpose,
        recipient=card.recipient,
        channel=card.channel,
        country=card.country,
        fields=frozenset(text.fields),
    )


def _implied(offered: Iterable[Card], sent: Submission, purpose: str) -> list[NewGrant]:
    """By the policy's words sending the form counts as a yes to what it is for, and to nothing else (5.3). A box that was left empty stays a no."""
    answered = {choice.card for choice in sent.choices}
    tied = [c for c in offered if c.kind in (GrantKind.COLLECTION, GrantKind.PROCESSING) and c.text.purpose == purpose]
    return [
        replace(grant(card, Choice(card.id, True, card.text.sha256, Pressed.USED_THE_SERVICE), sent.language), implied=True)
        for card in tied
        if card.id not in answered
    ]


def _no(pressed: Pressed) -> Pressed:
    return {Pressed.BOX_TICKED: Pressed.BOX_LEFT_EMPTY, Pressed.BUTTON_YES: Pressed.BUTTON_NO}.get(pressed, pressed)


def _faults(refusal: Refusal, told: Sequence[FieldError]) -> list[FieldError]:
    """The law's reasons beside the consent that got no yes, so that nobody reads a refusal beside a consent that they gave."""
    card = next((fault.field for fault in told if fault.field.startswith("consent.")), "consent.service")
    return [
        FieldError(card if not f.fields else "data", f.code, dict(f.params), tuple(c for c in (f.clause, f.article) if c))
        for f in refusal.verdict.reasons
    ]


def _take_in(
    work: Work,
    gate: Gate,
    sent: Submission,
    permit: Permit,
    values: Mapping[str, str],
    grants: list[NewGrant],
    *,
    known: bool,
    blocked: bool,
) -> Received:
    edition, ring, subject = gate.in_force(work).edition, gate.ring, permit.ask.subject
    today = local_date(work.at)
    subjects.create(work, ring, subject=subject, matches_known=known, phone_verified=sent.confirmed_phone)
    kept_until = evidence_end(edition, today)
    evidence = work.new_id()
    ids = consent.give(work, subject, grants, Proof(sent.via, kept_until, evidence, sent.given_at), new_subject=True) if grants else []
    service = next((i for i, g in zip(ids, grants, strict=True) if g.kind is GrantKind.PROCESSING and g.state is GrantState.GIVEN), "")
    term_end = today + timedelta(days=QUARANTINE_DAYS) if blocked else None
    new = _items(edition, permit, values, sent, service, term_end)
    proof = {evidence: how(sent, edition.form.purpose, kept_until)}
    put = items.put(work, ring, permit, new, new_subject=True, evidence=proof)
    homes = {field: i for i, item in zip(put, new, strict=True) for field in item.fields}
    for stored in sent.uploads:
        if stored.field in homes:  # what the permit does not carry is not kept: nothing points to the file and the next start removes it
            media.keep(work, ring, subject, stored.upload, homes[stored.field], stored.field)
    index.put(work, ring, subject, index.identifiers(values))
    relation = relations.open_relation(work, subject, NewRelation(RelationKind.APPLICATION, today, frozenset({edition.form.purpose})))
    submission = _submission(work, sent, permit, relation, len(put), known=known, blocked=blocked, policy=edition.digest)
    claim = codes.claim_of(ring, submission)
    records.add_claim(work, codes.claim_token(ring, claim), subject, submission)
    challenge = ""
    if not sent.confirmed_phone:
        secret = sent.browser or claim
        made = codes.begin(work, ring, subject, submission, "phone", secret, phone=values.get("phone", ""), address=sent.address)
        challenge = made.id
    return Received(submission, subject, claim, challenge, values.get("phone", "")[-4:])


def evidence_end(edition: Edition, day: date) -> date:
    """The last day of retained evidence that was made on a day."""
    kept = _ENDS.get(edition.digest)
    if kept is not None and kept[0] == day:
        return kept[1]
    end = edition.term_end(EVIDENCE_TERM, day)
    if end is None:
        raise NotReady("evidence_without_term", term=EVIDENCE_TERM, remedy="give the term rule a length in the policy file or its overlay")
    _ENDS[edition.digest] = (day, end)
    return end


_ENDS: dict[str, tuple[date, date]] = {}
"""By policy: the last day asked for and its end. Every form of a day has the same."""


def how(sent: Submission, purpose: str, kept_until: date) -> NewItem:
    """Where the choices came from, sealed: art. 25(2)(5) asks for proof, and an address is personal data."""
    fields = {"ip": sent.address, "agent": sent.agent[:400], "door": sent.door, "language": sent.language}
    return NewItem(
        "6.2.12", fields, ground="94-V art. 25(2)(5)", purposes=(purpose,), term_rule=EVIDENCE_TERM, term_end=kept_until, klass="evidence"
    )


def _items(
    edition: Edition, permit: Permit, values: Mapping[str, str], sent: Submission, service: str, term_end: date | None
) -> list[NewItem]:
    by_category: dict[str, dict[str, str]] = {}
    for name in sorted(permit.fields & values.keys()):
        by_category.setdefault(edition.fields[name].category, {})[name] = values[name]
    purpose = edition.form.purpose
    return [
        NewItem(
            category,
            fields,
            source=sent.source,
            source_detail=sent.source_detail,
            purposes=(purpose,),
            term_rule=edition.policy.purposes[purpose].term,
            term_end=term_end,
            consent=service,
        )
        for category, fields in sorted(by_category.items())
    ]


def _submission(work: Work, sent: Submission, permit: Permit, relation: str, count: int, *, known: bool, blocked: bool, policy: str) -> str:
    submission = work.new_id()
    act = Act.QUARANTINED if blocked else Act.COLLECTED
    ask = permit.ask
    leaf = record(
        work, Leaf(act, ask.subject, "2.4", "94-V art. 7", decision=permit.decision, object=submission, purpose=ask.purpose, count=count)
    )
    state = "quarantined" if blocked else "asserted" if known else "received" if sent.confirmed_phone else "waiting_code"
    row = SubmissionRow(ask.subject, submission, state, sent.door, sent.language, ask.purpose, relation, work.us, leaf)
    records.add_submission(work, row, policy)
    return submission


def confirm_code(work: Work, gate: Gate, secret: str, code: str) -> tuple[CodeState, str, str]:
    """The phone code of a form came back: (state, subject, submission). The consents are tied to it (Digital Code art. 47). Raises NotFound
    when this browser or claim code has none under way."""
    made = _bound(work, gate, secret, "phone")
    state, leaf = codes.answer(work, gate.ring, made, code)
    if not state.ok:
        return state, "", ""
    subjects.verified(work, made.subject, phone=True)
    consent.confirm_by_code(work, made.subject, CodeProof(made.id, instant(made.sent_us), work.at), leaf=leaf)
    records.set_state(work, made.subject, made.about, ("waiting_code",), "received")
    _keep_phone(work, gate, made.subject, made.about)
    return state, made.subject, made.about


def _keep_phone(work: Work, gate: Gate, subject: str, submission: str) -> None:
    """The phone that the code came back from is how the person signs in to their own pages later (design 11, 20)."""
    form_ = next(row for row in records.submissions(work, subject) if row.id == submission)
    ask = Ask(Operation.USE, subject, form_.purpose, frozenset({"phone"}), ActorKind.SUBJECT, occasion=Occasion.OWN_ACCESS)
    answer = gate.ask(work, ask)
    phone = "" if isinstance(answer, Refusal) else items.values(gate.open(work, answer)).get("phone", "")
    if phone:
        verified(work, gate, subject, "phone", phone, language=form_.language)


def resend_code(work: Work, gate: Gate, secret: str, kind: str = "phone") -> CodeState:
    """Another code to the same phone, within the limits. Raises NotFound (a code that was confirmed is none under way), TooMany."""
    made = _bound(work, gate, secret, kind)
    if made.verified_us is not None:
        raise NotFound("code_unknown")
    return codes.resend(work, made)


def _bound(work: Work, gate: Gate, secret: str, kind: str) -> identity.Challenge:
    made = identity.bound_challenge(work, codes.binding(gate.ring, secret), kind) if secret else None
    if made is None:
        raise NotFound("code_unknown")
    return made


def undecided(work: Work, gate: Gate, limit: int = 100) -> list[Waiting]:
    """Forms that wait for the desk, with the known people whom their IIN meets (design 11). Nothing is opened for the list."""
    waiting = []
    for row in records.undecided(work, limit):
        matches = tuple(s for s in _meets(work, gate, row.subject) if s != row.subject)
        waiting.append(Waiting(row.id, row.subject, instant(row.received_us), row.door, matches, row.state))
    return waiting


def _meets(work: Work, gate: Gate, subject: str) -> list[str]:
    return [s for s in index.meeting(work, gate.ring, subject, "iin") if subjects.alive(work, s)]


def decide(work: Work, submission: str, outcome: str) -> SubmissionRow:
    """The desk's answer on an asserted form: `apart` keeps it as a person of its own, `rejected` and `merged` close it. Raises NotFound, Conflict."""
    row = waiting(work, submission)
    if not records.set_state(work, row.subject, row.id, ("asserted", "quarantined"), outcome):
        raise Conflict("submission_decided")
    if outcome == "apart":
        subjects.decide_match(work, row.subject, matches_known=False)
    record(work, Leaf(Act.SUBMISSION_DECIDED, row.subject, "2.16", object=row.id, verdict="refused" if outcome == "rejected" else "done"))
    return row


def waiting(work: Work, submission: str) -> SubmissionRow:
    """One form that waits for the desk. Raises NotFound when there is none of that id, or it was decided."""
    row = records.by_id(work, submission)
    if row is None:
        raise NotFound("submission_unknown")
    return row


def move(work: Work, old: str, new: str) -> None:
    """After a merge the forms and claim codes of a provisional subject lead to the known person."""
    records.move(work, old, new)


def submissions(work: Work, subject: str) -> list[SubmissionRow]:
    """The forms of a person, oldest first."""
    return records.submissions(work, subject)
