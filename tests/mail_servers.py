"""Real mail servers for tests, on the loopback: Dovecot keeps the office's mailbox, aiosmtpd takes mail for the office (into that mailbox) and for
everybody else (into a list, as their post office would)."""

import contextlib
import imaplib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from mailbox import Maildir
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

OFFICE = "requests@office.example.kz"
PASSWORD = "correct horse battery"

_CONFIG = """
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/dovecot.log
instance_name = sandyq-test
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{base}/Maildir
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
mail_fsync = never
passdb {{
  driver = static
  args = password={password_quoted}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={base}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def programs() -> str:
    """The server's program, or nothing."""
    found = shutil.which("dovecot", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))
    return found if found and Path("/usr/lib/dovecot/imap").exists() else ""


class Dovecot:
    """An IMAP server of this test session alone, with one mailbox."""

    def __init__(self) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="sandyq-imap-"))
        self.user, self.group = _who()
        self._as: list[str] = []
        if os.geteuid() == 0:  # it would run as root, and then refuse to keep mail of root
            self._as = ["setpriv", f"--reuid={self.user}", f"--regid={self.group}", "--clear-groups", "--pdeathsig=INT"]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        (self.base / "state").mkdir()
        config = self.base / "dovecot.conf"
        config.write_text(
            _CONFIG.format(base=self.base, user=self.user, group=self.group, port=self.port, password_quoted=PASSWORD.replace(" ", "_"))
        )
        self.own()
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    password = PASSWORD.replace(" ", "_")

    def own(self) -> None:
        """Everything in the folder is the server's: tests that run as root put files there."""
        if os.geteuid() == 0:
            for path in (self.base, *self.base.rglob("*")):
                with contextlib.suppress(FileNotFoundError):
                    shutil.chown(path, self.user, self.group)

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [*self._as, programs(), "-F", "-c", str(self.base / "dovecot.conf")]
        self.process = subprocess.Popen(command, cwd=self.base, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                self.client().logout()
                return
            time.sleep(0.05)
        log = self.base / "dovecot.log"
        raise RuntimeError("Dovecot did not answer: " + (log.read_text()[-2000:] if log.exists() else ""))

    def client(self) -> imaplib.IMAP4:
        """A signed-in connection of the test's own."""
        found = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        found.login(OFFICE, self.password)
        return found

    def put(self, raw: bytes) -> None:
        """Lay a message into the mailbox."""
        connection = self.client()
        connection.append("INBOX", "", "", raw)  # type: ignore[arg-type]
        connection.logout()

    def count(self) -> int:
        """How many messages lie in the mailbox."""
        connection = self.client()
        _, data = connection.select("INBOX", readonly=True)
        connection.logout()
        return int(data[0] or 0)

    def empty(self) -> None:
        """Remove the mailbox, so that the next one has another UIDVALIDITY."""
        shutil.rmtree(self.base / "Maildir", ignore_errors=True)

    def stop(self) -> None:
        """End the server; `start` brings it back with what it keeps."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def close(self) -> None:
        """End it and remove its folder."""
        self.stop()
        shutil.rmtree(self.base, ignore_errors=True)


def _who() -> tuple[str, str]:
    import grp
    import pwd

    if os.geteuid() == 0:
        return ("nobody", "nogroup") if "nogroup" in {g.gr_name for g in grp.getgrall()} else ("nobody", "nobody")
    me = pwd.getpwuid(os.geteuid())
    return me.pw_name, grp.getgrgid(me.pw_gid).gr_name


@dataclass
class Post:
    """What the SMTP server does with mail: the office's goes into its mailbox, anybody else's is kept here; refused addresses are refused."""

    dovecot: Dovecot | None = None
    got: list[tuple[str, bytes]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refused:
            return "550 5.1.1 no such mailbox"
        if address in self.busy:
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        for address in envelope.rcpt_tos:
            if address == OFFICE and self.dovecot is not None:
                Maildir(self.dovecot.base / "Maildir").add(envelope.content)
                self.dovecot.own()
            else:
                self.got.append((address, envelope.content))
        return "250 taken"

    def to(self, address: str) -> list[bytes]:
        """What came for an address."""
        return [raw for to, raw in self.got if to == address]


class Smtp:
    """An SMTP server on a port of the loopback."""

    def __init__(self, post: Post, **more: Any) -> None:
        self.post = post
        self._controller = Controller(post, hostname="127.0.0.1", port=_free(), server_hostname="mx.example.kz", **more)
        self._controller.start()
        self.port: int = self._controller.port

    def close(self) -> None:
        """End it."""
        self._controller.stop()


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def letter(sender: str, subject: str, text: str, *, attachments: tuple[tuple[str, str, bytes], ...] = (), **headers: str) -> EmailMessage:
    """An e-mail as a person's program makes it."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, OFFICE, subject
    made["Date"] = "Thu, 19 Mar 2026 10:00:00 +0500"
    made["Message-ID"] = headers.pop("message_id", f"<{abs(hash((sender, subject, text)))}@example.kz>")
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    for name, kind, data in attachments:
        main, _, sub = kind.partition("/")
        made.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return made
