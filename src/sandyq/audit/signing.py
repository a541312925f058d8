"""The key that signs checkpoints: an Ed25519 seed in a file that only its owner may read. Its name is the log's origin, for ever."""

import os
from base64 import b64encode
from pathlib import Path

from sandyq.audit.folder import write_new
from sandyq.audit.note import ED25519, Signer, decode64
from sandyq.errors import NotReady, Tampered
from sandyq.seal import ed25519_generate

FILE = "log.key"
_HEAD = "PRIVATE+KEY+"


def create(keys: Path, origin: str) -> Signer:
    """Make the key of a new office and keep it. `origin` is a name of its own, best with a domain in it, without spaces and plus signs.

    When the key is there already that one is given, under the origin it was made with.
    """
    seed = ed25519_generate()
    signer = Signer.of_seed(origin, seed)
    text = f"{_HEAD}{origin}+{signer.key.id.hex()}+{b64encode(bytes([ED25519]) + seed).decode()}\n"
    return signer if write_new(keys / FILE, text.encode(), 0o600) else load(keys)


def load(keys: Path) -> Signer:
    """The office's key. Raises NotReady when it is missing or others may read it, Tampered when it is not what was written."""
    path = keys / FILE
    try:
        text = path.read_text(encoding="utf-8").strip()
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise NotReady(
            "log_key_missing", file=FILE, remedy="bring it back from the backup of the keys; a new one would start a new log"
        ) from None
    if mode & 0o077 and os.name == "posix":
        raise NotReady("log_key_open", file=FILE, remedy="take it from group and others: chmod 600")
    name, _, rest = text.removeprefix(_HEAD).partition("+")
    key_id, _, material = rest.partition("+")
    raw = decode64(material, "log_key_malformed")
    if not text.startswith(_HEAD) or len(raw) != 33 or raw[0] != ED25519:
        raise Tampered("log_key_malformed", file=FILE)
    signer = Signer.of_seed(name, raw[1:])
    if signer.key.id.hex() != key_id:
        raise Tampered("log_key_malformed", file=FILE)
    return signer
