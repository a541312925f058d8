"""The consent texts: the exact words a person agrees to, with the eight items of art. 8(4), and the digest that is kept as proof.

The form shows a text before anyone is known, so that its second item then says "the person who named themselves in this form" and the text,
with its digest, is the same for everybody. Given a name (a letter, a receipt), the name stands there, and the digest is of that text: such
a digest belongs into sealed evidence, not into a column in clear.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandyq.errors import Misuse, NotFound
from sandyq.policy.facts import Edition
from sandyq.policy.shape import ITEMS


@dataclass(frozen=True, slots=True)
class TextContext:
    """What a text is filled with. Names of recipient and country are given in the text's language; `channel` is an id of `channels`;
    `fields` replaces the list of data (a recipient's agreed fields). An empty `subject` is the person in front of the form."""

    subject: str = ""
    recipient: str = ""
    country: str = ""
    channel: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One of the eight items, for a page that sets them out."""

    id: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class RenderedText:
    """The text as shown. `sha256` is hex over its UTF-8 bytes; `fields` the list of data agreed to, art. 8(4)(7)."""

    text_id: str
    version: str
    language: str
    text: str
    sha256: str
    kind: str
    purpose: str
    title: str
    asks: str
    items: tuple[Item, ...]
    fields: tuple[str, ...] = field(default=())


def render(edition: Edition, text_id: str, language: str, context: TextContext | None = None) -> RenderedText:
    """The exact text of a consent in one language (`kk`, `ru`, `en`).

    Raises NotFound for a text, language or field that the policy lacks, and Misuse when the text needs a recipient, country or channel that
    the context does not give.
    """
    context = context or TextContext()
    row = edition.data.get("texts", {}).get(text_id)
    if row is None or language not in {"kk", "ru", "en"}:
        raise NotFound("consent_text_unknown", text=text_id, language=language)
    missing = [need for need in row.get("needs", ()) if not getattr(context, need)]
    if missing:
        raise Misuse("consent_text_context", text=text_id, missing=", ".join(missing))
    holes = _holes(edition, context, language)
    fields = context.fields or _fields(edition, row, context.channel)
    title = row["title"][language].format_map(holes)
    asks = row["asks"][language].format_map(holes)
    items = tuple(_items(edition, row, language, holes, fields))
    heading = edition.data["frame"]["heading"][language].format_map({**holes, "title": title})
    text = "\n".join([heading, asks, *(f"{n}. {item.label}: {item.value}" for n, item in enumerate(items, 1))]) + "\n"
    digest = hashlib.sha256(text.encode()).hexdigest()
    return RenderedText(text_id, row["version"], language, text, digest, row["kind"], row["purpose"], title, asks, items, tuple(fields))


def _holes(edition: Edition, context: TextContext, language: str) -> dict[str, str]:
    channel = edition.data.get("channels", {}).get(context.channel)
    if context.channel and channel is None:
        raise NotFound("channel_unknown", channel=context.channel)
    return {
        "operator": edition.words("operator", "name", language=language),
        "bin": edition.words("operator", "bin", language=language),
        "address": edition.words("operator", "address", language=language),
        "mailbox": edition.words("contact", "email", language=language),
        "subject": context.subject or edition.data["frame"]["unnamed_subject"][language],
        "recipient": context.recipient,
        "country": context.country,
        "channel": channel[language] if channel else "",
    }


def _fields(edition: Edition, row: Mapping[str, Any], channel: str) -> tuple[str, ...]:
    """The list of data: the text's own, or what its channel needs, or the form's for the form's purpose, or the purpose's."""
    if row.get("fields"):
        return tuple(row["fields"])
    if "channel" in row.get("needs", ()):
        return tuple(edition.data["channels"][channel]["fields"])
    form = edition.form
    if row["purpose"] == form.purpose:
        return (*form.required, *form.optional)
    return tuple(edition.data["purposes"][row["purpose"]]["fields"])


def _items(edition: Edition, row: Mapping[str, Any], language: str, holes: Mapping[str, str], fields: Iterable[str]) -> list[Item]:
    frame = edition.data["frame"]

    def said(key: str) -> str:
        return str(row.get(key, frame["no_transfer"])[language])

    values = {
        "operator": frame["operator"][language],
        "subject": "{subject}",
        "term": row["term"][language],
        "third_parties": said("third_parties"),
        "cross_border": said("cross_border"),
        "public_sources": said("public_sources"),
        "data": ", ".join(edition.label(name, language) for name in fields).replace("{", "{{").replace("}", "}}"),
        "other": " ".join(words[language] for words in (frame["withdrawal"], row.get("also")) if words),
    }
    return [Item(key, frame["items"][key][language], values[key].format_map(holes)) for key in ITEMS]
