"""A member of staff at the console without a browser: its forms as they are sent over HTTP."""

import re

import httpx
from page_visits import Visits

from sandyq import staff
from sandyq.db.stores import raw

_MARK = re.compile(r'name="form_mark" value="([^"]+)"')


class Clerk:
    """A member at the console, without a browser: the forms as they are sent over HTTP."""

    def __init__(self, visits: Visits, login: str = "dpo-1", password: str = "") -> None:
        house = visits.house
        self.house = house
        self.http = httpx.Client(base_url=visits.base)
        key = house.office.ring.office("staff")
        code = house.look(lambda work: staff.sample_code(work, key, login, sample=True))
        entered = self.send("/en/console", "/enter", login=login, password=password or f"correct horse {login[::-1]}", code=code)
        assert entered.status_code == 303

    def send(self, page: str, action: str, /, **filled: str) -> httpx.Response:
        """Fill in the form of a page and send it once."""
        return self.http.post(f"/en/console{action}", data=self._filled(page, filled))

    def twice(self, page: str, action: str, scan: dict[str, tuple[str, bytes]] | None = None, /, **filled: str) -> str:
        """The same, pressed twice: both presses are answered alike, and the second one leaves not a row and not an entry of the log. Gives where they lead."""
        form = self._filled(page, filled)
        answers, rows = [], []
        for _ in range(2):
            answers.append(self.http.post(f"/en/console{action}", data=form, files=scan))
            rows.append(self.rows())
        assert answers[0].status_code == answers[1].status_code, answers[1].text
        assert answers[0].status_code in (200, 303), answers[0].text
        assert rows[0] == rows[1], f"{action}: the second press did something"
        assert answers[0].headers.get("location") == answers[1].headers.get("location")
        return answers[0].headers.get("location", "")

    def _filled(self, page: str, filled: dict[str, str]) -> dict[str, str]:
        found = _MARK.search(self.http.get(page).text)
        assert found is not None, page
        return {"form_mark": found[1], **filled}

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        kept = {}
        for store in ("durable", "perishable"):
            connection = raw(self.house.settings, store)
            tables = [str(row[0]) for row in connection.tx.all("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
            kept |= {f"{store}.{name}": connection.tx.all(f"SELECT count(*) FROM {name}")[0][0] for name in tables}
            connection.close()
        return kept
