"""Sandyq keeps people's personal data the way the published policy and the law of Kazakhstan say, and proves it."""

__version__ = "0.1.0"
