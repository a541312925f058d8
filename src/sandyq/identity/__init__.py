"""Who is asking: factors, codes, sessions and desk checks, and what each level of proof may see and do (design 11, 20; policy 8.3; the Law art. 10(2))."""

from sandyq.identity.levels import Deed, Level, allowed, least

__all__ = ["Deed", "Level", "allowed", "least"]
