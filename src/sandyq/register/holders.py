"""The register as a holder: what it keeps about a subject, how that goes, and what stays as evidence."""

from dataclasses import dataclass
from pathlib import Path

from sandyq.clock import micros
from sandyq.db.work import Work
from sandyq.errors import Misuse
from sandyq.register import index, items, media
from sandyq.register.holder import Kept, Shown
from sandyq.register.keystore import datakeys
from sandyq.register.keystore.ring import Keyring


@dataclass(frozen=True, slots=True)
class RegisterHolder:
    """Items, uploads and tokens. Data keys and tokens go first, then rows and files; evidence with its scans and the audit salt are not touched."""

    ring: Keyring
    folder: Path
    name: str = "register"
    steps: tuple[str, ...] = ("keys", "rows")

    def show(self, work: Work, subject: str) -> list[Shown]:
        shown = [_shown(item) for item in items.legal(work, subject)]
        by_id = {item.id: item for item in shown}
        for entry in media.of(work, subject):
            of = by_id.get(entry.item_id)
            ground, term_rule, end = (of.ground, of.term_rule, of.term_end) if of else ("", "", None)
            shown.append(
                Shown("register", "media", entry.media_id, entry.field, entry.created_us, ground, term_rule=term_rule, term_end=end)
            )
        return shown

    def erase(self, work: Work, subject: str, step: str) -> int:
        known = items.known(work, subject)
        data = [item.item_id for item in known if item.klass == "data"]
        evidence = {item.item_id for item in known if item.klass == "evidence"}
        entries = media.of(work, subject)
        uploads = [entry.media_id for entry in entries if entry.item_id not in evidence]
        if step == "keys":
            there = datakeys.ids(work, subject) - evidence - {entry.media_id for entry in entries if entry.item_id in evidence}
            datakeys.delete(work, subject, there)
            return len(there) + index.erase(work, subject)
        if step == "rows":
            items.erase_rows(work, subject, data)
            media.erase_rows(work, subject, uploads, self.folder)
            return len(data) + len(uploads)
        raise Misuse("step_unknown", holder=self.name, step=step)

    def verify_gone(self, work: Work, subject: str) -> list[str]:
        known, uploads = items.known(work, subject), media.of(work, subject)
        evidence = {item.item_id for item in known if item.klass == "evidence"}
        scans = {entry.media_id for entry in uploads if entry.item_id in evidence}
        left = [f"wrapped_key: {key}" for key in sorted(datakeys.ids(work, subject) - evidence - scans)]
        left += index.verify_gone(work, subject)
        left += [f"item: {item.item_id}" for item in known if item.klass == "data"]
        return left + [f"media: {entry.media_id}" for entry in uploads if entry.media_id not in scans]

    def kept(self, work: Work, subject: str) -> list[Kept]:
        return [
            Kept("register", item.category, item.item_id, item.ground, item.term_end, item.term_rule)
            for item in items.legal(work, subject)
            if item.klass == "evidence"
        ]


@dataclass(frozen=True, slots=True)
class SaltHolder:
    """The audit salt, by itself because it goes last: after it nothing links the leaves of the destruction any more (design 14)."""

    name: str = "audit_salt"
    steps: tuple[str, ...] = ("salt",)

    def show(self, work: Work, subject: str) -> list[Shown]:
        return []

    def erase(self, work: Work, subject: str, step: str) -> int:
        if step != "salt":
            raise Misuse("step_unknown", holder=self.name, step=step)
        return datakeys.shred_salt(work, subject)

    def verify_gone(self, work: Work, subject: str) -> list[str]:
        return ["wrapped_key: salt"] if datakeys.has_salt(work, subject) else []

    def kept(self, work: Work, subject: str) -> list[Kept]:
        return []


def _shown(item: items.Legal) -> Shown:
    return Shown(
        holder="register",
        what="evidence" if item.klass == "evidence" else "item",
        id=item.item_id,
        category=item.category,
        since_us=micros(item.collected_at),
        ground=item.ground,
        source=str(item.source),
        purposes=tuple(sorted(item.purposes)),
        term_rule=item.term_rule,
        term_end=item.term_end,
    )
