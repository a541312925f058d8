"""Who is asking: factors, codes, sessions and desk checks, and what each level of proof may see and do (design 11, 20; policy 8.3; the Law art. 10(2))."""

from sandyq.identity.changing import NewAuthenticator, confirm_contact, confirm_totp, end_factor, enrol_totp, propose_contact
from sandyq.identity.desk import by_link, checks, desk_check, desk_contact, desk_end, link, spend_link
from sandyq.identity.factors import bounced, carry, counts, opened, tell, verified
from sandyq.identity.factors import of as contacts
from sandyq.identity.facts import (
    Asked,
    CodeState,
    DeskCheck,
    DocumentSeen,
    Factor,
    FactorKind,
    FactorState,
    Mandate,
    Mandates,
    Opener,
    Visitor,
)
from sandyq.identity.holder import IdentityHolder, IdentityReplay
from sandyq.identity.levels import Deed, Level, allowed, clause_of, least
from sandyq.identity.records import COLUMNS
from sandyq.identity.signin import act_for, again, ask_code, drop_all, enter, leave, present, seconds, step_enter, step_up, visitor
from sandyq.identity.stale import drop_stale

__all__ = [
    "COLUMNS",
    "Asked",
    "CodeState",
    "Deed",
    "DeskCheck",
    "DocumentSeen",
    "Factor",
    "FactorKind",
    "FactorState",
    "IdentityHolder",
    "IdentityReplay",
    "Level",
    "Mandate",
    "Mandates",
    "NewAuthenticator",
    "Opener",
    "Visitor",
    "act_for",
    "again",
    "allowed",
    "ask_code",
    "bounced",
    "by_link",
    "carry",
    "checks",
    "clause_of",
    "confirm_contact",
    "confirm_totp",
    "contacts",
    "counts",
    "desk_check",
    "desk_contact",
    "desk_end",
    "drop_all",
    "drop_stale",
    "end_factor",
    "enrol_totp",
    "enter",
    "least",
    "leave",
    "link",
    "opened",
    "present",
    "propose_contact",
    "seconds",
    "spend_link",
    "step_enter",
    "step_up",
    "tell",
    "verified",
    "visitor",
]
