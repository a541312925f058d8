"""Using data: show a person's data to staff for a purpose, find people, show a person their own (policy 2.12, 4.1.1)."""

from sandyq.use.acts import Hit, Query, Results, ShownItem, ShownPerson, find, show

__all__ = ["Hit", "Query", "Results", "ShownItem", "ShownPerson", "find", "show"]
