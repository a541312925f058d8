"""Reading the sample's inbox as a person would: the newest message to a number that ends so."""

import re
from html.parser import HTMLParser

_CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.parts.append(data.strip())


def code_on(page: str, tail: str) -> str:
    """The first code of six digits on the page that stands in the same or the next piece of text after the number's tail; empty when none does."""
    text = _Text()
    text.feed(page)
    for place, part in enumerate(text.parts):
        if part.endswith(tail) or f"{tail}" in part:
            for near in text.parts[place : place + 4]:
                found = _CODE.search(near.replace(tail, ""))
                if found:
                    return found[1]
    return ""
