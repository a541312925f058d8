"""The certificate: one canonical body, and a paper of it in three languages that any archive can keep."""

import io
import json
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pypdf
import pytest

from sandyq.access.words import KEPT
from sandyq.errors import Misuse, Tampered
from sandyq.letters import paper
from sandyq.letters.certificate import TEMPLATE, CertificateBody, Told, render_pdf
from sandyq.letters.samples import CERTIFICATES as LENGTHS
from sandyq.letters.samples import certificate as body
from sandyq.speech import LANGUAGES

KAZAKH = "ӘәҒғҚқҢңӨөҰұҮүҺһІі₸№«»"


def text_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_body_comes_back_from_its_own_json():
    assert CertificateBody.from_json(body().to_json()) == body()


def test_the_json_is_canonical_sorted_compact_and_utf8():
    raw = body().to_json()
    again = json.dumps(json.loads(raw), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert raw == again
    assert "«Үлгі Банк» АҚ".encode() in raw
    assert json.loads(raw)["received_at"] == "2026-03-19T09:30:00Z"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw + b" ",
        lambda raw: raw.replace(b'"items":1,', b'"items":1, '),
        lambda raw: raw.replace(b"sandyq-certificate/1", b"sandyq-certificate/9"),
        lambda raw: raw.replace(b'"kept":', b'"extra":1,"kept":'),
        lambda raw: raw.replace(b"09:30:00Z", b"14:30:00+05:00"),
        lambda raw: raw.replace(b'"items":1', b'"items":"1"'),
        lambda raw: raw[:40],
        lambda raw: b"\xff\xfe" + raw,
    ],
    ids=["trailing space", "inner space", "other version", "unknown key", "other zone", "text for a number", "cut off", "not UTF-8"],
)
def test_json_that_is_not_exactly_canonical_is_refused(spoil):
    with pytest.raises(Tampered):
        CertificateBody.from_json(spoil(body().to_json()))


def test_any_change_of_the_body_changes_its_digest():
    assert replace(body(), unrecoverable_by=date(2026, 5, 19)).digest != body().digest
    assert replace(body(), recipients=()).digest != body().digest


def test_an_instant_that_is_not_utc_is_our_own_mistake():
    with pytest.raises(Misuse):
        replace(body(), deleted_at=datetime(2026, 3, 19))
    with pytest.raises(Misuse):
        Told("A", datetime(2026, 3, 19, tzinfo=UTC).astimezone(timezone(timedelta(hours=5))), None)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_paper_says_in_each_language_and_length_what_the_body_says(language, length):
    shown = body(*LENGTHS[length])
    words = paper.wording(TEMPLATE, language)
    text = text_of(render_pdf(shown, language))
    for said in (
        words["title"],
        words["intro"],
        shown.number,
        shown.reference,
        shown.office,
        shown.bin,
        shown.log.leaf,
        shown.log.origin,
        words["signatory"],
    ):
        assert said in text
    assert shown.digest in text
    assert shown.log.root in text
    assert f"{words['total']} {sum(row.items for row in shown.gone)} {sum(row.keys for row in shown.gone)}" in text
    assert (words["nothing_kept"] in text) is not bool(shown.kept)
    assert (words["no_recipients"] in text) is not bool(shown.recipients)
    for row in shown.recipients:
        assert row.name in text
    assert text.count(f" {words['not_confirmed']} ") == (1 if shown.recipients else 0)
    assert "{" not in text


@pytest.mark.parametrize(
    ("language", "article"),
    [
        ("kk", "Ереженің 4.1.4-тармағы; Заңның 18-бабының 1-тармағы (18.01.2026 редакциясы)"),
        ("ru", "п. 4.1.4 Положения; п. 1 ст. 18 Закона (в ред. от 18.01.2026)"),
    ],
)
def test_an_article_is_cited_the_way_the_language_cites(language, article):
    assert article in text_of(render_pdf(body(), language))


def test_times_are_those_of_almaty():
    text = text_of(render_pdf(body(), "ru"))
    assert "19.03.2026, 14:30" in text
    assert "18.05.2026" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kazakh_letter_is_printed_and_read_back(language):
    assert f"{KAZAKH} 0" in text_of(render_pdf(body(name=KAZAKH), language))


def test_every_character_that_is_let_through_has_a_glyph():
    candidates = [chr(code) for code in range(0x20, 0x3000) if unicodedata.is_normalized("NFC", chr(code))]
    let_through = "".join(letter for letter in candidates if not paper._UNPRINTABLE.match(letter))
    assert len(let_through) > 700
    text_of(render_pdf(body(1, 0, 1, name=let_through), "en"))


@pytest.mark.parametrize("name", ["Bank 😀", "銀行", "\u202eknab", "a\x07b", "العربية"])
def test_a_character_without_a_glyph_is_shown_as_missing_and_the_letter_still_leaves(name):
    text = text_of(render_pdf(body(1, 0, 1, name=name), "en"))
    assert "\ufffd" in text
    assert name not in text


def test_a_name_that_looks_like_markup_is_printed_as_it_is():
    name = '#read("/etc/hostname") *A* $x$ <a> \\ @b = c'
    assert name in text_of(render_pdf(body(1, 0, 1, name=name), "en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_declares_pdf_a_2b_and_its_language(language):
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(body(), language)))
    xmp = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert re.search(r"<pdfaid:part>2</pdfaid:part>", xmp)
    assert re.search(r"<pdfaid:conformance>B</pdfaid:conformance>", xmp)
    assert str(reader.trailer["/Root"]["/Lang"]).startswith(language)
    assert "/OutputIntents" in reader.trailer["/Root"]


def test_only_the_shipped_font_is_used_and_it_is_embedded():
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(body(*LENGTHS["long"]), "kk")))
    used = {}
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font["/DescendantFonts"][0].get_object()
            used[str(inner["/BaseFont"])[8:]] = inner["/FontDescriptor"]["/FontFile2"].get_data()[:4]
    assert used.keys() == {"NotoSans-Regular", "NotoSans-Bold"}
    assert set(used.values()) == {b"\x00\x01\x00\x00"}


def test_the_head_of_a_table_stands_again_on_each_of_its_pages():
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(render_pdf(body(*LENGTHS["long"]), "en"))).pages]
    assert len(pages) > 2
    assert all("Keys deleted" in page for page in pages[:2])
    assert all(f"page {n} of {len(pages)}" in page for n, page in enumerate(pages, 1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_certificate_of_usual_length_fits_on_one_page_with_its_proof_and_signature(language):
    assert len(pypdf.PdfReader(io.BytesIO(render_pdf(body(*LENGTHS["usual"]), language))).pages) == 1


@pytest.mark.parametrize("told", [0, 3, 5, 6, 7, 40])
@pytest.mark.parametrize("gone", [20, 26, 28, 34])
def test_proof_and_signature_never_stand_on_a_page_of_their_own(gone, told):
    last = pypdf.PdfReader(io.BytesIO(render_pdf(body(gone, 4, told), "kk"))).pages[-1].extract_text()
    words = paper.wording(TEMPLATE, "kk")
    text = " ".join(last.split())
    assert words["signatory"] in text
    assert words["log_head"] in text
    assert words["recipients_note" if told else "no_recipients"] in text


def test_no_code_is_printed_for_what_a_destruction_may_keep():
    kept = tuple(replace(body().kept[0], what=what) for what in KEPT)
    for language in LANGUAGES:
        text = text_of(render_pdf(replace(body(), kept=kept), language))
        assert [what for what in KEPT if what in text] == []


def test_the_same_body_makes_the_same_bytes():
    assert render_pdf(body(), "kk") == render_pdf(body(), "kk")


def test_words_of_the_policy_are_put_beside_the_clause():
    assert "Clause 6.2.1. Identity data" in text_of(render_pdf(body(), "en", {"6.2.1": "Identity data"}))


def test_a_language_that_is_not_ours_is_our_own_mistake():
    with pytest.raises(Misuse):
        render_pdf(body(), "de")


def test_the_three_wordings_have_the_same_keys():
    def shape(words):
        if isinstance(words, dict):
            return {key: shape(value) for key, value in words.items()}
        return len(words) if isinstance(words, list) else "text"

    assert shape(paper.wording(TEMPLATE, "kk")) == shape(paper.wording(TEMPLATE, "ru")) == shape(paper.wording(TEMPLATE, "en"))


def test_the_kazakh_wording_uses_the_terms_of_the_law_now():
    words = json.dumps(paper.wording(TEMPLATE, "kk"), ensure_ascii=False).lower()
    assert "дербес дерек" in words
    for outdated in ("жеке дерек", "жеке мәлімет", "айқындау", "үшінші тарап"):
        assert outdated not in words


def test_no_file_is_written_while_a_letter_is_made(tmp_path, monkeypatch):
    for name in ("TMPDIR", "TEMP", "TMP", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    before = set(Path("/tmp").iterdir())
    render_pdf(body(), "ru")
    assert list(tmp_path.rglob("*")) == []
    assert not [path for path in set(Path("/tmp").iterdir()) - before if "typst" in path.name.lower()]


def test_the_qr_code_holds_the_line_by_which_to_verify():
    import segno

    line = body().verification_line
    assert body().digest in line
    assert body().log.origin in line
    drawn = io.BytesIO()
    segno.make(line, error="m").save(drawn, kind="svg", border=2, xmldecl=False)
    assert paper.qr_svg(line) == drawn.getvalue().decode()
    assert paper.qr_svg(line) != paper.qr_svg(line + "x")
