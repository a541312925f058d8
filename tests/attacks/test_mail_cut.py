"""The line to the mailbox breaks, or our process is killed, at each moment between fetching a mail and removing it: none is lost, none is taken twice."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from mail_office import Mailed, mailed
from mail_servers import Dovecot, Line, letter
from office import House
from sandyq import correspondence
from sandyq.app import Office
from sandyq.errors import NotReady
from sandyq.intake import Intake

WRITERS = ("a@example.kz", "b@example.kz", "c@example.kz")
PDF = ("x.pdf", "application/pdf", b"%PDF-1.7 made up " + b"0" * 2000)
MOMENTS = {
    "before anything is told": (b"UID SEARCH", -1),
    "before a mail is fetched": (b"BODY.PEEK", -1),
    "in the middle of a mail": (b"BODY.PEEK", 700),
    "after the commit, before the removal": (b"UID STORE", -1),
    "between marking and removing": (b"UID EXPUNGE", -1),
    "before the good-bye": (b"LOGOUT", -1),
}


@pytest.fixture
def mail(office: House, dovecot: Dovecot) -> Iterator[Mailed]:
    with mailed(office, dovecot) as made:
        for who in WRITERS:
            made.write(letter(who, "Деректерім", f"Қандай деректерім бар? {who}", attachments=(PDF,)), who)
        yield made


@contextmanager
def through(mail: Mailed, line: Line) -> Iterator[None]:
    """The office reaches its mailbox by a line that breaks."""
    whole = mail.house.office.settings
    mail.house.office.settings = replace(whole, imap_port=line.port)
    try:
        yield
    finally:
        mail.house.office.settings = whole
        line.close()


def all_taken_once(mail: Mailed) -> None:
    """However it began, the next looks end with one request and one answer for each writer, and an empty mailbox."""
    mail.look()
    assert mail.dovecot.count() == 0
    mail.carry()
    incoming = [entry for entry in mail.journal() if entry.direction == "in"]
    assert len(incoming) == len(mail.cases()) == len(WRITERS)
    assert [len(mail.answers(who)) for who in WRITERS] == [1, 1, 1]
    house = mail.house
    for entry in incoming:
        content = house.do(lambda work, e=entry: correspondence.read(work, house.office.gate, e), house.dpo)
        assert len(content.attachments) == 1
        chunks = house.do(
            lambda work, e=entry, c=content: correspondence.attachment(
                work, house.office.gate, house.settings.media_dir, e, c.attachments[0][0]
            ),
            house.dpo,
        )
        assert b"".join(chunks) == PDF[2]


@pytest.mark.parametrize("moment", list(MOMENTS))
def test_a_line_that_breaks_loses_no_mail_and_doubles_none(mail: Mailed, moment: str) -> None:
    at, after = MOMENTS[moment]
    line = Line(mail.dovecot.port, at, after=after)
    with through(mail, line):
        if moment == "before the good-bye":
            assert mail.look().taken == len(WRITERS)
        else:
            with pytest.raises(NotReady):
                mail.look()
    assert line.broken == 1
    all_taken_once(mail)


def test_a_line_that_breaks_at_every_mail_gets_on_all_the_same(mail: Mailed) -> None:
    line = Line(mail.dovecot.port, b"UID EXPUNGE")
    with through(mail, line):
        for _ in WRITERS:
            assert Intake(mail.house.office).run() == 0  # the chore tells it, and is tried again
    assert line.broken == len(WRITERS)
    all_taken_once(mail)


LOOKS = """
import json, sys
from pathlib import Path
from sandyq.app import Office
from sandyq.clock import MovedClock
from sandyq.intake import Intake
from sandyq.settings import Settings
from datetime import datetime
told = json.loads(sys.argv[1])
settings = Settings(**{name: Path(value) if name == "folder" else value for name, value in told["settings"].items()})
office = Office.open(settings, clock=MovedClock(datetime.fromisoformat(told["now"])))
Intake(office).look()
"""


@pytest.mark.parametrize("moment", ["before a mail is fetched", "after the commit, before the removal", "between marking and removing"])
def test_a_process_that_is_killed_between_fetching_and_removing_loses_no_mail_and_doubles_none(mail: Mailed, moment: str) -> None:
    house = mail.house
    line = Line(mail.dovecot.port, MOMENTS[moment][0], instead=lambda: os.kill(child.pid, signal.SIGKILL))
    settings = replace(house.office.settings, imap_port=line.port)
    house.office.close()
    told = {
        "settings": {k: str(v) if isinstance(v, Path) else v for k, v in asdict(settings).items()},
        "now": house.clock.now().isoformat(),
    }
    child = subprocess.Popen([sys.executable, "-c", LOOKS, json.dumps(told)], stderr=subprocess.PIPE)
    _, said = child.communicate(timeout=60)
    line.close()
    assert child.returncode == -signal.SIGKILL, said.decode()[-2000:]
    house.office = Office.open(replace(settings, imap_port=mail.dovecot.port), clock=house.clock)
    all_taken_once(mail)
