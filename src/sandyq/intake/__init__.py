"""The door of e-mail: what lies in the office's mailbox becomes a request with its terms, or an answer in its thread (policy 8.3, 2.20)."""

from sandyq.intake.mailbox import Intake, Looked, chores

__all__ = ["Intake", "Looked", "chores"]
