"""One entry's proof as a text that stands by itself (C2SP `tlog-proof`): its index, the hashes up to the root, and the signed checkpoint.

It is put into receipts, letters and certificates. With the entry and the log's public key anybody can check it without asking the operator.
"""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from sandyq.audit.note import Checkpoint, Note, SignedCheckpoint, VerifierKey, decimal, decode64, open_checkpoint
from sandyq.audit.tree import HASH_BYTES, HashAt, inclusion_proof, leaf_hash, verify_inclusion
from sandyq.errors import Tampered

HEADER = "c2sp.org/tlog-proof@v1"
MAX_HASHES = 63
_BAD = "proof_malformed"


@dataclass(frozen=True, slots=True)
class Proof:
    """`hashes` lead from the entry's sibling to the child of the root; `checkpoint` is the note verbatim.

    `extra` is nobody's word: no signature covers it.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def __str__(self) -> str:
        extra = [] if self.extra is None else [f"extra {b64encode(self.extra).decode()}"]
        lines = [HEADER, *extra, f"index {self.index}", *(b64encode(h).decode() for h in self.hashes), "", self.checkpoint]
        return "\n".join(lines)

    @classmethod
    def parse(cls, text: str) -> "Proof":
        """Read a proof, strictly. Raises Tampered("proof_malformed"). Nothing is verified yet."""
        top, gap, checkpoint = text.partition("\n\n")
        lines = top.split("\n")
        if not gap or not checkpoint or lines.pop(0) != HEADER or not lines:
            raise Tampered(_BAD)
        extra = decode64(lines.pop(0)[6:], _BAD) if lines[0].startswith("extra ") else None
        if not lines or not lines[0].startswith("index "):
            raise Tampered(_BAD)
        index = decimal(lines.pop(0)[6:], _BAD)
        hashes = tuple(decode64(line, _BAD) for line in lines)
        if len(hashes) > MAX_HASHES or any(len(h) != HASH_BYTES for h in hashes):
            raise Tampered(_BAD)
        return cls(index, hashes, checkpoint, extra)

    def verify(self, entry: bytes, log: VerifierKey, witnesses: Iterable[VerifierKey] = ()) -> SignedCheckpoint:
        """Show that `entry` stands at `index` in the log that the checkpoint states; what comes back is that checkpoint, verified.

        Raises Tampered: `proof_wrong` when the hashes do not lead from the entry to the root, else what `open_checkpoint` raises.
        """
        signed = open_checkpoint(self.checkpoint.encode(errors="surrogatepass"), log, witnesses)
        if not verify_inclusion(leaf_hash(entry), self.index, signed.head.size, self.hashes, signed.head.root):
            raise Tampered("proof_wrong", index=self.index, size=signed.head.size)
        return signed


def prove(index: int, note: Note, hash_at: HashAt, extra: bytes | None = None) -> Proof:
    """The proof of one entry under a checkpoint that covers it."""
    size = Checkpoint.parse(note.text).size
    return Proof(index, tuple(inclusion_proof(index, size, hash_at)), str(note), extra)
