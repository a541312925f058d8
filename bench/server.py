"""A PostgreSQL of this run alone, with everything that keeps data safe switched on."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SAFE = (
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "shared_buffers=256MB",
    "max_connections=60",
    "max_wal_size=2GB",
    "log_min_messages=fatal",
)


@contextmanager
def private_postgres() -> Iterator[tuple[str, str] | None]:
    """Addresses of two empty databases, or nothing where the server's programs are missing. The tests know how to start one."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    from conftest import PrivatePostgres, _binaries  # type: ignore[import-not-found]  # found at run time, in the line above

    found = _binaries()
    if found is None:
        yield None
        return
    server = PrivatePostgres(found, SAFE)
    try:
        durable, perishable = (server.dsn(name) for name in server.make_pair())
        yield durable, perishable
    finally:
        server.close()
