"""One process owns a SQLite office: an operating-system lock on `office.lock`, which dies with the process that holds it."""

import fcntl
import os
from pathlib import Path

from sandyq.errors import Conflict


class OfficeLock:
    """Holds the lock until `release`."""

    def __init__(self, path: Path) -> None:
        """Raises Conflict("office_locked") when another process, or another Stores of this one, writes to the office."""
        self._fd = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(self._fd, 20, 0).decode("ascii", "replace").strip()
            os.close(self._fd)
            raise Conflict(
                "office_locked", office=str(path.parent), process=holder or "unknown", remedy="use the server that runs, or stop it first"
            ) from None
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Give the office up. The file stays: removing it would let two processes lock two files of one name."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
