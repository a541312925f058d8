"""The rights desk: a person's request as durable work, with clocks, identity, parts, outcomes and answers (policy 4.1.1-4.1.7, 8.3; the Law art. 24, 25)."""

from sandyq.rights.acts import (
    add_documents,
    assign,
    duplicate,
    identified,
    name_deputy,
    needed,
    open_case,
    reopen,
    retract,
)
from sandyq.rights.answering import WANTED, answer, not_identified, want_documents
from sandyq.rights.at_desk import at_desk, by_iin
from sandyq.rights.clocks import explain
from sandyq.rights.complaints import release, stage
from sandyq.rights.deciding import carried_outside, confirm, decide, decline, progress, ripe, suggest
from sandyq.rights.delivery import busy, delivered, resend
from sandyq.rights.desk import Rights, by_number, case, events, of_subject, written
from sandyq.rights.due_work import recount, remind, to_remind
from sandyq.rights.evidence import Evidence, ask_evidence, asked_by, drop_evidence, pack_evidence
from sandyq.rights.facts import (
    Case,
    Channel,
    Clock,
    ClockState,
    Decided,
    Delivery,
    Do,
    Due,
    Event,
    Kept,
    Listed,
    MovedClock,
    NewCase,
    Outcome,
    Part,
    PartDecision,
    PartState,
    Reminder,
    Stage,
    SuggestedPart,
    Suggestion,
    Today,
    Wanted,
    What,
)
from sandyq.rights.holder import RightsHolder
from sandyq.rights.kinds.handling import unconfirmed
from sandyq.rights.lists import Filter, listing, next_action, statistics, today
from sandyq.rights.naming import named
from sandyq.rights.records import COLUMNS
from sandyq.rights.rekinding import rekind
from sandyq.rights.reminding import ReminderCarrier
from sandyq.rights.settling import waits_for
from sandyq.rights.silence import lift, limb_of, withheld
from sandyq.rights.states import Kind, State

__all__ = [
    "COLUMNS",
    "WANTED",
    "Case",
    "Channel",
    "Clock",
    "ClockState",
    "Decided",
    "Delivery",
    "Do",
    "Due",
    "Event",
    "Evidence",
    "Filter",
    "Kept",
    "Kind",
    "Listed",
    "MovedClock",
    "NewCase",
    "Outcome",
    "Part",
    "PartDecision",
    "PartState",
    "Reminder",
    "ReminderCarrier",
    "Rights",
    "RightsHolder",
    "Stage",
    "State",
    "SuggestedPart",
    "Suggestion",
    "Today",
    "Wanted",
    "What",
    "add_documents",
    "answer",
    "ask_evidence",
    "asked_by",
    "assign",
    "at_desk",
    "busy",
    "by_iin",
    "by_number",
    "carried_outside",
    "case",
    "confirm",
    "decide",
    "decline",
    "delivered",
    "drop_evidence",
    "duplicate",
    "events",
    "explain",
    "identified",
    "lift",
    "limb_of",
    "listing",
    "name_deputy",
    "named",
    "needed",
    "next_action",
    "not_identified",
    "of_subject",
    "open_case",
    "pack_evidence",
    "progress",
    "recount",
    "rekind",
    "release",
    "remind",
    "reopen",
    "resend",
    "retract",
    "ripe",
    "stage",
    "statistics",
    "suggest",
    "to_remind",
    "today",
    "unconfirmed",
    "waits_for",
    "want_documents",
    "withheld",
    "written",
]
