"""What the pages of the personnel department call. Each call is one unit of work of the member behind the session, committed before it returns."""

from datetime import date
from typing import Protocol

from sandyq.web.views import Criteria, RefusalView, Visit
from sandyq.web.views_personnel import HireForm, NewHire, StaffFound, StaffPerson


class PersonnelPort(Protocol):
    """People behind the wall of 3.7. Calls raise Denied for who has no session or not the power, Invalid with every fault, Conflict and NotFound."""

    async def form(self, token: str, visit: Visit) -> HireForm: ...

    async def find(self, token: str, purpose: str, criteria: Criteria, visit: Visit) -> StaffFound: ...

    async def take_on(self, token: str, new: NewHire, visit: Visit) -> str | RefusalView:
        """The subject behind the wall."""
        ...

    async def open(self, token: str, subject: str, purpose: str, visit: Visit) -> StaffPerson | RefusalView: ...

    async def end(self, token: str, subject: str, on: date, fulfilled: bool, visit: Visit) -> RefusalView | None: ...
