"""Papers that orders rest on: what somebody typed of a paper becomes a record with an id, and its number is sealed evidence of the person
(policy 4.1.2-4.1.5; the Law art. 25(2)(8)).

An order, a state and a decision name the record's id alone; a number like `statement 14 of S.` names people and stands nowhere in clear.
"""

from sandyq.audit import Act, Leaf, record
from sandyq.collect import evidence_end
from sandyq.collect.acts import EVIDENCE_TERM
from sandyq.db import Work
from sandyq.errors import FieldError, Invalid
from sandyq.gate import Gate
from sandyq.law.calendar import local_date
from sandyq.register import identifiers, items
from sandyq.register.items import NewItem
from sandyq.requests import records
from sandyq.requests.facts import Document, DocumentKind

CATEGORY = "6.2.5"
_GROUND = "94-V art. 25(2)(5), 25(2)(8)"
_MOST = 200


def file_document(work: Work, gate: Gate, subject: str, kind: DocumentKind, number: str) -> str:
    """Put a paper on file by its number (or what else tells it from others, at most 200 characters); gives the id that orders name. Raises Invalid."""
    checked = identifiers.line(number)
    error = checked.error or ("missing" if not checked.value else "text_too_long" if len(checked.value) > _MOST else "")
    if error:
        raise Invalid([FieldError("document", error, {}, ("94-V art. 25(2)(8)",))])
    document = work.new_id()
    until = evidence_end(gate.in_force(work).edition, local_date(work.at))
    fields = {"document_kind": kind.value, "document_number": checked.value}
    sealed = NewItem(CATEGORY, fields, ground=_GROUND, term_rule=EVIDENCE_TERM, term_end=until, klass="evidence")
    item = items.put_evidence(work, gate.ring, subject, sealed)
    leaf = record(work, Leaf(Act.ORDER_RECEIVED, subject, "4.1.3", "94-V art. 25(2)(8)", object=document, category=CATEGORY))
    records.add_document(work, Document(subject, document, kind, item, work.actor.kind, work.actor.id, work.at), leaf)
    return document


def documents(work: Work, subject: str) -> list[Document]:
    """The papers on file about a person, oldest first; their numbers open through the gate, as evidence by its item."""
    return records.documents(work, subject)
