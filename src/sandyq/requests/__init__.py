"""Orders on a person, carried out and told to the recipients (policy 4.1.3-4.1.5)."""

from sandyq.requests.acts import Desk, certify, of_subject, order
from sandyq.requests.clocks import MovedClock, recount, running
from sandyq.requests.facts import Answer, Done, Kind, Order, Request

__all__ = ["Answer", "Desk", "Done", "Kind", "MovedClock", "Order", "Request", "certify", "of_subject", "order", "recount", "running"]
