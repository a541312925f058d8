"""Writes the corpus of stored decisions: every case at its own date and at two others, and in the other reading.

Run it by hand (`python tests/law/make_corpus.py` with tests/law on the path) only when a change of the law's answers is meant; the difference
of the file is then what to review.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from cases import CASES
from law_world import IN_2020, SIMULATED, WORDS, book

from sandyq.law import canon
from sandyq.law.ask import Ask, Facts
from sandyq.law.decide import decide
from sandyq.law.vocabulary import Reading

CORPUS = Path(__file__).parent / "corpus" / "decisions.jsonl"
IN_2023 = datetime.fromisoformat("2023-06-01T06:00:00+00:00")


def questions() -> Iterator[tuple[Ask, Facts, datetime]]:
    for case in CASES:
        other = replace(case.facts, reading=WORDS if case.reading is Reading.STRICT else Reading.STRICT, extra=SIMULATED)
        yield case.ask, case.facts, case.at
        yield case.ask, case.facts, IN_2020
        yield case.ask, case.facts, IN_2023
        yield case.ask, other, case.at


def rows() -> Iterator[str]:
    seen = set()
    for ask, facts, at in questions():
        row = {
            "at": at.isoformat(),
            "ask": canon.ask_to_json(ask),
            "facts": canon.facts_to_json(facts),
            "verdict": canon.verdict_to_json(decide(ask, facts, book(), at)),
        }
        text = json.dumps(row, ensure_ascii=False, sort_keys=True)
        if text not in seen:
            seen.add(text)
            yield text


if __name__ == "__main__":
    CORPUS.write_text("\n".join(rows()) + "\n", encoding="utf-8")
