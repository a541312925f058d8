"""The office's ear while the history is made: takes the partners' acknowledgements on the port where the server will be."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sandyq import distribute
from sandyq.app import Office
from sandyq.db import Actor
from sandyq.demo.acknowledge import PATH
from sandyq.errors import Conflict, NotFound, SandyqError
from sandyq.ids import is_id

_BOUND = 4096


class Ears:
    """Listens until `close`. It checks each signature as the API does, and answers 200, 409 (try again) or 422."""

    def __init__(self, office: Office, port: int) -> None:
        handler = type("Handler", (_Handler,), {"office": office})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop; the port is free afterwards."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=10)


class _Handler(BaseHTTPRequestHandler):
    office: Office
    timeout = 10
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        body = self.rfile.read(int(length)) if length.isdecimal() and int(length) <= _BOUND else b""
        self._answer(self._taken(body) if self.path == PATH else 404)

    def _taken(self, body: bytes) -> int:
        recipient = self.headers.get("sandyq-recipient", "")
        headers = {name.lower(): value for name, value in self.headers.items()}
        actor = Actor("partner", recipient if is_id(recipient) else "", "api")
        try:
            self.office.write(lambda work: distribute.acknowledge(work, self.office.gate, recipient, headers, body), actor)
        except (Conflict, NotFound):
            return 409
        except SandyqError:
            return 422
        return 200

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
