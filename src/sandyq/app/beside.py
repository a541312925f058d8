"""A door beside a serving office, for commands of the same machine: on SQLite one process owns the stores, so a command that has to write asks it (design 21).

The door is a socket in the office's folder that its owner alone may open. A question is one line of JSON and so is the answer. Whoever asks says who
they are as at the command line, with a session or a token; the operating system says which of its users it is.
"""

import json
import os
import pwd
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from sandyq import errors, staff
from sandyq.app.office import SYSTEM, Office
from sandyq.audit import Act, Leaf, record
from sandyq.db import Actor
from sandyq.errors import Conflict, Denied, Misuse, SandyqError
from sandyq.logs import Log
from sandyq.staff import Caller, Power

FILE: Final = "office.sock"
DOOR: Final = "cli"
SIGN_IN: Final = "sign in with `sandyq login`, or put a token into SANDYQ_TOKEN"
_MOST: Final = 64 * 1024
_PATIENCE: Final = 5.0  # seconds for a question to come in whole
_LOG: Final = Log("beside")

Answers = Mapping[str, tuple[Power | None, Callable[[Office, Actor, dict[str, str]], dict[str, Any]]]]
"""What may be asked: by its word the power that it takes (none: whoever comes, to sign in), and what it does with the other words of the question."""


def os_user(uid: int) -> str:
    """The operating system's name of a user."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid-{uid}"


def admit(office: Office, token: str, session: str, user: str, power: Power | None) -> tuple[Caller, Actor]:
    """Who comes with a token or a session, as the actor of what follows. Raises Denied; that somebody lacks the power is on record."""
    if token:
        found = office.read(lambda work: staff.token_actor(work, token))
        if found is None:
            raise Denied("token_unknown", remedy="issue a new one with `sandyq staff token`")
    else:
        here = Actor(SYSTEM.kind, "cli", DOOR, user)
        found = office.write(lambda work: staff.keep_alive(work, session), here) if session else None
        if found is None:
            raise Denied("not_signed_in" if not session else "session_over", remedy=SIGN_IN)
    actor = Actor(found.actor.kind, found.actor.id, DOOR, user)
    if power is not None and not found.may(power):
        office.write(lambda work: record(work, Leaf(Act.ACCESS_DENIED, clause="8.2", verdict="refused", object=power.value)), actor)
        raise Denied("power_missing", power=power.value, remedy="ask who keeps the staff list for a role that has it")
    return found, actor


class Beside:
    """The door, from `start` to `stop`. One question at a time; `stop` waits for the one that is being answered."""

    def __init__(self, office: Office, answers: Answers) -> None:
        self._office = office
        self._answers = answers
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._thread = threading.Thread(target=self._listen, name="sandyq-beside")

    def start(self) -> None:
        """Open it. Whoever holds the office's lock may take away what an earlier process left. Raises OSError where a folder cannot hold a socket."""
        with _address(self._office.settings.folder) as place:
            with suppress(FileNotFoundError):
                os.unlink(place)
            before = os.umask(0o177)
            try:
                self._socket.bind(place)
            finally:
                os.umask(before)
        self._socket.listen(8)
        self._thread.start()

    def stop(self) -> None:
        """Close it."""
        if not self._thread.is_alive():
            return
        self._socket.shutdown(socket.SHUT_RDWR)  # wakes who waits in accept
        self._thread.join()
        self._socket.close()
        (self._office.settings.folder / FILE).unlink(missing_ok=True)

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                try:
                    self._serve(connection)
                except OSError:
                    continue  # who asked went away

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(_PATIENCE)
        uid = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))[1]
        if uid not in (0, os.getuid()):
            return
        asked = _line(connection)
        connection.settimeout(None)
        try:
            said: dict[str, Any] = {"ok": self._done(asked, os_user(uid))}
        except SandyqError as error:
            said = {"error": type(error).__name__, "code": error.code, "params": {name: str(value) for name, value in error.params.items()}}
        except Exception as error:  # the door stays open; who asked is told that it failed, and the log what kind of failure it was
            _LOG.error("unexpected", kind=type(error).__name__)
            said = {"error": "SandyqError", "code": "internal", "params": {}}
        connection.sendall(json.dumps(said).encode() + b"\n")

    def _done(self, asked: bytes, user: str) -> dict[str, Any]:
        try:
            words = {str(name): str(value) for name, value in json.loads(asked).items()}
            power, act = self._answers[words.pop("do")]
        except (ValueError, AttributeError, KeyError, TypeError):
            raise Misuse("question_unknown") from None
        if power is None:
            return act(self._office, Actor(SYSTEM.kind, "cli", DOOR, user), words)
        _, actor = admit(self._office, words.pop("token", ""), words.pop("session", ""), user, power)
        return act(self._office, actor, words)


def ask(place: Path, /, **words: str) -> dict[str, Any] | None:
    """Ask the process that serves an office; None when none listens there. Raises what it raised."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection, _address(place) as address:
            connection.connect(address)
            connection.sendall(json.dumps(words).encode() + b"\n")
            said = _line(connection)
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    except OSError as problem:
        raise Conflict("server_gone", why=type(problem).__name__, remedy="look whether `sandyq serve` still runs, and ask again") from None
    if not said:
        raise Conflict("server_gone", why="no answer", remedy="look whether `sandyq serve` still runs, and ask again")
    answer = json.loads(said)
    if "ok" in answer:
        done: dict[str, Any] = answer["ok"]
        return done
    raise getattr(errors, answer["error"], SandyqError)(answer["code"], **answer["params"])


def _line(connection: socket.socket) -> bytes:
    found = bytearray()
    while b"\n" not in found and len(found) <= _MOST:
        piece = connection.recv(8192)
        if not piece:
            break
        found += piece
    return bytes(found.partition(b"\n")[0])


@contextmanager
def _address(folder: Path) -> Iterator[str]:
    """The socket's path by way of an open folder: the address of a socket may have 107 bytes, an office's folder may be anywhere."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}/{FILE}"
    finally:
        os.close(handle)
