"""The door of machines: HTTP under `/api/v1`, JSON in and out, tokens with scopes, every act one unit of work (design 5, 18, 21, 22)."""

from sandyq.api.app import Api, create, routes
from sandyq.api.door import Limits

__all__ = ["Api", "Limits", "create", "routes"]
