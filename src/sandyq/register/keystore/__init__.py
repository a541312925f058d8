"""Keys: generations, wrapped data keys and salts, and the providers that hold the keys which are in no table."""

from sandyq.register.keystore.datakeys import adopt, delete, load, new_keys, new_salt, salt
from sandyq.register.keystore.generations import (
    GenerationStatus,
    found,
    newest_wrap,
    retire,
    rewrap,
    rewrap_all,
    rotate,
    status,
    sweep_files,
    unrecoverable_at,
)
from sandyq.register.keystore.provider import FileKeys, KeyProvider
from sandyq.register.keystore.ring import Keyring, Live

__all__ = [
    "FileKeys",
    "GenerationStatus",
    "KeyProvider",
    "Keyring",
    "Live",
    "adopt",
    "delete",
    "found",
    "load",
    "new_keys",
    "new_salt",
    "newest_wrap",
    "retire",
    "rewrap",
    "rewrap_all",
    "rotate",
    "salt",
    "status",
    "sweep_files",
    "unrecoverable_at",
]
