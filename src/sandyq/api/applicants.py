"""What a website calls for an applicant: the form, the application, its phone code, and the consents behind a claim code (2.18, 5.3, 6)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Annotated, Final

import msgspec

from sandyq import applications, collect, consent, requests, seal, speech
from sandyq.api import faults, reading
from sandyq.api.door import MOST_BODY, Answer, Call, problem_answer
from sandyq.api.shapes import Ordered, ordered_again, ordered_of, ordered_text
from sandyq.app import once
from sandyq.clock import micros
from sandyq.collect import Choice, Received, Rejected, Stored, Submission, codes
from sandyq.collect import records as collected
from sandyq.consent.facts import Pressed
from sandyq.db import Actor, Work
from sandyq.errors import Denied, FieldError, Invalid
from sandyq.http import body as bodies
from sandyq.http.body import Bounds
from sandyq.law.decision import Refusal
from sandyq.policy.facts import Edition, FieldSpec
from sandyq.register import media
from sandyq.requests import Kind, Order
from sandyq.staff import Caller, Power

CLAIM_HEADER: Final = "sandyq-claim"
_UPLOADS: Final = Bounds(total=24 * 1024 * 1024, text=MOST_BODY, file=media.LIMIT, parts=12)
_PART: Final = "application"
_FILE: Final = "file."
_CLAIM_LETTERS: Final = 20

Language = Annotated[str, msgspec.Meta(pattern="^(kk|ru|en)$")]
Claim = Annotated[str, msgspec.Meta(min_length=_CLAIM_LETTERS, max_length=40)]


class FormField(msgspec.Struct):
    """One field of the form. `least` and `most` bound a number or sum; `choices` are the values that a choice may have, with their words."""

    id: str
    label: str
    kind: str
    category: str
    required: bool
    choices: dict[str, str] = {}
    least: int | None = None
    most: int | None = None


class ConsentCard(msgspec.Struct):
    """One thing to agree to or refuse, by itself. `sha256` is over `text` in UTF-8 and comes back with the choice; `items` are the eight of art. 8(4)."""

    id: str
    kind: str
    group: str
    required: bool
    title: str
    text: str
    sha256: str
    version: str
    items: list[tuple[str, str]]
    recipient: str = ""
    channel: str = ""
    country: str = ""


class Form(msgspec.Struct):
    """The form as the policy in force asks for it."""

    language: str
    policy: str
    purpose: str
    fields: list[FormField]
    consents: list[ConsentCard]


class NewChoice(msgspec.Struct, forbid_unknown_fields=True):
    """What was pressed on one card, and the digest of the text that was in front of the person."""

    given: bool
    sha256: Annotated[str, msgspec.Meta(pattern=reading.DIGEST)]
    pressed: Pressed = Pressed.BOX_TICKED


class NewApplication(msgspec.Struct, forbid_unknown_fields=True):
    """A form sent in. `data` by field, `consent` by card; `address` and `agent` are the person's, kept only as sealed proof of the choices."""

    language: Language
    data: Annotated[dict[str, Annotated[str, msgspec.Meta(max_length=2000)]], msgspec.Meta(max_length=100)]
    consent: Annotated[dict[str, NewChoice], msgspec.Meta(max_length=100)] = {}
    address: Annotated[str, msgspec.Meta(max_length=64)] = ""
    agent: Annotated[str, msgspec.Meta(max_length=400)] = ""


class Taken(msgspec.Struct):
    """An application that was taken in. `claim` opens the receipt and answers for the phone code; it is told only here. The answer is the same for
    people who are known, unknown or blocked."""

    submission: str
    claim: str
    phone_hint: str
    code_seconds: int = codes.LIFE_US // 1_000_000


class CodeBody(msgspec.Struct, forbid_unknown_fields=True):
    """The code that came to the phone."""

    claim: Claim
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=12)]


class ResendBody(msgspec.Struct, forbid_unknown_fields=True):
    """Whose code to send again."""

    claim: Claim


class CodeState(msgspec.Struct):
    """Where the phone code stands. A lead goes to partners only after `confirmed`."""

    confirmed: bool
    tries_left: int
    resend_after: int
    resends_left: int


class Consent(msgspec.Struct):
    """One choice with its proof: the text's digest, version and language, when, on which way, confirmed by code or not, and what became of it."""

    id: str
    kind: str
    state: str
    given_at: datetime
    purpose: str
    recipient: str
    channel: str
    country: str
    fields: list[str]
    text: str
    version: str
    language: str
    sha256: str
    pressed: str
    via: str
    confirmed_by_code: bool
    leaf: str
    kept_until: date
    ended_at: datetime | None = None
    withdrawal_due: date | None = None


class Consents(msgspec.Struct):
    """All choices of the person behind a claim code, oldest first."""

    consents: list[Consent]


class Withdraw(msgspec.Struct, forbid_unknown_fields=True):
    """Which consents end."""

    consents: Annotated[list[Annotated[str, msgspec.Meta(pattern=reading.ID)]], msgspec.Meta(min_length=1, max_length=50)]


async def form(call: Call) -> Answer:
    """The form and its consents in a language."""
    language = call.query("language", call.language)
    if language not in speech.LANGUAGES:
        raise Invalid([FieldError("language", "not_in_list", {"allowed": ", ".join(speech.LANGUAGES)})])
    office = call.office

    def look(work: Work, caller: Caller) -> Form:
        edition = office.gate.in_force(work).edition
        cards = [_card(card) for card in collect.cards(work, office.gate, language)]
        return Form(language, edition.digest, edition.form.purpose, _fields(edition, language), cards)

    return Answer(await call.act(Power.COLLECT, look))


def _fields(edition: Edition, language: str) -> list[FormField]:
    wanted = [(name, True) for name in edition.form.required] + [(name, False) for name in edition.form.optional]
    return [_field(edition, edition.fields[name], required, language) for name, required in wanted]


def _field(edition: Edition, spec: FieldSpec, required: bool, language: str) -> FormField:
    choices = {value: edition.choice(value, language) for value in spec.choices}
    return FormField(spec.id, spec.label[language], spec.kind, spec.category, required, choices, spec.least, spec.most)


def _card(card: collect.Card) -> ConsentCard:
    text = card.text
    items = [(item.label, item.value) for item in text.items]
    return ConsentCard(
        card.id,
        card.kind.value,
        card.group,
        card.required,
        text.title,
        text.text,
        text.sha256,
        text.version,
        items,
        card.recipient,
        card.channel,
        card.country,
    )


async def submit(call: Call) -> Answer:
    """Take an application in, whole or not at all; JSON, or multipart with the JSON as `application` and copies as `file.<field>`."""
    if bodies.media_type(call.request)[0] == "multipart/form-data":
        found = await bodies.parts(call.request, _UPLOADS)
        files = {name.removeprefix(_FILE): data for name, data in found.files.items()}
        raw = found.texts.get(_PART) or found.files.get(_PART, b"")
        files.pop(_PART, None)
        given = reading.read(NewApplication, raw)
        raw += b"".join(seal.digest(name.encode()) + seal.digest(data) for name, data in sorted(files.items()))
        return await _with_files(call, given, raw, files)
    given, raw = await call.body(NewApplication)
    return await _submitted(call, given, raw, ())


async def _with_files(call: Call, given: NewApplication, raw: bytes, files: Mapping[str, bytes]) -> Answer:
    office = call.office
    folder, us = office.settings.media_dir, micros(office.clock.now())
    sealed: list[Stored] = []
    kept = False
    try:
        for name, data in files.items():
            upload = await asyncio.to_thread(partial(media.receive, folder, [data], us))
            sealed.append(Stored(name, upload))
        answer = await _submitted(call, given, raw, tuple(sealed))
        kept = answer.status == 201
        return answer
    finally:
        if not kept:  # refused, or failed: without its key a file is unreadable already, and it goes too
            for stored in sealed:
                media.discard(folder, stored.upload.media_id)


async def _submitted(call: Call, given: NewApplication, raw: bytes, uploads: tuple[Stored, ...]) -> Answer:
    office = call.office
    choices = tuple(Choice(card, made.given, made.sha256, made.pressed) for card, made in given.consent.items())
    sent = Submission(given.language, "api", given.data, choices, uploads, address=given.address, agent=given.agent)

    def act(work: Work, caller: Caller) -> Taken | Rejected:
        made = collect.submit(work, office.gate, sent)
        return Taken(made.submission, made.claim, made.phone_hint) if isinstance(made, Received) else made

    def again(work: Work, submission: str) -> Taken | Rejected:
        digits = "".join(filter(str.isdigit, given.data.get("phone", "")))
        return Taken(submission, codes.claim_of(office.ring, submission), digits[-4:])

    answer = await call.once(Power.COLLECT, raw, act, once.Keeping(_submission_of, again))
    if isinstance(answer, Rejected):
        language = call.language if call.header("accept-language") else given.language
        return problem_answer(faults.rejected(answer.errors, answer.decision, language), language)
    return Answer(answer, 201)


def _submission_of(answer: Taken | Rejected) -> str:
    return answer.submission if isinstance(answer, Taken) else ""


def claim_of(text: str) -> str:
    """A claim code as it was told, from what people make of it: case, blanks, O for 0, I and L for 1."""
    folded = text.upper().translate(str.maketrans("OIL", "011", " -\t\u00a0"))
    return "-".join(folded[n : n + 5] for n in range(0, _CLAIM_LETTERS, 5))


async def confirm(call: Call) -> Answer:
    """The phone's code: ties itself to the consents, and sends the lead on its way unless the desk has to look first."""
    given, _ = await call.body(CodeBody)
    claim = claim_of(given.claim)

    def act(work: Work, caller: Caller) -> collect.CodeState:
        return applications.confirm(work, call.office.gate, claim, given.code)[0]

    state = await call.act(Power.COLLECT, act)
    return Answer(_state(state), 200 if state.ok else 422)


async def resend(call: Call) -> Answer:
    """Another code to the same phone, within the limits."""
    given, _ = await call.body(ResendBody)
    claim = claim_of(given.claim)
    state = await call.act(Power.COLLECT, lambda work, _: collect.resend_code(work, call.office.gate, claim))
    return Answer(_state(state))


def _state(state: collect.CodeState) -> CodeState:
    return CodeState(state.ok, state.tries_left, state.resend_after, state.resends_left)


@dataclass(frozen=True, slots=True)
class _Claimed:
    subject: str
    submission: str


def _claimed(work: Work, call: Call) -> _Claimed:
    """Whose claim code came with the request; from here on it is the person who acts. Raises Denied."""
    token = codes.claim_token(call.office.ring, call.header(CLAIM_HEADER)[:100])
    found = collected.claim(work, token)
    if found is None:
        raise Denied("claim_unknown")
    work.actor = Actor("subject", found[0], "api")
    return _Claimed(*found)


async def consents(call: Call) -> Answer:
    """The person's consent page, by the claim code of the header: every choice with its proof."""

    def look(work: Work, caller: Caller) -> Consents:
        subject = _claimed(work, call).subject
        return Consents([_consent(grant) for grant in consent.proofs(work, subject)])

    return Answer(await call.act(Power.COLLECT, look))


def _consent(g: consent.ProvenGrant) -> Consent:
    return Consent(
        id=g.id,
        kind=g.kind.value,
        state=g.state.value,
        given_at=g.given_at,
        purpose=g.purpose,
        recipient=g.recipient,
        channel=g.channel,
        country=g.country,
        fields=sorted(g.fields),
        text=g.text.id,
        version=g.text.version,
        language=g.text.language,
        sha256=g.text.sha256.hex(),
        pressed=g.pressed.value,
        via=g.via.value,
        confirmed_by_code=bool(g.codes),
        leaf=g.leaf,
        kept_until=g.kept_until,
        ended_at=g.ended_at,
        withdrawal_due=g.withdrawal_due,
    )


async def withdraw(call: Call) -> Answer:
    """The person takes consents back: our use ends at once, the recipients are told and have their term (4.1.5, art. 8(7))."""
    given, raw = await call.body(Withdraw)
    office = call.office

    def act(work: Work, caller: Caller) -> Ordered | Refusal:
        subject = _claimed(work, call).subject
        order = Order(Kind.WITHDRAW, subject, target=",".join(given.consents))
        return ordered_of(requests.order(work, office.desk, order), subject)

    raw += call.header(CLAIM_HEADER).encode()  # whose it is belongs to what was asked
    answer = await call.once(Power.COLLECT, raw, act, once.Keeping(ordered_text, ordered_again))
    if isinstance(answer, Refusal):
        return problem_answer(faults.refused(answer, call.language), call.language)
    return Answer(answer)
