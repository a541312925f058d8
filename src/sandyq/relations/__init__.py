"""Contracts, obligations, applications and employment with their start and end: what withdrawal and terms are decided on (policy 4.1.5,
5.4, 8.1).
"""

from sandyq.relations.acts import all_of, close_relation, closed_since, ends, facts, open_relation
from sandyq.relations.facts import NewRelation, Relation, RelationKind
from sandyq.relations.holder import RelationsHolder
from sandyq.relations.records import COLUMNS

__all__ = [
    "COLUMNS",
    "NewRelation",
    "Relation",
    "RelationKind",
    "RelationsHolder",
    "all_of",
    "close_relation",
    "closed_since",
    "ends",
    "facts",
    "open_relation",
]
