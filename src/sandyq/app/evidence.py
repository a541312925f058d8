"""An evidence package as one ZIP: the document, the proofs of its entries under the published checkpoint, and what consents were logged with.

`verifier/sandyq_verify.py evidence FILE.zip --key KEY` checks it without this program and without us (docs/adr/0012-evidence-package.md).
"""

import io
import zipfile
from base64 import b64encode
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sandyq import rights
from sandyq.audit import publish
from sandyq.db import Work
from sandyq.law.decision import Refusal
from sandyq.speech import ZONE

if TYPE_CHECKING:
    from sandyq.app.office import Office

MEDIA_TYPE: Final = "application/zip"
DOCUMENT, CHECKPOINT, READ_ME = "evidence.json", "checkpoint", "READ-ME.txt"
_READABLE_BY_OWNER: Final = 0o600 << 16
_HOW: Final = """{number}

evidence.json   what happened to this request, as it stands in the operator's records
log/            the entries of the operator's log about this person, each with its proof (C2SP tlog-proof)
consents/       what each giving of consents was logged with, by the id of its entry
checkpoint      the signed state of the log that the proofs lead to

Check it with the one-file verifier and the log's public key, which you should have from somewhere else than the operator:
    python3 sandyq_verify.py evidence {name} --key KEY
The package itself is entry {leaf} of the log; its proof can be asked for once the next checkpoint is published, and given with --proof.
"""


def made(office: "Office", work: Work, case_id: str) -> rights.Evidence | Refusal:
    """The act of the second member, on the log as it is published now. Raises as `rights.pack_evidence`."""
    signed = office.publisher.published()
    return rights.pack_evidence(work, office.rights, case_id, office.calendar, signed.head.size if signed else 0)


def name(evidence: rights.Evidence) -> str:
    """What the file is called; nothing personal."""
    return f"evidence-{evidence.number.lower()}.zip"


def packed(office: "Office", evidence: rights.Evidence) -> bytes:
    """The ZIP. The log only grows, so every entry that the document lists can still be proved."""
    checkpoint = office.folder.checkpoint() or b""  # the act found one, and it only grows
    how = _HOW.format(number=evidence.number, name=name(evidence), leaf=evidence.leaf)
    members: list[tuple[str, bytes]] = [(READ_ME, how.encode()), (DOCUMENT, evidence.body), (CHECKPOINT, checkpoint)]
    members += [(f"consents/{leaf}.json", body) for leaf, body in sorted(evidence.choices.items())]

    def proofs(work: Work) -> list[tuple[str, bytes]]:
        return [(f"log/{leaf}.tlog-proof", _carrying(publish.prove(work, office.folder, leaf))) for leaf in evidence.entries]

    members += office.read(proofs)
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in members:
            archive.writestr(_entry(path, evidence.made_at), content)
    return sink.getvalue()


def _carrying(proved: publish.Proved) -> bytes:
    """A proof that brings its entry along, in the line that the form has for it."""
    head, _, rest = proved.proof.partition("\n")
    return f"{head}\nextra {b64encode(proved.entry).decode()}\n{rest}".encode()


def _entry(path: str, at: datetime) -> zipfile.ZipInfo:
    local = at.astimezone(ZONE)
    entry = zipfile.ZipInfo(path, (local.year, local.month, local.day, local.hour, local.minute, local.second))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = _READABLE_BY_OWNER
    return entry
