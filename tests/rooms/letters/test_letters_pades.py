"""The office's seal on a letter: a certificate made for the test signs, others check, and the paper stays what it was."""

import asyncio
import io
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pypdf
import pytest
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from sandyq.app.stationery import Stationery
from sandyq.clock import MovedClock
from sandyq.errors import BadFile
from sandyq.letters import samples
from sandyq.letters.pades import FIELD, Seal
from sandyq.letters.render import render_pdf
from sandyq.letters.stamping import REST
from sandyq.settings import Settings

AT = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)
PASSWORD = "made up for a test"


@pytest.fixture(scope="module")
def pair() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Синтетика (test)"), x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ")])
    uses = x509.KeyUsage(True, True, *[False] * 7)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), AT - timedelta(days=1), AT + timedelta(days=365)
    )
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).add_extension(uses, critical=True)
    return key, made.sign(key, hashes.SHA256())


@pytest.fixture
def p12(pair, tmp_path: Path) -> Path:
    key, certificate = pair
    locked = serialization.BestAvailableEncryption(PASSWORD.encode())
    path = tmp_path / "office.p12"
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"office", key, certificate, None, locked))
    return path


@pytest.fixture
def pem(pair, tmp_path: Path) -> Path:
    key, certificate = pair
    locked = serialization.BestAvailableEncryption(PASSWORD.encode())
    path = tmp_path / "office.pem"
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    path.write_bytes(key.private_bytes(*form) + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def checked(pdf: bytes, certificate: x509.Certificate):
    root = asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
    trusted = ValidationContext(trust_roots=[root], moment=AT, allow_fetching=False)
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    return signature, validate_pdf_signature(signature, trusted)


LETTER = samples.letters("usual")["access"]


@pytest.fixture(scope="module")
def plain() -> bytes:
    return render_pdf(LETTER, base_url=samples.BASE_URL)


@pytest.mark.parametrize("kind", ["p12", "pem"])
def test_a_signed_letter_is_valid_whole_and_of_this_certificate(kind, request, pair, plain):
    signed = Seal.load(request.getfixturevalue(kind), PASSWORD).sign(plain, AT)
    signature, status = checked(signed, pair[1])
    assert (status.intact, status.valid, status.trusted, status.bottom_line) == (True, True, True, True)
    assert status.coverage.name == "ENTIRE_FILE"
    assert signature.field_name == FIELD
    assert str(signature.sig_object["/SubFilter"]) == "/ETSI.CAdES.detached"
    assert signature.self_reported_timestamp == AT


def test_the_letter_itself_stands_unchanged_before_its_seal(p12, plain):
    assert Seal.load(p12, PASSWORD).sign(plain, AT).startswith(plain)


def test_one_changed_byte_of_a_signed_letter_is_noticed(p12, pair, plain):
    place = plain.index(b"stream\n") + 40
    broken = bytearray(Seal.load(p12, PASSWORD).sign(plain, AT))
    broken[place] ^= 1
    _, status = checked(bytes(broken), pair[1])
    assert (status.intact, status.bottom_line) == (False, False)


def test_every_object_of_a_signed_letter_begins_and_ends_on_a_line_of_its_own(p12, plain):
    """ISO 19005-2, 6.1.9: readers forgive it, validators do not."""
    assert not plain.endswith(b"\n"), "what the seal is added to does not end a line: that is why this is tested"
    signed = Seal.load(p12, PASSWORD).sign(plain, AT)
    added = signed[len(plain) :]
    assert len(re.findall(rb"\d+ \d+ obj\b", added)) > 3
    assert re.findall(rb"(?<![\r\n\d])\d+ \d+ obj\b|\bobj(?![\r\n])|(?<![\r\n])endobj|endobj(?![\r\n])", added) == []


def test_what_pdf_a_asks_of_the_structure_still_holds_after_signing(p12, plain):
    signed = Seal.load(p12, PASSWORD).sign(plain, AT)
    root = pypdf.PdfReader(io.BytesIO(signed)).trailer["/Root"]
    before, after = (pypdf.PdfReader(io.BytesIO(pdf)) for pdf in (plain, signed))
    assert root["/Metadata"].get_data() == before.trailer["/Root"]["/Metadata"].get_data()
    assert dict(after.trailer["/Info"]) == dict(before.trailer["/Info"])
    assert root["/OutputIntents"][0].get_object()["/S"] == "/GTS_PDFA1"
    form = root["/AcroForm"]
    assert "/XFA" not in form
    assert form.get("/NeedAppearances", False) is False or not bool(form["/NeedAppearances"])
    (widget,) = [field.get_object() for field in form["/Fields"]]
    flags, box = int(widget["/F"]), [float(side) for side in widget["/Rect"]]
    assert flags & 4, "a printed annotation"
    assert not flags & (1 | 2 | 32), "neither invisible, hidden nor unviewable"
    assert box[0] == box[2]
    assert box[1] == box[3]
    assert "/JavaScript" not in str(root.get("/Names", ""))
    assert [page.extract_text() for page in before.pages] == [page.extract_text() for page in after.pages]
    assert not after.is_encrypted


@pytest.mark.parametrize(
    ("spoil", "password"),
    [
        (lambda path: path.write_bytes(b"no certificate"), PASSWORD),
        (lambda path: None, "another password"),
        (lambda path: path.unlink(), PASSWORD),
        (lambda path: path.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), PASSWORD),
    ],
    ids=["no certificate", "wrong password", "no file", "PEM without a key"],
)
def test_a_certificate_that_cannot_be_used_stops_the_start_with_its_remedy(spoil, password, p12, tmp_path):
    spoil(p12)
    with pytest.raises(BadFile) as raised:
        Stationery(replace(Settings(tmp_path), pades_key_path="office.p12", pades_password=password), MovedClock(AT)).ready()
    assert raised.value.params["remedy"]
    assert PASSWORD not in str(raised.value)


def test_a_password_that_does_not_fit_the_pem_file_is_said_so(pem):
    with pytest.raises(BadFile):
        Seal.load(pem, "another password")


class Stamps(BaseHTTPRequestHandler):
    """A service of time stamps on this machine, with a certificate made for the test; `spoil` says how it fails."""

    stamper: DummyTimeStamper
    spoil = ""
    asked = 0

    def do_POST(self) -> None:
        type(self).asked += 1
        req = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        made = asyncio.run(self.stamper.async_request_tsa_response(req)).dump()
        kind = "text/html" if self.spoil in ("page", "down") else "application/timestamp-reply"
        body = b"<html>" if self.spoil in ("page", "bytes") else made
        self.send_response(503 if self.spoil == "down" else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def service(pair) -> Iterator[tuple[type[Stamps], str, asn1.Certificate]]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Time stamps (test)")])
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), AT - timedelta(days=1), AT + timedelta(days=365)
    )
    made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    certificate = asn1.Certificate.load(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))
    plain = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    stamper = DummyTimeStamper(certificate, keys.PrivateKeyInfo.load(plain), fixed_dt=AT + timedelta(seconds=1))
    handler = type("Made", (Stamps,), {"stamper": stamper})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield handler, f"http://127.0.0.1:{server.server_port}/", certificate
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_service_stamps_the_time_on_the_seal(p12, pair, plain, service):
    handler, url, certificate = service
    seal = Seal.load(p12, PASSWORD, url)
    seal.sign(plain, AT)
    before = handler.asked
    signed = seal.sign(plain, AT)
    assert handler.asked == before + 1, "one question to a letter"
    root = asn1.Certificate.load(pair[1].public_bytes(serialization.Encoding.DER))
    trusted = ValidationContext(trust_roots=[root, certificate], moment=AT, allow_fetching=False)
    (signature,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    status = validate_pdf_signature(signature, trusted, ts_validation_context=trusted)
    assert status.bottom_line
    assert status.timestamp_validity is not None
    assert (status.timestamp_validity.valid, status.timestamp_validity.trusted) == (True, True)
    assert status.timestamp_validity.timestamp == AT + timedelta(seconds=1)
    assert signed.startswith(plain)


@pytest.mark.parametrize("spoil", ["down", "page", "bytes"])
def test_a_service_that_fails_costs_the_letter_its_stamp_and_nothing_else_and_is_left_alone_for_a_while(spoil, p12, pair, plain, service):
    handler, url, _ = service
    handler.spoil = spoil
    seal = Seal.load(p12, PASSWORD, url)
    _, status = checked(seal.sign(plain, AT), pair[1])
    assert status.bottom_line
    assert status.timestamp_validity is None
    assert handler.asked == 1
    seal.sign(plain, AT + REST - timedelta(seconds=1))
    assert handler.asked == 1, "a whole tray of letters does not wait for it, one by one"
    handler.spoil = ""
    _, status = checked(seal.sign(plain, AT + REST), pair[1])
    assert status.timestamp_validity is not None


@pytest.mark.parametrize("url", ["file:///etc/hostname", "tsa.example", "ftp://tsa.example"])
def test_an_address_that_is_no_http_address_stops_the_start(url, p12):
    with pytest.raises(BadFile) as raised:
        Seal.load(p12, PASSWORD, url)
    assert raised.value.params["remedy"]


def test_a_service_that_is_not_there_loses_no_letter(p12, pair, plain):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    assert checked(Seal.load(p12, PASSWORD, url).sign(plain, AT), pair[1])[1].bottom_line


def test_an_office_with_a_certificate_signs_its_letters_and_one_without_does_not(p12, pair, tmp_path):
    signing = Stationery(replace(Settings(tmp_path), pades_key_path="office.p12", pades_password=PASSWORD), MovedClock(AT))
    signing.ready()
    assert checked(signing.pdf(LETTER), pair[1])[1].bottom_line
    bare = Stationery(Settings(tmp_path), MovedClock(AT))
    bare.ready()
    assert bare.pdf(LETTER) == render_pdf(LETTER, base_url=Settings(tmp_path).base_url)
