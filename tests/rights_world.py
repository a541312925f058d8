"""What the tests of the rights desk share: requests as doors hand them in, decisions of two members, clocks read back."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from office import START, Applicant, House
from sandyq import correspondence, rights
from sandyq.audit import history
from sandyq.db import Actor
from sandyq.identity import Level
from sandyq.rights import Case, Channel, Clock, Decided, Do, Kind, NewCase, PartDecision, Wanted, What


def at(year: int, month: int, day: int, hour: int = 10) -> datetime:
    """An hour of a day in Almaty."""
    return datetime(year, month, day, hour, 0, tzinfo=START.tzinfo)


class RightsDesk:
    """The rights desk of a house, as its doors use it: one unit of work to a call."""

    def __init__(self, house: House) -> None:
        self.house = house

    @property
    def r(self) -> rights.Rights:
        return self.house.office.rights

    def ask(
        self, someone: Applicant | str, kind: Kind, *wants: Wanted, level: Level = Level.DESK, by: Actor | None = None, **more: Any
    ) -> Case:
        """A request of a person whose identity is established as well as `level` says."""
        subject = someone if isinstance(someone, str) else someone.subject
        given = {"channel": Channel.PORTAL, "asker": subject, "about": subject, "wants": wants, "level": level, "text": "made up"} | more
        return self.house.do(lambda work: rights.open_case(work, self.r, NewCase(kind, **given)), by or self.house.dpo)

    def stranger(self, kind: Kind, *wants: Wanted, **more: Any) -> Case:
        """A request by mail of somebody who has proved nothing."""
        given = {"channel": Channel.MAIL, "wants": wants, "text": "who am I", "contact": "somebody@sample.example"} | more
        return self.house.do(lambda work: rights.open_case(work, self.r, NewCase(kind, **given)))

    def do(self, fn: Any, case: Case | str, *args: Any, by: Actor | None = None, **more: Any) -> Any:
        """One act of the desk on a case."""
        id_ = case if isinstance(case, str) else case.id
        return self.house.do(lambda work: fn(work, self.r, id_, *args, **more), by or self.house.dpo)

    def grant(self, case: Case, *, by: Actor | None = None, **more: Any) -> Decided:
        """Every open part is granted."""
        return self.decide(case, Do.GRANT, by=by, **more)

    def refuse(self, case: Case, reason: str, *, by: Actor | None = None, **more: Any) -> Decided:
        """Every open part is refused."""
        return self.decide(case, Do.REFUSE, by=by, reason=reason, **more)

    def decide(self, case: Case, do: Do, *, by: Actor | None = None, **more: Any) -> Decided:
        """One decision on every open part."""
        given = [PartDecision(part.no, do, **more) for part in self.now(case).open_parts]
        return self.do(rights.decide, case, given, by=by)

    def fetched(self, case: Case | str) -> Case:
        """The person fetches the answer on their own pages; then the chore looks."""
        entry = self.now(case).answer
        self.house.do(
            lambda work: correspondence.fetched(work, correspondence.one(work, entry)), Actor("subject", self.now(case).subject, "web")
        )
        return self.do(rights.progress, case)

    def now(self, case: Case | str) -> Case:
        """The case as it stands."""
        id_ = case if isinstance(case, str) else case.id
        return self.house.look(lambda work: rights.case(work, id_))

    def clock(self, case: Case, duty: str) -> Clock:
        """The last clock of a duty."""
        return [clock for clock in self.now(case).clocks if clock.duty == duty][-1]

    def duties(self, case: Case) -> dict[str, date]:
        """Each duty and its last day."""
        return {clock.duty: clock.due for clock in self.now(case).clocks}

    def acts(self, case: Case) -> list[str]:
        """What happened to it, in order."""
        return [event.act for event in self.house.look(lambda work: rights.events(work, case.id))]

    def log(self) -> list[Any]:
        """The entries of the log, the latest first, numbered to the last."""
        office = self.house.office
        while office.sequencer.run_once(office.write):
            pass
        return [row.entry for row in self.house.look(lambda work: history.latest(work, limit=1000))]

    def remind(self) -> int:
        """What the chore does in the morning."""
        found = self.house.look(rights.to_remind)
        return sum(self.house.do(lambda work, c=case: rights.remind(work, self.r, c)) for case in found)


def items_of(ids: Iterable[str]) -> tuple[Wanted, ...]:
    """Parts that name items."""
    return tuple(Wanted(What.ITEM, id_) for id_ in ids)
