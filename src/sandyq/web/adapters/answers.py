"""The whole answer on access as the desk sees it: as tables, as letter, document or archive; each time given through the gate and on record (4.1.1)."""

import asyncio
from collections.abc import Iterator, Mapping

from sandyq import rights, speech
from sandyq.access import Answered, archive, letter, saying
from sandyq.app import answers
from sandyq.db import Work
from sandyq.errors import Denied, FieldError, Invalid, NotFound
from sandyq.law.calendar import local_date
from sandyq.law.decision import Refusal
from sandyq.letters import LetterBody
from sandyq.staff import Caller, Power
from sandyq.web.adapters import members
from sandyq.web.adapters.desk_kind import KindDesk
from sandyq.web.views import Download, RefusalView, Visit
from sandyq.web.views_desk import AnswerAsked, AnswerView, WithheldView

Files = Mapping[str, Iterator[bytes]]


class AnswerDesk(KindDesk):
    """The part of the rights desk's port that gives the whole answer of a case of access."""

    async def whole(self, token: str, case_id: str, asked: AnswerAsked, visit: Visit) -> AnswerView | RefusalView:
        """Everything that is held about the person of a case, as tables. Raises Denied where the person has not proved enough, the member's grants would
        leave something out, or a second factor is wanted first; Invalid, NotFound."""
        if asked.full:
            await members.fresh(self._office, token, asked.code)

        def act(work: Work, caller: Caller) -> AnswerView | RefusalView:
            made, answered = self._given(work, case_id, asked)
            if isinstance(answered, Refusal):
                return RefusalView(self._words(work, visit).reasons(answered.verdict), answered.decision)
            package, downloads = answered.package, caller.may(Power.ORDERS)
            tables = saying.tables(package)
            words = self._words(work, visit)
            withheld = tuple(
                WithheldView(one.case, one.number, ", ".join(words.fields(one.fields)), words.basis(one.limb.clause, one.limb.article))
                for one in answered.withheld
            )
            return AnswerView(made.id, made.number, asked.full, asked.language, tables, answered.digest, answered.leaf, downloads, withheld)

        return await self._as(token, act)

    async def whole_file(self, token: str, case_id: str, asked: AnswerAsked, form: str, visit: Visit) -> Download | RefusalView:
        """The same to hand over: `pdf`, `json` or `zip`; it is an answer of its own, with its own entry. Raises as `whole`."""
        if form not in ("pdf", "json", "zip"):
            raise NotFound("letter_unknown")
        if asked.full:
            await members.fresh(self._office, token, asked.code)

        def act(work: Work, caller: Caller) -> tuple[Answered, LetterBody, Files] | RefusalView:
            made, answered = self._given(work, case_id, asked)
            files = self._uploads(work, answered, made.id) if form == "zip" and not isinstance(answered, Refusal) else {}
            refused = next((x for x in (answered, files) if isinstance(x, Refusal)), None)
            if refused is not None or isinstance(answered, Refusal) or isinstance(files, Refusal):
                assert refused is not None
                return RefusalView(self._words(work, visit).reasons(refused.verdict), refused.decision)
            words, day = self._office.gate.in_force(work).edition.words, local_date(made.received_at)
            number, due = letter.number(answered.package, answered.leaf), made.due if made.due.year < 9999 else None
            return (
                answered,
                letter.body(answered.package, answered.leaf, words, number=number, answers=made.number, received_on=day, due=due),
                files,
            )

        found = await members.act(self._office, token, Power.ORDERS, act)
        if isinstance(found, RefusalView):
            return found
        answered, body, files = found
        name = f"answer-{answered.digest[:8]}.{form}"
        if form == "json":
            return Download(name, "application/json", answered.package.to_json())
        pdf = await asyncio.to_thread(self._office.stationery.pdf, body)
        if form == "pdf":
            return Download(name, "application/pdf", pdf)
        return Download(name, archive.MEDIA_TYPE, archive.stream(answered.package, files, pdf))

    def _given(self, work: Work, case_id: str, asked: AnswerAsked) -> tuple[rights.Case, Answered | Refusal]:
        made = self._case(work, case_id)
        if not made.about:
            raise Denied("identity_too_low", wanted="ask_access")
        if asked.language not in speech.LANGUAGES:
            raise Invalid([FieldError("language", "choice")])
        return made, answers.on_request(self._office, work, made.about, made.id, full=asked.full, language=asked.language)

    def _uploads(self, work: Work, answered: Answered, case_id: str) -> Files | Refusal:
        office = self._office
        return archive.uploads(work, office.gate, office.settings.media_dir, answered, documents=(case_id,))
