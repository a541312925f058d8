"""A served office that people write to by e-mail: real mail servers, a real partner that acknowledges, the pages in a browser, one desk at work over the API."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import uvicorn
from page_visits import PHONE
from playwright.sync_api import Browser, Locator, Page

from api_caller import STAFF_POWERS, WIDE, Caller
from mail_office import Mailed, mailed
from mail_servers import Dovecot, letter
from office import START, Applicant, House, sample
from sandyq import api, identity, parties, rights, staff
from sandyq.app import plans
from sandyq.app import start as starting
from sandyq.app.carry import Post
from sandyq.clock import MovedClock
from sandyq.correspondence import Direction, Entry
from sandyq.db import Actor
from sandyq.demo.acknowledge import Acknowledger
from sandyq.demo.children import free_port
from sandyq.demo.partner import Partner
from sandyq.demo.receiver import Receiver
from sandyq.http.limits import Buckets, Rate
from sandyq.law.vocabulary import ActorKind
from sandyq.post import mime
from sandyq.rights import Case, Kind
from sandyq.settings import Settings
from sandyq.web.app import create

_FREE = Rate(10_000, 600_000)
_CODE = re.compile(r"\b(\d{6})\b")


@dataclass
class Writer:
    """A person whose data the office has, and the address that they write from, which the office does not know."""

    someone: Applicant
    address: str
    language: str
    mails: list[str] = field(default_factory=list)  # Message-IDs of what they got, the newest last

    @property
    def subject(self) -> str:
        return self.someone.subject


class World:
    """The office at work."""

    def __init__(self, mail: Mailed, base: str, bank: str, receiver: Receiver, page: Page) -> None:
        self.mail, self.house, self.base, self.bank, self.receiver, self.page = mail, mail.house, base, bank, receiver, page
        self.dpo, self.dpo2 = (self._caller(who) for who in (mail.house.dpo, mail.house.dpo2))
        self._count = 0
        self._people: list[Writer] = []

    def _caller(self, who: Actor) -> Caller:
        ends = self.house.clock.now().replace(year=2027)
        powers = frozenset(STAFF_POWERS["dpo"])
        issued = self.house.do(lambda work: staff.issue_token(work, ActorKind.STAFF, who.id, powers, ends))
        return Caller(self.base, issued.secret)

    # --- who writes ----------------------------------------------------------------------------------------------------------------------

    def writer(self, language: str, *, agreed: bool = True) -> Writer:
        """Somebody whose form came in, and whose lead the bank holds and has acknowledged."""
        someone = self.house.applicant(to=[self.bank] if agreed else [])
        self._count += 1
        made = Writer(someone, f"writer{self._count}@post.example", language)
        self._people.append(made)
        self.carry()
        return made

    def write(self, who: Writer | str, title: str, text: str, *, files: tuple[tuple[str, str, bytes], ...] = (), **headers: str) -> Entry:
        """They send a mail, and the office looks into its mailbox, which is empty afterwards; gives the entry of the journal."""
        address = who if isinstance(who, str) else who.address
        self._count += 1
        headers.setdefault("message_id", f"<{self._count}.{address}>")
        [entry] = self.take(letter(address, title, text, attachments=files, **headers), address)
        return entry

    def take(self, made: EmailMessage | bytes, address: str) -> list[Entry]:
        """A mail comes over SMTP and is taken in; gives what it added to the journal."""
        self.house.clock.advance(timedelta(seconds=1))  # what is told of two acts by their time is told rightly
        before = {entry.id for entry in self.mail.journal()}
        self.mail.write(made, address)
        looked = self.mail.look()
        assert (looked.taken, looked.left) == (1, 0)
        assert self.mail.dovecot.count() == 0
        self.carry()
        return [one for one in self.mail.journal() if one.direction is Direction.IN and one.id not in before]

    def got(self, who: Writer | str) -> list[mime.Message]:
        """What they got by mail, oldest first."""
        return self.mail.answers(who if isinstance(who, str) else who.address)

    # --- what runs by itself ---------------------------------------------------------------------------------------------------------------

    def carry(self) -> None:
        """What waits to leave leaves; the bank acknowledges."""
        post = Post(self.house.office.stores, self.house.office.carriers)
        post.run()
        post.close()

    def settle(self) -> None:
        """Destructions end, recipients acknowledge, cases that wait for that go on."""
        office = self.house.office
        while plans.drive(office):
            pass
        self.carry()
        self.acknowledged()
        while office.sequencer.run_once(office.write):
            pass
        office.publisher.publish(office.stores)
        for _ in range(3):
            ripe, _ = self.house.look(lambda work: rights.ripe(work, office.rights))
            for case in ripe:
                self.house.do(lambda work, c=case: rights.progress(work, office.rights, c))
        self.carry()

    def acknowledged(self) -> None:
        """Wait until the bank has confirmed all that it was sent, each with its own signature."""
        pause = threading.Event()
        for _ in range(200):
            open_ = [
                row
                for who in self._people
                for row in self.dpo.get(f"/subjects/{who.subject}/transfers").json().get("transfers", [])
                if row["recipient"] == self.bank and row["state"] == "sent"
            ]
            if not open_:
                return
            pause.wait(0.05)
        raise AssertionError(open_)

    # --- the desk --------------------------------------------------------------------------------------------------------------------------

    def case(self, id_: str) -> Case:
        return self.house.look(lambda work: rights.case(work, id_))

    def desk(self, case: str | Case, what: str, body: Any = None, by: Caller | None = None) -> Any:
        """One act of the desk on a case, over the API."""
        id_ = case if isinstance(case, str) else case.id
        answer = (by or self.dpo).post(f"/requests/{id_}/{what}", {} if body is None else body)
        assert answer.status_code == 200, (what, answer.text)
        return answer.json()

    def refused(self, case: Case, what: str, body: Any = None, by: Caller | None = None) -> tuple[int, str]:
        answer = (by or self.dpo).post(f"/requests/{case.id}/{what}", {} if body is None else body)
        return answer.status_code, answer.json()["code"]

    def is_a(self, case: str | Case, kind: Kind, *wants: tuple[str, str, str]) -> Case:
        """A member read the letter and says which request it is, and what is asked of each."""
        named = [{"what": what, "id": id_, "value": value} for what, id_, value in wants]
        return self.case(self.desk(case, "kind", {"kind": kind.value, "wants": named})["id"])

    def decide(self, case: Case, do: str = "grant", by: Caller | None = None, **more: str) -> Case:
        """One decision on every open part; where it takes two, the second member confirms."""
        given = [{"no": part.no, "do": do, **more} for part in self.case(case.id).open_parts]
        done = self.desk(case, "decide", {"decisions": given}, by)
        if done["state"] == "second_person":
            assert self.refused(case, "confirm", {"confirm": True}, by)[0] == 403  # whoever decided does not confirm
            self.desk(case, "confirm", {"confirm": True}, self.dpo2)
        return self.case(case.id)

    def answer(self, case: Case, *addressee: str) -> Case:
        """The letter is issued, once everything that was granted is done."""
        self.settle()
        self.desk(case, "answer", {"addressee": list(addressee)})
        self.settle()
        return self.case(case.id)

    def paper(self, subject: str, kind: str, number: str) -> str:
        """A paper is put on file."""
        answer = self.dpo.post("/documents", {"subject": subject, "kind": kind, "number": number})
        assert answer.status_code in (200, 201), answer.text
        return str(answer.json()["document"])

    def transfers(self, who: Writer, kind: str) -> list[dict[str, Any]]:
        rows = self.dpo.get(f"/subjects/{who.subject}/transfers").json()["transfers"]
        return [row for row in rows if row["kind"] == kind]

    def duties(self, case: Case) -> dict[str, date]:
        """Each duty of a case and its last day."""
        return {clock.duty: clock.due for clock in self.case(case.id).clocks}

    # --- what no mail may hold -----------------------------------------------------------------------------------------------------------------

    def leaks(self) -> list[tuple[str, str]]:
        """Personal values of anybody in mails that the office sent: head, title and text, in clear or encoded."""
        secrets = {value for who in self._people for value in who.someone.secrets if len(value) > 2}
        found = []
        for to, raw in self.mail.post.got:
            read = mime.read(raw)
            head, _, _ = raw.partition(b"\r\n\r\n")
            said = f"{read.subject}\n{read.text}\n{head.decode(errors='replace').replace(to, '')}"
            found += [(read.subject, secret) for secret in secrets if secret in said]
            assert read.attachments == ()
        return found


class Pages:
    """A person at the office's pages, in a browser without scripts on a phone. One browser serves everybody in turn: whoever comes next finds it as new."""

    def __init__(self, world: World, who: Writer) -> None:
        self.world, self.who, self.page = world, who, world.page
        self.page.context.clear_cookies()
        self.page.set_extra_http_headers({"accept-language": who.language})

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def at(self, path: str) -> str:
        return f"/{self.who.language}{path}"

    def go(self, path: str) -> None:
        self.page.goto(f"{self.world.base}{path}")

    def press(self, action: str, **fields: str) -> int:
        """Fill the form that goes to an address and press its button; gives the status of the page that answers."""
        form = self.page.locator(f"form[action='{action}']").first
        for name, value in fields.items():
            form.locator(f"[name={name}]").fill(value)
        with self.page.expect_navigation() as answered:
            form.locator("button[type=submit]").first.click()
        return answered.value.status if answered.value else 0

    def is_at(self, path: str) -> None:
        assert self.page.url == f"{self.world.base}{self.at(path)}", self.text

    def sign_in(self) -> None:
        """By IIN and phone; the code comes to the phone."""
        person = self.who.someone.person
        self.go(self.at("/me"))
        self.press(self.at("/me/open"), iin=person.iin, contact=person.phone)
        self.world.carry()
        text = self.world.house.office.sms.latest(person.phone[-4:])[0].text
        self.press(self.at("/me/enter"), code=_CODE.findall(text)[0])
        self.is_at("/me")

    def step_up(self) -> None:
        """A second factor: the address that the register has and the desk has checked; the code comes there by mail."""
        house, person, subject = self.world.house, self.who.someone.person, self.who.subject
        house.do(lambda work: identity.verified(work, house.office.gate, subject, "email", person.email, origin="desk"))
        before = len(self.world.got(person.email))
        self.go(self.at("/me/step"))
        with self.page.expect_navigation():
            self.page.locator("form:has([name=kind][value=email]) button").click()
        self.world.carry()
        mails = self.world.got(person.email)[before:]
        self.press(self.at("/me/step/enter"), code=next(found[0] for mail in mails if (found := _CODE.findall(mail.text))))
        self.is_at("/me")

    def follow(self, mailed: mime.Message) -> None:
        """Open the link of a mail and go on to the sign-in."""
        secret = mailed.text.split("/prove/")[1].split()[0]
        self.go(f"/prove/{secret}")
        self.is_at(f"/prove/{secret}")
        self.press(self.at(f"/prove/{secret}"))
        self.is_at("/me")
        self.sign_in()

    def prove(self, mailed: mime.Message, *, two: bool = False) -> Case:
        """Follow the link, and say that it was they who wrote."""
        self.follow(mailed)
        if two:
            self.step_up()
        assert self.press(self.at("/me/prove")) == 200, self.text
        found = re.fullmatch(rf"{self.world.base}/{self.who.language}/me/requests/(\w+)", self.page.url)
        assert found, self.text
        return self.world.case(found[1])

    def letters(self, case: Case) -> list[str]:
        """The text of each letter of a case, fetched as PDF, oldest first."""
        self.go(self.at("/me"))
        if self.page.locator("#iin").count():
            self.sign_in()
        self.go(self.at(f"/me/requests/{case.id}"))
        if self.page.locator("#letters").count() and not self.page.locator("a[href*='/me/letters/'][download]").count():
            self.step_up()
            self.go(self.at(f"/me/requests/{case.id}"))
        return [pdf_text(self.file(link)) for link in reversed(self.page.locator("a[href*='/me/letters/']:not([download])").all())]

    def file(self, link: Locator) -> bytes:
        """What a link gives to keep."""
        with self.page.expect_download() as loaded:
            link.click()
        return loaded.value.path().read_bytes()


def pdf_text(content: bytes) -> str:
    """What a PDF says, on one line."""
    assert content.startswith(b"%PDF"), content[:2000]
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages).split())


@contextmanager
def written_to(folder: Path, dovecot: Dovecot, browser: Browser) -> Iterator[World]:
    """The office of the sample policy on SQLite, founded once, with a bank that acknowledges, and one browser for everybody who writes."""
    port = free_port()
    settings = Settings(folder / "office", sample=True, host="127.0.0.1", port=port)
    settings.folder.mkdir()
    house = House(settings, MovedClock(START), *sample())
    starting.start(house.office)
    dovecot.empty()
    with mailed(house, dovecot) as mail:
        app = create(house.office, reads=Buckets(_FREE), writes=Buckets(_FREE))
        app.api = api.create(house.office, WIDE)  # type: ignore[attr-defined]
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        pause = threading.Event()
        while not server.started and thread.is_alive():
            pause.wait(0.02)
        base = f"http://127.0.0.1:{port}"
        bank, receiver = _bank(house, base)
        visitor = browser.new_context(viewport=PHONE, java_script_enabled=False, accept_downloads=True)  # type: ignore[arg-type]
        try:
            yield World(mail, base, bank, receiver, visitor.new_page())
        finally:
            visitor.close()
            receiver.stop()
            server.should_exit = True
            thread.join(10)
    house.close()


def _bank(house: House, base: str) -> tuple[str, Receiver]:
    """A bank with a receiver of its own, that checks every message and acknowledges over the API with its own signature."""
    key = house.office.ring.office("parties")
    bank = house.partner("Bank C")
    secrets = house.look(lambda work: parties.secrets(work, key, bank))
    receiver = Receiver(Partner("Bank C", secrets.webhook[0]), Acknowledger(base, bank, secrets.ack_secret, pauses=(0.05,) * 100))
    receiver.start()
    house.do(lambda work: parties.change_recipient(work, key, bank, parties.Change(endpoint=f"{receiver.url}/messages")))
    return bank, receiver
