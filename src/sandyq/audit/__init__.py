"""The log that anyone can verify: leaves, the Merkle tree over them, its tiles, signed checkpoints and proofs (design 14, 15)."""

from sandyq.audit.leaf import Act, Leaf
from sandyq.audit.recording import record
from sandyq.audit.sequencer import install

__all__ = ["Act", "Leaf", "install", "record"]
