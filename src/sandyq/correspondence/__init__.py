"""The journal of what came in and what went out: requests, letters, mail, waybills, proofs of delivery (policy 3.10, 8.3, 2.20)."""
