"""The answer on access for members of staff who answer a request on file: as JSON, or as an archive to hand over (4.1.1; art. 24(1)(1), 25(2)(6))."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

import msgspec

from sandyq import speech
from sandyq.access import Answered, archive, letter, schema
from sandyq.api import faults
from sandyq.api.door import Answer, Call, problem_answer
from sandyq.api.people import Id
from sandyq.app import answers
from sandyq.db import Work
from sandyq.errors import FieldError, Invalid
from sandyq.law.decision import Refusal
from sandyq.staff import Caller, Power

_FOREVER: Final = (("cache-control", "public, max-age=31536000, immutable"),)


class NewAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """Which request is answered: the case of the rights desk, or the paper on file (its id). `full` gives values in clear: for a person whose identity was
    checked; else they are masked."""

    document: Id
    full: bool = False


class NotTold(msgspec.Struct):
    """A disclosure to a state body that the answer keeps silent: the request it belongs to, the fields, and the limb."""

    case: str
    number: str
    fields: list[str]
    clause: str
    article: str


class Given(msgspec.Struct):
    """An answer that was given. `leaf` is its entry in the log, which vouches for `digest`: SHA-256 over `package` as canonical JSON. Its schema is
    published under `/schemas`. `withheld` is for the desk alone and never handed to the person."""

    leaf: str
    decision: str
    digest: str
    withheld: list[NotTold]
    package: Annotated[dict[str, Any], msgspec.Meta(description=f"As `{schema.NAME}` states it.")]


class _Given(msgspec.Struct):
    """The same with the document as it was digested."""

    leaf: str
    decision: str
    digest: str
    withheld: list[NotTold]
    package: msgspec.Raw


async def answer(call: Call) -> Answer:
    """Answer a person's request on file: everything that is held about them, from every room. What was told is on record, kind by kind."""
    subject, language, given = await _asked(call)
    made = await call.act(Power.ORDERS, lambda work, caller: _made(call, work, subject, given, language))
    if isinstance(made, Refusal):
        return problem_answer(faults.refused(made, call.language), call.language)
    withheld = [NotTold(one.case, one.number, list(one.fields), one.limb.clause, one.limb.article) for one in made.withheld]
    body = _Given(made.leaf, made.decision, made.digest, withheld, msgspec.Raw(made.package.to_json()))
    return Answer(msgspec.json.encode(body))


async def archived(call: Call) -> Answer:
    """The same as an archive to hand over: document, reading in DPV, schema, letter as PDF, and with `full` the uploads. It is made while it is sent."""
    subject, language, given = await _asked(call)
    office = call.office

    def act(work: Work, caller: Caller) -> tuple[Answered, Mapping[str, Iterator[bytes]]] | Refusal:
        made = _made(call, work, subject, given, language)
        if isinstance(made, Refusal):
            return made
        files = archive.uploads(work, office.gate, office.settings.media_dir, made, documents=(given.document,))
        return files if isinstance(files, Refusal) else (made, files)

    found = await call.act(Power.ORDERS, act)
    if isinstance(found, Refusal):
        return problem_answer(faults.refused(found, call.language), call.language)
    made, files = found
    edition = await call.look(lambda work: office.gate.in_force(work).edition)
    number, asked = letter.number(made.package, made.leaf), letter.number(made.package, given.document)
    body = letter.body(made.package, made.leaf, edition.words, number=number, answers=asked, received_on=None, due=None)
    pdf = await asyncio.to_thread(office.stationery.pdf, body)
    headers = (("content-disposition", f'attachment; filename="answer-{number.lower()}.zip"'),)
    return Answer(archive.stream(made.package, files, pdf), media_type=archive.MEDIA_TYPE, headers=headers)


async def published_schema(call: Call) -> Answer:
    """The JSON Schema (2020-12) of an answer. It never changes: another form gets another name."""
    return Answer(schema.text(), media_type="application/schema+json", headers=_FOREVER)


async def _asked(call: Call) -> tuple[str, str, NewAnswer]:
    given, _ = await call.body(NewAnswer)
    language = call.query("language", call.language)
    if language not in speech.LANGUAGES:
        raise Invalid([FieldError("language", "not_in_list", {"allowed": ", ".join(speech.LANGUAGES)})])
    return call.id("subject"), language, given


def _made(call: Call, work: Work, subject: str, given: NewAnswer, language: str) -> Answered | Refusal:
    return answers.on_request(call.office, work, subject, given.document, full=given.full, language=language)
