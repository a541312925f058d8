"""Choices as a loan form would hand them in."""

from datetime import date
from typing import Any

from sandyq import consent, seal
from sandyq.law.vocabulary import GrantKind, GrantState

KEPT = date(2036, 3, 19)
PROOF = consent.Proof(consent.Via.WEB_FORM, KEPT, evidence="01evidence0000000000000001")


def text(name: str) -> consent.ShownText:
    return consent.ShownText(name, "3", "kk", seal.digest(f"{name}: келісемін".encode()), complete=True)


def yes(kind: GrantKind, **what: Any) -> consent.NewGrant:
    return consent.NewGrant(kind, GrantState.GIVEN, text(kind.value), consent.Pressed.BOX_TICKED, **what)


def no(kind: GrantKind, **what: Any) -> consent.NewGrant:
    return consent.NewGrant(kind, GrantState.REFUSED, text(kind.value), consent.Pressed.BOX_LEFT_EMPTY, **what)


SERVICE = yes(GrantKind.PROCESSING, purpose="loan-application", fields=frozenset({"iin", "phone"}))
BANK = yes(GrantKind.RECIPIENT, purpose="loan-application", recipient="bank")
LENDER = yes(GrantKind.RECIPIENT, purpose="loan-application", recipient="lender")
SMS = yes(GrantKind.MARKETING, purpose="marketing", channel="sms")
NO_MAIL = no(GrantKind.MARKETING, purpose="marketing", channel="email")
NO_ABROAD = no(GrantKind.CROSS_BORDER)
