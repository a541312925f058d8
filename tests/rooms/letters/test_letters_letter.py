"""Letters: one canonical body, a sentence for every code in three languages, and a paper that any archive can keep."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import cache

import pypdf
import pytest

from sandyq import speech
from sandyq.errors import Misuse, Tampered
from sandyq.law.deadlines import Nature
from sandyq.letters import citing, compose, shelf
from sandyq.letters.certificate import Basis
from sandyq.letters.compose import Part
from sandyq.letters.letter import LetterBody, Reason, Said, Section, say, words
from sandyq.letters.reading import read
from sandyq.letters.render import notice_text, render_pdf, render_text
from sandyq.letters.samples import ADDRESSEE, AT, BASE_URL, LENGTHS, OFFICE, frame, letters, parts, terms
from sandyq.letters.wording import _TEMPLATES, wording
from sandyq.policy import loader
from sandyq.rights import kinds
from sandyq.rights.states import CLAUSE, CLOCKS, Kind, Limb
from sandyq.speech import LANGUAGES

KINDS = sorted(letters("usual"))
TEMPLATES = sorted({body.template for body in letters("usual").values()})


@cache
def pages_of(pdf: bytes) -> tuple[str, ...]:
    """The text of each page; a file that several tests look at is read once."""
    return tuple(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def squeezed(text: str) -> str:
    """Without the spaces and line ends that setting in type moves."""
    return "".join(text.split())


def printed(body: LetterBody, language: str = "") -> str:
    """The text of the PDF without what stands at the head and foot of each page, so that a cell that runs over a page is whole."""
    made = read(body, language)
    kept = []
    for page in pages_of(render_pdf(body, language, base_url=BASE_URL)):
        lines = [line for line in page.split("\n") if not (made.template in line or line.startswith(made.office["kk"][0] + " №"))]
        kept.append("\n".join(lines))
    return squeezed("\n".join(kept))


# --- the body ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_body_comes_back_from_its_own_json(kind):
    body = letters("usual")[kind]
    assert LetterBody.from_json(body.to_json()) == body


def test_the_json_is_canonical_sorted_compact_and_utf8():
    raw = letters("usual")["access"].to_json()
    assert raw == json.dumps(json.loads(raw), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw + b" ",
        lambda raw: raw.replace(b"sandyq-letter/1", b"sandyq-letter/9"),
        lambda raw: raw.replace(b'"said":', b'"extra":1,"said":', 1),
        lambda raw: raw.replace(b"access-1", b"../access-1"),
        lambda raw: raw[:40],
        lambda raw: b"\xff" + raw,
        lambda raw: b"[]",
    ],
    ids=["trailing space", "other version", "unknown key", "a path for a template", "cut off", "not UTF-8", "not an object"],
)
def test_json_that_is_not_exactly_a_canonical_body_is_refused(spoil):
    with pytest.raises(Tampered):
        LetterBody.from_json(spoil(letters("usual")["access"].to_json()))


def test_any_change_of_the_body_changes_its_digest():
    body = letters("usual")["access"]
    assert replace(body, due=date(2026, 11, 20)).digest != body.digest
    assert replace(body, addressee=()).digest != body.digest


def test_a_parameter_whose_name_does_not_say_its_kind_is_our_own_mistake():
    for wrong in ({"last": date(2026, 1, 1)}, {"last_on": "2026-01-01"}, {"since_on": AT}, {"since_at": date(2026, 1, 1)}):
        with pytest.raises(Misuse):
            say("in_term", **wrong)


def test_a_row_that_does_not_fit_its_columns_is_our_own_mistake():
    with pytest.raises(Misuse):
        Section("data", (), ("field", "value"), (("one",),))


def test_an_instant_that_is_not_utc_is_our_own_mistake():
    with pytest.raises(Misuse):
        replace(letters("short")["access"], made_at=datetime(2026, 11, 19))


# --- the words ---------------------------------------------------------------------------------------------------------------------------


def keys_of(table: dict, prefix: str = "") -> set[str]:
    found = set()
    for key, value in table.items():
        found |= keys_of(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}"}
    return found


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_letter_has_the_same_codes_and_fillings_in_each_language(template):
    kk, ru, en = (dict(wording(template, language).tables) for language in LANGUAGES)
    assert keys_of(kk) == keys_of(ru) == keys_of(en)
    for table in ("say", "reason", "name"):
        for code in kk[table]:
            assert len({tuple(sorted(set(re.findall(r"\{(\w+)\}", each[table][code])))) for each in (kk, ru, en)}) == 1, code


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_languages_do_not_copy_each_other(template):
    kk, ru, en = (wording(template, language).tables["say"] for language in LANGUAGES)
    bare = [code for code in kk if not re.search(r"[^\W\d_]", re.sub(r"\{\w+\}|SHA-256", "", kk[code]))]
    assert [code for code in kk if code not in bare and (kk[code] == ru[code] or ru[code] == en[code])] == []


def test_kazakh_uses_the_terms_of_the_law_and_none_of_the_outdated_ones():
    text = "".join((path.read_text("utf-8").partition("\n[ru")[0]) for path in _TEMPLATES.glob("*-1.toml"))
    assert "дербес деректер" in text
    for outdated in ("жеке дерек", "жеке мәлімет", "айқындау", "шетелге беру"):
        assert outdated not in text.lower()


def test_pages_and_answers_in_kazakh_use_them_too():
    said = "\n".join(speech.catalog("kk").values()).lower()
    assert "жалпыға бірдей қолжетімді" in said
    for outdated in ("жеке дерек", "жалпыға қолжетімді", "жалпыға қол жетімді", "шетелге беру", "келісім кері қайтарылды", "үшінші тарап"):
        assert outdated not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_of_the_law_has_a_sentence(language):
    known = wording("refused-1", language).tables["reason"]
    findings = {key.removeprefix("finding.") for key in speech.catalog(language) if key.startswith("finding.")} - {"unknown"}
    assert findings - known.keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_case_and_every_clock_has_a_name(language):
    known = wording("received-1", language)
    for kind in Kind:
        assert known.name(kind.value)
    for limb in Limb:
        assert known.name(f"start-{limb.value}")
    for duty in {duty for clocks in CLOCKS.values() for duty, _ in clocks}:
        assert known.name(f"duty-{duty}")
    for rule in loader.load_deadlines():
        assert rule.nature is Nature.KEEP or known.name(f"unit-{rule.term.unit.value}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_code_and_no_hole_is_printed(kind, language):
    text = " ".join(read(letters("usual")[kind], language).sentences)
    assert not re.search(r"[{}]", text)
    assert not re.search(r"\b[a-z]+_[a-z_]+\b", text)


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda body: replace(body, said=(Said("no_such_sentence"),)),
        lambda body: replace(body, said=(Said("answer"),)),
        lambda body: replace(body, signatory="somebody"),
        lambda body: replace(body, appeal=("somewhere",)),
        lambda body: replace(body, template="nothing-1"),
        lambda body: replace(body, reasons=(Reason("no_such_reason", Basis("", "")),)),
        lambda body: replace(body, sections=(Section("no_such_head"),)),
        lambda body: replace(body, sections=(Section("data", (), ("no_such_column",), (("x",),)),)),
        lambda body: replace(body, sections=(Section("data", rows=((Said("no_such_name"),),)),)),
    ],
    ids=["sentence", "its filling", "role", "appeal", "template", "reason", "heading", "column", "name"],
)
def test_a_code_without_words_is_our_own_mistake_and_is_never_printed(spoiled):
    with pytest.raises(Misuse):
        render_text(spoiled(letters("usual")["access"]), base_url=BASE_URL)


def test_a_letter_that_some_language_could_not_word_is_not_made():
    with pytest.raises(Misuse):
        compose.refused(frame("access"), (Part(what="", state="refused", reason="no_such_reason"),))


def test_a_cell_is_named_even_where_a_sentence_has_the_same_code():
    text = render_text(letters("usual")["destroyed"], "en", base_url=BASE_URL)
    assert "What is kept: certificate of destruction" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_decision_reads_the_same_in_each_language(language):
    made = [read(letters("usual", own)["withdrawn"], language) for own in LANGUAGES]
    assert made[0].blocks == made[1].blocks == made[2].blocks


# --- citing ------------------------------------------------------------------------------------------------------------------------------

PLACES = [
    ("94-V art. 25(2)(8)", "Заңның 25-бабы 2-тармағының 8) тармақшасы", "подп. 8) п. 2 ст. 25 Закона", "art. 25(2)(8) of the Law"),
    ("94-V art. 8(7)", "Заңның 8-бабының 7-тармағы", "п. 7 ст. 8 Закона", "art. 8(7) of the Law"),
    ("94-V art. 9(10)", "Заңның 9-бабының 10) тармақшасы", "подп. 10) ст. 9 Закона", "art. 9(10) of the Law"),
    ("94-V art. 18, 22", "Заңның 18-бабы, 22-бабы", "ст. 18, ст. 22 Закона", "art. 18, art. 22 of the Law"),
    ("255-VIII art. 41(3)", "Цифрлық кодекстің 41-бабының 3-тармағы", "п. 3 ст. 41 Цифрового кодекса", "art. 41(3) of the Digital Code"),
    (
        "Order 395/НҚ of 21.10.2020 p. 16 @2026",
        "№ 395/НҚ бұйрықпен бекітілген Қағидалардың 16-тармағы (2026 жылғы редакция)",
        "п. 16 Правил, утверждённых приказом № 395/НҚ (в ред. 2026 г.)",
        "p. 16 of the Rules approved by Order No. 395/НҚ (as of 2026)",
    ),
    (
        "94-V art. 8(2), 255-VIII art. 41(3)",
        "Заңның 8-бабының 2-тармағы; Цифрлық кодекстің 41-бабының 3-тармағы",
        "п. 2 ст. 8 Закона; п. 3 ст. 41 Цифрового кодекса",
        "art. 8(2) of the Law; art. 41(3) of the Digital Code",
    ),
    (
        "94-V art. 19-1(3) @2026-01-18",
        "Заңның 19-1-бабының 3-тармағы (18.01.2026 редакциясы)",
        "п. 3 ст. 19-1 Закона (в ред. от 18.01.2026)",
        "art. 19-1(3) of the Law (as of 18 Jan 2026)",
    ),
    ("Minutes of a meeting", "Minutes of a meeting", "Minutes of a meeting", "Minutes of a meeting"),
]


@pytest.mark.parametrize(("place", "kk", "ru", "en"), PLACES, ids=[place[0] for place in PLACES])
def test_an_article_is_cited_the_way_official_letters_do(place, kk, ru, en):
    assert [wording("access-1", language).basis(Basis("", place)) for language in LANGUAGES] == [kk, ru, en]


def test_a_clause_and_an_article_stand_in_one_line():
    assert wording("access-1", "ru").basis(Basis("4.1.5", "94-V art. 8(2)")) == "п. 4.1.5 Положения; п. 2 ст. 8 Закона"
    assert citing.basis("", "", wording("access-1", "ru").tables["cite"], "ru") == ""


def articles_of(table: object) -> Iterator[str]:
    if isinstance(table, dict):
        yield from (value for key, value in table.items() if key == "article" and isinstance(value, str))
    for inner in table.values() if isinstance(table, dict) else table if isinstance(table, list) else ():
        yield from articles_of(inner)


def test_every_article_that_a_letter_can_cite_is_cited_in_words():
    """Of the law's pack, of its deadlines, of the desk, and of letters themselves."""
    refusals = [limb.article for handling in kinds.TABLE.values() for limb in handling.refusals.values()]
    cited = [*articles_of(loader.load_pack().data), *(str(rule.source) for rule in loader.load_deadlines()), *refusals]
    cited += [*(article for _, article in CLAUSE.values()), *(ground.removeprefix("5.4 ") for ground in compose.GROUND.values())]
    assert len(cited) > 100
    said = {article: wording("received-1", "ru").basis(Basis("", article)) for article in cited}
    assert {article: text for article, text in said.items() if re.search(r"art\.|[a-z]{4}|@", text)} == {}


def test_every_reason_of_the_desk_has_its_sentence():
    known = wording("refused-1", "kk").tables["reason"]
    assert {word for handling in kinds.TABLE.values() for word in handling.refusals} - known.keys() == set()


# --- what each letter says ---------------------------------------------------------------------------------------------------------------


def test_a_partial_refusal_names_the_item_the_reason_and_the_dated_article_and_where_to_appeal():
    text = render_text(letters("usual")["withdrawn"], "ru", base_url=BASE_URL)
    refusal = " ".join(text[text.index("МОТИВИРОВАННЫЙ ОТКАЗ") :].split())
    for said in ("Учёт кредитной истории", "Имеется неисполненное обязательство", "п. 2 ст. 8 Закона (в ред. от 18.01.2026)"):
        assert said in refusal
    for where in ("уполномоченный орган", "приказ № 395/НҚ", "органы прокуратуры", "статья 30 Закона"):
        assert where in refusal


def test_that_nobody_proved_who_asks_is_itself_the_reason():
    body = compose.refused(frame("access"), not_identified=True)
    assert [(reason.code, reason.basis.article) for reason in body.reasons] == [("not_identified", "94-V art. 10(2), 11")]


def test_a_letter_that_grants_everything_has_no_refusal():
    body = compose.withdrawn(frame("withdraw"), (("x", None),), (), (), parts(1))
    assert body.reasons == ()
    assert "МОТИВИРОВАННЫЙ ОТКАЗ" not in render_text(body, "ru", base_url=BASE_URL)


def test_the_first_letter_says_each_last_day_and_how_it_was_counted():
    text = " ".join(render_text(letters("usual")["received"], "ru", base_url=BASE_URL).split())
    for said in (
        "Последний день: 19.11.2026",
        "сам день события не считается",
        "срок ещё не начался",
        "редакция: kz-2026.2",
        "20261116-K7M2Q",
    ):
        assert said in text


def test_a_demand_of_a_state_body_is_answered_without_a_salutation():
    text = render_text(letters("usual")["authority"], "ru", base_url=BASE_URL)
    assert "Уважаемый" not in text
    assert "№ 03-11/1432 от 13 ноября 2026 года" in " ".join(text.split())


def test_a_receipt_without_its_day_is_our_own_mistake():
    with pytest.raises(Misuse):
        compose.received(replace(frame("access"), received_on=None), "mail", terms())


def test_the_letterhead_comes_from_the_policy_in_force():
    head = compose.letterhead(loader.load(*loader.sample_files()).words)
    assert (head.name.kk, head.name.ru, head.bin) == ("«КВИКЛИД» ЖШС", "ТОО «КВИКЛИД»", "170640999902")
    assert head.email == "pd@quicklid.example"
    assert "Алматы" in head.address.kk


# --- the paper ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_paper_says_every_sentence_of_the_letter(kind, language):
    body = letters("usual")[kind]
    text = printed(body, language)
    for said in read(body, language).sentences:
        assert squeezed(said) in text
    for line in (*read(body, language).office["kk"], *read(body, language).office["ru"], body.digest, body.log.origin, body.log.root):
        assert squeezed(line) in text


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_on_access_says_everything_in_each_length(length, language):
    body = letters(length)["access"]
    text = printed(body, language)
    for said in read(body, language).sentences:
        assert squeezed(said) in text


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_is_left_to_the_signature_alone(kind):
    body = letters("long", "ru")[kind]
    last = squeezed(pages_of(render_pdf(body, base_url=BASE_URL))[-1])
    end = [
        squeezed(cell) for block in read(body).blocks[-1:] for cell in (block.text, *(cell for row in block.rows for cell in row)) if cell
    ]
    assert end[-1] in last
    assert squeezed(read(body).signatory) in last


def test_the_head_of_a_table_stands_again_on_each_of_its_pages():
    pages = pages_of(render_pdf(letters("long", "en")["access"], base_url=BASE_URL))
    assert len(pages) > 5
    shown = [page for page in pages if "call centre" in page]
    assert len(shown) > 1
    assert all("Categories" in page for page in shown)
    assert all(f"page {n} of {len(pages)}" in page for n, page in enumerate(pages, 1))


def test_the_form_and_the_number_stand_on_every_page():
    pages = pages_of(render_pdf(letters("long", "ru")["withdrawn"], base_url=BASE_URL))
    assert all("форма withdrawn-1" in page and "№ 20261119-00042" in page.replace("\xa0", " ") for page in pages)


def test_the_same_letter_makes_the_same_bytes():
    assert render_pdf(letters("usual")["access"], base_url=BASE_URL) == render_pdf(letters("usual")["access"], base_url=BASE_URL)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_declares_pdf_a_2b_and_its_language(language):
    root = pypdf.PdfReader(io.BytesIO(render_pdf(letters("usual")["access"], language, base_url=BASE_URL))).trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in xmp
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in xmp
    assert "/OutputIntents" in root
    assert str(root["/Lang"]).startswith(language)


def test_only_the_shipped_font_is_used_and_it_is_embedded():
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(letters("long")["access"], base_url=BASE_URL)))
    used = {}
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font["/DescendantFonts"][0].get_object()
            used[str(inner["/BaseFont"])[8:]] = inner["/FontDescriptor"]["/FontFile2"].get_data()[:4]
    assert used.keys() == {"NotoSans-Regular", "NotoSans-Bold"}
    assert set(used.values()) == {b"\x00\x01\x00\x00"}


@pytest.mark.parametrize(
    "line",
    [ADDRESSEE[0], "Ә" * 90, "Қ" * 60 + "-" + "ұ" * 60, "Ғ. Ө. Һ", "aaa@" + "b" * 120 + ".example"],
    ids=["a long name", "one endless word", "two joined words", "initials", "an endless address"],
)
def test_an_addressee_of_any_length_is_printed_in_whole(line):
    assert squeezed(line) in printed(letters("short", addressee=(line,))["access"])


def test_a_long_value_does_not_run_into_the_next_column():
    value = "guljahan.abdigapparqyzy." * 4 + "nurmuhambetova@pochta.mail.example"
    body = compose.access(frame("access", "en"), (Section("data", (), ("category", "field", "value"), (("6.2.7", value, "AFTER"),)),))
    pages = pages_of(render_pdf(body, base_url=BASE_URL))
    assert all(value not in page for page in pages)
    assert any(value in squeezed(page) for page in pages)


MARKUP = '#read("/etc/passwd") *A* $x$ <a> \\ @b = c [d] {e} %f'


def test_values_with_markup_are_data():
    body = compose.access(frame("access"), (Section("data", (), ("category", "field", "value"), ((MARKUP, MARKUP, MARKUP),)),))
    assert squeezed(MARKUP) in printed(body)
    assert MARKUP in " ".join(render_text(body, base_url=BASE_URL).split())


def test_a_value_with_braces_is_not_filled_in():
    body = compose.authority(frame("authority-order"), "{answers}", date(2026, 11, 18), parts(1))
    assert "{answers}" in render_text(body, base_url=BASE_URL)


def test_a_character_without_a_glyph_is_shown_as_missing_and_the_letter_still_leaves():
    body = letters("short", addressee=("銀行 😀 \u202e",))["access"]
    text = printed(body)
    assert "\ufffd" in text
    assert "銀" not in text


def test_a_language_that_is_not_ours_is_our_own_mistake():
    with pytest.raises(Misuse):
        render_pdf(letters("short")["access"], "de", base_url=BASE_URL)


# --- plain text and notices --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_plain_text_says_every_sentence_of_the_letter(kind, language):
    body = letters("usual")[kind]
    text = squeezed(render_text(body, language, base_url=BASE_URL)).casefold()
    for said in read(body, language).sentences:
        assert squeezed(said).casefold() in text


def test_the_plain_text_keeps_to_the_width_of_a_mail():
    text = render_text(letters("long")["access"], base_url=BASE_URL)
    assert [line for line in text.split("\n") if len(line) > 82 and max(map(len, line.split())) < 60] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_has_a_notice_with_its_number_and_link_and_nothing_else(language):
    for template in TEMPLATES:
        subject, text = notice_text(template.rpartition("-")[0], "20261116-K7M2Q", "https://data.example/l/abc", language)
        assert "20261116-K7M2Q" in subject
        assert "20261116-K7M2Q" in text
        assert "https://data.example/l/abc" in text
        assert "{" not in subject + text


def test_a_notice_is_of_something_that_it_has_words_for():
    with pytest.raises(Misuse):
        notice_text("surname", "1", "x", "kk")
    with pytest.raises(Misuse):
        notice_text("access", "1", "x", "de")


def test_the_words_of_a_policy_are_said_in_the_letters_language():
    body = compose.refused(
        frame("access"), (Part(what=words("бір", "один", "one"), state="refused", reason="not_held"), Part(what="x", state="done"))
    )
    assert [next(b for b in read(body, language).blocks if b.kind == "table").rows[0][0] for language in LANGUAGES] == [
        "бір",
        "один",
        "one",
    ]
    assert OFFICE.bin in render_text(body, base_url=BASE_URL)


# --- for the desk ------------------------------------------------------------------------------------------------------------------------


def test_the_desk_sees_each_template_with_its_title_and_made_up_content():
    assert shelf.templates() == tuple(TEMPLATES)
    assert len(TEMPLATES) == 15
    for name in TEMPLATES:
        assert len({shelf.title(name, language) for language in LANGUAGES}) == 3
    assert squeezed(shelf.title("blocked-1", "en")) in squeezed(pages_of(shelf.sample("blocked-1", "en", BASE_URL))[0])
    with pytest.raises(Misuse):
        shelf.sample("nothing-1", "kk", BASE_URL)


def test_what_is_shown_of_a_letter_in_an_error_holds_nothing_personal():
    body = letters("usual")["access"]
    shown = f"{body!r} {body.sections!r} {read(body)!r} {read(body).blocks!r} {frame('access')!r}"
    assert "Гүлжаһан" not in shown
    assert "920202400026" not in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_room_of_access_says_has_words_in_its_letter(language):
    known = wording("access-1", language).tables
    for prefix, table in (("access.section.", "head"), ("access.column.", "column"), ("access.said.", "say")):
        codes = {key.removeprefix(prefix) for key in speech.catalog(language) if key.startswith(prefix)} - {"long"}
        assert codes
        assert codes - known[table].keys() == set()
