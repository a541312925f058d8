"""Canaries through the real form of the site: typed, uploaded under a name that is a path, shown in the console; nothing in clear, nothing as code."""

import logging
import re

import pytest
from canary import Scanner
from litestar.testing import TestClient
from test_canaries import DOCUMENT, PUBLISHED, VALUES, dump, files

from office import House
from sandyq.app.start import start
from sandyq.http.limits import Buckets, Rate
from sandyq.register import media
from sandyq.web.app import create

NAME = "../../../canary-passport-48120099<script>.pdf"
HTML = "<script>alert('Канарейка-4711')</script>"
TYPED = {**VALUES, "birth_date": "01.01.1990", "workplace": HTML}
PLANTED = [
    *(value for name, value in VALUES.items() if name not in PUBLISHED | {"workplace"}),
    HTML,
    "canary-passport-48120099",
    b"PASSPORT OF A CANARY",
]


@pytest.fixture
def client(office: House):
    start(office.office)
    app = create(office.office, reads=Buckets(Rate(1000, 1000)), writes=Buckets(Rate(1000, 1000)))
    with TestClient(app, base_url="http://testserver.local") as client:
        yield client


def send(client, **changed):
    page = client.get("/ru/apply").text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    fields = {**hidden, **{f"data.{name}": value for name, value in TYPED.items()}, "consent.collection": "yes", "consent.service": "yes"}
    return client.post(
        "/ru/apply", data={**fields, **changed}, files={"file.document_copy": (NAME, DOCUMENT, "application/pdf\r\nX-Injected: 1")}
    )


def test_what_came_by_the_form_is_nowhere_in_clear(office: House, client, capfd, caplog):
    caplog.set_level(logging.DEBUG)
    assert send(client, **{"data.iin": "900101399205"}).status_code == 400
    answer = send(client)
    assert answer.status_code == 200, re.findall(r'class="error[^>]*>([^<]+)', answer.text)
    assert "X-Injected" not in answer.headers
    [(size,)] = office.look(lambda work: work.durable.all("SELECT size FROM media"))
    assert size == len(DOCUMENT)
    assert [path for path in media.stored(office.settings.media_dir) if not re.fullmatch("[0-9a-hjkmnp-tv-z]{26}", path)] == []
    scanner, out = Scanner(PLANTED), capfd.readouterr()
    places = {str(path): path.read_bytes() for path in files(office.settings.folder)}
    for store in ("durable", "perishable"):
        places.update(office.look(lambda work, store=store: dump(getattr(work, store))))
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith(("sandyq", "litestar")))
    places["said"] = (out.out + out.err + ours).encode()
    assert {place: hits for place, data in places.items() if (hits := scanner.find(data))} == {}


def test_a_script_that_was_typed_is_shown_as_text(client):
    answer = send(client, **{"data.iin": "900101399205"})
    assert HTML not in answer.text
    assert "&lt;script&gt;" in answer.text
