"""Destroying data so that it cannot be restored, and proving it (policy 2.5)."""

from sandyq.destroy.acts import (
    Account,
    House,
    account,
    advance,
    again,
    certify,
    fields,
    journals_emptied,
    one,
    plan,
    plans,
    receipts,
    unfinished,
    unlogged,
)
from sandyq.destroy.facts import CERTIFICATE, CHECKPOINT, VERIFY, Basis, Plan, Receipt
from sandyq.destroy.records import deletions, removed

__all__ = [
    "CERTIFICATE",
    "CHECKPOINT",
    "VERIFY",
    "Account",
    "Basis",
    "House",
    "Plan",
    "Receipt",
    "account",
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
