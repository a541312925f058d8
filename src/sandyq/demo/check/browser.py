"""An applicant with a browser that knows no script: reads the form's page, fills it in, sends it, types the phone's code."""

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

import httpx

from sandyq.demo.check.stage import expect


class _Page(HTMLParser):
    """The forms of a page with their hidden inputs, and the texts by class."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self.classed: dict[str, str] = {}
        self._form: dict[str, str] | None = None
        self._class = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = self.forms.setdefault(given.get("action", ""), {})
        elif tag == "input" and given.get("type") == "hidden" and self._form is not None:
            self._form[given["name"]] = given.get("value", "")
        self._class = given.get("class", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if self._class and data.strip():
            self.classed.setdefault(self._class, data.strip())


def form_of(page: str, action: str) -> dict[str, str]:
    """The hidden inputs of the form on a page that goes to this address."""
    return _Page(page).forms[action]


@dataclass
class Applicant:
    """One browser with its cookies. What is sent goes where the page's form says."""

    http: httpx.Client
    language: str = "kk"
    _marks: Mapping[str, str] | None = None

    def apply(self, values: Mapping[str, str], boxes: frozenset[str], seen: Mapping[str, str]) -> str:
        """Fill in and send the loan form, agreeing to `boxes` and refusing the others; gives the claim code. `seen` replaces digests."""
        path = f"/{self.language}/apply"
        shown = self.http.get(path)
        expect(shown.status_code == 200 and f'lang="{self.language}"' in shown.text, f"the form was not shown in {self.language}")
        expect("checked" not in shown.text, "a consent is ticked before the person did anything")
        hidden = _Page(shown.text).forms[path]
        cards = [name.removeprefix("seen.") for name in hidden if name.startswith("seen.")]
        sent = {**hidden, **{f"seen.{card}": digest for card, digest in seen.items()}}
        sent |= {f"data.{name}": value for name, value in values.items()}
        sent |= {f"consent.{card}": "yes" if card in boxes else "no" for card in cards}
        answer = self.http.post(path, files=[(name, (None, value.encode())) for name, value in sent.items()], headers=self._headers(path))
        page = _Page(answer.text)
        expect(answer.status_code == 200 and "code" in page.classed, f"the form was not taken in ({answer.status_code})")
        self._marks = page.forms[f"/{self.language}/confirm"]
        return page.classed["code"]

    def confirm(self, code: str) -> bool:
        """Type the code that came to the phone; whether it was taken."""
        path = f"/{self.language}/confirm"
        answer = self.http.post(path, data={**(self._marks or {}), "code": code}, headers=self._headers(path))
        return answer.status_code == 200 and f"/{self.language}/confirm" not in _Page(answer.text).forms

    def _headers(self, path: str) -> dict[str, str]:
        base = str(self.http.base_url).rstrip("/")
        return {"origin": base, "referer": f"{base}{path}"}
