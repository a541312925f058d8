"""`sandyq` without its start: a process that has loaded the program once and forks a process for each command.

Most of a command's processor time goes into loading modules. What is forked here is a process of its own all the same: own arguments,
environment, folder and files, and it ends as any program ends, with the code that a shell would see. The first run of each command in a test
process starts from nothing, as does every run with an environment of another kind, so that each command also proves that it finds what it needs.
"""

import contextlib
import io
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

SANDYQ = Path(sys.executable).with_name("sandyq")
_FDS = 4
_SAID = 1 << 16
_OURS = ("SANDYQ_", "XDG_")
"""Beginnings of the names of variables that may differ from those of the warm process; the program reads them anew in each run."""


class Warm:
    """The warm process, as a test process sees it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.door, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = subprocess.Popen([sys.executable, __file__, str(theirs.fileno())], env=dict(env), pass_fds=[theirs.fileno()])
        theirs.close()

    def run(self, args: Sequence[str], given: bytes, env: Mapping[str, str], timeout: float) -> subprocess.CompletedProcess[bytes]:
        """As `subprocess.run`, with the output captured."""
        with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            stdin.write(given)
            stdin.seek(0)
            told, tells = os.pipe()
            job = json.dumps({"args": [str(word) for word in args], "env": dict(env), "folder": os.getcwd()}).encode()
            socket.send_fds(self.door, [job], [stdin.fileno(), out.fileno(), err.fileno(), tells])
            os.close(tells)
            with open(told, "rb", buffering=0) as told_:
                pid = int(told_.readline())
                if not select.select([told_], [], [], timeout)[0]:
                    os.kill(pid, signal.SIGKILL)
                    raise subprocess.TimeoutExpired([SANDYQ, *args], timeout)
                code = int(told_.readline())
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess([SANDYQ, *args], code, out.read(), err.read())


_warm: Warm | None = None
_started: set[tuple[str, ...]] = set()


def run(*args: str, env: Mapping[str, str], given: bytes = b"", timeout: float = 120) -> subprocess.CompletedProcess[bytes]:
    """Run a command of `sandyq` in a process of its own; gives its code and what it said. Raises TimeoutExpired."""
    global _warm
    command = tuple(word for word in args[:3] if word.replace("-", "a").isalpha())
    usual = {**_plain(os.environ), "LC_ALL": "C.UTF-8"}
    if command not in _started or _plain(env) != usual:
        _started.add(command)
        return subprocess.run([SANDYQ, *args], input=given, capture_output=True, timeout=timeout, env=dict(env))
    _warm = _warm or Warm(usual)
    return _warm.run(args, given, env, timeout)


def _plain(env: Mapping[str, str]) -> dict[str, str]:
    """The variables that Python and the libraries may read when they are loaded."""
    return {name: value for name, value in env.items() if not name.startswith(_OURS)}


# --- the warm process ----------------------------------------------------------------------------------------------------------------------


def _serve(door: socket.socket) -> dict | None:
    """Fork for each job until the other side is gone (None). In the process that is to run the command: gives its job."""
    while True:
        message, fds, _, _ = socket.recv_fds(door, _SAID, _FDS)
        if not message:
            return None
        if os.fork() == 0:  # who waits for the command and tells how it ended
            job = json.loads(message)
            door.close()
            pid = os.fork()
            if pid == 0:
                os.close(fds[3])
                for number, fd in enumerate(fds[:3]):
                    os.dup2(fd, number)
                    os.close(fd)
                return job
            os.write(fds[3], f"{pid}\n".encode())
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            os.write(fds[3], f"{code}\n".encode())
            os._exit(0)
        for fd in fds:
            os.close(fd)
        _reap()


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _load() -> None:
    """Load what most commands use, and what a library loads only when a command is read."""
    import rich.console
    import rich.table  # noqa: F401

    import sandyq.app.start
    import sandyq.cli.main
    import sandyq.cli.place

    with contextlib.redirect_stdout(io.StringIO()):
        sandyq.cli.main.app(["calendar", "due", "2026-03-19", "3wd"], standalone_mode=False)


if __name__ == "__main__":
    _load()
    job = _serve(socket.socket(fileno=int(sys.argv[1])))
    if job is not None:
        os.chdir(job["folder"])
        os.environ.clear()
        os.environ.update(job["env"])
        sys.argv = [str(SANDYQ), *job["args"]]
        from sandyq.cli.main import main

        main()
