"""Destroying data so that it cannot be restored, and proving it (policy 2.5)."""

from sandyq.destroy.acts import House, advance, again, certify, fields, journals_emptied, one, plan, plans, receipts, unfinished
from sandyq.destroy.facts import CERTIFICATE, CHECKPOINT, VERIFY, Basis, Plan, Receipt

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
    "fields",
    "journals_emptied",
    "one",
    "plan",
    "plans",
    "receipts",
    "unfinished",
]
