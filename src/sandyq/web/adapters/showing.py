"""From what the rooms know of a person to what the pages show: data with their origin, consents, transfers, the log, a destruction."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from sandyq import destroy, distribute, speech
from sandyq.app.stationery import Stationery
from sandyq.audit.history import Numbered
from sandyq.clock import instant
from sandyq.collect import Card
from sandyq.consent import ProvenGrant
from sandyq.db import Work
from sandyq.distribute.facts import Kind, State, Transfer
from sandyq.law.vocabulary import GrantState
from sandyq.letters.certificate import CertificateBody
from sandyq.letters.letter import LetterBody
from sandyq.register.holder import Holder
from sandyq.use import ShownItem
from sandyq.use.masks import masked
from sandyq.web.adapters.told import Told
from sandyq.web.adapters.words import Words
from sandyq.web.views import ConsentProof, DestructionView, Download, HeldField, HeldItem, KeptView, LogLine, TransferView

_STATES: Mapping[State, str] = {
    State.QUEUED: "waiting",
    State.SENDING: "waiting",
    State.SENT: "sent",
    State.ACKNOWLEDGED: "confirmed",
    State.WITHHELD: "refused",
    State.FAILED: "failed",
    State.ESCALATED: "sent",
}
WhyNot = Callable[[ProvenGrant], str]
Who = Callable[[Numbered], str]


async def letter(stationery: Stationery, body: LetterBody, form: str, language: str) -> Download:
    """A letter for whom it is for: `pdf` to read, `json` (the canonical body, which the log vouches for) to check without us."""
    content = body.to_json() if form == "json" else await asyncio.to_thread(stationery.pdf, body, language)
    return Download(f"letter-{body.number.lower()}.{form}", f"application/{form}", content)


def held(words: Words, shown: Iterable[ShownItem], *, hide: frozenset[str] = frozenset()) -> tuple[HeldItem, ...]:
    """Data by category. Fields in `hide` are masked once more than the law asked for; a file is told by its being there, not by its id."""
    return tuple(_item(words, item, hide) for item in shown)


def _item(words: Words, item: ShownItem, hide: frozenset[str]) -> HeldItem:
    legal, specs = item.legal, words.edition.fields
    fields = []
    for name, spec in specs.items():
        if name in item.values:
            value = item.values[name]
            if name in hide and spec.kind != "file":
                value = masked(spec.mask or "hidden", value)
            fields.append(HeldField(spec.label[words.language], words.value(name, value)))
    return HeldItem(
        legal.category,
        words.category(legal.category),
        tuple(fields),
        words.coded("source", legal.source.value),
        words.ground(legal.ground),
        tuple(words.purpose(purpose) for purpose in sorted(legal.purposes)),
        legal.collected_at,
        words.term(legal.term_rule),
        legal.term_end,
    )


def consents(
    words: Words, cards: Sequence[Card], proofs: Iterable[ProvenGrant], why_not: WhyNot = lambda grant: ""
) -> tuple[ConsentProof, ...]:
    """Each choice with its proof, in the order of the form; `why_not` says why a given one cannot be withdrawn now."""
    titles = {(card.kind, card.recipient, card.channel): speech.capital(card.text.title) for card in cards}
    places = {matter: place for place, matter in enumerate(titles)}
    found = []
    for grant in sorted(proofs, key=lambda g: places.get((g.kind, g.recipient, g.channel), len(places))):
        title = titles.get((grant.kind, grant.recipient, grant.channel)) or consent_name(words, grant)
        ended = grant.ended_at if grant.state is not GrantState.REFUSED else None
        reason = why_not(grant) if grant.state is GrantState.GIVEN and ended is None else ""
        found.append(
            ConsentProof(
                grant.id,
                title,
                "ended" if grant.state is GrantState.GIVEN and ended else grant.state.value,
                grant.given_at,
                grant.text.sha256.hex(),
                grant.text.version,
                grant.text.language,
                grant.via.value,
                ended,
                not reason,
                reason,
            )
        )
    return tuple(found)


def consent_name(words: Words, grant: ProvenGrant) -> str:
    """What a consent is to, in a few words."""
    channel = words.coded("part.channel", grant.channel) if grant.channel else ""
    about = words.recipient(grant.recipient) if grant.recipient else channel or grant.country
    return f"{words.say('consent.' + grant.kind.value)}{': ' + about if about else ''}"


def transfers(words: Words, history: Iterable[Transfer]) -> tuple[TransferView, ...]:
    """Each lead with what followed it to the same recipient."""
    rows = list(history)
    found = []
    for lead in (row for row in rows if row.kind is Kind.LEAD):
        after = [row for row in rows if row.kind is not Kind.LEAD and row.recipient == lead.recipient and row.queued_at >= lead.queued_at]
        last = after[-1] if after else None
        refused = lead.state is State.WITHHELD
        found.append(
            TransferView(
                words.recipient(lead.recipient),
                lead.sent_at or lead.queued_at,
                () if refused else words.fields(lead.fields),
                words.purpose(lead.purpose),
                _STATES[lead.state],
                lead.acked_at,
                last.kind.value if last and not refused else "",
                last.confirmed if last else False,
            )
        )
    return tuple(found)


def lines(entries: Iterable[Numbered], who: Who, published: int, told: Told | None = None) -> tuple[LogLine, ...]:
    """Entries of the log, for the person themselves each with what it was about; a proof can be had of those that a published checkpoint of this size covers."""
    return tuple(
        LogLine(
            instant(row.entry.at),
            row.entry.act,
            who(row),
            row.entry.clause,
            row.entry.article,
            row.entry.verdict or "done",
            row.entry.id if row.number < published else "",
            *((told.purpose(row), row.number, told.heading(row), told.details(row)) if told else (row.entry.purpose, row.number)),
        )
        for row in entries
    )


def destruction(
    work: Work, words: Words, holders: Sequence[Holder], subject: str, body: CertificateBody | None = None
) -> DestructionView | None:
    """The last destruction of a person: from its certificate when that is at hand, else from its receipts and what the holders keep."""
    plans = destroy.plans(work, subject)
    if not plans:
        return None
    plan = next((p for p in reversed(plans) if p.whole), plans[-1])
    receipts = destroy.receipts(work, plan)
    if body is not None:
        gone = [row.category for row in body.gone if row.category]
        kept = _kept(words, [(row.what, words.basis(row.basis.clause, row.basis.article), row.until) for row in body.kept])
    else:
        gone = sorted({r.category for r in receipts if r.category}, key=lambda clause: [int(part) for part in clause.split(".")])
        rows = {(k.what, k.ground, k.until) for holder in holders for k in holder.kept(work, subject)}
        kept = _kept(words, [(what, words.ground(ground), until) for what, ground, until in sorted(rows, key=str)])
    told = {t.recipient: t.confirmed for t in distribute.history(work, subject) if t.kind is Kind.DESTROY}
    return DestructionView(
        "done" if plan.done_at else "running" if receipts else "ordered",
        plan.basis.received_at,
        plan.deleted_at,
        body.unrecoverable_by if body else None,
        tuple(f"{clause} {words.category(clause)}" for clause in gone),
        tuple(kept),
        tuple((words.recipient(party), confirmed) for party, confirmed in sorted(told.items())),
        plan.certificate,
    )


def _kept(words: Words, rows: Iterable[tuple[str, str, date | None]]) -> list[KeptView]:
    """What outlives a destruction: once each, with why in a sentence and what that rests on."""
    found: dict[tuple[str, date | None], list[str]] = {}
    for what, basis, until in rows:
        found.setdefault((what, until), []).append(basis)
    return [KeptView(words.kept(what), _why(words, what, tuple(dict.fromkeys(bases))), until) for (what, until), bases in found.items()]


def _why(words: Words, what: str, bases: tuple[str, ...]) -> str:
    code = "evidence" if what[:1].isdigit() else what
    basis = "; ".join(bases)
    key = f"kept.why.{code}"
    return f"{words.say(key)} ({basis})" if speech.has(key) else basis
