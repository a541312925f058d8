"""Planted values appear nowhere in clear: no file, table, journal, log line or message; after a destruction not even with every key that is left."""

import base64
import gzip
import io
import logging
import traceback
import zipfile
import zlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
import structlog
from canary import Scanner, forms
from pypdf import PdfReader

from office import PUBLIC, House
from sandyq import collect, consent, seal, use
from sandyq.app import backup, keys, plans
from sandyq.app.carry import Post
from sandyq.app.start import start, stop
from sandyq.collect import Received, Stored
from sandyq.db import Work
from sandyq.db.describe import schema_of
from sandyq.errors import Invalid, SandyqError, Tampered
from sandyq.law.ask import Ask
from sandyq.law.vocabulary import ActorKind, Operation
from sandyq.letters import certificate
from sandyq.register import items, media
from sandyq.register.keystore import datakeys
from sandyq.requests import Kind
from sandyq.settings import Settings

VALUES = {
    "iin": "900101399204",
    "surname": "Үлгікенбаева",
    "first_name": "Сынақгүлім",
    "patronymic": "Мысалқызы",
    "birth_date": "1990-01-01",
    "phone": "+77000004711",
    "email": "canary.bird@mail.example",
    "city": "Қанарқала",
    "residence_address": "Жоққызыл көшесі 4711, 42",
    "workplace": "ТОО Несуществующее-4711",
    "profession": "канарейковод",
    "income_monthly": "47114711",
    "expenses_monthly": "38123812",
    "obligations_monthly": "29342934",
    "loan_amount": "31415926",
    "loan_term_months": "12",
}
DOCUMENT = b"%PDF-1.7\n1 0 obj << >> stream\nPASSPORT OF A CANARY N48120099\nendstream\n" + bytes(range(256)) * 600
ADDRESS, AGENT = "203.0.113.247", "CanaryBrowser/47.11 (feather)"
PUBLISHED = {"birth_date", "loan_term_months"}
"""Too short or too common to be told from other bytes."""
PLANTED = [*(value for name, value in VALUES.items() if name not in PUBLISHED), b"PASSPORT OF A CANARY", ADDRESS, AGENT]


# --- the scanner finds what it should ------------------------------------------------------------------------------------------------------------


def pdf(text: str) -> bytes:
    """A PDF with one compressed stream."""
    stream = zlib.compress(f"BT ({text}) Tj ET".encode())
    return b"%%PDF-1.7\n1 0 obj\n<</Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream endobj\n" % (len(stream), stream)


def zipped(text: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", text)
    return held.getvalue()


HIDINGS = {
    "clear": lambda v: v.encode(),
    "utf-16": lambda v: v.encode("utf-16-le"),
    "utf-16 big-endian": lambda v: v.encode("utf-16-be"),
    "base64": lambda v: base64.b64encode(v.encode()),
    "base64 behind one byte": lambda v: base64.b64encode(b"x" + v.encode() + b"tail"),
    "base64 behind two bytes": lambda v: base64.b64encode(b"xy" + v.encode() + b"tail"),
    "base64 for addresses": lambda v: base64.urlsafe_b64encode(b"??>" + v.encode()),
    "hex": lambda v: v.encode().hex().encode(),
    "an escaped text": lambda v: v.encode("unicode_escape"),
    "gzip": lambda v: gzip.compress(v.encode() * 3),
    "zlib": lambda v: zlib.compress(v.encode() * 3),
    "zlib, fast": lambda v: zlib.compress(v.encode() * 3, 1),
    "zip": zipped,
    "a PDF stream": pdf,
    "gzip in base64": lambda v: base64.b64encode(gzip.compress(v.encode() * 9 + bytes(range(90)))),
    "a gzipped PDF": lambda v: gzip.compress(pdf(v)),
}


@pytest.mark.parametrize("value", ["900101399204", "Үлгікенбаева", "canary.bird@mail.example"])
@pytest.mark.parametrize("hiding", HIDINGS)
def test_the_scanner_finds_a_value_in(hiding: str, value: str):
    found = Scanner([value]).find(b"\x00\xffnoise " * 50 + HIDINGS[hiding](value) + b" noise\x00" * 50)
    assert {hit for hit, _ in found} == {value}


def test_the_scanner_finds_a_number_in_a_binary_column():
    assert Scanner(["900101399204"]).find(b"row" + (900101399204).to_bytes(6, "big") + b"row")


def test_the_scanner_finds_a_value_in_a_file_and_in_its_name(tmp_path: Path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "x.gz").write_bytes(gzip.compress("Үлгікенбаева".encode()))
    (tmp_path / "canary.bird@mail.example.txt").write_bytes(b"")
    assert set(Scanner(PLANTED).files(tmp_path)) == {"deep/x.gz", "canary.bird@mail.example.txt"}


def test_the_scanner_finds_nothing_where_nothing_is():
    assert Scanner(PLANTED).find(seal.random_bytes(4_000_000)) == set()


def test_every_planted_value_is_searched_for_in_several_forms():
    assert all(len(forms(value)) >= 3 for value in PLANTED)


# --- an office with canaries in it -----------------------------------------------------------------------------------------------------------


@dataclass
class Planted:
    """An office that took a canary in, showed it, tried to send it, and refused bad forms of it."""

    house: House
    received: Received
    said: str
    server: Any = None

    @property
    def subject(self) -> str:
        return self.received.subject

    def everywhere(self) -> dict[str, bytes]:
        """Every place that the office writes to: files (names too), all rows of all tables, on the server its data files, and what was logged."""
        places = {f"file {p.relative_to(self.house.settings.folder)}": p.read_bytes() for p in files(self.house.settings.folder)}
        for store in ("durable", "perishable"):
            for table, rows in self.house.look(lambda work, store=store: dump(getattr(work, store))).items():
                places[f"table {table}"] = rows
        if self.server is not None:
            places.update(data_files(self.house.settings, self.server))
        return {**places, "log lines": self.said.encode()}


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def dump(tx: Any) -> dict[str, bytes]:
    found = {}
    for table, made in schema_of(tx).items():
        rows = tx.all(f"SELECT {', '.join(column.name for column in made.columns)} FROM {table}")
        found[table] = b"\n".join(
            value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row if value is not None
        )
    return found


def data_files(settings: Settings, server: Any) -> dict[str, bytes]:
    found = {}
    for dsn in (settings.durable_dsn, settings.perishable_dsn):
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            [(oid, user_tables)] = connection.execute(
                "SELECT (SELECT oid FROM pg_database WHERE datname = current_database()),"
                " array_agg(pg_relation_filepath(oid)) FROM pg_class WHERE relfilenode >= 16384"
            ).fetchall()
        assert oid
        for name in user_tables:
            path = server.folder / "data" / name
            if path.exists():
                found[f"data file {name}"] = path.read_bytes()
    return found


@pytest.fixture
def planted(office: House, capfd, caplog, request) -> Planted:
    caplog.set_level(logging.DEBUG)
    structlog.reset_defaults()
    start(office.office)
    us = office.look(lambda work: work.us)
    upload = media.receive(office.settings.media_dir, [DOCUMENT], us)
    told = []
    for bad in ({"iin": "900101399205"}, {"loan_amount": "1"}, {"email": "canary.bird@@mail.example"}):
        form = filled(office, **bad)
        with pytest.raises(Invalid) as caught:
            office.do(lambda work, form=form: collect.submit(work, office.office.gate, form), PUBLIC)
        told.append(repr(caught.value) + str(caught.value) + repr(caught.value.errors))
    form = filled(office, uploads=(Stored("document_copy", upload),))
    received = office.do(lambda work: collect.submit(work, office.office.gate, form), PUBLIC)
    person = type("Person", (), {"iin": VALUES["iin"], "phone": VALUES["phone"]})
    office.confirm(person, received)  # type: ignore[arg-type]
    told.append(repr(received) + repr(office.show(received.subject)) + repr(office.find("iin", VALUES["iin"])))
    told += wrongs(office, received.subject)
    Post(office.office.stores, office.office.carriers).run()
    office.office.publisher.publish(office.office.stores)
    out = capfd.readouterr()
    said = "\n".join([*told, caplog.text, out.out, out.err])
    server = request.getfixturevalue("postgres") if office.settings.engine == "postgres" else None
    return Planted(office, received, said, server)


def filled(house: House, uploads: tuple[Stored, ...] = (), **changed: str) -> collect.Submission:
    form = house.form(
        house.person(), to=[house.bank_a], address=ADDRESS, agent=AGENT, uploads=uploads, browser=f"browser of {VALUES['phone']}"
    )
    form.values.clear()  # type: ignore[attr-defined]
    form.values.update({**VALUES, **changed})  # type: ignore[attr-defined]
    return form


def wrongs(house: House, subject: str) -> list[str]:
    """Errors on the way of this person's data, as a door would print them."""
    told = []

    def broken(work: Work) -> None:
        work.durable.run("UPDATE item SET term_end = '2999-01-01' WHERE subject_id = ?", subject)
        looked(work)

    def looked(work: Work) -> None:
        use.show(work, house.office.gate, Ask(Operation.USE, subject, house.purpose, actor=ActorKind.STAFF, actor_id=house.clerk.id))

    def duplicate(work: Work) -> None:
        row = work.perishable.one("SELECT subject_id, token, kind, generation, asserted FROM token WHERE subject_id = ?", subject)
        work.perishable.run("INSERT INTO token (subject_id, token, kind, generation, asserted) VALUES (?, ?, ?, ?, ?)", *row)

    def lacking(work: Work) -> None:  # the server's own words quote the whole row that fails
        work.durable.run("INSERT INTO policy_text (digest, kind, body) VALUES (?, NULL, ?)", VALUES["surname"], VALUES["email"])

    def bad_value(work: Work) -> None:
        work.durable.run("UPDATE subject SET created_us = ? WHERE subject_id = ?", 1 << 70, VALUES["iin"])

    for act in (broken, duplicate, lacking, bad_value):
        with pytest.raises(SandyqError) as caught:
            house.do(act, house.clerk)
        told.append("".join(traceback.format_exception(caught.value)) + f"{caught.value!r} {caught.value.params}")
    return told


def test_planted_values_are_nowhere_in_clear(planted: Planted):
    scanner = Scanner(PLANTED)
    found = {place: hits for place, data in planted.everywhere().items() if (hits := scanner.find(data))}
    assert found == {}


def test_the_office_really_holds_what_was_planted(planted: Planted):
    """Or the test above would find nothing because nothing was there."""
    opened = readable(planted.house, planted.house.look(wrapped), planted.house.look(sealed))
    text = b"\n".join(opened)
    assert [name for name, value in VALUES.items() if value.encode() not in text] == []
    assert ADDRESS.encode() in text
    uploads = planted.house.look(lambda work: media.of(work, planted.subject))
    assert [entry.size for entry in uploads] == [len(DOCUMENT)]


def test_a_value_left_in_any_one_place_is_found(planted: Planted):
    """The scan itself is tried on the real office: a value put into a column, a journal, a file or a log line turns up."""
    scanner = Scanner(PLANTED)
    house = planted.house
    house.do(lambda work: work.durable.run("UPDATE request SET reason = reason"))
    house.do(lambda work: work.durable.run("UPDATE office SET origin = ?", VALUES["surname"]))
    (house.settings.spool_dir / "job").write_bytes(gzip.compress(VALUES["email"].encode()))
    places = {place for place, data in planted.everywhere().items() if scanner.find(data)}
    assert "table office" in places
    assert "file spool/job" in places
    if house.settings.engine == "sqlite":
        assert "file durable.db-wal" in places


# --- after a destruction --------------------------------------------------------------------------------------------------------------------------


def wrapped(work: Work) -> list[tuple[str, str, int, bytes]]:
    return [(s, k, g, bytes(w)) for s, k, g, w in work.perishable.all("SELECT subject_id, key_id, generation, wrapped FROM wrapped_key")]


def sealed(work: Work) -> list[tuple[str, tuple[Any, ...], bytes]]:
    subjects = [subject for (subject,) in work.durable.all("SELECT subject_id FROM subject")]
    rows = []
    for subject in subjects:
        for row in items.records.sealed_items(work.durable, subject):
            rows.append((subject, row[:16], bytes(row[17])))
    return rows


def readable(house: House, wraps: list[tuple[str, str, int, bytes]], rows: list[tuple[str, tuple[Any, ...], bytes]]) -> list[bytes]:
    """Everything that anybody could open who holds these rows and every master key that is left: all keys tried on all rows."""
    provider = house.office.ring.provider
    keks = [seal.Wrapping(provider.fetch("kek", number)) for number in provider.present("kek")]
    found = []
    for subject, key_id, _, packed in wraps:
        for kek in keks:
            try:
                found.append(kek.unwrap(packed, datakeys.context(subject, key_id)))
            except Tampered:
                continue
    plain = []
    for subject, legal, packed in rows:
        for key in found:
            try:
                plain.append(seal.unseal(key, packed, items._context(subject, legal)))
            except Tampered:
                continue
    return plain


def destroyed(planted: Planted) -> None:
    house, subject = planted.house, planted.subject
    given = [fact.id for fact in house.look(lambda work: consent.facts(work, subject)) if fact.state == "given"]
    house.done(Kind.WITHDRAW, subject, target=",".join(given))
    house.done(Kind.DESTROY, subject)
    plans.drive(house.office)


def test_after_a_destruction_no_key_that_is_left_opens_a_planted_value(planted: Planted, tmp_path: Path):
    house = planted.house
    thief = (house.look(wrapped), house.look(sealed))  # a copy of both stores from before
    upload_bytes = [path.read_bytes() for path in files(house.settings.media_dir)]
    assert any(VALUES["iin"].encode() in plain for plain in readable(house, *thief))
    destroyed(planted)
    left = b"\n".join(readable(house, house.look(wrapped), house.look(sealed)))
    assert [name for name, value in VALUES.items() if name not in PUBLISHED and value.encode() in left] == []
    still = readable(house, house.look(wrapped), thief[1])  # the former rows, under all keys that are left
    assert [name for name, value in VALUES.items() if name not in PUBLISHED and value.encode() in b"\n".join(still)] == []
    assert list(house.settings.media_dir.iterdir()) == []
    # whoever copied the keys too can read until the generation ends: the second date of the certificate
    assert any(VALUES["iin"].encode() in plain for plain in readable(house, *thief))
    keys.turn(house.office)
    assert readable(house, *thief) == []
    assert upload_bytes


@pytest.mark.parametrize(
    "engine", ["sqlite"]
)  # the server has no step that overwrites: there the end of the key generation carries the promise
def test_after_a_destruction_not_even_the_sealed_bytes_are_left_in_sqlite(planted: Planted):
    house = planted.house
    gone_keys = [packed for s, k, _, packed in house.look(wrapped) if s == planted.subject]
    gone_rows = [packed for s, legal, packed in house.look(sealed) if s == planted.subject and legal[0] == "data"]
    tokens = [bytes(t) for (t,) in house.look(lambda w: w.perishable.all("SELECT token FROM token WHERE subject_id = ?", planted.subject))]
    assert gone_keys
    assert gone_rows
    assert tokens
    destroyed(planted)
    kept = {packed for s, _, _, packed in house.look(wrapped) if s == planted.subject}
    everything = b"".join(path.read_bytes() for path in files(house.settings.folder))
    assert [packed for packed in gone_keys if packed not in kept and packed in everything] == []
    assert [packed for packed in [*gone_rows, *tokens] if packed in everything] == []


def test_after_a_destruction_planted_values_are_still_nowhere_in_clear(planted: Planted, tmp_path: Path):
    house = planted.house
    backup.make(house.office, tmp_path / "backups")
    destroyed(planted)
    house.clock.advance(timedelta(minutes=5))
    stop(house.office)
    scanner = Scanner(PLANTED)
    assert scanner.files(house.settings.folder) == {}
    assert scanner.files(tmp_path / "backups") == {}


def test_the_certificate_names_nobody(planted: Planted, tmp_path: Path):
    """JSON and PDF, the text of the PDF read out as a reader would."""
    house = planted.house
    destroyed(planted)
    kept = [plain for plain in readable(house, house.look(wrapped), house.look(sealed)) if b"certificate" in plain]
    assert len(kept) == 1
    _, fields = msgspec.json.decode(kept[0], type=tuple[str, dict[str, str]])
    body = fields["certificate"].encode()
    scanner = Scanner(PLANTED)
    assert scanner.find(body) == set()
    made = msgspec.json.decode(body, type=certificate.CertificateBody)
    for language in ("kk", "ru"):
        paper = certificate.render_pdf(made, language)
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
        assert len(text) > 200
        assert scanner.find(paper) == set()
        assert scanner.find(text.encode()) == set()
