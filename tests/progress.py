"""What a long run is at, at most every ten seconds. It is seen where pytest lets tests speak (`-s`), as `make soak` does."""

import sys
import time

EVERY = 10.0  # seconds
_last = [time.monotonic()]


def tell(what: str, done: int, of: int) -> None:
    """Say so when it is time, and at the end of what takes long."""
    now = time.monotonic()
    if now - _last[0] >= EVERY:
        _last[0] = now
        print(f"  {what}: {done:,} of {of:,}", file=sys.stderr, flush=True)
