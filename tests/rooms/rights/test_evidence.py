"""The evidence package of a case: two members, a paper of the court, the gate; and what somebody outside makes of it (4.1.7, 5.1.1; the Law art. 9(1))."""

import io
import json
import runpy
import zipfile
from pathlib import Path
from typing import Any

import pytest

from office import Applicant, House
from rights_world import RightsDesk
from sandyq import requests, rights
from sandyq.app import evidence as packing
from sandyq.audit import history
from sandyq.errors import Conflict, Denied, Invalid
from sandyq.law.decision import Refusal
from sandyq.requests import DocumentKind
from sandyq.rights import Case, Kind, Wanted, What

VERIFY = runpy.run_path(str(Path(__file__).parents[3] / "verifier" / "sandyq_verify.py"))["main"]
CLAIM = Wanted(What.CLAIM, "moral", "100000")


@pytest.fixture
def desk(office: House) -> RightsDesk:
    return RightsDesk(office)


def paper(desk: RightsDesk, someone: Applicant, kind: DocumentKind = DocumentKind.COURT_ACT) -> str:
    house = desk.house
    return house.do(lambda work: requests.file_document(work, house.office.gate, someone.subject, kind, "ruling 5"), house.dpo)


def published(house: House) -> None:
    office = house.office
    while office.sequencer.run_once(office.write):
        pass
    office.publisher.publish(office.stores)


def disputed(desk: RightsDesk) -> tuple[Applicant, Case]:
    """Somebody whose lead went to a bank complains, and is refused."""
    someone = desk.house.applicant(to=(desk.house.bank_a,))
    case = desk.ask(someone, Kind.COMPLAINT, CLAIM)
    desk.refuse(case, "unsubstantiated")
    desk.do(rights.answer, case)
    return someone, case


def pack(desk: RightsDesk, case: Case) -> rights.Evidence | Refusal:
    published(desk.house)
    return desk.house.do(lambda work: packing.made(desk.house.office, work, case.id), desk.house.dpo2)


def test_it_takes_a_paper_of_the_court_and_two_members_and_is_packed_once(desk: RightsDesk) -> None:
    someone, case = disputed(desk)
    for document in ("", paper(desk, someone, DocumentKind.STATEMENT)):
        with pytest.raises(Invalid) as wanted:
            desk.do(rights.ask_evidence, case, document)
        assert [fault.code for fault in wanted.value.errors] == ["paper_of_authority_wanted"]
    with pytest.raises(Conflict):
        pack(desk, case)
    desk.do(rights.ask_evidence, case, paper(desk, someone))
    published(desk.house)
    with pytest.raises(Denied):
        desk.house.do(lambda work: packing.made(desk.house.office, work, case.id), desk.house.dpo)
    assert isinstance(pack(desk, case), rights.Evidence)
    with pytest.raises(Conflict):
        pack(desk, case)
    assert desk.acts(case)[-2:] == ["evidence_asked", "evidence_made"]


def test_other_kinds_of_requests_have_none_and_a_question_can_be_taken_back(desk: RightsDesk) -> None:
    someone, case = disputed(desk)
    other = desk.ask(someone, Kind.ACCESS, Wanted(What.ALL))
    with pytest.raises(Conflict):
        desk.do(rights.ask_evidence, other, paper(desk, someone))
    desk.do(rights.ask_evidence, case, paper(desk, someone))
    desk.do(rights.drop_evidence, case)
    with pytest.raises(Conflict):
        pack(desk, case)


def test_the_package_verifies_offline_and_holds_nothing_of_anybody(desk: RightsDesk, tmp_path: Path) -> None:
    someone, case = disputed(desk)
    stranger = desk.house.applicant(to=(desk.house.bank_b,))
    desk.do(rights.ask_evidence, case, paper(desk, someone))
    made = pack(desk, case)
    assert isinstance(made, rights.Evidence)
    archive = packing.packed(desk.house.office, made)
    told = json.loads(zipfile.ZipFile(io.BytesIO(archive)).read("evidence.json"))
    assert told["case"]["number"] == case.number
    assert {row["act"] for row in told["events"]} >= {"opened", "decided", "answered", "evidence_asked"}
    assert [row["recipient"] for row in told["transfers"]] == ["Bank A"]
    assert told["consents"]
    assert told["clocks"][0]["counted"]
    everything = b"".join(zipfile.ZipFile(io.BytesIO(archive)).read(name) for name in zipfile.ZipFile(io.BytesIO(archive)).namelist())
    for secret in (*someone.secrets, *stranger.secrets, stranger.subject, "made up", "100000", "ruling 5"):
        assert secret.encode() not in everything
    key = str(desk.house.office.publisher.key)
    path = tmp_path / packing.name(made)
    path.write_bytes(archive)
    assert VERIFY(["evidence", str(path), "--key", key]) == 0


def test_of_a_representative_it_holds_what_they_did_in_this_case_and_nothing_else(desk: RightsDesk) -> None:
    house = desk.house
    mother, son = house.applicant(to=(house.bank_a,)), house.applicant(to=(house.bank_b,))
    case = desk.ask(son, Kind.COMPLAINT, CLAIM, asker=mother.subject)
    desk.refuse(case, "unsubstantiated")
    desk.do(rights.ask_evidence, case, paper(desk, son))
    made = pack(desk, case)
    assert isinstance(made, rights.Evidence)
    hers = house.look(lambda work: history.about(work, mother.subject, limit=1000))
    packed = {row.entry.object for row in hers if row.entry.id in made.entries}
    assert any(row.entry.object != case.id for row in hers), "she has entries of her own"
    assert packed <= {case.id}


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told["events"][0].update(at="2026-03-01T10:00:00+05:00"),
        lambda told: told["events"].append({"act": "closed", "at": told["made_at"], "leaf": "01km000000000000000000000a"}),
        lambda told: told["consents"][0].update(sha256="0" * 64),
        lambda told: told["entries"].pop(),
        lambda told: told["transfers"][0].update(leaf="01km000000000000000000000a"),
        lambda told: told.update(format="another"),
    ],
    ids=["an event at another hour", "an event that was not", "another text", "an entry hidden", "a transfer that was not", "another form"],
)
def test_whatever_is_altered_in_it_is_found(office: House, tmp_path: Path, change: Any) -> None:
    desk = RightsDesk(office)
    someone, case = disputed(desk)
    desk.do(rights.ask_evidence, case, paper(desk, someone))
    made = pack(desk, case)
    assert isinstance(made, rights.Evidence)
    path, key = tmp_path / "altered.zip", str(office.office.publisher.key)
    with zipfile.ZipFile(io.BytesIO(packing.packed(office.office, made))) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "evidence.json":
                told = json.loads(content)
                change(told)
                content = json.dumps(told).encode()
            new.writestr(name, content)
    assert VERIFY(["evidence", str(path), "--key", key]) == 1
