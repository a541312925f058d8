"""What PDF/A-2b asks and what fails most often in practice, checked without veraPDF (`make pdfa` runs that): a file's faults, by their clauses of ISO 19005-2."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

_ACTIVE = {"/JS", "/JavaScript", "/AA", "/Launch", "/SubmitForm", "/ImportData", "/RichMedia", "/Movie", "/Sound", "/EmbeddedFile", "/XFA"}


def faults(pdf: bytes) -> list[str]:
    """Every fault that is found; none for a file that keeps the rules looked at here."""
    if not re.match(rb"%PDF-1\.[0-7]\n%[\x80-\xff]{4}", pdf):
        return ["6.1.2 header"]
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    root = reader.trailer["/Root"]
    every = list(_objects(reader))
    return [*_file(reader), *_output(root), *_metadata(reader, root), *_active(root, every), *_looks(every), *_fonts(every)]


def _objects(reader: pypdf.PdfReader) -> Iterator[Any]:
    for number in range(1, int(reader.trailer["/Size"])):
        found = reader.get_object(IndirectObject(number, 0, reader))
        yield from _inside(found)


def _inside(found: Any) -> Iterator[Any]:
    if isinstance(found, DictionaryObject):
        yield found
        for value in found.values():
            yield from () if isinstance(value, IndirectObject) else _inside(value)
    elif isinstance(found, ArrayObject):
        for value in found:
            yield from () if isinstance(value, IndirectObject) else _inside(value)


def _file(reader: pypdf.PdfReader) -> Iterator[str]:
    if "/ID" not in reader.trailer or not all(reader.trailer["/ID"]):
        yield "6.1.3 no file identifier"
    if reader.is_encrypted:
        yield "6.1.3 encrypted"


def _output(root: Any) -> Iterator[str]:
    intents = [one.get_object() for one in root.get("/OutputIntents", ())]
    if [one.get("/S") for one in intents] != ["/GTS_PDFA1"]:
        yield "6.2.3 not one output intent"
    elif intents[0]["/DestOutputProfile"].get_object().get_data()[36:40] != b"acsp":
        yield "6.2.3 no ICC profile"


def _metadata(reader: pypdf.PdfReader, root: Any) -> Iterator[str]:
    raw = root["/Metadata"].get_object().get_data().decode()
    if "<pdfaid:part>2</pdfaid:part>" not in raw or "<pdfaid:conformance>B</pdfaid:conformance>" not in raw:
        yield "6.6.4 XMP names another part"
    info = reader.metadata or {}
    for name, tag in (("/Title", "dc:title"), ("/Author", "dc:creator"), ("/Creator", "xmp:CreatorTool")):
        if name in info and str(info[name]) not in _text(raw, tag):
            yield f"6.6.3 {name} is not that of the XMP"
    for name, tag in (("/CreationDate", "xmp:CreateDate"), ("/ModDate", "xmp:ModifyDate")):
        if name in info and re.sub(r"\D", "", str(info[name]))[:12] != re.sub(r"\D", "", _text(raw, tag))[:12]:
            yield f"6.6.3 {name} is not that of the XMP"


def _text(raw: str, tag: str) -> str:
    found = re.search(rf"<{tag}>(.*?)</{tag}>", raw, re.DOTALL)
    plain = re.sub(r"<[^>]*>", "", found[1]) if found else ""
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")


def _active(root: Any, every: list[Any]) -> Iterator[str]:
    if "/OpenAction" in root:
        yield "6.5.1 something happens on opening"
    for one in every:
        words = {*one.keys(), one.get("/Type"), one.get("/S"), one.get("/Subtype")}
        yield from (f"6.5.1 {word}" for word in words & _ACTIVE)
        if isinstance(one, StreamObject) and "/F" in one:
            yield "6.1.7 an external file"


def _looks(every: list[Any]) -> Iterator[str]:
    for one in every:
        filters = one.get("/Filter", ())
        if "/LZWDecode" in (filters if isinstance(filters, ArrayObject) else (filters,)):
            yield "6.1.7 LZW"
        if one.get("/Subtype") == "/Image" and one.get("/Interpolate", False):
            yield "6.2.8 interpolation"
        if str(one.get("/SMask", "/None")) != "/None" or any(float(one.get(name, 1)) < 1 for name in ("/CA", "/ca")):
            yield "6.2.10 transparency, which letters have no use for"


def _fonts(every: list[Any]) -> Iterator[str]:
    whole = [one for one in every if one.get("/Type") == "/Font" and one.get("/Subtype") == "/Type0"]
    if not whole:
        yield "6.2.11 no font"
    for font in whole:
        [inner] = [one.get_object() for one in font["/DescendantFonts"]]
        described = inner["/FontDescriptor"].get_object()
        if not {"/FontFile2", "/FontFile3"} & described.keys():
            yield f"6.2.11.4 {font['/BaseFont']} is not embedded"
        if "/ToUnicode" not in font or b"beginbf" not in font["/ToUnicode"].get_object().get_data():
            yield f"6.2.11.7 {font['/BaseFont']} says no text"
        if "/W" not in inner:
            yield f"6.2.11.5 {font['/BaseFont']} has no widths"
        if inner.get("/Subtype") == "/CIDFontType2" and "/CIDToGIDMap" not in inner:
            yield f"6.2.11.3 {font['/BaseFont']} maps no glyphs"
