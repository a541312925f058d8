"""The office's electronic seal on a letter: PAdES baseline B-B, or B-T with a time stamp (ETSI EN 319 142-1), invisible, beside the role that signs by hand.

Optional: the extra `sandyq[pades]` brings the library, and `pades_key_path` names the certificate; without either, letters leave unsigned and their proof is the log.
This is the only file that imports it. What it signs stays PDF/A-2b: the field has no appearance, its print flag is set, and the metadata stay as they are.
"""

import io
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sandyq.errors import BadFile
from sandyq.letters.stamping import Stamping

FIELD: Final = "OfficeSeal"
"""Name of the signature's form field."""

_KEY: Final = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL)
_CERTIFICATE: Final = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Seal:
    """A key with its certificate, kept in memory while the office is open, and the service that stamps the time, where there is one."""

    signer: Any = field(repr=False)
    stamping: Stamping

    @classmethod
    def load(cls, path: Path, password: str, tsa_url: str = "") -> "Seal":
        """Read a PKCS#12 file, or a PEM file with one private key and its certificates, the office's own first. Raises BadFile with the remedy."""
        if tsa_url and not tsa_url.startswith(("http://", "https://")):
            raise BadFile("pades_tsa_url", 0, "it is no http(s) address", "Correct `pades_tsa_url`, or leave it empty.")
        try:
            from pyhanko.sign import SimpleSigner
        except ImportError:
            raise BadFile(
                path.name, 0, "the library that signs is not installed", "Install `sandyq[pades]`, or leave `pades_key_path` empty."
            ) from None
        try:
            raw = path.read_bytes()
        except OSError:
            raise BadFile(
                path.name, 0, "the certificate that signs letters cannot be read", "Correct `pades_key_path` or the file's rights."
            ) from None
        try:
            signer = _pem(raw, password) if b"-----BEGIN" in raw else SimpleSigner.load_pkcs12_data(raw, [], password.encode() or None)
        except (ValueError, TypeError, OSError, IndexError):
            signer = None
        if signer is None:
            raise BadFile(
                path.name,
                0,
                "it holds no key and certificate, or the password is wrong",
                "Give a PKCS#12 or PEM file and `pades_password`.",
            )
        return cls(signer, Stamping(tsa_url))

    def sign(self, pdf: bytes, at: datetime) -> bytes:
        """The same document with the seal added behind it; every byte of `pdf` stays. Where the service of time stamps fails, the letter leaves without a stamp.
        Not for the event loop: it runs one of its own."""
        client = self.stamping.client(at)
        if client is not None:
            try:
                return self._signed(pdf, at, client)
            except (OSError, ValueError, TypeError) as error:  # no answer, a refusal, or bytes that are none
                self.stamping.failed(at, error)
        return self._signed(pdf, at, None)

    def _signed(self, pdf: bytes, at: datetime, client: Any) -> bytes:
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import PdfSignatureMetadata, PdfSigner
        from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter

        class AtThatTime(PdfSigner):  # type: ignore[misc]  # the library is not looked into: it is optional
            """Takes the time from the caller, not from the machine."""

            def init_signing_session(self, *args: Any, **named: Any) -> Any:
                session = super().init_signing_session(*args, **named)
                session.system_time = at
                return session

        shown_as = SigFieldSpec(FIELD, invis_sig_settings=InvisSigSettings(set_print_flag=True, set_hidden_flag=False))
        about = PdfSignatureMetadata(field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
        writer = IncrementalPdfFileWriter(
            io.BytesIO(pdf if pdf.endswith(b"\n") else pdf + b"\n")
        )  # what is added must begin on a line of its own
        writer._update_meta = lambda: (
            None
        )  # it would rewrite the XMP packet with prefixes that PDF/A does not know, and date it by the machine's clock
        signed = AtThatTime(about, self.signer, timestamper=client, new_field_spec=shown_as).sign_pdf(writer)
        return bytes(signed.getvalue())


def _pem(raw: bytes, password: str) -> Any:
    """A signer from PEM text, or None where something is missing."""
    from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
    from pyhanko.sign import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    key, certificates = _KEY.search(raw), _CERTIFICATE.findall(raw)
    if key is None or not certificates:
        return None
    own, *others = [next(iter(load_certs_from_pemder_data(each))) for each in certificates]
    store = SimpleCertificateStore()
    store.register_multiple(others)
    secret = load_private_key_from_pemder_data(key[0], passphrase=password.encode() or None)
    return SimpleSigner(signing_cert=own, signing_key=secret, cert_registry=store)
