"""The log that anyone can verify: leaves, the Merkle tree over them, its tiles, signed checkpoints and proofs (design 14, 15).

An act calls `record`. `install` makes commits carry the entries; `sequencer` numbers them, `publish` lays them out under signed checkpoints,
`verify` recomputes everything, `start` says whether the database continues what was published, `history` tells who was looked at.
"""

from sandyq.audit.leaf import Act, Leaf
from sandyq.audit.problem import Problem
from sandyq.audit.recording import record
from sandyq.audit.sequencer import install

__all__ = ["Act", "Leaf", "Problem", "install", "record"]
