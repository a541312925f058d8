"""Orders on a person, carried out and told to the recipients (policy 4.1.3-4.1.5)."""

from sandyq.requests.acts import Desk, certify, of_subject, order
from sandyq.requests.clocks import MovedClock, recount, running, would_move
from sandyq.requests.documents import documents, file_document
from sandyq.requests.facts import Answer, Document, DocumentKind, Done, Kind, Order, Request
from sandyq.requests.merge import Decided, keep_apart, merge, reject

__all__ = [
    "Answer",
    "Decided",
    "Desk",
    "Document",
    "DocumentKind",
    "Done",
    "Kind",
    "MovedClock",
    "Order",
    "Request",
    "certify",
    "documents",
    "file_document",
    "keep_apart",
    "merge",
    "of_subject",
    "order",
    "recount",
    "reject",
    "running",
    "would_move",
]
