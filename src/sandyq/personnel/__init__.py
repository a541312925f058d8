"""Staff and candidates as subjects apart, behind the wall of 3.7: own purposes, terms and grants (policy 3.7; the Law art. 14)."""
