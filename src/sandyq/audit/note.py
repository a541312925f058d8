"""Signed notes and checkpoints: how the log states its size and root under a signature (C2SP `signed-note`, `tlog-checkpoint`,
`tlog-cosignature`).

A note is a text, an empty line, and one line per signature: em dash, key name, base64 of a 4-byte key id and the signature. The id is a
hash over name, kind and public key, so a signature by another key or under another name is simply a stranger's, and strangers are ignored;
a signature that claims a known key and does not fit spoils the whole note. A checkpoint is a note whose text is the log's origin, its size
and its root. A witness adds a cosignature: the time, and the checkpoint it saw to be a continuation of all that it saw before.
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeAlias

from sandyq.audit.tree import HASH_BYTES
from sandyq.errors import Misuse, Tampered
from sandyq.seal import ed25519_public, ed25519_sign, ed25519_verify

ED25519 = 1
"""Signature type of a log: Ed25519 over the note's text."""
COSIGNATURE = 4
"""Signature type of a witness: Ed25519 over a time and the note's text."""

MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100

Sign: TypeAlias = Callable[[bytes], bytes]

_NAME = re.compile(r"[^\s+]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


def decode64(text: str, code: str = "base64_malformed") -> bytes:
    """Standard base64, only in its one canonical spelling. Raises Tampered(`code`)."""
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Tampered(code) from None
    if b64encode(data).decode() != text:
        raise Tampered(code)
    return data


def decimal(text: str, code: str) -> int:
    """A decimal without sign or leading zeroes, below 2**63. Raises Tampered(`code`)."""
    if not _NUMBER.fullmatch(text) or int(text) >= 1 << 63:
        raise Tampered(code)
    return int(text)


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with the name it signs under; its text form is `name+keyid+base64(kind || key)`."""

    name: str
    public: bytes
    kind: int = ED25519

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.public) != 32 or self.kind not in (ED25519, COSIGNATURE):
            raise Tampered("verifier_key_malformed")

    @property
    def id(self) -> bytes:
        """The 4 bytes by which a signature line says whose it is."""
        return sha256(self.name.encode() + b"\n" + self._material).digest()[:4]

    @property
    def _material(self) -> bytes:
        return bytes([self.kind]) + self.public

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(self._material).decode()}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Read the text form; the id must be that of the name and key."""
        name, _, rest = text.partition("+")
        key_id, _, material = rest.partition("+")
        raw = decode64(material, "verifier_key_malformed")
        key = cls(name, raw[1:], raw[0] if raw else 0)
        if key.id.hex() != key_id:
            raise Tampered("verifier_key_malformed")
        return key


@dataclass(frozen=True, slots=True)
class Signer:
    """What can sign under a verifier key; `sign` may live in a token."""

    key: VerifierKey
    sign: Sign = field(repr=False)

    @classmethod
    def of_seed(cls, name: str, seed: bytes, kind: int = ED25519) -> "Signer":
        """A signer that holds its Ed25519 seed in memory."""
        return cls(VerifierKey(name, ed25519_public(seed), kind), lambda message: ed25519_sign(seed, message))


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: whose it claims to be, and its bytes without the key id."""

    name: str
    key_id: bytes
    data: bytes

    @property
    def line(self) -> str:
        """The line as it stands in a note."""
        return f"— {self.name} {b64encode(self.key_id + self.data).decode()}\n"

    @classmethod
    def parse(cls, line: str) -> "Signature":
        """Read a line without its newline."""
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        raw = decode64(encoded, "note_malformed")
        if dash != "—" or not _NAME.fullmatch(name) or len(raw) < 5:
            raise Tampered("note_malformed")
        return cls(name, raw[:4], raw[4:])


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the signature lines below it, not yet believed."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(s.line for s in self.signatures)

    @classmethod
    def parse(cls, data: bytes) -> "Note":
        """Read a note. Raises Tampered("note_malformed") for whatever is not exactly a note."""
        try:
            whole = data.decode()
        except UnicodeDecodeError:
            raise Tampered("note_malformed") from None
        text, gap, lines = whole.rpartition("\n\n")
        signatures = lines.split("\n")
        if len(data) > MAX_NOTE_BYTES or not gap or _CONTROL.search(whole) or signatures.pop() or not 0 < len(signatures) <= MAX_SIGNATURES:
            raise Tampered("note_malformed")
        return cls(text + "\n", tuple(map(Signature.parse, signatures)))

    def signed_by(self, signer: Signer, at: int = 0) -> "Note":
        """The note with one signature more. `at` is for witnesses: seconds since 1970."""
        text = self.text.encode()
        if not self.text.endswith("\n") or _CONTROL.search(self.text):
            raise Misuse("note_malformed")
        if signer.key.kind == COSIGNATURE:
            data = at.to_bytes(8, "big") + signer.sign(_cosigned(at, text))
        else:
            data = signer.sign(text)
        return Note(self.text, (*self.signatures, Signature(signer.key.name, signer.key.id, data)))

    def times(self, keys: Iterable[VerifierKey]) -> dict[VerifierKey, int]:
        """The known keys whose signature is on the note, each with the latest time it states (0 for a key that states none).

        Raises Tampered("signature_wrong", name=...) when a signature claims a known key and does not fit.
        """
        known = {(key.name, key.id): key for key in keys}
        found: dict[VerifierKey, int] = {}
        for signature in self.signatures:
            key = known.get((signature.name, signature.key_id))
            if key:
                found[key] = max(found.get(key, 0), self._time(key, signature))
        return found

    def _time(self, key: VerifierKey, signature: Signature) -> int:
        text, at, data = self.text.encode(), 0, signature.data
        if key.kind == COSIGNATURE:
            at, data = int.from_bytes(data[:8], "big"), data[8:]
            text = _cosigned(at, text)
        if at >= 1 << 63 or not ed25519_verify(key.public, text, data):
            raise Tampered("signature_wrong", name=key.name)
        return at


def _cosigned(at: int, text: bytes) -> bytes:
    """What a witness signs; the header keeps it apart from a log's own signature."""
    return b"cosignature/v1\ntime %d\n%b" % (at, text)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: its name, how many entries it has, and the root over them. `extensions` are further lines, seldom any."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text that is signed."""
        lines = (self.origin, str(self.size), b64encode(self.root).decode(), *self.extensions)
        return "".join(line + "\n" for line in lines)

    def sign(self, signer: Signer) -> Note:
        """The checkpoint under the log's signature."""
        return Note(self.text, ()).signed_by(signer)

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read the text of a note. Raises Tampered("checkpoint_malformed")."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() or not all(lines):
            raise Tampered("checkpoint_malformed")
        origin, size, root, *extensions = lines
        head = cls(origin, decimal(size, "checkpoint_malformed"), decode64(root, "checkpoint_malformed"), tuple(extensions))
        if len(head.root) != HASH_BYTES:
            raise Tampered("checkpoint_malformed")
        return head


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint whose log signature is verified, the note it came in, and the witnesses on it with their times (seconds since 1970)."""

    head: Checkpoint
    note: Note
    witnesses: dict[VerifierKey, int]


def open_checkpoint(data: bytes, log: VerifierKey, witnesses: Iterable[VerifierKey] = (), origin: str = "") -> SignedCheckpoint:
    """Read a checkpoint and believe it: signed by `log`, for the origin asked (the log key's name unless told otherwise).

    Raises Tampered: `note_malformed`, `checkpoint_malformed`, `signature_missing`, `signature_wrong`, `origin_other`.
    """
    note = Note.parse(data)
    times = note.times((log, *witnesses))
    if log not in times:
        raise Tampered("signature_missing", name=log.name)
    head = Checkpoint.parse(note.text)
    if head.origin != (origin or log.name):
        raise Tampered("origin_other", expected=origin or log.name)
    return SignedCheckpoint(head, note, {key: at for key, at in times.items() if key != log})
