"""What a letter asks for, said by a member who read it: with its parts, and of an authority's order with its paper and its person (policy 5.1.1, 8.3; the Law
art. 27(2))."""

from sandyq import rights
from sandyq.db import Work
from sandyq.rights import Kind, Wanted, What
from sandyq.staff import Caller
from sandyq.web.adapters import wanted
from sandyq.web.adapters.casework import Casework
from sandyq.web.adapters.desk_case import CaseDesk, word
from sandyq.web.views import Visit
from sandyq.web.views_desk import KindView, NewKind


class KindDesk(CaseDesk):
    """The part of the rights desk's port that says of what kind a case is."""

    async def kind(self, token: str, case_id: str, kind: str, visit: Visit, *, read: bool = False) -> KindView:
        """The form of one kind. With `read` what was written is opened, which is a look on record."""

        def act(work: Work, caller: Caller) -> KindView:
            made, words, asked = self._case(work, case_id), self._words(work, visit), word(Kind, kind, "kind")
            written = rights.written(work, self._office.rights, made.id) if read else {}
            line = Casework(self._office, work, caller, words, made).line()
            options = wanted.options(work, words, asked, made.about)
            return KindView(line, asked.value, options, made.about, bool(made.documents), written.get("request_text", ""))

        return await self._as(token, act)

    async def rekind(self, token: str, case_id: str, said: NewKind, visit: Visit) -> None:
        """Say it. Raises Invalid with every fault, Conflict, NotFound."""

        def act(work: Work, caller: Caller) -> None:
            r, made, kind = self._office.rights, self._case(work, case_id), word(Kind, said.kind, "kind")
            wants = tuple(Wanted(word(What, what, "wants"), id_, value) for what, id_, value in said.wants)
            order = kind is Kind.AUTHORITY_ORDER
            if order and said.document:
                papers = self._filed(work, made.about or made.subject, said.document, said.paper)
                made = rights.add_documents(work, r, made.id, papers)
            made = rights.rekind(work, r, made.id, kind, wants)
            if order and (said.about or said.iin):
                self._named(work, made, said.about, said.iin)

        await self._once(token, visit, act)
