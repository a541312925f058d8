"""The process that is killed: a nursery that has loaded the program once and forks a child for each kill.

It reads one job per line (JSON) and lets a child do it: open the office as a new process would, then act in a loop. After each commit the child
says what was acknowledged on its output, in one write; whatever it said before it died must be found again.
"""

import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from office import House, sample
from sandyq import consent
from sandyq.app import Office, keys, plans, restore
from sandyq.clock import MovedClock
from sandyq.collect import Stored
from sandyq.db import Actor
from sandyq.register import media
from sandyq.requests import Kind
from sandyq.sample.people import people
from sandyq.settings import Settings

LOADED = sample() if __name__ == "__main__" else None


def say(*words: object) -> None:
    """One line in one write: it is out before the next thing happens."""
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


class Guest(House):
    """The helpers of a house on an office that somebody else founded."""

    def __init__(self, office: Office, job: dict) -> None:
        self.settings, self.clock, self.office = office.settings, office.clock, office
        self.purpose = job["purpose"]
        self.dpo, self.clerk = (Actor("staff", member, "console") for member in job["staff"])
        self.bank_a = job["bank"]
        self._people = people(1_000 + job["seed"], 10_000)
        self._address = 0

    def come(self, *, upload: bool = False) -> tuple[str, str]:
        """A new person sends the form and confirms the phone; gives subject and IIN."""
        person = self.person()
        self._address += 1
        more: dict = {"address": f"2001:db8::{self._address:x}"}
        if upload:
            us = self.look(lambda work: work.us)
            more["uploads"] = (Stored("document_copy", media.receive(self.settings.media_dir, [b"%PDF-1.7 made up"], us)),)
        received = self.submit(person, to=[self.bank_a], **more)
        say("came", received.subject, person.iin)
        self.confirm(person, received)
        say("confirmed", received.subject)
        return received.subject, person.iin

    def go(self, subject: str) -> None:
        """Everything is withdrawn and the destruction ordered."""
        given = [fact.id for fact in self.look(lambda work: consent.facts(work, subject)) if fact.state == "given"]
        self.done(Kind.WITHDRAW, subject, target=",".join(given))
        say("withdrew", subject)
        self.done(Kind.DESTROY, subject)
        say("planned", subject)
        plans.drive(self.office)
        say("destroyed", subject)


def collect(guest: Guest) -> None:
    """People come, half of them with a document."""
    turn = 0
    while True:
        guest.come(upload=turn % 2 == 0)
        turn += 1


def destroy(guest: Guest) -> None:
    """People come and go, others are blocked."""
    while True:
        guest.go(guest.come(upload=True)[0])
        subject, _ = guest.come()
        guest.done(Kind.BLOCK, subject, reason="violation_claimed")
        say("blocked", subject)


def rewrap(guest: Guest) -> None:
    """One generation of keys after the other."""
    while True:
        for number in keys.turn(guest.office):
            say("ended", number)


def bring_back(settings: Settings, clock: MovedClock, backup: Path) -> None:
    """Yesterday's backup, again and again."""
    restore.restore(settings, backup, clock=clock, on=lambda stage, done, total: say("stage", stage.value, done))
    say("restored", backup.name)


LOOPS = {"collect": collect, "destroy": destroy, "rewrap": rewrap}


def die_at(office: Office, step: str, count: int) -> None:
    """End as a power cut would, at the `count`-th time that a commit comes to `step`."""
    left = count

    def passed(name: str) -> None:
        nonlocal left
        left -= name == step
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    office.stores.hooks.at_step = passed


def run(job: dict) -> None:
    """Do one job until killed."""
    settings = Settings(Path(job["folder"]), job["engine"], job["durable"], job["perishable"], sample=True, pool_size=4)
    clock = MovedClock(datetime.fromtimestamp(job["at"], UTC), running=True)
    if job["kind"] == "restore":
        opened = Office.open

        def watched(*args: object, **more: object) -> Office:
            office = opened(*args, **more)
            if job["step"]:
                die_at(office, job["step"], job["count"])
            return office

        Office.open = watched
        say("ready")
        bring_back(settings, clock, Path(job["backup"]))
        return
    office = Office.open(settings, clock=clock)
    if job["step"]:
        die_at(office, job["step"], job["count"])
    guest = Guest(office, job)
    say("ready")
    LOOPS[job["kind"]](guest)


def nurse() -> None:
    """Fork a child for each job and say how it ended."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            say("pid", os.getpid())
            try:
                run(json.loads(line))
            except BaseException as problem:  # the parent's test fails on this word
                say("failed", type(problem).__name__, str(problem).replace("\n", " ")[:400])
                os._exit(1)
            os._exit(0)
        os.waitpid(child, 0)
        say("end")


if __name__ == "__main__":
    say("awake")
    nurse()
