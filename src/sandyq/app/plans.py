"""Driving destructions to their end: every stage a unit of work of its own, so that a stop between any two is taken up again (design 8, 18).

Two steps need something from outside a unit of work and are done for all plans that wait for them at once: the journals are emptied and cut
(`checkpoint`), and the log is published so that a certificate can name a checkpoint that covers its entry (`certificate`).
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from sandyq import destroy, requests
from sandyq.audit import publish
from sandyq.audit.note import SignedCheckpoint
from sandyq.db import Work, pair
from sandyq.destroy import Plan
from sandyq.destroy.acts import ITEM_KEYS
from sandyq.errors import SandyqError
from sandyq.gate import records as decisions
from sandyq.letters.certificate import LogPlace
from sandyq.logs import Log

if TYPE_CHECKING:
    from sandyq.app.office import Office

PAGE: Final = 100
TOGETHER: Final = 20
"""How many plans one unit of work takes a stage further on SQLite: they share what is read for all, and nobody else waits longer for the writer than for them."""
_TRIES: Final = 40
_PAUSE: Final = 0.05  # seconds between two tries to cut the journals while a reader is in the way
_OUTSIDE: Final = frozenset({destroy.CHECKPOINT, destroy.CERTIFICATE, ""})

_MARKED: Final = "plans.marked"
Act = Callable[[Plan], Callable[[Work], Plan | None]]

_log = Log("plans")


def drive(office: "Office", *, tries: int = _TRIES) -> int:
    """Take every unfinished destruction as far as it goes now; gives how many steps were done.

    A plan that cannot go on (its check finds something left, a reader keeps the journals busy) is logged and passed over until the next call.
    """
    done, after = 0, ""
    while plans := office.read(lambda work, after=after: destroy.unfinished(work, after, PAGE)):  # type: ignore[misc]
        done += sum(_Page(office, page, tries).run() for page in _apart(plans))
        after = plans[-1].id
    return done


def _apart(plans: Sequence[Plan]) -> list[list[Plan]]:
    """Two plans on one person go one after the other: an entry of the one must not tie itself again to whom the other has just untied."""
    pages: list[dict[str, Plan]] = []
    for plan in plans:
        page = next((page for page in pages if plan.subject not in page), None)
        if page is None:
            pages.append(page := {})
        page[plan.subject] = plan
    return [list(page.values()) for page in pages]


class _Page:
    """Some plans, taken through the stages together."""

    def __init__(self, office: "Office", plans: Iterable[Plan], tries: int) -> None:
        self._office = office
        self._plans = {plan.id: plan for plan in plans}
        self._tries = tries
        self._done = 0

    def run(self) -> int:
        self._inner()
        if self._at(destroy.CHECKPOINT) and emptied(self._office, self._tries):
            failed = self._each(self._at(destroy.CHECKPOINT), self._checked)
            self._stuck(self._each([plan for plan, _ in failed], lambda plan: lambda work: destroy.journals_emptied(work, plan)))
        self._inner()
        if waiting := self._at(destroy.CERTIFICATE):
            self._certify(waiting)
        self._inner()
        if any(not plan.next for plan in self._plans.values()):
            emptied(self._office, self._tries)  # the salts went after the step that has a receipt; nothing waits for this
        return self._done

    def _at(self, step: str) -> list[Plan]:
        return [plan for plan in self._plans.values() if plan.next == step]

    def _inner(self) -> None:
        """Every stage that needs nothing from outside. Where one fails, its steps are done one by one, as far as they go."""
        while moving := [plan for plan in self._plans.values() if plan.next not in _OUTSIDE]:
            before = self._done
            keys = any(_takes_keys(plan) for plan in moving)
            failed = self._each(moving, partial(self._advance, alone=False))
            self._stuck(self._each([plan for plan, _ in failed], partial(self._advance, alone=True)))
            if self._done == before or (keys and not self._marks_noted()):
                return

    def _stuck(self, failed: Iterable[tuple[Plan, SandyqError]]) -> None:
        """Pass over what cannot go on now."""
        for plan, error in failed:
            _log.error("destruction_stuck", plan=plan.id, step=plan.next, code=error.code)
            self._plans.pop(plan.id)

    def _marks_noted(self) -> bool:
        try:
            pair.note_marks(self._office.stores, self._office.settings.ledger_dir)
        except SandyqError as error:
            _log.error("destructions_stuck", code=error.code)
            self._plans.clear()
            return False
        return True

    def _advance(self, plan: Plan, *, alone: bool) -> Callable[[Work], Plan | None]:
        def step(work: Work) -> Plan | None:
            after = destroy.advance(work, self._office.house, plan, alone=alone)
            if after is not None and _takes_keys(plan) and _MARKED not in work.once:
                work.once[_MARKED] = True
                pair.bump_marks(work)  # a store copied back from before this moment must be noticed
            return after

        return step

    def _checked(self, plan: Plan) -> Callable[[Work], Plan | None]:
        """The receipt for the emptied journals, and at once the check that all is gone: what it reads was committed before they were emptied."""

        def step(work: Work) -> Plan | None:
            after = destroy.journals_emptied(work, plan)
            return after if after is None or after.next != destroy.VERIFY else destroy.advance(work, self._office.house, after)

        return step

    def _each(self, plans: Sequence[Plan], act: Act) -> list[tuple[Plan, SandyqError]]:
        """Each plan's act, which gives how far it has come; gives those that failed. On SQLite a few plans share a unit of work, and where it fails each has its
        own; on PostgreSQL, where they would wait for each other at the marks of the stores, one follows the other."""
        office = self._office
        if office.stores.engine != "sqlite":
            return self._ended([(plan, partial(office.write, act(plan))) for plan in plans])
        groups = [plans[at : at + TOGETHER] for at in range(0, len(plans), TOGETHER)]
        ends = [office.submit(partial(_all, acts=[act(plan) for plan in group])).result for group in groups]
        alone: list[Plan] = []
        for group, end in zip(groups, ends, strict=True):
            try:
                made = end()
            except SandyqError:
                alone += group  # one of them cannot go on: nothing of theirs is done
                continue
            for plan, after in zip(group, made, strict=True):
                self._came(plan, after)
        return self._ended([(plan, office.submit(act(plan)).result) for plan in alone])

    def _ended(self, ends: Iterable[tuple[Plan, Callable[[], Plan | None]]]) -> list[tuple[Plan, SandyqError]]:
        failed: list[tuple[Plan, SandyqError]] = []
        for plan, end in ends:
            try:
                self._came(plan, end())
            except SandyqError as error:
                failed.append((plan, error))
        return failed

    def _came(self, plan: Plan, after: Plan | None) -> None:
        """How far a plan has come; where another worker was faster, its row tells."""
        now = after or self._office.read(partial(destroy.one, subject=plan.subject, plan_id=plan.id))
        self._plans[plan.id] = now
        self._done += len(plan.remaining) - len(now.remaining)

    def _certify(self, waiting: list[Plan]) -> None:
        office = self._office
        if not office.sequencer.elected():
            return  # the process that publishes writes the certificates
        while office.sequencer.run_once(office.write):
            pass
        office.publisher.publish(office.stores)

        signed = office.publisher.published()
        self._stuck(
            self._each(waiting, lambda plan: lambda work: requests.certify(work, office.desk, plan, _place(work, office, plan, signed)))
        )


def _all(work: Work, acts: Sequence[Callable[[Work], Plan | None]]) -> list[Plan | None]:
    return [act(work) for act in acts]


def _takes_keys(plan: Plan) -> bool:
    return plan.next == ITEM_KEYS or plan.next.endswith((":keys", ":salt"))


def emptied(office: "Office", tries: int = _TRIES) -> bool:
    """Empty and cut the journals of both stores, waiting for readers in the way. True at once on PostgreSQL, which has no such step."""
    pause = threading.Event()
    for _ in range(tries):
        cut = office.stores.checkpoint_truncate()
        if cut is None or (cut.durable and cut.perishable):
            return True
        pause.wait(_PAUSE)
    _log.warning("journals_busy", tries=tries)
    return False


def _place(work: Work, office: "Office", plan: Plan, signed: SignedCheckpoint | None) -> LogPlace:
    """Where the log vouches for the destruction. Raises NotReady while its entry waits for a number or a checkpoint."""
    number, _ = publish.numbered(work, plan.leaf)
    if signed is None or number >= signed.head.size:
        raise publish.not_yet(plan.leaf)
    judged = decisions.judged_under(work, plan.subject, plan.decision)
    if judged is None:
        installed = office.gate.in_force(work).installed
        judged = (installed.policy_digest, installed.pack_digest)
    policy, pack = judged
    return LogPlace(plan.leaf, signed.head.origin, signed.head.size, signed.head.root.hex(), policy, pack)
