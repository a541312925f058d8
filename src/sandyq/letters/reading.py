"""One reading of a letter: its body in one language, as text in the order in which it is read. The PDF and the plain text both come from it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from sandyq import speech
from sandyq.letters.letter import Cell, LetterBody, Letterhead, Section, Words
from sandyq.letters.wording import Wording, wording

HEAD_LANGUAGES: Final = ("kk", "ru")
"""The letterhead is bilingual whatever the letter's language is: Kazakh at the left, Russian at the right."""

Kind = Literal["heading", "text", "list", "table"]


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of the letter: a heading or a paragraph has `text`; a list has one item a row; a table has its columns and rows."""

    kind: Kind
    text: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    def __repr__(self) -> str:  # may hold values of a person
        return f"Block({self.kind}, {len(self.rows)} rows)"


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that is printed, already in words. `office` has the lines of the letterhead by its language, `log` its labels and values."""

    language: str
    template: str
    title: str
    office: dict[str, tuple[str, ...]]
    number: str
    dated: str
    answers: str
    addressee: tuple[str, ...]
    greeting: str
    blocks: tuple[Block, ...]
    signatory: str
    signature: str
    executor: str
    legend: str
    log: tuple[tuple[str, str], ...]
    footer: dict[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:  # blocks may hold values of a person
        return f"Reading({self.template}, {self.language})"

    @property
    def sentences(self) -> list[str]:
        """Every piece of text that the letter has to show, for tests and for a reader's program."""
        cells = [cell for block in self.blocks for row in (block.columns, *block.rows) for cell in row]
        return [self.title, self.number, self.dated, *self.addressee, *(block.text for block in self.blocks), *cells, self.signatory]


def read(body: LetterBody, language: str = "") -> Reading:
    """The letter in its own language or another of ours. Raises Misuse when a code of it has no words."""
    words = wording(body.template, language or body.language)
    return Reading(
        language=words.language,
        template=body.template,
        title=words.word("title"),
        office={code: _office(body.office, wording(body.template, code)) for code in HEAD_LANGUAGES},
        number=f"{words.word('number')} {body.number}",
        dated=words.long_day(body.dated),
        answers=_answers(body, words),
        addressee=body.addressee,
        greeting=words.word("greeting"),
        blocks=tuple(_blocks(body, words)),
        signatory=words.of("role", body.signatory),
        signature=words.word("signature"),
        executor=words.word("executor").format(role=words.of("role", body.executor)) if body.executor else "",
        legend=words.word("legend"),
        log=_log(body, words),
        footer={key: words.word(key) for key in ("page", "template", "qr_note", "qr_alt", "number")},
    )


def in_language(text: Words, language: str) -> str:
    """A text of three languages in one."""
    return {"kk": text.kk, "ru": text.ru, "en": text.en}[language]


def _office(office: Letterhead, words: Wording) -> tuple[str, ...]:
    lines = [in_language(office.name, words.language), f"{words.word('bin')} {office.bin}", in_language(office.address, words.language)]
    return tuple(line for line in [*lines, f"{words.word('email')}: {office.email}" if office.email else ""] if line)


def _answers(body: LetterBody, words: Wording) -> str:
    if not body.answers:
        return ""
    if body.received_on is None:
        return words.word("answers_undated").format(answers=body.answers)
    return words.word("answers").format(answers=body.answers, received_on=speech.day(words.language, body.received_on))


def _log(body: LetterBody, words: Wording) -> tuple[tuple[str, str], ...]:
    log = body.log
    rows = (("origin", log.origin), ("leaf", log.leaf), ("size", str(log.size)), ("root", log.root), ("digest", body.digest))
    return tuple((words.word(key), value) for key, value in rows if value)


def _blocks(body: LetterBody, words: Wording) -> list[Block]:
    made = [Block("text", words.said(said)) for said in body.said]
    for section in body.sections:
        made += _section(section, words)
    return [*made, *_reasons(body, words), *_appeal(body, words)]


def _section(section: Section, words: Wording) -> list[Block]:
    made = [Block("heading", words.of("head", section.head))] if section.head else []
    made += [Block("text", words.said(said)) for said in section.said]
    rows = tuple(_row(row, words) for row in section.rows)
    if rows:
        columns = tuple(words.of("column", code) for code in section.columns)
        made.append(Block("table" if columns else "list", columns=columns, rows=rows))
    return made + [Block("text", words.said(said)) for said in section.after]


def _row(row: Sequence[Cell], words: Wording) -> tuple[str, ...]:
    return tuple(words.cell(cell) for cell in row)


def _reasons(body: LetterBody, words: Wording) -> list[Block]:
    """Refusals: a table where they are of items, a list where they are of the whole request (the Law art. 25(2)(7))."""
    if not body.reasons:
        return []
    head = Block("heading", words.word("reasons_head"))
    told = [(words.cell(r.item), words.filled(words.of("reason", r.code), r.params), words.basis(r.basis)) for r in body.reasons]
    if not any(item for item, _, _ in told):
        listed = tuple((speech.with_places(why, basis),) for _, why, basis in told)
        return [head, Block("text", words.word("reasons_intro_whole")), Block("list", rows=listed)]
    columns = tuple(words.of("column", code) for code in ("item", "reason", "basis"))
    whole = words.word("reasons_whole")
    rows = tuple((item or whole, why, basis) for item, why, basis in told)
    return [head, Block("text", words.word("reasons_intro")), Block("table", columns=columns, rows=rows)]


def _appeal(body: LetterBody, words: Wording) -> list[Block]:
    if not body.appeal:
        return []
    rows = tuple((words.of("appeal", code),) for code in body.appeal)
    return [Block("heading", words.word("appeal_head")), Block("text", words.word("appeal_intro")), Block("list", rows=rows)]
