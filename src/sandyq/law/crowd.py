"""Deciding for a crowd (a campaign, a statistic): each shape of facts is judged once, every person gets the verdict of theirs.

The single path has no memory of verdicts (design 2); this one has, for the length of one call. A shape is everything of the facts that a
rule can look at, with the ids taken out: two people of one shape get verdicts that differ in ids alone.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sandyq.law.ask import Ask, Facts
from sandyq.law.decide import Book, decide
from sandyq.law.decision import Verdict

Code = TypeVar("Code", bound=Hashable)


def decide_crowd(
    ask: Ask, people: Iterable[tuple[str, Code]], facts_of: Callable[[Code], Facts], book: Book, at: datetime
) -> Iterator[tuple[str, Verdict]]:
    """(subject id, verdict) for people given as (subject id, code of the shape), in their order.

    `facts_of` gives the facts of a code and is called once per code: two people may share a code only if their facts are the same but for
    ids; `shape` makes such a code. Verdicts name the stand-in ids of `without_ids`. The ask's own subject is left out of account.
    """
    asked = replace(ask, subject="")
    known: dict[Code, Verdict] = {}
    for subject, code in people:
        verdict = known.get(code)
        if verdict is None:
            verdict = known[code] = decide(asked, without_ids(facts_of(code)), book, at)
        yield subject, verdict


def shape(facts: Facts) -> Facts:
    """The code of a fact set for `decide_crowd`: itself, with the ids taken out."""
    return without_ids(facts)


def without_ids(facts: Facts) -> Facts:
    """The same facts with stand-in ids by position (`consent:0`, `item:2`); scopes by item follow their items. Ids of parties stay."""
    items = {item.id: f"item:{n}" for n, item in enumerate(facts.items)}
    return replace(
        facts,
        subject=replace(facts.subject, id=""),
        consents=tuple(replace(c, id=f"consent:{n}") for n, c in enumerate(facts.consents)),
        states=tuple(
            replace(s, id=f"state:{n}", items=frozenset(items.get(i, "item:elsewhere") for i in s.items))
            for n, s in enumerate(facts.states)
        ),
        relations=tuple(replace(r, id=f"relation:{n}") for n, r in enumerate(facts.relations)),
        items=tuple(replace(item, id=items[item.id]) for item in facts.items),
    )
