"""Scenarios 10 and 11: a destruction that leaves nothing, and a backup that brings nothing back (policy 2.5, 4.1.4, 8.2)."""

import os
from pathlib import Path

import pytest
from office import Applicant, House

from sandyq import block, consent, destroy, distribute
from sandyq.app import backup, chores, pending, plans, restore, start
from sandyq.app.office import Office
from sandyq.audit import history
from sandyq.audit.leaf import Act
from sandyq.clockwork import Clockwork
from sandyq.distribute.facts import Kind as Follow
from sandyq.distribute.facts import State
from sandyq.errors import NotFound, NotReady, Tampered
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import GrantKind, GrantState, StateKind
from sandyq.requests import Kind


@pytest.fixture(autouse=True)
def programs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client programs of the very server that the tests run on."""
    if "postgres" in request.node.name:
        server = request.getfixturevalue("postgres")
        monkeypatch.setenv("PATH", f"{server.binaries}{os.pathsep}{os.environ['PATH']}")


def round_of_work(office: House) -> None:
    """Everything that is due, as the worker does it."""
    Clockwork(chores.chores(office.office)).run_once()


def traces(folder: Path, secrets: tuple[str, ...]) -> list[str]:
    """Where a value stands in clear in any file below a folder."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            found += [
                f"{path.name}: {secret[:2]}..." for secret in secrets if secret.encode() in data or secret.encode("utf-16-le") in data
            ]
    return found


def restored(office: House, folder: Path) -> restore.Restored:
    """Close the office, restore a backup, open it again and start it."""
    office.close()
    done = restore.restore(office.settings, folder, clock=office.clock)
    office.office = Office.open(office.settings, clock=office.clock)
    start.start(office.office)
    return done


def test_yesterdays_backup_brings_back_nothing_that_was_destroyed(office: House, tmp_path: Path) -> None:
    start.start(office.office)
    gone, stays = office.applicant(to=[office.bank_a]), office.applicant()
    round_of_work(office)
    yesterday = backup.make(office.office, tmp_path / "backups")
    gone.destroy()
    round_of_work(office)
    assert isinstance(gone.show(), Refusal)

    done = restored(office, yesterday)

    assert done.destroyed == 1
    assert isinstance(gone.show(), Refusal)
    assert not office.find("iin", gone.person.iin).hits
    [plan] = office.look(lambda work: destroy.plans(work, gone.subject))
    assert plan.certificate
    assert not plan.next
    left = office.look(lambda work: [found for h in office.office.holders for found in h.verify_gone(work, gone.subject)])
    assert left == []
    assert not isinstance(stays.show(), Refusal)
    assert traces(office.settings.folder, gone.secrets) == []
