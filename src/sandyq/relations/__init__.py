"""Contracts, obligations, applications and employment with their start and end: what withdrawal and terms are decided on (policy 4.1.5, 5.4, 8.1)."""
