"""What a letter asks for, said by a member who read it: with its parts, and of an authority's order with its paper and its person (policy 5.1.1, 8.3; the Law
art. 27(2))."""

from sandyq import correspondence, rights
from sandyq.db import Work
from sandyq.errors import Conflict
from sandyq.identity import Level, allowed
from sandyq.rights import Case, Kind, State, Wanted, What
from sandyq.rights.from_journal import open_from
from sandyq.staff import Caller, Power
from sandyq.web.adapters import members, wanted
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

    async def rekind(self, token: str, case_id: str, said: NewKind, visit: Visit) -> str:
        """Say it, or open one more case for what the letter asks besides; gives the case. Raises Invalid with every fault, Conflict, NotFound."""

        def act(work: Work, caller: Caller) -> str:
            r, made, kind = self._office.rights, self._case(work, case_id), word(Kind, said.kind, "kind")
            wants = tuple(Wanted(word(What, what, "wants"), id_, value) for what, id_, value in said.wants)
            if said.another:
                return self._another(work, made, kind, wants).id
            order = kind is Kind.AUTHORITY_ORDER
            if order and said.document:
                papers = self._filed(work, made.about or made.subject, said.document, said.paper)
                made = rights.add_documents(work, r, made.id, papers)
            made = rights.rekind(work, r, made.id, kind, wants)
            if order and (said.about or said.iin):
                self._named(work, made, said.about, said.iin)
            return made.id

        return await members.act_once(self._office, token, Power.REQUESTS, visit, act, members.NAMED)

    def _another(self, work: Work, first: Case, kind: Kind, wants: tuple[Wanted, ...]) -> Case:
        """One more request of the letter that opened a case. Who was found to have written it asks this, too, as far as what they proved is enough."""
        if not first.entry:
            raise Conflict("entry_unknown")
        r, entry = self._office.rights, correspondence.one(work, first.entry)
        written = rights.written(work, r, first.id)
        text, contact = written.get("request_text", ""), written.get("request_contact", "")
        made = open_from(work, r, entry, kind, text=text, contact=contact, another=True, wants=wants)
        same = made.subject == first.subject and not first.representative and first.level > Level.ASSERTED
        if same and first.about and made.state is State.IDENTIFYING and allowed(first.level, rights.needed(made)):
            return rights.identified(work, r, made.id, first.about, first.level)
        return made
