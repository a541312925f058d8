"""Consents: separately revocable grants with their proof, their withdrawal, and the contacts that asked to be left alone (policy 2.18, 3.8, 4.1.5)."""
