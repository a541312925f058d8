"""Letters as they are seen on paper: each word whole, and a code that a phone reads and that leads to the page of this very letter."""

import shutil
import subprocess
from io import BytesIO

import pypdf
import pytest
import zxingcpp

from sandyq.letters import certificate, samples
from sandyq.letters.reading import read
from sandyq.letters.render import render_pdf, verify_url

KINDS = sorted(samples.letters("usual", "kk"))
NEEDS_PDFTOPPM = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="no pdftoppm (apt-get install poppler-utils)")
LONGEST = 18
"""Letters of a word that may not be broken; longer ones (digests, addresses) may."""


def seen(pdf: bytes, page: int, dots: int) -> memoryview:
    """One page as a picture in grey."""
    command = ["pdftoppm", "-gray", "-r", str(dots), "-f", str(page), "-l", str(page), "-"]
    raw = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
    _, size, _, rest = raw.split(b"\n", 3)
    width, height = map(int, size.split())
    return memoryview(rest[: width * height]).cast("B", shape=[height, width])


@NEEDS_PDFTOPPM
@pytest.mark.parametrize("kind", KINDS)
def test_the_code_of_a_letter_is_read_from_paper_and_leads_to_the_page_of_this_letter(kind: str) -> None:
    body = samples.letters("usual", "kk")[kind]
    pdf = render_pdf(body, base_url=samples.BASE_URL)
    last = len(pypdf.PdfReader(BytesIO(pdf)).pages)
    found = zxingcpp.read_barcodes(seen(pdf, last, 150))  # less than a scanner or a phone's camera gives
    assert [code.text for code in found] == [verify_url(samples.BASE_URL, body.digest)]


@NEEDS_PDFTOPPM
def test_the_code_of_a_certificate_is_read_from_paper_and_holds_the_line_by_which_to_verify() -> None:
    body = samples.certificate()
    found = zxingcpp.read_barcodes(seen(certificate.render_pdf(body, "kk"), 1, 150))
    assert [code.text for code in found] == [body.verification_line]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("length", ["short", "usual"])
def test_no_word_of_a_letter_is_broken_in_a_table(language: str, length: str) -> None:
    broken = {}
    for kind, body in samples.letters(length, language).items():
        pages = pypdf.PdfReader(BytesIO(render_pdf(body, language, base_url=samples.BASE_URL))).pages
        text = " ".join(page.extract_text() for page in pages)
        cells = [cell for block in read(body, language).blocks for row in (block.columns, *block.rows) for cell in row]
        words = {word for cell in cells for word in cell.split() if len(word) <= LONGEST and "-" not in word}
        if missing := {word for word in words if word not in text}:
            broken[kind] = missing
    assert broken == {}
