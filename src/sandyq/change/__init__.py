"""Changing and supplementing data on documents: a new version of an item, told to who holds the old one (policy 4.1.2; the Law art. 13, 25(2)(8))."""

from sandyq.change.acts import correct
from sandyq.change.facts import CONTACTS, Changed, NewVersion

__all__ = ["CONTACTS", "Changed", "NewVersion", "correct"]
