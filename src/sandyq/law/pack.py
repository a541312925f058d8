"""A jurisdiction's pack of rules: dated data that name the predicates of `rules_*.py`.

`Pack.from_data` takes the plain data of `packs/kz/rules.yaml`. One rule::

    - id: third-party-consent
      code: third_party_consent          # a predicate, or a grant test when `effect: test`
      effect: prohibit                   # permit | prohibit | narrow | duty | note | test
      clauses: ["7.2", "5.1"]            # of the published policy; the first one is shown
      operations: [distribute]           # and acts on standing; groups: processing, eight, standing, all
      when: {readings: [strict], grounds: [consent], occasions: [ordinary]}
      needs: [states]                    # asked only where the facts have such a thing: `rules.NEEDS`
      judged_at: now                     # or event: at the day of the grant or of the collecting
      mark: C                            # C read, C2 a summary, M from memory; unconfirmed rules only tighten
      source: L26J
      recorded: 2026-11-22               # since when the pack has it; else the date of the whole pack
      in_force: [{from: 2022-03-01, article: "94-V art. 7(6)", params: {}, mark: C}]

Days of `in_force` are inside at both ends and the versions of one rule never overlap. A version may carry its own mark and parameters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from sandyq.errors import BadFile
from sandyq.law import rules_consent, rules_grounds, rules_people, rules_purpose, rules_standing, rules_transfer
from sandyq.law.policy import canonical_digest
from sandyq.law.rows import Data, Rows
from sandyq.law.rules import GRANT_TESTS, NEEDS, REGISTRY, Rule, Version
from sandyq.law.vocabulary import STOPPED_BY_BLOCK, ActorKind, Effect, Occasion, Operation, Reading, SourceKind, StandingAct

RULE_MODULES = (rules_consent, rules_grounds, rules_people, rules_purpose, rules_standing, rules_transfer)
"""The modules whose import registers the predicates."""

TEST = "test"
_OPERATIONS = frozenset(map(str, Operation))
GROUPS: Mapping[str, frozenset[str]] = {
    "all": _OPERATIONS | frozenset(map(str, StandingAct)),
    "operations": _OPERATIONS,
    "processing": _OPERATIONS - {"collect"},
    "eight": frozenset(map(str, STOPPED_BY_BLOCK)),
    "standing": frozenset(map(str, StandingAct)),
}
_CLOSED: Mapping[str, frozenset[str]] = {
    "readings": frozenset(map(str, Reading)),
    "actors": frozenset(map(str, ActorKind)),
    "occasions": frozenset(map(str, Occasion)),
    "not_occasions": frozenset(map(str, Occasion)),
    "sources": frozenset(map(str, SourceKind)),
}
_OPEN = frozenset({"purposes", "grounds", "not_grounds", "recipients"})
_FLAGS = frozenset({"excess", "automated"})
_KEYS = frozenset({"id", "code", "effect", "clauses", "operations", "when", "needs", "judged_at", "params"}) | frozenset(
    {"mark", "source", "recorded", "in_force", "article", "note"}
)
_VERSION_KEYS = frozenset({"from", "to", "article", "params", "mark"})


@dataclass(frozen=True)
class Pack:
    """The rules of one jurisdiction, with a digest over their data."""

    id: str
    version: str
    digest: str
    rules: tuple[Rule, ...]

    @classmethod
    def from_data(cls, data: Data) -> "Pack":
        """Compile the data of a pack. Raises BadFile with file, line, what is wrong and what to do."""
        reader = _Reader(str(data.get("__file__", "pack")), data.get("recorded"))
        rows = data.get("rules")
        if not isinstance(rows, list) or not rows:
            raise reader.fault(data, "a pack needs a list `rules`", "write one entry per rule")
        rules = tuple(reader.rule(row) for row in rows)
        seen: set[str] = set()
        for rule in rules:
            if rule.id in seen:
                raise BadFile(
                    reader.file, rule.line, f"rule `{rule.id}` stands twice", "give each rule its own id; later texts are versions"
                )
            seen.add(rule.id)
        return cls(str(data.get("id", "")), str(data.get("version", "")), canonical_digest(data), rules)

    def rule(self, rule_id: str) -> Rule:
        """A rule by id. Raises KeyError."""
        return next(rule for rule in self.rules if rule.id == rule_id)


class _Reader(Rows):
    """Reads the entries of one file; faults carry its name and the entry's line."""

    def __init__(self, file: str, recorded: object) -> None:
        super().__init__(file)
        self.recorded = recorded

    def rule(self, row: object) -> Rule:
        if not isinstance(row, Mapping):
            raise self.fault(row, f"a rule must be a mapping, not {row!r:.40}", "write `- id: ...` with its settings")
        self.line = int(row.get("__line__", 0))
        name = str(row.get("id", "?"))
        self.known(row, _KEYS, f"rule `{name}`")
        effect = self.choice(row, "effect", "prohibit", frozenset(map(str, Effect)) | {TEST})
        code = str(row.get("code", ""))
        registry: Mapping[str, Any] = GRANT_TESTS if effect == TEST else REGISTRY
        if code not in registry:
            raise self.fault(row, f"rule `{name}` names code `{code}`", f"name one of {', '.join(sorted(registry))}")
        mark = self.choice(row, "mark", "C", frozenset({"C", "C2", "M"}))
        versions = self.versions(row, name, mark)
        if effect == Effect.PERMIT and not all(version.confirmed for version in versions):
            raise self.fault(
                row, f"rule `{name}` permits on an unconfirmed source", "confirm the source, or make it a rule that only tightens"
            )
        return Rule(
            id=name,
            code=code,
            effect=Effect.PROHIBIT if effect == TEST else Effect(effect),
            clauses=tuple(map(str, self.listed(row, "clauses"))),
            versions=versions,
            operations=self.operations(row, name),
            when=self.when(row, name),
            needs=self.needs(row, name),
            judged_at=self.choice(row, "judged_at", "now", frozenset({"now", "event"})),
            mark=mark,
            source=str(row.get("source", "")),
            recorded=self.day({"recorded": self.recorded, **row}, "recorded"),
            line=self.line,
            predicate=REGISTRY.get(code),
            grant_test=GRANT_TESTS.get(code),
        )

    def known(self, row: Data, keys: frozenset[str], where: str) -> None:
        unknown = sorted(str(key) for key in row if not str(key).startswith("__") and key not in keys)
        if unknown:
            raise self.fault(row, f"{where} has unknown keys {unknown}", f"use {', '.join(sorted(keys))}")

    def choice(self, row: Data, key: str, default: str, allowed: frozenset[str]) -> str:
        value = str(row.get(key, default))
        if value not in allowed:
            raise self.fault(row, f"`{key}: {value}` is not known", f"use one of {', '.join(sorted(allowed))}")
        return value

    def listed(self, row: Data, key: str) -> list[Any]:
        value = row.get(key) or []
        if not isinstance(value, list):
            raise self.fault(row, f"`{key}` must be a list", "write it as a list, even of one")
        return value

    def operations(self, row: Data, name: str) -> frozenset[str]:
        found: set[str] = set()
        for word in map(str, self.listed(row, "operations")):
            if word not in GROUPS and word not in GROUPS["all"]:
                raise self.fault(
                    row, f"rule `{name}` stands on unknown operation `{word}`", f"use {', '.join(sorted(GROUPS['all']))} or a group"
                )
            found |= GROUPS.get(word, frozenset({word}))
        if not found and row.get("effect") != TEST:
            raise self.fault(row, f"rule `{name}` stands on no operation", "list them under `operations`")
        return frozenset(found)

    def when(self, row: Data, name: str) -> Mapping[str, Any]:
        when = row.get("when") or {}
        if not isinstance(when, Mapping):
            raise self.fault(row, f"`when` of rule `{name}` must be a mapping", "write selectors as `key: [values]`")
        self.known(when, frozenset(_CLOSED) | _OPEN | _FLAGS, f"`when` of rule `{name}`")
        made: dict[str, Any] = {}
        for key, value in when.items():
            if str(key).startswith("__"):
                continue
            if key in _FLAGS:
                made[key] = bool(value)
                continue
            values = frozenset(map(str, self.listed(when, key)))
            if key in _CLOSED and (unknown := values - _CLOSED[key]):
                raise self.fault(row, f"`when.{key}` of rule `{name}` has {sorted(unknown)}", f"use {', '.join(sorted(_CLOSED[key]))}")
            made[key] = values
        return MappingProxyType(made)

    def needs(self, row: Data, name: str) -> int:
        words = list(map(str, self.listed(row, "needs")))
        if unknown := sorted(set(words) - NEEDS.keys()):
            raise self.fault(row, f"rule `{name}` needs {unknown}", f"use {', '.join(NEEDS)}")
        return sum(NEEDS[word] for word in set(words))

    def versions(self, row: Data, name: str, mark: str) -> tuple[Version, ...]:
        made: list[Version] = []
        for entry in self.listed(row, "in_force"):
            if not isinstance(entry, Mapping):
                raise self.fault(row, f"`in_force` of rule `{name}` must list mappings", "write {from: YYYY-MM-DD}")
            self.known(entry, _VERSION_KEYS, f"`in_force` of rule `{name}`")
            article = str(entry.get("article", row.get("article", "")))
            if not article:
                raise self.fault(row, f"rule `{name}` cites no article", "give `article` to the rule or to each version")
            params = {**(row.get("params") or {}), **(entry.get("params") or {})}
            last = self.day(entry, "to") if entry.get("to") else None
            confirmed = self.choice({"mark": mark, **entry}, "mark", mark, frozenset({"C", "C2", "M"})) == "C"
            made.append(Version(self.day(entry, "from"), last, article, MappingProxyType(_frozen(params)), confirmed))
        made.sort(key=lambda version: version.first)
        if not made:
            raise self.fault(row, f"rule `{name}` is never in force", "give `in_force: [{from: YYYY-MM-DD}]`")
        for before, after in pairwise(made):
            if before.last is None or before.last >= after.first:
                raise self.fault(row, f"versions of rule `{name}` overlap at {after.first}", "end the earlier one the day before")
        if any(version.last and version.last < version.first for version in made):
            raise self.fault(row, f"a version of rule `{name}` ends before it begins", "correct `from` and `to`")
        return tuple(made)


def _frozen(params: Data) -> dict[str, Any]:
    """Lists become sets: parameters are looked into, never written to."""
    return {k: frozenset(v) if isinstance(v, list) else v for k, v in params.items() if not str(k).startswith("__")}
