"""What a correction does: new versions of items, the fields that changed, what is left over of the old (policy 4.1.2; the Law art. 13, 24(1)(2))."""

from collections.abc import Mapping
from dataclasses import dataclass, field

CONTACTS = frozenset({"phone", "email"})
"""Fields by which a person proves themselves: who changes them passes the identity check with its cooling-off first (design 20)."""


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What became of one category: `old` is the version that was replaced (empty for a new category), `new` the one in its place. `new` is empty when no
    field is left: the old version is then still the present one, and is to be destroyed, as it cannot be corrected (art. 25(2)(8))."""

    category: str
    old: str
    new: str
    changed: frozenset[str]
    added: frozenset[str]
    removed: frozenset[str]

    @property
    def fields(self) -> frozenset[str]:
        """Every field that is not as it was."""
        return self.changed | self.added | self.removed


@dataclass(frozen=True, slots=True)
class Changed:
    """A correction that was made. `unchanged` are the fields whose value was so already; with no versions, nothing was to be done."""

    subject: str
    versions: tuple[NewVersion, ...]
    unchanged: frozenset[str]
    decision: str
    leaf: str
    was: Mapping[str, str] = field(default_factory=dict, repr=False)  # values that were replaced or given up, for the answer alone

    @property
    def fields(self) -> frozenset[str]:
        """Every field that is not as it was: recipients that hold one of them are told."""
        return frozenset[str]().union(*[version.fields for version in self.versions])

    @property
    def former(self) -> frozenset[str]:
        """The versions that were replaced: destroyed unless a term, an obligation or a hold keeps them."""
        return frozenset(version.old for version in self.versions if version.old and version.new)

    @property
    def ended(self) -> frozenset[str]:
        """The items of which nothing is right: to be destroyed as a whole."""
        return frozenset(version.old for version in self.versions if not version.new)
