"""The partner as a process: `python -m sandyq.demo.receiver --port 8791 --name "Example Bank" --secret-file bank.toml --office-url http://127.0.0.1:8780`.

`POST /messages` takes the office's signed messages, `/` shows what is held, `/held.json` the same for programs. Loopback only.
The secret file is TOML: `recipient` (the partner's id at the office), `incoming` (the secret of the office's messages) and `outgoing`
(the partner's own, for its acknowledgements).
"""

import argparse
import base64
import json
import signal
import sys
import threading
import tomllib
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from sandyq.demo.acknowledge import Acknowledger
from sandyq.demo.partner import Partner, Refused
from sandyq.demo.partner_page import STYLE, page
from sandyq.errors import BadFile

BODY_BOUND: Final = 256 * 1024
"""Bytes of the largest message that is read."""
_LEAST_SECRET: Final = 24  # bytes, by the Standard Webhooks specification
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_POLICY: Final = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


@dataclass(frozen=True)
class Secrets:
    """What a partner and the office agreed on; never shown."""

    recipient: str
    incoming: str = field(repr=False)
    outgoing: str = field(repr=False)

    @classmethod
    def load(cls, path: Path) -> "Secrets":
        """Read the secret file. Raises BadFile with the remedy."""
        remedy = 'Write recipient = "id", incoming = "whsec_..." and outgoing = "whsec_..." in it.'
        try:
            given = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
            raise BadFile(str(path), 0, f"the secret file cannot be read ({type(problem).__name__})", remedy) from None
        for name in ("recipient", "incoming", "outgoing"):
            if not isinstance(given.get(name), str) or not given[name]:
                raise BadFile(str(path), 0, f"{name!r} is missing from the secret file", remedy)
            if name != "recipient" and not _usable(given[name]):
                raise BadFile(str(path), 0, f"{name!r} is not a webhook secret", remedy)
        return cls(given["recipient"], given["incoming"], given["outgoing"])


def _usable(secret: str) -> bool:
    try:
        return len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) >= _LEAST_SECRET
    except ValueError:
        return False


class Receiver:
    """A partner that listens: `start`, `url`, `stop`. Port 0 lets the system choose."""

    def __init__(self, partner: Partner, acknowledger: Acknowledger, port: int = 0) -> None:
        self.partner = partner
        self.acknowledger = acknowledger
        handler = type("Handler", (_Handler,), {"receiver": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="receiver", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Begin to listen and to acknowledge."""
        self.acknowledger.start()
        self._thread.start()

    def stop(self) -> None:
        """End both; the port is free afterwards."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=15)
        self.acknowledger.stop()


class _Handler(BaseHTTPRequestHandler):
    """One request. It logs nothing: a request line may hold what it should not."""

    receiver: Receiver
    timeout = 10
    protocol_version = "HTTP/1.1"
    server_version = "partner"
    sys_version = ""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if not self._from_here():
            self._reply(421, b"ask on the loopback\n")
        elif path == "/":
            self._reply(200, page(self.receiver.partner.held()).encode(), "text/html; charset=utf-8")
        elif path == "/style.css":
            self._reply(200, STYLE.encode(), "text/css; charset=utf-8")
        elif path == "/held.json":
            self._reply(200, json.dumps(self.receiver.partner.held(), ensure_ascii=False).encode(), "application/json")
        else:
            self._reply(404, b"nothing here; the page is at /\n")

    def do_POST(self) -> None:
        try:
            body = self._body()
            path = urlsplit(self.path).path
            if path == "/messages":
                self._message(body)
            elif path == "/switch":
                self._switch(body)
            else:
                raise Refused(404, "messages_go_to_/messages")
        except Refused as refused:
            self.close_connection = True
            self._reply(refused.status, json.dumps({"error": refused.why}).encode(), "application/json")

    def _message(self, body: bytes) -> None:
        owed = self.receiver.partner.receive(dict(self.headers.items()), body)
        self._reply(200, b'{"received":true}', "application/json")
        if self.receiver.partner.never_acknowledge:
            owed.entry.acknowledged = "never"
        else:
            self.receiver.acknowledger.owe(owed)

    def _switch(self, body: bytes) -> None:
        origin = self.headers.get("Origin")
        if not self._from_here() or (origin and origin.rpartition("://")[2] != self.headers.get("Host")):
            raise Refused(403, "from_another_site")
        self.receiver.partner.switch(parse_qs(body.decode("ascii", "replace")).get("name", [""])[0])
        self._reply(303, b"", headers={"Location": "/"})

    def _from_here(self) -> bool:
        """Whether the browser means the loopback: a foreign name that resolves to it (DNS rebinding) does not get the page."""
        return urlsplit(f"//{self.headers.get('Host', '')}").hostname in _LOOPBACK

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            raise Refused(411, "length_required")
        if int(length) > BODY_BOUND:
            raise Refused(413, "too_large")
        return self.rfile.read(int(length))

    def _reply(self, status: int, body: bytes, kind: str = "text/plain; charset=utf-8", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        common = {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "Content-Security-Policy": _POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",  # with no-referrer a browser hides the Origin of our own buttons too
        }
        for name, value in {**common, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandyq.demo.receiver", description="A partner of the sample office, on the loopback.")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 lets the system choose")
    parser.add_argument("--name", required=True, help="the partner's name, shown on its page")
    parser.add_argument("--secret-file", type=Path, required=True, help="TOML with recipient, incoming and outgoing")
    parser.add_argument("--office-url", required=True, help="address of the office, such as http://127.0.0.1:8780")
    parser.add_argument("--never-acknowledge", action="store_true", help="take messages but never confirm them")
    parser.add_argument("--down", action="store_true", help="answer every message with 503")
    return parser.parse_args(given)


def main(given: list[str] | None = None) -> int:
    """Run until SIGINT or SIGTERM. Prints the address once it listens; exit code 1 with a sentence when it cannot start."""
    args = _arguments(given)
    try:
        secrets = Secrets.load(args.secret_file)
        partner = Partner(args.name, secrets.incoming, never_acknowledge=args.never_acknowledge, down=args.down)
        receiver = Receiver(partner, Acknowledger(args.office_url, secrets.recipient, secrets.outgoing), args.port)
    except (BadFile, OSError, OverflowError) as problem:
        why = str(problem) if isinstance(problem, BadFile) else f"port {args.port} cannot be listened on. Choose another with --port."
        sys.stderr.write(f"{why}\n")
        return 1
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    receiver.start()
    sys.stdout.write(f"{receiver.url}\n")
    sys.stdout.flush()
    ended.wait()
    receiver.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
