"""The shape of a case of the law: a sentence, the clause it proves, the rule it rests on, the question and the answer."""

from dataclasses import dataclass
from datetime import datetime

from law_world import NOW, names

from sandyq.law.ask import Ask, Facts
from sandyq.law.decide import Book, decide
from sandyq.law.decision import Verdict
from sandyq.law.vocabulary import Duty, Reading


@dataclass(frozen=True)
class Expect:
    """What the verdict must be. `code` must be among the findings of the case's own rule."""

    permitted: bool
    fields: frozenset[str] = frozenset()
    code: str = ""
    duties: frozenset[Duty] = frozenset()
    masks: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()

    def faults(self, verdict: Verdict, rule: str) -> list[str]:
        """What is not as expected, in words."""
        found = []
        if verdict.permitted is not self.permitted:
            found.append(f"permitted is {verdict.permitted}: {[(f.rule, f.code) for f in verdict.reasons]}")
        if self.permitted:
            for name in ("fields", "masks", "withheld"):
                if getattr(verdict, name) != getattr(self, name):
                    found.append(f"{name} are {sorted(getattr(verdict, name))}")
            if not self.duties <= verdict.duties:
                found.append(f"duties are {sorted(verdict.duties)}")
        if self.code and not any(f.rule == rule and f.code == self.code for f in verdict.findings):
            found.append(f"rule {rule} does not say {self.code}: {[(f.rule, f.code) for f in verdict.findings]}")
        return found


@dataclass(frozen=True)
class Case:
    """One row. Breaking `rule` must make it fail (`test_mutation.py`), or it proves nothing about `clause`."""

    name: str
    clause: str
    rule: str
    ask: Ask
    facts: Facts
    expect: Expect
    at: datetime = NOW

    @property
    def reading(self) -> Reading:
        """Strict, or the policy's words."""
        return self.facts.reading

    def faults(self, book: Book) -> list[str]:
        """What a book answers wrongly; nothing when the case holds."""
        return self.expect.faults(decide(self.ask, self.facts, book, self.at), self.rule)


def allows(fields: str = "", *duties: Duty, code: str = "", masks: str = "", withheld: str = "") -> Expect:
    """Permitted, exactly these fields."""
    return Expect(True, names(fields), code, frozenset(duties), names(masks), names(withheld))


def refuses(code: str) -> Expect:
    """Refused, and the case's rule says why."""
    return Expect(False, code=code)
