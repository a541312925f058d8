"""Consents: separately revocable grants with their proof, their withdrawal, and the contacts that asked to be left alone (policy 2.18,
3.8, 4.1.5).
"""

from sandyq.consent.acts import choices_body, confirm_by_code, drop_run_out, facts, give, proofs, standing, withdraw, withdrawal_due
from sandyq.consent.carrying import carry
from sandyq.consent.facts import (
    CHANNELS,
    CodeProof,
    ConsentStanding,
    NewGrant,
    Pressed,
    Proof,
    ProvenGrant,
    ShownText,
    Via,
    Withdrawal,
    faults,
)
from sandyq.consent.holder import ConsentHolder, ConsentReplay
from sandyq.consent.records import COLUMNS, move_due
from sandyq.consent.suppression import drop_ended, lift, recognise, suppress

__all__ = [
    "CHANNELS",
    "COLUMNS",
    "CodeProof",
    "ConsentHolder",
    "ConsentReplay",
    "ConsentStanding",
    "NewGrant",
    "Pressed",
    "Proof",
    "ProvenGrant",
    "ShownText",
    "Via",
    "Withdrawal",
    "carry",
    "choices_body",
    "confirm_by_code",
    "drop_ended",
    "drop_run_out",
    "facts",
    "faults",
    "give",
    "lift",
    "move_due",
    "proofs",
    "recognise",
    "standing",
    "suppress",
    "withdraw",
    "withdrawal_due",
]
