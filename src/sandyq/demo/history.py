"""The history of the sample office: months of made-up applications, looks, orders and destructions, made by running the acts under a moved clock.

Nothing is written past the acts: what the log says of these months is what the same code would have said then. Messages go to the partners'
receivers over HTTP, signed; what they confirm comes back on the office's own port (`ears`).
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from sandyq import applications, collect, consent, distribute, relations, requests, retain, use
from sandyq.app import SYSTEM, Office, keys, plans
from sandyq.app.carry import Post
from sandyq.clock import MovedClock
from sandyq.collect import Received, Rejected, Submission, codes
from sandyq.db import Actor, Work
from sandyq.demo import applicants
from sandyq.demo.founding import Sample
from sandyq.law.ask import Ask
from sandyq.law.calendar import local_date
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import ActorKind, GrantState, Operation
from sandyq.requests import Kind, Order
from sandyq.sample.people import Person, people

SEED: Final = 20_261_122
PUBLIC: Final = Actor("public", "", "web")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_SWEEP: Final = 7 * DAY
_WRONG_FORMS: Final = 6

Event = Callable[[], None]


@dataclass
class Applied:
    """One applicant and what is known of them so far."""

    person: Person
    wish: applicants.Wish
    at: datetime
    received: Received | None = None


@dataclass
class History:
    """Makes the months before now. `step` is called once for every applicant, for a progress bar."""

    office: Office
    clock: MovedClock
    sample: Sample
    until: datetime
    step: Callable[[], None] = lambda: None
    heard: Callable[[], None] = lambda: None
    _rng: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 made-up people need repetition, not secrecy
    _queue: list[tuple[datetime, int, Event]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=count)

    def make(self, number: int) -> None:
        """Let `number` people apply between the clock's present and `until`, and everything that follows from it."""
        begun = self.clock.now()
        self._post = Post(self.office.stores, self.office.carriers)
        self._cards = {
            language: self.office.read(lambda work, language=language: collect.cards(work, self.office.gate, language))  # type: ignore[misc]
            for language in ("kk", "ru")
        }
        self._purpose = self.office.read(lambda work: self.office.gate.in_force(work).edition.form.purpose)
        made = self._applicants(number, begun)
        self._fates(made)
        for week in range(1, (self.until - begun) // _SWEEP + 1):
            self._at(begun + week * _SWEEP, self._tend)
        try:
            self._run()
            self._tend()
        finally:
            self._post.close()

    def _run(self) -> None:
        while self._queue:
            at, _, event = heapq.heappop(self._queue)
            if at >= self.until:
                return
            self.clock.move(max(at, self.clock.now()))
            event()
            self._deliver()

    def _at(self, when: datetime, event: Event) -> None:
        heapq.heappush(self._queue, (when, next(self._order), event))

    def _deliver(self) -> None:
        while self._post.run():
            self.clock.advance(timedelta(seconds=2))
        self.heard()

    def _tend(self) -> None:
        """What an office does by itself: old terms, destructions, keys that have served, the log published and witnessed."""
        after = "begin"
        while after:
            from_ = "" if after == "begin" else after
            after = self.office.write(lambda work, a=from_: retain.sweep(work, self.office.gate, self.office.house, a), SYSTEM).after  # type: ignore[misc]
        self._deliver()
        plans.drive(self.office)
        keys.run(self.office)
        self.office.ship()
        self.office.publisher.publish(self.office.stores, witness=True)

    # --- the applicants --------------------------------------------------------------------------------------------------------------------

    def _applicants(self, number: int, begun: datetime) -> list[Applied]:
        partners = [partner.id for partner in self.sample.partners]
        span = self.until - begun
        made = []
        for person in people(SEED, number):
            at = self._daytime(begun + span * (0.02 + 0.96 * self._rng.random()))
            one = Applied(person, applicants.wish(self._rng, partners), at)
            self._at(at, lambda one=one: self._apply(one))  # type: ignore[misc]
            made.append(one)
        for one in self._rng.sample(made, min(_WRONG_FORMS, number)):
            self._at(one.at - HOUR / 6, lambda one=one: self._apply_without_consent(one))  # type: ignore[misc]
        return made

    def _daytime(self, at: datetime) -> datetime:
        """Between eight in the morning and nine in the evening in Almaty."""
        return at.replace(hour=3 + self._rng.randrange(13), minute=self._rng.randrange(60), second=self._rng.randrange(60))

    def _form(self, one: Applied) -> Submission:
        language = one.person.language
        boxes = applicants.choices(self._cards[language], one.wish.boxes)
        address = f"198.51.100.{self._rng.randrange(1, 250)}"
        typed = applicants.values(one.person, one.wish)
        return Submission(language, "web", typed, boxes, browser=f"sample {one.person.iin}", address=address, agent="sample browser")

    def _apply(self, one: Applied) -> None:
        form = self._form(one)
        answer = self.office.write(lambda work: collect.submit(work, self.office.gate, form), PUBLIC)
        self.step()
        if isinstance(answer, Rejected):
            return
        one.received = answer
        if self._rng.random() < 0.93:
            later = self.clock.now() + timedelta(seconds=self._rng.randrange(30, 200))
            self._at(later, lambda: self._confirm(one))

    def _apply_without_consent(self, one: Applied) -> None:
        form = replace(self._form(one), choices=applicants.choices(self._cards[one.person.language], frozenset()))
        self.office.write(lambda work: collect.submit(work, self.office.gate, form), PUBLIC)

    def _confirm(self, one: Applied) -> None:
        if one.received is None:
            return
        browser, gate = f"sample {one.person.iin}", self.office.gate
        code = codes.code_of(self.office.ring, one.received.challenge, 1)
        if self._rng.random() < 0.06:
            self.office.write(lambda work: applications.confirm(work, gate, browser, f"{(int(code) + 1) % 10**6:06d}"), PUBLIC)
        self.office.write(lambda work: applications.confirm(work, gate, browser, code), PUBLIC)

    # --- what becomes of them ----------------------------------------------------------------------------------------------------------------

    def _fates(self, made: list[Applied]) -> None:
        """Each applicant gets at most one fate; looks come to whom they come."""
        rng, pool = self._rng, made.copy()
        rng.shuffle(pool)
        share = max(1, len(made) // 25)
        fates: tuple[tuple[int, Callable[[Applied], None]], ...] = (
            (share, self._block),
            (share // 2, self._block_and_release),
            (share // 2, self._block_then_close),
            (max(1, share // 4), self._hold),
            (share, self._withdraw_partners),
            (share // 2, self._withdraw_all),
            (share, self._destroy),
            (share, self._close),
        )
        for number, fate in fates:
            for one in [pool.pop() for _ in range(min(number, len(pool)))]:
                self._later(one, fate, 1, 12)
        for one in rng.sample(made, len(made) // 3):
            self._later(one, self._look, 0.1, 6)
        for one in rng.sample(made, share):
            self._later(one, self._look_in_vain, 0.1, 6)
        for one in pool[:5]:
            self._later(one, self._assert_again, 2, 20)

    def _later(self, one: Applied, fate: Callable[[Applied], None], least: float, most: float) -> None:
        def due() -> None:
            if one.received is not None:
                fate(one)

        latest = self.until - HOUR
        at = one.at + DAY * (least + (most - least) * self._rng.random())
        if at > latest:
            at = one.at + (latest - one.at) * (0.5 + 0.4 * self._rng.random())
        self._at(at, due)

    def _staff(self, login: str) -> Actor:
        return Actor("staff", self.sample.hand(login).id, "console")

    def _look(self, one: Applied) -> None:
        who, gate = self._staff("clerk-1"), self.office.gate
        query, purpose = use.Query("iin", one.person.iin), self._purpose
        hits = self.office.write(lambda work: use.find(work, gate, query, purpose), who).hits
        for hit in hits[:1]:
            ask = Ask(Operation.USE, hit.subject, purpose, actor=ActorKind.STAFF, actor_id=who.id)
            self.office.write(lambda work, ask=ask: use.show(work, gate, ask), who)  # type: ignore[misc]

    def _look_in_vain(self, one: Applied) -> None:
        who, gate = self._staff("auditor-1"), self.office.gate
        ask = Ask(Operation.USE, self._subject(one), self._purpose, actor=ActorKind.STAFF, actor_id=who.id)
        self.office.write(lambda work: use.show(work, gate, ask), who)

    @staticmethod
    def _subject(one: Applied) -> str:
        return one.received.subject if one.received else ""

    def _order_on(self, one: Applied, kind: Kind, who: Actor, *, reason: str = "", target: str = "") -> requests.Done | None:
        """Give an order on the reference of a made-up paper; None when the law refused it, which is history too."""

        def give(work: Work) -> requests.Answer:
            return requests.order(
                work, self.office.desk, Order(kind, self._subject(one), reason=reason, document=work.new_id(), target=target)
            )

        answer = self.office.write(give, who)
        return None if isinstance(answer, Refusal) else answer

    def _block(self, one: Applied) -> None:
        self._order_on(one, Kind.BLOCK, self._staff("dpo-1"), reason="violation_claimed")

    def _block_and_release(self, one: Applied) -> None:
        blocked = self._order_on(one, Kind.BLOCK, self._staff("dpo-1"), reason="identity_disputed")
        if blocked:
            self._at(self.clock.now() + 20 * HOUR, lambda: self._release(one, blocked.target))

    def _release(self, one: Applied, state: str) -> None:
        proposed = self._order_on(one, Kind.PROPOSE_RELEASE, self._staff("dpo-1"), target=state, reason="violation_not_confirmed")
        if proposed:
            self._at(self.clock.now() + 2 * HOUR, lambda: self._confirm_release(one, proposed.target))

    def _confirm_release(self, one: Applied, proposal: str) -> None:
        self._order_on(one, Kind.CONFIRM_RELEASE, self._staff("dpo-2"), target=proposal)

    def _block_then_close(self, one: Applied) -> None:
        """The sweep will come to these and say what holds them (2.2)."""
        self._block(one)
        self._close(one)

    def _hold(self, one: Applied) -> None:
        self._order_on(one, Kind.HOLD, self._staff("dpo-1"), reason="claim_for_damages")

    def _withdraw(self, one: Applied, kinds: frozenset[str]) -> None:
        subject = self._subject(one)
        given = self.office.read(
            lambda work: [
                g.id for g in consent.facts(work, subject) if g.state is GrantState.GIVEN and (not kinds or g.kind.value in kinds)
            ]
        )
        if given:
            self._order_on(one, Kind.WITHDRAW, Actor("subject", subject, "web"), target=",".join(given))

    def _withdraw_partners(self, one: Applied) -> None:
        self._withdraw(one, frozenset({"recipient", "marketing"}))

    def _withdraw_all(self, one: Applied) -> None:
        self._withdraw(one, frozenset())

    def _destroy(self, one: Applied) -> None:
        self._withdraw_all(one)
        if self._order_on(one, Kind.DESTROY, self._staff("dpo-1"), reason="withdrawn"):
            self._deliver()
            plans.drive(self.office)

    def _close(self, one: Applied) -> None:
        """The application came to its end; the next sweep destroys what has no other ground (8.1)."""
        subject, day = self._subject(one), local_date(self.clock.now())

        def close(work: Work) -> None:
            for relation in relations.all_of(work, subject):
                if relation.ended is None:
                    relations.close_relation(work, subject, relation.id, day, fulfilled=True)

        self.office.write(close, SYSTEM)

    def _assert_again(self, one: Applied) -> None:
        """Somebody sends the form with this person's IIN and a phone of their own (2.16): it waits for the desk."""
        stranger = replace(
            one.person, phone=f"+77000009{self._rng.randrange(100, 1000)}", email=f"other{self._rng.randrange(10**6)}@mail.example"
        )
        other = Applied(stranger, one.wish, self.clock.now())
        form = replace(self._form(other), browser=f"other {one.person.iin}")
        answer = self.office.write(lambda work: collect.submit(work, self.office.gate, form), PUBLIC)
        if isinstance(answer, Received):
            code = codes.code_of(self.office.ring, answer.challenge, 1)
            self.office.write(lambda work: applications.confirm(work, self.office.gate, form.browser, code), PUBLIC)


def unconfirmed(office: Office) -> int:
    """How many messages the partners have not confirmed."""
    return len(office.read(lambda work: distribute.unconfirmed(work, 10_000)))
