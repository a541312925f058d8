"""The seam to two engines: two stores, one unit of work, one text of SQL."""

from sandyq.db.stores import Stores
from sandyq.db.work import Actor, Checkpointed, Duplicate, Promised, Row, Statement, StoreFailed, Tx, Value, Work, places

__all__ = ["Actor", "Checkpointed", "Duplicate", "Promised", "Row", "Statement", "StoreFailed", "Stores", "Tx", "Value", "Work", "places"]
