"""Writes every paper that the office makes, for a validator: letters of each kind in three lengths and languages, the same sealed, certificates.

Usage: papers.py FOLDER
"""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from sandyq.letters import certificate, samples
from sandyq.letters.certificate import Basis, CertificateBody, Gone, Kept, LogPlace, Told
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
        for rows in (0, 4, 70):
            (folder / f"certificate-{rows}-{language}.pdf").write_bytes(certificate.render_pdf(_certificate(rows), language))


def _certificate(rows: int) -> CertificateBody:
    basis = Basis("4.1.4", "94-V art. 18(1) @2026-01-18")
    return CertificateBody(
        number="D-2026-000017",
        office="«Синтетика» ЖШС",
        bin="201240000013",
        reference="k7m2-93qd-5tzx",
        received_at=AT,
        decided_at=AT,
        executed_at=AT,
        basis=basis,
        gone=tuple(Gone(f"6.2.{n % 13 + 1}", "data", n + 1, n + 2) for n in range(rows + 1)),
        kept=tuple(Kept("proof_of_consent", basis, date(2029, 3, 19) if n % 2 else None) for n in range(rows)),
        deleted_at=AT,
        unrecoverable_by=date(2026, 5, 18),
        recipients=tuple(Told(f"«Үлгі Банк» АҚ {n}", AT, AT if n % 2 else None) for n in range(rows)),
        log=LogPlace("01kabcdefghjkmnpqrstvwxyz0", "sandyq.example/quicklid", 48213, "a1" * 32, "0f" * 32, "9c" * 32),
    )


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
