"""The answer to take along: one archive with document, DPV, schema, letter and uploads, made while it flows and never on a disk in clear."""

import io
import json
import zipfile
from collections.abc import Iterator

from access_world import PDF, answered, entries, rich

from office import House
from sandyq.access import Answered, archive, dpv, schema
from sandyq.db import Actor
from sandyq.law.decision import Refusal


def opened(house: House, given: Answered, subject: str) -> dict[str, Iterator[bytes]]:
    found = house.do(
        lambda work: archive.uploads(work, house.office.gate, house.settings.media_dir, given), Actor("subject", subject, "web")
    )
    assert not isinstance(found, Refusal)
    return dict(found)


def zipped(house: House, given: Answered, subject: str, letter: bytes = b"") -> bytes:
    return b"".join(archive.stream(given.package, opened(house, given, subject), letter))


def test_the_archive_has_the_document_its_reading_in_dpv_the_schema_the_letter_and_the_uploads(office: House):
    subject = rich(office).subject
    given = answered(office, subject)
    with zipfile.ZipFile(io.BytesIO(zipped(office, given, subject, b"%PDF-1.7 letter"))) as made:
        assert made.testzip() is None
        [upload] = [file.name for file in given.package.people[0].files]
        assert set(made.namelist()) == {archive.ANSWER, archive.IN_DPV, schema.NAME, archive.LETTER, upload}
        assert made.read(archive.ANSWER) == given.package.to_json()
        assert made.read(archive.IN_DPV) == dpv.export(given.package)
        assert json.loads(made.read(schema.NAME)) == schema.schema()
        assert made.read(archive.LETTER) == b"%PDF-1.7 letter"
        assert made.read(upload) == PDF


def test_it_flows_in_pieces_and_an_upload_is_opened_only_when_its_turn_comes(office: House):
    subject = rich(office).subject
    given = answered(office, subject)
    files = opened(office, given, subject)
    taken = []

    def watched(chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            taken.append(len(chunk))
            yield chunk

    flowing = archive.stream(given.package, {name: watched(chunks) for name, chunks in files.items()})
    first = next(flowing)
    assert first.startswith(b"PK")
    assert taken == []
    rest = list(flowing)
    assert taken == [len(PDF)]
    assert len(rest) > 3


def test_the_same_answer_gives_the_same_bytes(office: House):
    subject = rich(office).subject
    given = answered(office, subject)
    assert zipped(office, given, subject) == zipped(office, given, subject)


def test_a_masked_answer_has_no_uploads(office: House):
    subject = rich(office).subject
    given = answered(office, subject, full=False)
    assert opened(office, given, subject) == {}


def test_uploads_given_out_are_an_entry_under_the_answer(office: House):
    subject = rich(office).subject
    given = answered(office, subject)
    opened(office, given, subject)
    [made] = [entry for entry in entries(office, subject, "use.exported") if entry.object == "uploads"]
    assert (made.count, made.parent) == (1, given.leaf)


def test_no_file_of_the_office_holds_the_archive_or_a_part_of_it_in_clear(office: House):
    someone = rich(office)
    zipped(office, answered(office, someone.subject), someone.subject)
    for path in office.settings.folder.rglob("*"):
        if path.is_file():
            text = path.read_bytes()
            assert not any(secret.encode() in text for secret in (*someone.secrets, PDF.decode())), path.name
