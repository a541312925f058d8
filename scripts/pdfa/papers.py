"""Writes every paper that the office makes, for a validator: letters of each kind in three lengths and languages, the same sealed, certificates.

Usage: papers.py FOLDER
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from sandyq.letters import certificate, samples
from sandyq.letters.pades import Seal
from sandyq.letters.render import render_pdf
from sandyq.speech import LANGUAGES

AT = datetime(2026, 3, 19, 9, 30, tzinfo=UTC)


def main() -> None:
    """Make the folder and all papers in it."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    seal = _seal(folder.parent / "made-up.pem")
    for language in LANGUAGES:
        for length in samples.LENGTHS:
            for kind, body in samples.letters(length, language).items():
                made = render_pdf(body, language, base_url=samples.BASE_URL)
                name = f"{kind}-{length}-{language}.pdf"
                (folder / name).write_bytes(made)
                (folder / f"sealed-{name}").write_bytes(seal.sign(made, AT))
        for length, rows in samples.CERTIFICATES.items():
            (folder / f"certificate-{length}-{language}.pdf").write_bytes(certificate.render_pdf(samples.certificate(*rows), language))


def _seal(path: Path) -> Seal:
    """The seal of a certificate that was made up for this run."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Синтетика (test)"), x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ")])
    uses = x509.KeyUsage(True, True, *[False] * 7)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), AT - timedelta(days=1), AT + timedelta(days=365)
    )
    signed = made.add_extension(uses, critical=True).sign(key, hashes.SHA256())
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(key.private_bytes(*form) + signed.public_bytes(serialization.Encoding.PEM))
    return Seal.load(path, "")


if __name__ == "__main__":
    main()
