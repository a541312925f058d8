"""A real server around the stand-in office, on a free port of the loopback, in a thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from stand_in import Office

from sandyq.http.limits import Buckets, Rate
from sandyq.web.app import build


@contextmanager
def served(office: Office, *, burst: int = 10_000) -> Iterator[str]:
    """The base address while the server runs."""
    app = build(office, reads=Buckets(Rate(burst, 600)), writes=Buckets(Rate(burst, 600)))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    started = threading.Event()
    while not server.started and thread.is_alive():
        started.wait(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
