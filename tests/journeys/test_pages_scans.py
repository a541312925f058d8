"""A paper that came with a request is opened from the page of the request, through the gate and on record, by whoever may and by nobody else (3.10, 8.2)."""

import re
from base64 import b64encode
from datetime import timedelta

from console_clerk import Clerk
from page_visits import Visits

from sandyq import correspondence, rights
from sandyq.audit import Act, history
from sandyq.clock import micros
from sandyq.correspondence import Channel as Way
from sandyq.correspondence import Incoming, Scan
from sandyq.register import media
from sandyq.rights import Case
from sandyq.rights.from_journal import open_from

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
PDF = b"%PDF-1.7\nmade up\n"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1 made up"


def letter(visits: Visits, text: str) -> Case:
    """A request that came by e-mail with a photograph of a paper."""
    house = visits.house
    now, folder = micros(house.clock.now()), house.settings.media_dir
    scans = tuple(
        Scan(f"paper.{kind}", media.receive(folder, (content,), now)) for kind, content in (("png", PNG), ("pdf", PDF), ("heic", HEIC))
    )
    new = Incoming(channel=Way.MAIL, sender="somebody@sample.example", text=text, identity=text.encode()[:32].ljust(32, b"s"), scans=scans)
    entry = house.do(lambda work: correspondence.receive(work, house.office.gate, new)).entry
    return house.do(lambda work: open_from(work, house.office.rights, correspondence.one(work, entry.id), rights.Kind.ACCESS, text=text))


def test_a_photograph_of_a_paper_opens_from_the_page_of_its_request_for_who_may_and_for_nobody_else(visits: Visits) -> None:
    house = visits.house
    case, other = letter(visits, "Менің тегім өзгерді"), letter(visits, "Менің атым өзгерді")
    page = f"/en/console/case/{case.id}"
    house.clock.advance(timedelta(seconds=61))
    dpo = Clerk(visits)
    assert "paper.png" not in dpo.http.get(page).text, "what it is called is not told before it is opened"
    [seen] = re.findall(r'action="/en/console(/journal/[^"]+/seen)"', dpo.http.get(page).text)
    opened = dpo.send(page, seen).text
    assert "paper.png" in opened
    scan, pdf, heic = dict.fromkeys(re.findall(r'name="scan" value="([^"]+)"', opened))
    assert opened.count('name="show"') == 2, "what no browser shows by itself is a file to keep"
    before = looks(visits)
    given = dpo.send(page, seen.replace("/seen", "/scan"), scan=scan)
    assert (given.status_code, given.headers["content-type"], given.content) == (200, "image/png", PNG)
    assert looks(visits) == before + 1, "a look on record"
    seen_in_page = dpo.send(page, seen.replace("/seen", "/scan"), scan=scan, show="yes")
    assert f'src="data:image/png;base64,{b64encode(PNG).decode()}"' in seen_in_page.text
    policy = seen_in_page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "img-src 'self' data:" in policy
    inline = dpo.send(page, seen.replace("/seen", "/scan"), scan=pdf, show="yes")
    assert (inline.content, inline.headers["content-type"]) == (PDF, "application/pdf")
    assert inline.headers["content-disposition"].startswith("inline")
    assert inline.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in inline.headers["content-security-policy"]
    kept = dpo.send(page, seen.replace("/seen", "/scan"), scan=heic, show="yes")
    assert kept.headers["content-disposition"].startswith("attachment")
    assert looks(visits) == before + 4, "each is a look on record"
    not_its_own = dpo.send(page, f"/journal/{other.entry}/scan", scan=scan)
    assert (not_its_own.status_code, PNG in not_its_own.content) == (404, False)
    clerk = Clerk(visits, "clerk-1")
    turned = clerk.send("/en/console", seen.replace("/seen", "/scan"), scan=scan)
    assert (turned.status_code, PNG in turned.content) == (403, False)
    dpo.http.cookies.delete("sandyq_console")
    nobody = dpo.http.post(f"/en/console{seen.replace('/seen', '/scan')}", data={"scan": scan})
    assert PNG not in nobody.content
    assert nobody.status_code == 403


def looks(visits: Visits) -> int:
    """How often a letter or its scan was read."""
    office = visits.house.office
    while office.sequencer.run_once(office.write):
        pass
    rows = visits.house.look(lambda work: history.latest(work, before=1 << 62, limit=500))
    return sum(row.entry.act == Act.LETTER_READ.value for row in rows)
