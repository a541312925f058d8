"""Each of the eleven kinds of requests at the desk, in a real browser without scripts: entered, identified, decided, carried out, answered, posted, closed.

One office and one browser serve the whole file; two members of staff stay signed in, each in a window of their own.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pypdf
import pytest
from page_visits import DESK, NEEDS_BROWSER, PHONE, Visits, at_work, press
from playwright.sync_api import Browser, Page

from office import CHEAP, Applicant, sample
from personnel_world import values
from rights_world import RightsDesk
from sandyq import correspondence, speech, staff
from sandyq.audit import Act
from sandyq.correspondence import Channel as Way
from sandyq.correspondence import Incoming
from sandyq.rights import Case, Kind, PartState, State
from sandyq.rights.from_journal import open_from
from sandyq.sample.people import Person

pytestmark = NEEDS_BROWSER
SIDES = {speech.say("en", "access.section.side.client"), speech.say("en", "access.section.side.staff")}
VERIFIER = Path(__file__).parents[2] / "verifier" / "sandyq_verify.py"
ADDRESS = "made up\nSample Street 1\nAlmaty"


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visits]:
    with at_work(tmp_path_factory.mktemp("desk"), *sample()) as made:
        key = made.house.office.ring.office("staff")
        new = staff.NewMember("hr-1", "hr", "correct horse 1-rh", undertaking_on=date(2026, 1, 1))
        made.house.do(lambda work: staff.add(work, key, new, cost=CHEAP))
        yield made


@pytest.fixture(scope="module")
def clerk(visits: Visits, browser: Browser) -> Iterator["Clerk"]:
    with visits.visitor(browser, DESK) as page, visits.visitor(browser, PHONE) as other:
        visits.sign_in(page, "dpo-1")
        visits.sign_in(other, "dpo-2")
        yield Clerk(visits, page, other)


class Clerk:
    """What a clerk does with one request; `second` is the page of the other member."""

    def __init__(self, visits: Visits, page: Page, second: Page) -> None:
        self.visits, self.page, self.second = visits, page, second
        self.desk = RightsDesk(visits.house)

    @property
    def case(self) -> Case:
        """The case whose page is open, as it stands."""
        return self.desk.now(self.page.url.rpartition("/")[2])

    def enter(self, kind: Kind, channel: str = "paper", *, want: str = "", value: str = "", about: str = "", **typed: str) -> Case:
        """Enter a request; the page of the case follows."""
        page = self.page
        self.visits.go(page, f"/en/console/cases/new?kind={kind.value}&about={about}")
        page.select_option("#channel", channel)
        page.fill("#text", f"made up: {kind.value}")
        if want:
            page.select_option("#want1", want)
        if value:
            page.fill("#value1", value)
        for name, said in typed.items():
            page.fill(f"#{name}", said)
        self.send("/cases/new")
        return self.case

    def identify(self, someone: Applicant, *, named: bool = False) -> Case:
        """They showed an identity card: the IIN on it finds them."""
        page = self.page
        page.select_option("#document_kind", "identity_card")
        page.fill("#iin", someone.person.iin)
        if named:
            page.fill("#about", someone.subject)
        self.send("/identify")
        assert self.case.about == someone.subject
        return self.case

    def decide(self, choice: str, *, document: str = "", only: int | None = None) -> Case:
        """The same answer on every open part, or on one."""
        for part in self.case.open_parts:
            if only in (None, part.no):
                self.page.select_option(f"select[name=part{part.no}]", choice)
                if document:
                    self.page.fill(f"#part{part.no}-document", document)
        if only is None:
            self.send("/decide")
        return self.case

    def confirm(self) -> Case:
        """The second member confirms on a phone; who decided is offered no button."""
        assert self.case.state is State.SECOND_PERSON
        assert self.page.locator("input[name=deed][value=confirm]").count() == 0
        self.visits.go(self.second, f"/en/console/case/{self.case.id}")
        press(self.second, "form:has(input[name=deed][value=confirm]) button")
        self.again()
        return self.case

    def answer(self) -> Case:
        """Issue the answer on paper, read it, enter its waybill and its delivery; the due work closes the case."""
        page = self.page
        page.fill("#to-answer", ADDRESS)
        self.deed("answer")
        printed = self.letter()
        assert self.case.number in printed
        assert "made up" in printed
        for what in ("posted", "delivered"):
            letter = page.locator("ul.entries li").last
            letter.locator("summary").click()
            letter.locator("select[name=what]").select_option(what)
            letter.locator("[id^=note-]").fill(f"waybill 77 of {what}")
            with page.expect_navigation():
                letter.locator("form[action$='/delivery'] button").click()
        assert "delivered" in page.locator("ul.entries li").last.inner_text().lower()
        self.visits.settle()
        self.again()
        return self.case

    def letter(self) -> str:
        """The last letter of the case, as PDF, in words."""
        with self.page.expect_download() as got:
            self.page.locator("ul.entries form.inline-form:not([action$='/seen']) button").last.click()
        return " ".join(page.extract_text() for page in pypdf.PdfReader(Path(got.value.path())).pages)

    def deed(self, word: str) -> None:
        press(self.page, f"form:has(input[name=deed][value={word}]) button")

    def send(self, ending: str) -> None:
        press(self.page, f"form[action$='{ending}'] button[type=submit] >> nth=0")
        assert self.page.locator(".errors li").all_inner_texts() == []

    def again(self) -> None:
        self.visits.go(self.page, f"/en/console/case/{self.case.id}")


def closed(case: Case, outcome: str) -> None:
    assert (case.state, case.outcome) == (State.CLOSED, outcome), (case.state, case.outcome, case.parts)


def test_access_on_paper(clerk: Clerk) -> None:
    someone = clerk.visits.house.applicant(to=(clerk.visits.house.bank_a,))
    assert clerk.enter(Kind.ACCESS).state is State.IDENTIFYING
    clerk.identify(someone)
    assert "The law permits it" in clerk.page.inner_text(".law")
    clerk.decide("grant:")
    closed(clerk.answer(), "granted")


def test_rectification_by_telephone_waits_for_a_document_that_proves(clerk: Clerk) -> None:
    page, someone = clerk.page, clerk.visits.house.applicant()
    clerk.enter(Kind.RECTIFY, "phone", want="field:surname", value="Жаңабекова")
    clerk.identify(someone)
    assert "ask for documents" in page.inner_text("#next")  # the law wants papers first, so the page does
    assert page.is_checked("#wanted-proof_of_value")
    clerk.deed("want_documents")
    assert clerk.case.state is State.WANTING_DOCUMENTS
    page.fill("#paper-given", "certificate of marriage 12")
    assert page.input_value("#paper-kind") == "proof"
    clerk.deed("add_paper")
    clerk.decide("grant:")
    closed(clerk.answer(), "granted")


def test_a_block_takes_effect_as_soon_as_it_is_known_who_asks_and_two_people_end_it(clerk: Clerk) -> None:
    someone = clerk.visits.house.applicant()
    clerk.enter(Kind.BLOCK, "phone", want="all:")
    assert clerk.identify(someone).outcome == "granted"
    clerk.answer()
    clerk.enter(Kind.UNBLOCK, "desk")
    clerk.identify(someone)
    clerk.decide("grant:violation_not_confirmed")
    clerk.confirm()
    closed(clerk.answer(), "granted")


def test_a_destruction_is_granted_for_one_category_and_refused_for_another_with_limb_and_article(clerk: Clerk) -> None:
    someone = clerk.visits.house.applicant()
    page = clerk.page
    clerk.visits.go(page, f"/en/console/cases/new?kind=destroy&about={someone.subject}")
    options = page.locator("#want1 option").evaluate_all("all => all.map(o => o.value).filter(v => v.startsWith('item:'))")
    assert len(options) >= 2
    page.select_option("#channel", "paper")
    for n, option in enumerate(options[:2], 1):
        page.select_option(f"#want{n}", option)
    clerk.send("/cases/new")
    first, second = (part.no for part in clerk.identify(someone).open_parts)
    clerk.decide("grant:demanded", only=first)
    clerk.decide("refuse:others_rights", only=second)
    clerk.send("/decide")
    clerk.visits.settle()
    clerk.again()
    refused = next(part for part in clerk.case.parts if part.no == second)
    assert (refused.state, refused.clause) == (PartState.REFUSED, "4.1.4")
    assert "41(4)" in page.inner_text("section:has(#parts)")
    closed(clerk.answer(), "partly")


def test_a_withdrawal_of_everything_is_decided_consent_by_consent(clerk: Clerk) -> None:
    someone = clerk.visits.house.applicant()
    clerk.enter(Kind.WITHDRAW, "paper", want="all:")
    assert len(clerk.identify(someone).open_parts) >= 2
    clerk.decide("grant:")
    assert not clerk.case.open_parts
    closed(clerk.answer(), clerk.case.outcome)


def test_a_no_to_publication_takes_effect_at_once(clerk: Clerk) -> None:
    someone = clerk.visits.house.applicant()
    clerk.enter(Kind.PUBLIC_SOURCES, "phone", want="publication:no")
    assert clerk.identify(someone).outcome == "granted"
    closed(clerk.answer(), "granted")


def test_a_complaint_goes_through_its_stages_and_is_refused_with_its_limb(clerk: Clerk) -> None:
    page, someone = clerk.page, clerk.visits.house.applicant()
    clerk.enter(Kind.COMPLAINT, "paper", want="claim:moral", value="100000")
    clerk.identify(someone)
    for stage in ("examined", "closed"):
        page.select_option("#stage", stage)
        page.fill("#stage-document", f"minutes of {stage}")
        clerk.send("/stage")
    clerk.decide("refuse:unsubstantiated")
    assert clerk.case.parts[0].article == "94-V art. 24(1)(7), 29"
    closed(clerk.answer(), "refused")
    evidence_for_the_court(clerk, someone)


def evidence_for_the_court(clerk: Clerk, someone: Applicant) -> None:
    """One asks, naming the court's paper; the other gets the ZIP, and the verifier of outsiders says that it holds."""
    page, second, visits = clerk.page, clerk.second, clerk.visits
    page.locator("summary", has_text="Ask for the evidence").click()
    page.fill("#evidence-paper", "ruling 5 of the court")
    clerk.deed("ask_evidence")
    assert page.locator("form[action$='/evidence']").count() == 0
    visits.settle()
    visits.go(second, f"/en/console/case/{clerk.case.id}")
    with second.expect_download() as got:
        second.click("form[action$='/evidence'] button")
    path = Path(got.value.path())
    key = str(visits.house.office.publisher.key)
    checked = subprocess.run([sys.executable, VERIFIER, "evidence", path, "--key", key], capture_output=True, text=True, check=False)
    assert (checked.returncode, clerk.case.number in checked.stdout) == (0, True), checked.stdout
    assert someone.person.iin.encode() not in path.read_bytes()


def test_an_objection_is_reviewed_by_a_person_and_the_decision_stands(clerk: Clerk) -> None:
    someone = clerk.visits.house.applicant(to=(clerk.visits.house.bank_a,))
    clerk.visits.settle()
    clerk.enter(Kind.AUTOMATED_OBJECTION, "paper")
    assert clerk.identify(someone).open_parts
    clerk.decide("refuse:review_confirmed")
    closed(clerk.answer(), "refused")


def test_an_order_of_an_authority_names_the_person_and_a_disclosure_takes_two(clerk: Clerk) -> None:
    someone = clerk.visits.house.applicant()
    case = clerk.enter(
        Kind.AUTHORITY_ORDER,
        "authority",
        want="order:disclose",
        document="demand 7 of the court",
        iin=someone.person.iin,
        ordered_due="2026-08-20",
    )
    assert (case.about, case.state) == (someone.subject, State.OPEN)
    clerk.decide("grant:")
    clerk.confirm()
    closed(clerk.answer(), "granted")


def test_a_form_in_somebody_elses_name_is_rejected_by_two(clerk: Clerk) -> None:
    house = clerk.visits.house
    someone = house.applicant()
    house.submit(replace(house.person(), iin=someone.person.iin, born=someone.person.born))
    clerk.enter(Kind.NOT_ME, "desk")
    clerk.identify(someone, named=True)
    clerk.decide("grant:reject")
    clerk.confirm()
    clerk.visits.settle()
    clerk.again()
    closed(clerk.answer(), "granted")


@pytest.fixture(scope="module")
def department(visits: Visits, browser: Browser) -> Iterator[Page]:
    """The page of the personnel department's member, on a phone."""
    with visits.visitor(browser, PHONE) as page:
        visits.sign_in(page, "hr-1")
        yield page


def test_client_and_employee_with_one_iin_do_not_meet_but_in_the_persons_own_answer(
    clerk: Clerk, department: Page, browser: Browser
) -> None:
    visits, house, page = clerk.visits, clerk.visits.house, department
    client = house.applicant(to=(house.bank_a,))
    visits.go(page, "/en/console")
    assert page.url.endswith("/console/personnel")  # who finds no clients is led to their own people
    find_there(page, client.person.iin)
    assert "Nobody" in page.inner_text("main")
    worker = taken_on(visits, page, client.person)
    visits.go(page, f"/en/console/personnel/{client.subject}")
    page.check("[name=purpose][value=labour]")
    press(page)
    assert page.locator(".errors li").count() == 1
    visits.go(page, f"/en/console/person/{client.subject}")
    assert page.locator("[name=purpose]").count() == 0  # no purpose of theirs is one for clients
    with visits.visitor(browser, DESK) as other:
        visits.sign_in(other, "clerk-1")
        visits.find(other, client.person)
        assert other.locator("tbody tr").count() == 1
        assert worker not in other.content()
        visits.go(other, "/en/console/personnel")
        assert other.locator("#purpose").count() == 0
    denied = [entry for entry in clerk.desk.log() if entry.act == Act.ACCESS_DENIED]
    assert any(entry.purpose == "personnel" for entry in denied)
    both_sides(clerk, client)


def both_sides(clerk: Clerk, client: Applicant) -> None:
    """The person asks; the answer covers both sides of the wall, on the page and in each file, and each is on record."""
    clerk.enter(Kind.ACCESS, "desk")
    heads = whole(clerk, clerk.identify(client))
    assert len([head for head in heads if head in SIDES]) == 2
    told = clerk.page.inner_text("main")
    assert client.person.iin in told
    assert "contract 12" in told
    for form, begins in (("pdf", b"%PDF"), ("json", b"{"), ("zip", b"PK")):
        with clerk.page.expect_download() as got:
            clerk.page.click(f"button[name=form][value={form}]")
        assert Path(got.value.path()).read_bytes().startswith(begins)
    given = [entry for entry in clerk.desk.log() if entry.act == Act.EXPORTED and entry.body_digest]
    assert len(given) >= 4  # one for the page, one for each file


def test_somebody_taken_on_is_opened_for_a_purpose_and_their_end_starts_the_terms(clerk: Clerk, department: Page) -> None:
    visits, page = clerk.visits, department
    taken_on(visits, page, visits.house.person())
    page.check("[name=purpose][value=labour]")
    press(page)
    assert "Employee" in page.inner_text("h1")
    page.fill("#on", "2026-08-03")
    press(page, "form[action$='/end'] button")
    page.check("[name=purpose][value=labour]")
    press(page)
    assert "over" in page.inner_text("h1")


def find_there(page: Page, iin: str) -> None:
    page.select_option("#purpose", "labour")
    page.fill("#value", iin)
    press(page)


def taken_on(visits: Visits, page: Page, person: Person) -> str:
    """Take a person on through the form, at first with a fault; gives their id behind the wall."""
    visits.go(page, "/en/console/personnel/new")
    page.select_option("#role", "employee")
    page.fill("#started", "2026-03-02")
    page.check("#identity_seen")
    for purpose, citation in (("labour", "Labour Code art. 28"), ("pay-and-tax", "Tax Code 2026 art. 206(3)")):
        page.select_option(f"#ground-{purpose}", "9(2-1)" if purpose == "labour" else "9(10)")
        page.fill(f"#citation-{purpose}", citation)
    for name, value in values(person, salary_monthly="450000").items():
        field = page.locator(f"#data-{name}")
        field.select_option(value) if field.evaluate("e => e.tagName") == "SELECT" else field.fill(value)
    press(page)
    assert page.locator(".errors li").count() == 1  # the number of the contract is wanted
    assert page.input_value("#data-surname") == person.surname
    page.fill("#paper", "contract 12")
    page.fill("#citation-labour", "")
    press(page)
    assert page.locator(".card.refused li").count() == 1  # the law wants the article named
    assert (page.input_value("#paper"), page.input_value("#data-surname")) == ("contract 12", person.surname)
    page.fill("#citation-labour", "Labour Code art. 28")
    press(page)
    assert page.locator(".errors li").all_inner_texts() == []
    return page.url.rpartition("/")[2]


def whole(clerk: Clerk, case: Case) -> list[str]:
    """Open the whole answer of a case, in clear; gives its headings."""
    page, house = clerk.page, clerk.visits.house
    house.clock.move(house.clock.now() + timedelta(minutes=10))  # a code counts once, and the sign-in is some time ago
    with_code = house.look(lambda work: staff.sample_code(work, house.office.ring.office("staff"), "dpo-1", sample=True))
    clerk.visits.go(page, f"/en/console/case/{case.id}/answer")
    assert page.locator("table").count() == 0
    page.check("#full")
    page.fill("#code", with_code)
    page.select_option("#words", "en")
    press(page)
    return page.locator("main h2").all_inner_texts()


def letter(clerk: Clerk, text: str) -> Case:
    """An e-mail that nobody has read yet; its page is open."""
    house = clerk.visits.house
    new = Incoming(channel=Way.MAIL, sender="somebody@sample.example", text=text, identity=text.encode()[:32].ljust(32, b"k"))
    entry = house.do(lambda work: correspondence.receive(work, house.office.gate, new)).entry
    made = house.do(lambda work: open_from(work, house.office.rights, correspondence.one(work, entry.id), text=text))
    clerk.visits.go(clerk.page, f"/en/console/case/{made.id}")
    return made


def said(clerk: Clerk, kind: Kind) -> None:
    """Say on the page of a letter of which kind it is, where that takes a form of its own; the letter is opened beside what was typed."""
    clerk.page.select_option("#rekind", kind.value)
    clerk.deed("rekind")
    assert clerk.page.url.endswith(f"/kind?kind={kind.value}")


def test_a_letter_is_said_to_be_a_correction_with_the_letter_open_beside_the_form(clerk: Clerk) -> None:
    someone, page = clerk.visits.house.applicant(), clerk.page
    made = letter(clerk, "Исправьте мою фамилию на Жаңабекова")
    said(clerk, Kind.RECTIFY)
    page.select_option("#want1", "field:surname")
    assert "Исправьте" not in page.content(), "nothing of a person before it is opened"
    press(page, "button[name=look]")
    assert "Исправьте мою фамилию" in page.inner_text(".written")
    assert page.input_value("#want1") == "field:surname", "what was chosen stays"
    page.fill("#value1", "Жаңабекова")
    clerk.send("/kind")
    case = clerk.case
    assert (case.id, case.kind, [(part.what.value, part.target) for part in case.parts]) == (made.id, Kind.RECTIFY, [("field", "surname")])
    case = clerk.identify(someone)
    assert case.state is State.OPEN
    clerk.send("/read")
    assert "Жаңабекова" in page.inner_text("main")


def test_a_letter_is_said_to_be_a_choice_on_public_sources_or_a_withdrawal_of_one_consent(clerk: Clerk) -> None:
    someone, page = clerk.visits.house.applicant(), clerk.page
    letter(clerk, "Уберите меня из открытых источников")
    said(clerk, Kind.PUBLIC_SOURCES)
    page.select_option("#want1", "publication:no")
    clerk.send("/kind")
    assert (clerk.case.kind, clerk.case.parts[0].target) == (Kind.PUBLIC_SOURCES, "no")
    letter(clerk, "Отзываю согласие на рассылку")
    clerk.identify(someone)
    page.select_option("#rekind", "withdraw")
    press(page, "button[name=detail]")
    page.select_option("#want1", "channel:sms")
    clerk.send("/kind")
    assert (clerk.case.kind, [(part.what.value, part.target) for part in clerk.case.parts]) == (Kind.WITHDRAW, [("channel", "sms")])


def test_one_more_thing_that_a_letter_asks_is_a_request_of_its_own_of_who_was_found_to_ask(clerk: Clerk) -> None:
    someone, page = clerk.visits.house.applicant(), clerk.page
    made = letter(clerk, "Сообщите, какие мои данные у вас хранятся, и исправьте город на Астана")
    page.select_option("#rekind", "access")
    clerk.deed("rekind")
    clerk.identify(someone)
    page.locator("details:has(#another) summary").click()
    page.select_option("#another", "rectify")
    press(page, "form[action$='/kind'] button")
    page.select_option("#want1", "field:city")
    page.fill("#value1", "Астана")
    clerk.send("/kind")
    case = clerk.case
    assert case.id != made.id
    assert (case.kind, case.about, case.state, case.entry) == (Kind.RECTIFY, someone.subject, State.OPEN, made.entry)
    assert case.received_at == made.received_at, "its terms run from the day of the letter"


def test_a_letter_is_said_to_be_the_order_of_an_authority_with_its_paper_and_whom_it_names(clerk: Clerk) -> None:
    someone, page = clerk.visits.house.applicant(), clerk.page
    letter(clerk, "Требование о предоставлении сведений, исх. 14/2")
    said(clerk, Kind.AUTHORITY_ORDER)
    page.select_option("#want1", "order:disclose")
    page.evaluate("document.querySelectorAll('[required]').forEach(e => e.required = false)")
    press(page, "form[action$='/kind'] button >> nth=0")
    assert page.locator(".errors li").count() == 1, "its paper is wanted"
    assert page.input_value("#want1") == "order:disclose"
    page.fill("#document", "14/2")
    clerk.send("/kind")
    assert (clerk.case.kind, clerk.case.state) == (Kind.AUTHORITY_ORDER, State.IDENTIFYING)
    assert page.locator("#document_kind").count() == 0, "who is named shows no document"
    page.fill("#iin", someone.person.iin)
    clerk.send("/identify")
    case = clerk.case
    assert (case.about, case.state, len(case.documents)) == (someone.subject, State.OPEN, 1)


def test_no_address_held_anything_of_a_person(clerk: Clerk) -> None:
    """Whatever was typed above went in the bodies of forms."""
    assert clerk.visits.opened
    assert not [url for url in clerk.visits.opened if any(word in url for word in ("made up", "Жаңабекова", "Sample"))]


def test_a_letter_is_read_and_said_what_it_asks_and_an_answer_that_bounced_goes_another_way(visits: Visits, clerk: Clerk) -> None:
    house, page = visits.house, clerk.page
    someone = house.applicant()
    made = letter(clerk, "Заблокируйте мои данные. Сообщите, какие мои данные у вас хранятся.")
    assert "read the letter" in page.inner_text("main")
    page.select_option("#rekind", "block")
    clerk.deed("rekind")
    assert (clerk.case.kind, clerk.case.plausible) == (Kind.BLOCK, ())
    clerk.identify(someone)
    clerk.deed("answer")
    [notice] = [e for e in house.look(lambda work: correspondence.of_case(work, made.id)) if e.channel is Way.MAIL and e.kind == "answer"]
    house.do(lambda work: correspondence.bounced(work, house.office.gate, correspondence.one(work, notice.id)))
    visits.settle()
    visits.go(page, "/en/console/desk")
    assert made.number in page.inner_text("section.group.undelivered")
    visits.go(page, f"/en/console/case/{made.id}")
    page.fill("#to-resend", ADDRESS)
    clerk.deed("resend")
    assert "made up" in clerk.letter()
    page.locator("summary", has_text="Delivery").last.click()
    page.locator("select[name=what]").last.select_option("delivered")
    page.locator("[id^=note-]").last.fill("handed over at the desk")
    press(page, "form[action$='/delivery'] button[type=submit] >> nth=-1")
    visits.settle()
    assert clerk.case.state is State.CLOSED
