"""The log that anyone can verify: leaves, the Merkle tree over them, its tiles, signed checkpoints and proofs (design 14, 15)."""
