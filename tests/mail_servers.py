"""Real mail servers for tests, on the loopback: Dovecot keeps the office's mailbox, aiosmtpd takes mail for the office (into that mailbox) and for
everybody else (into a list, as their post office would)."""

import contextlib
import imaplib
import os
import random
import select
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from mailbox import Maildir
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

OFFICE = "requests@office.example.kz"
PASSWORD = "correct horse battery"

_CONFIG = """
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/dovecot.log
instance_name = sandyq-test
protocols = imap
listen = 127.0.0.1
{tls}
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
    port = {tls_port}
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

    def __init__(self, certificate: "Certificate | None" = None) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="sandyq-imap-"))
        self.user, self.group = _who()
        self._as: list[str] = []
        if os.geteuid() == 0:  # it would run as root, and then refuse to keep mail of root
            self._as = ["setpriv", f"--reuid={self.user}", f"--regid={self.group}", "--clear-groups", "--pdeathsig=INT"]
        self.port, self.tls_port = _free(), _free() if certificate else 0
        tls = "ssl = no"
        if certificate:  # the server runs as another user, and reads only what lies in its folder
            shown, key = (shutil.copy(path, self.base) for path in (certificate.cert, certificate.key))
            tls = f"ssl = yes\nssl_cert = <{shown}\nssl_key = <{key}"
        (self.base / "state").mkdir()
        config = self.base / "dovecot.conf"
        config.write_text(
            _CONFIG.format(
                base=self.base,
                user=self.user,
                group=self.group,
                port=self.port,
                tls=tls,
                tls_port=self.tls_port,
                password_quoted=PASSWORD.replace(" ", "_"),
            )
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


@dataclass(frozen=True)
class Certificate:
    """A certificate of a server and its key, and the authority that a client has to trust for it, as files."""

    cert: Path
    key: Path
    authority: Path

    def server(self) -> ssl.SSLContext:
        """What a server shows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)
        return context

    def client(self) -> ssl.SSLContext:
        """What a client that trusts the authority asks for."""
        return ssl.create_default_context(cafile=str(self.authority))


def certificate(folder: Path, name: x509.GeneralName, *, days: int = 30) -> Certificate:
    """A certificate for one name, of an authority of its own; with `days` below zero it ran out."""
    now = datetime.now(UTC)
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in ("made-up authority", "made-up server")]
    made = []
    for number, extension in enumerate((x509.BasicConstraints(ca=True, path_length=0), x509.SubjectAlternativeName([name]))):
        until = now + timedelta(days=days if number else 300)
        builder = x509.CertificateBuilder().subject_name(names[number]).issuer_name(names[0]).public_key(keys[number].public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=60)).not_valid_after(until)
        made.append(builder.add_extension(extension, critical=number == 0).sign(keys[0], hashes.SHA256()))
    folder.mkdir(parents=True, exist_ok=True)
    found = Certificate(folder / "server.pem", folder / "server.key", folder / "authority.pem")
    found.authority.write_bytes(made[0].public_bytes(Encoding.PEM))
    found.cert.write_bytes(made[1].public_bytes(Encoding.PEM))
    found.key.write_bytes(keys[1].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return found


def _free() -> int:
    """A port that nobody listens on, from below those that the system gives to whoever connects: none of these is taken before it is used."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


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


class Line:
    """The wire between the office and its mailbox, which breaks when the office says `at`, or after so many bytes of an answer to it."""

    def __init__(self, port: int, at: bytes, *, after: int = -1, instead: Callable[[], object] = lambda: None) -> None:
        self._to, self._at, self._after, self._instead = port, at, after, instead
        self.broken = 0
        self._listening = socket.socket()
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen()
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._to))
                threading.Thread(target=self._carry, args=(client, server), daemon=True).start()

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        left = -1  # bytes of the answer that still go through, once the word was said
        with contextlib.suppress(OSError), client, server:
            while True:
                ready, _, _ = select.select([client, server], [], [], 20)
                if not ready:
                    return
                if client in ready:
                    said = client.recv(65_536)
                    if not said:
                        return
                    if self._at in said:
                        self.broken += 1
                        if self._after < 0:
                            self._instead()
                            return
                        left = self._after
                    server.sendall(said)
                if server in ready:
                    told = server.recv(65_536)
                    if not told:
                        return
                    client.sendall(told if left < 0 else told[:left])
                    if left >= 0:
                        left -= len(told)
                        if left <= 0:
                            return

    def close(self) -> None:
        """End it."""
        self._listening.close()
