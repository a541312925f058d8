"""The complete answer about a person, assembled from every holder (policy 4.1.1; the Law art. 24(1)(1), 25(2)(6))."""

from sandyq.access.acts import ARTICLE, CLAUSE, Answered, package
from sandyq.access.facts import FORMAT, SECTIONS, Held, Package

__all__ = ["ARTICLE", "CLAUSE", "FORMAT", "SECTIONS", "Answered", "Held", "Package", "package"]
