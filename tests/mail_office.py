"""A whole office with real mail servers on the loopback, and people who write to it."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.policy import SMTP

from mail_servers import OFFICE, Dovecot, Post, Smtp
from office import House
from sandyq import correspondence, rights
from sandyq.app.carry import Post as Carrying
from sandyq.correspondence import Entry
from sandyq.intake import Intake, Looked
from sandyq.post import mime


@dataclass
class Mailed:
    """An office whose mail goes through real servers."""

    house: House
    dovecot: Dovecot
    post: Post
    smtp: Smtp
    looks: list[Looked] = field(default_factory=list)

    def write(self, made: EmailMessage | bytes, sender: str = "a@example.kz") -> None:
        """Somebody sends a mail to the office over SMTP."""
        with smtplib.SMTP("127.0.0.1", self.smtp.port, "example.kz", timeout=20) as connection:
            raw = made if isinstance(made, bytes) else made.as_bytes(policy=SMTP)
            connection.sendmail(sender, [OFFICE], raw)

    def look(self) -> Looked:
        """The office looks into its mailbox."""
        return Intake(self.house.office).look()

    def carry(self) -> None:
        """What waits in the outbox is sent."""
        post = Carrying(self.house.office.stores, {"mail": self.house.office.carriers["mail"]})
        post.run()
        post.close()

    def answers(self, to: str) -> list[mime.Message]:
        """The mails that somebody got from the office."""
        return [mime.read(raw) for raw in self.post.to(to)]

    def journal(self) -> list[Entry]:
        """Every entry, oldest first."""
        now = self.house.clock.now()
        found = self.house.look(lambda work: correspondence.journal(work, now.replace(year=2020), now.replace(year=2040), limit=1000))
        return sorted(found, key=lambda entry: entry.id)

    def cases(self) -> list[rights.Case]:
        """Every request that was opened from the journal."""
        ids = dict.fromkeys(entry.case for entry in self.journal() if entry.case)
        return [self.house.look(lambda work, id_=id_: rights.case(work, id_)) for id_ in ids]


@contextmanager
def mailed(house: House, dovecot: Dovecot) -> Iterator[Mailed]:
    """The office of a house, with its mail turned to the real servers."""
    post = Post(dovecot)
    smtp = Smtp(post, data_size_limit=64 * 1024 * 1024)
    house.office.settings = replace(
        house.office.settings,
        mail_from=OFFICE,
        smtp_host="127.0.0.1",
        smtp_port=smtp.port,
        smtp_tls="none",
        imap_host="127.0.0.1",
        imap_port=dovecot.port,
        imap_tls="none",
        imap_user=OFFICE,
        imap_password=dovecot.password,
    )
    try:
        yield Mailed(house, dovecot, post, smtp)
    finally:
        smtp.close()
