"""What the pages of the rights desk call. Each call is one unit of work of the member behind the session, committed before it returns."""

from datetime import date
from typing import Protocol

from sandyq.web.views import Download, RefusalView, Upload, Visit
from sandyq.web.views_desk import (
    AnswerAsked,
    AnswerView,
    CalendarView,
    CaseView,
    Decision,
    DecreesView,
    Deed,
    Foreseen,
    JournalView,
    KindView,
    LetterView,
    ListView,
    NewDecree,
    NewKind,
    NewRequest,
    OpenedEntry,
    StatisticsView,
    TodayView,
)


class DeskPort(Protocol):
    """The rights desk. Calls raise Denied for who has no session or not the power, Invalid with every fault, Conflict and NotFound."""

    def day(self) -> date: ...

    async def today(self, token: str, mine: bool, visit: Visit) -> TodayView: ...

    async def cases(self, token: str, wanted: ListView, after: str, visit: Visit) -> ListView: ...

    async def find(self, token: str, number: str, visit: Visit) -> str:
        """The id of a case by its number."""
        ...

    async def case(self, token: str, case_id: str, visit: Visit, *, read: bool = False) -> CaseView:
        """With `read` personal data are opened, which is on record."""
        ...

    async def wants(self, token: str, kind: str, about: str, visit: Visit) -> tuple[tuple[str, str], ...]:
        """What a request of a kind can be about, as (`what:id`, words)."""
        ...

    async def open_case(self, token: str, new: NewRequest, visit: Visit) -> str: ...

    async def identify(self, token: str, case_id: str, about: str, document: str, iin: str, visit: Visit) -> None: ...

    async def decide(self, token: str, case_id: str, decisions: tuple[Decision, ...], visit: Visit) -> None: ...

    async def act(self, token: str, case_id: str, deed: Deed, visit: Visit) -> None: ...

    async def kind(self, token: str, case_id: str, kind: str, visit: Visit, *, read: bool = False) -> KindView:
        """The form by which a case is said to be of a kind; with `read` what was written is opened, which is on record."""
        ...

    async def rekind(self, token: str, case_id: str, said: NewKind, visit: Visit) -> str:
        """Say it; gives the case that it is said of, or the one that was opened for one more thing."""
        ...

    async def proof(self, token: str, case_id: str, no: int, document: str, visit: Visit) -> None: ...

    async def stage(self, token: str, case_id: str, to: str, document: str, visit: Visit) -> None: ...

    async def whole(self, token: str, case_id: str, asked: AnswerAsked, visit: Visit) -> AnswerView | RefusalView:
        """The whole answer of a case of access, as tables."""
        ...

    async def whole_file(self, token: str, case_id: str, asked: AnswerAsked, form: str, visit: Visit) -> Download | RefusalView:
        """The same as `pdf`, `json` or `zip`."""
        ...

    async def evidence(self, token: str, case_id: str, visit: Visit) -> Download | RefusalView:
        """The evidence package, packed by the second member."""
        ...

    async def deputy(self, token: str, away: str, member: str, since: date, until: date, visit: Visit) -> None: ...

    async def calendar(self, token: str, first: date, visit: Visit) -> CalendarView: ...

    async def decrees(self, token: str, visit: Visit) -> DecreesView: ...

    async def foresee(self, token: str, asked: NewDecree, visit: Visit) -> Foreseen:
        """What a decree would change, the running terms too; nothing is changed."""
        ...

    async def decree(self, token: str, asked: NewDecree, visit: Visit) -> int:
        """Enter it; gives how many running terms end on another day by it."""
        ...

    async def letters(self, token: str, visit: Visit) -> tuple[LetterView, ...]: ...

    async def sample(self, token: str, template: str, language: str, visit: Visit) -> Download: ...

    async def statistics(self, token: str, since: date, until: date, visit: Visit) -> StatisticsView: ...

    async def journal(self, token: str, since: date, until: date, after: str, visit: Visit, *, waiting: bool = False) -> JournalView: ...

    async def find_entry(self, token: str, number: str, since: date, until: date, visit: Visit) -> JournalView: ...

    async def register(self, token: str, since: date, until: date, visit: Visit) -> Download: ...

    async def opened(self, token: str, entry_id: str, visit: Visit) -> OpenedEntry | RefusalView: ...

    async def scan(self, token: str, entry_id: str, media_id: str, visit: Visit) -> Download | RefusalView: ...

    async def letter(self, token: str, entry_id: str, visit: Visit) -> Download | RefusalView: ...

    async def delivery(
        self, token: str, entry_id: str, what: str, on: date, note: str, visit: Visit, *, reason: str = "", uploads: tuple[Upload, ...] = ()
    ) -> None: ...
