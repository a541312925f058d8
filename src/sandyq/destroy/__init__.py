"""Destroying data so that it cannot be restored, and proving it (policy 2.5)."""

from sandyq.destroy.acts import House, advance, again, certify, fields, journals_emptied, one, plan, plans, receipts, unfinished, unlogged
from sandyq.destroy.facts import CERTIFICATE, CHECKPOINT, VERIFY, Basis, Plan, Receipt
from sandyq.destroy.records import deletions, removed

__all__ = [
    "CERTIFICATE",
    "CHECKPOINT",
    "VERIFY",
    "Basis",
    "House",
    "Plan",
    "Receipt",
    "advance",
    "again",
    "certify",
    "deletions",
    "fields",
    "journals_emptied",
    "one",
    "plan",
    "plans",
    "receipts",
    "removed",
    "unfinished",
    "unlogged",
]
