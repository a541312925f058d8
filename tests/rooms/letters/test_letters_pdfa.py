"""A letter keeps the rules of PDF/A-2b that fail most often, signed or not; and the check itself finds what is broken on purpose."""

import io

import pypdf
import pytest
from pypdf.generic import DictionaryObject, NameObject, StreamObject, TextStringObject

from pdf_rules import faults
from sandyq.letters import samples
from sandyq.letters.render import render_pdf


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("kind", ["received", "access", "destroyed", "objection"])
def test_a_letter_keeps_the_rules(kind: str, language: str) -> None:
    assert faults(render_pdf(samples.letters("usual", language)[kind], language, base_url=samples.BASE_URL)) == []


def broken(change: str) -> bytes:
    """A letter with one thing spoiled."""
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(samples.letters("usual")["received"], base_url=samples.BASE_URL)))
    writer = pypdf.PdfWriter(clone_from=reader)
    root, fonts = writer._root_object, writer.pages[0]["/Resources"]["/Font"]
    font = next(iter(fonts.values())).get_object()
    if change == "script":
        root[NameObject("/OpenAction")] = DictionaryObject({NameObject("/S"): NameObject("/JavaScript")})
    elif change == "no text":
        del font["/ToUnicode"]
    elif change == "no font file":
        described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for name in ("/FontFile2", "/FontFile3"):
            described.pop(name, None)
    elif change == "no profile":
        del root["/OutputIntents"]
    elif change == "title":
        writer.add_metadata({"/Title": "another"})
    elif change == "file":
        stream = StreamObject()
        stream[NameObject("/Type")] = NameObject("/EmbeddedFile")
        root[NameObject("/Spoiled")] = writer._add_object(stream)
    elif change == "see-through":
        root[NameObject("/Spoiled")] = DictionaryObject({NameObject("/ca"): TextStringObject("0.5")})
    elif change == "locked":
        writer.encrypt("x")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("change", "clause"),
    [
        ("script", "6.5.1"),
        ("no text", "6.2.11.7"),
        ("no font file", "6.2.11.4"),
        ("no profile", "6.2.3"),
        ("title", "6.6.3"),
        ("file", "6.5.1"),
        ("see-through", "6.2.10"),
    ],
)
def test_what_is_broken_on_purpose_is_found(change: str, clause: str) -> None:
    assert clause in {fault.split()[0] for fault in faults(broken(change))}
