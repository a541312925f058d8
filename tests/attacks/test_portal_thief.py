"""A person's own pages over HTTP: a thief with somebody else's ids, cookies and forms; and a worried person who presses twice, goes back, or was signed out."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx
import pyotp
import pytest
from litestar.testing import TestClient

from identity_world import carried
from office import Applicant, House
from rights_world import RightsDesk
from sandyq import consent, correspondence, identity, parties, rights
from sandyq.app.carry import Post
from sandyq.app.start import start
from sandyq.http.limits import Buckets, Rate
from sandyq.parties import DocumentKind, NewRepresentative
from sandyq.rights import Channel, Do, Kind, PartDecision, Wanted, What
from sandyq.web.app import create

BASE = "https://testserver.local"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Tab:
    """One browser of one person, as the server sees it."""

    def __init__(self, house: House, client: TestClient, language: str = "ru") -> None:
        self.house, self._client, self.language, self.cookies = house, client, language, httpx.Cookies()

    def _request(self, method: str, path: str, **more):
        self._client.cookies = self.cookies
        answer = self._client.request(method, f"/{self.language}{path}", follow_redirects=False, **more)
        self.cookies = httpx.Cookies(self._client.cookies)
        return answer

    def get(self, path: str):
        return self._request("GET", path)

    def form(self, path: str, action: str) -> dict[str, str]:
        """The hidden fields of the form on a page that goes to an address."""
        page = self.get(path).text
        part = page.partition(f'action="/{self.language}{action}"')[2].partition("</form>")[0]
        assert part, f"{path} has no form to {action}"
        return dict(HIDDEN.findall(part))

    def send(self, path: str, action: str, **fields):
        """Fill and send the form on a page."""
        return self.post(action, {**self.form(path, action), **fields})

    def post(self, action: str, fields: dict[str, str], **more):
        return self._request("POST", action, data=fields, **more)

    def code(self, tail: str) -> str:
        post = Post(self.house.office.stores, self.house.office.carriers)
        while post.run():
            pass
        return re.findall(r"\b\d{6}\b", self.house.office.sms.latest(tail)[0].text)[0]

    def ask_code(self, someone: Applicant) -> str:
        self.send("/me", "/me/open", iin=someone.person.iin, contact=someone.person.phone)
        return self.code(someone.person.phone[-4:])

    def sign_in(self, someone: Applicant) -> "Tab":
        answer = self.send("/me/enter", "/me/enter", code=self.ask_code(someone))
        assert answer.status_code == 303
        return self

    def mailed(self, someone: Applicant) -> str:
        """The newest code that came to their address."""
        came = [text for address, text in carried(self.house).sent if address == someone.person.email and re.search(r"\b\d{6}\b", text)]
        return re.findall(r"\b\d{6}\b", came[-1])[0]

    def step_up(self, someone: Applicant, after: str = "") -> "Tab":
        """Prove the address of the form, and by it a second factor; `answered` is where that leads."""
        for page, action, proof in (
            ("/me/contacts", "/me/contacts/add", "/me/contacts/confirm"),
            ("/me/step", "/me/step", "/me/step/enter"),
        ):
            self.post(action, {**self.form(page, action), "known": "yes", "kind": "email", "after": after})
            fields = {**self.form("/me", "/me/leave"), "code": self.mailed(someone), "kind": "email", "after": after}
            self.answered = self.post(proof, fields)
            assert self.answered.status_code == 303
        return self


@pytest.fixture
def tab(office: House) -> Iterator[Callable[[], Tab]]:
    """Makes browsers in front of one office, as over TLS."""
    start(office.office)
    app = create(office.office, reads=Buckets(Rate(9000, 9000)), writes=Buckets(Rate(9000, 9000)))
    with TestClient(app, base_url=BASE) as client:
        yield lambda: Tab(office, client)


def cases(office: House, subject: str) -> list[rights.Case]:
    return office.look(lambda work: rights.of_subject(work, subject))


# --- a thief -------------------------------------------------------------------------------------------------------------------------------


def test_somebody_elses_ids_in_addresses_and_hidden_fields_open_and_change_nothing(office: House, tab: Callable[[], Tab]) -> None:
    victim, thief = office.applicant(to=[office.bank_a]), office.applicant()
    theirs = tab().sign_in(victim)
    theirs.send("/me/ask/access", "/me/ask/access")
    (case,) = cases(office, victim.subject)
    desk = office.office.rights
    office.do(lambda w: rights.decide(w, desk, case.id, [PartDecision(part.no, Do.GRANT) for part in case.open_parts]), office.dpo)
    letter = office.do(lambda w: rights.answer(w, desk, case.id), office.dpo)
    (factor,) = office.look(lambda w: identity.contacts(w, victim.subject))
    grants = office.look(lambda w: consent.proofs(w, victim.subject))
    before = office.look(lambda w: w.durable.all("SELECT * FROM consent_end")), cases(office, victim.subject)

    mine = tab().sign_in(thief).step_up(thief)
    mark = mine.form("/me", "/me/leave")
    tries = [
        mine.get(f"/me/requests/{case.id}"),
        mine.get(f"/me/letters/{letter}"),
        mine.post(f"/me/requests/{case.id}/retract", mark),
        mine.post(f"/me/requests/{case.id}/document", {**mark, "document": "x"}),
        mine.post("/me/act", {**mark, "subject": victim.subject}),
        mine.post("/me/contacts/end", {**mark, "factor": factor.id}),
        mine.post("/me/contacts/replace", {**mark, "factor": factor.id}),
        *[mine.post("/me/consents/off", {**mark, "grant": one.id, "sure": "yes"}) for one in grants if one.state.value == "given"],
    ]
    assert [one.status_code for one in tries if one.status_code not in (400, 403, 404, 409)] == []
    assert not [one for one in tries if case.number in one.text or victim.person.surname in one.text]
    assert (office.look(lambda w: w.durable.all("SELECT * FROM consent_end")), cases(office, victim.subject)) == before
    assert cases(office, thief.subject) == []


def test_what_is_no_id_is_no_failure_of_the_program(office: House, tab: Callable[[], Tab]) -> None:
    me = tab().sign_in(office.applicant())
    mark = me.form("/me", "/me/leave")
    odd = ("x", "0" * 26, "'--", "%00", "..%2f..%2fetc", "я" * 40)
    tries = [me.get(f"/me/{room}/{one}") for room in ("requests", "letters", "ask") for one in odd]
    odd = (*odd, "\0")
    tries += [me.post("/me/consents/off", {**mark, "grant": one, "sure": "yes"}) for one in odd]
    tries += [me.post("/me/consents/on", {**mark, "card": one, "seen": one}) for one in odd]
    tries += [me.post(f"/me/contacts/{act}", {**mark, "factor": one}) for act in ("end", "replace") for one in odd]
    tries += [me.post("/me/act", {**mark, "subject": one}) for one in odd]
    tries += [me.post("/me/step", {**mark, "kind": one}) for one in odd]
    tries += [me.post("/me/downloads", {**mark, "form": one}) for one in odd]
    assert [one.status_code for one in tries if one.status_code >= 500] == []


def test_a_form_of_another_browser_or_of_no_page_of_ours_is_refused(office: House, tab: Callable[[], Tab]) -> None:
    one, other = office.applicant(), office.applicant()
    mine, theirs = tab().sign_in(one), tab().sign_in(other)
    stolen = theirs.form("/me/ask/block", "/me/ask/block")
    assert mine.post("/me/ask/block", stolen).status_code == 403
    own = mine.form("/me/ask/block", "/me/ask/block")
    assert mine.post("/me/ask/block", own, headers={"origin": "https://elsewhere.example"}).status_code == 403
    assert mine.post("/me/ask/block", own, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert cases(office, one.subject) == []


def test_the_session_is_a_new_secret_in_a_cookie_that_neither_scripts_nor_other_hosts_can_reach(
    office: House, tab: Callable[[], Tab]
) -> None:
    someone, mine = office.applicant(), tab()
    planted = "0" * 64
    mine.cookies.set("sandyq_me", planted, domain="testserver.local")
    answer = mine.send("/me/enter", "/me/enter", code=mine.ask_code(someone))
    (cookie,) = [line for line in answer.headers.get_list("set-cookie") if "sandyq_me" in line]
    assert planted not in cookie
    assert "httponly" in cookie.lower()
    assert "samesite=lax" in cookie.lower()
    assert "max-age" not in cookie.lower(), "it goes with the browser"
    thief = tab()
    thief.cookies.set("sandyq_me", planted, domain="testserver.local")
    assert 'id="iin"' in thief.get("/me").text


def test_pages_with_data_and_files_are_kept_by_nobody_and_tell_no_other_site_where_one_came_from(
    office: House, tab: Callable[[], Tab]
) -> None:
    someone = office.applicant(to=[office.bank_a])
    me = tab().sign_in(someone).step_up(someone)
    pages = [me.get(f"/me{path}") for path in ("", "/data", "/consents", "/requests", "/contacts", "/signins", "/ask/rectify")]
    pages += [me.send("/me/downloads", "/me/downloads", form=form) for form in ("json", "pdf", "zip")]
    assert [page.status_code for page in pages] == [200] * len(pages)
    for page in pages:
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "same-origin"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert "script" not in page.headers["content-security-policy"].replace("default-src 'none'", "")


@pytest.mark.parametrize(
    "after", ["//elsewhere.example", "../console", "data/../../console", "ask/../../console", "requests/%2e%2e", "ask//e.kz"]
)
def test_the_way_on_after_a_code_leads_nowhere_else(office: House, tab: Callable[[], Tab], after: str) -> None:
    someone = office.applicant()
    me = tab().sign_in(someone).step_up(someone, after)
    assert me.answered.headers["location"] == "/ru/me"
    fresh = tab()
    fresh.post("/me/open", {**fresh.form("/me", "/me/open"), "iin": someone.person.iin, "contact": someone.person.phone, "after": after})
    code = fresh.code(someone.person.phone[-4:])
    entered = fresh.post("/me/enter", {**fresh.form("/me/enter", "/me/enter"), "code": code, "after": after})
    assert entered.headers["location"] == "/ru/me"


def test_known_and_unknown_get_the_same_page_cookies_and_headers(office: House, tab: Callable[[], Tab]) -> None:
    known, stranger = office.applicant(), office.person()

    def said(iin: str, contact: str) -> tuple[str, list[str], int]:
        answer = tab().send("/me", "/me/open", iin=iin, contact=contact)
        return re.sub(r'value="[^"]{40,}"', "", answer.text), sorted(answer.headers.keys()), answer.status_code

    assert said(known.person.iin, known.person.phone) == said(stranger.iin, stranger.phone) == said(known.person.iin, stranger.phone)


# --- a worried person ------------------------------------------------------------------------------------------------------------------------


def test_a_form_that_was_sent_twice_is_one_request_and_a_changed_one_is_another(office: House, tab: Callable[[], Tab]) -> None:
    someone = office.applicant()
    me = tab().sign_in(someone)
    form = me.form("/me/ask/complaint", "/me/ask/complaint")
    paper = {"file": ("paper.pdf", b"%PDF-1.7\n made up\n%%EOF", "application/pdf")}
    first, again = (me.post("/me/ask/complaint", {**form, "text": "жалоба"}, files=paper) for _ in range(2))
    assert first.headers["location"] == again.headers["location"]
    assert len(cases(office, someone.subject)) == 1
    assert len(list(office.settings.media_dir.iterdir())) == 1, "the second copy of the upload is gone"
    me.post("/me/ask/complaint", {**form, "text": "другая жалоба"})
    assert len(cases(office, someone.subject)) == 2


def test_a_withdrawal_that_was_pressed_twice_is_one_and_shows_no_error(office: House, tab: Callable[[], Tab]) -> None:
    someone = office.applicant(to=[office.bank_a])
    me = tab().sign_in(someone)
    grant = next(g for g in office.look(lambda w: consent.proofs(w, someone.subject)) if g.recipient == office.bank_a)
    sure = me.send("/me/consents", "/me/consents/off", grant=grant.id).text
    form = dict(HIDDEN.findall(sure.partition('/me/consents/off"')[2].partition("</form>")[0]))
    first, again = (me.post("/me/consents/off", form) for _ in range(2))
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["location"] == again.headers["location"]
    assert [case.kind for case in cases(office, someone.subject)] == [Kind.WITHDRAW]


def test_signed_out_in_another_tab_a_form_is_not_sent_and_what_was_typed_is_shown_to_be_copied(
    office: House, tab: Callable[[], Tab]
) -> None:
    someone = office.applicant()
    me = tab().sign_in(someone)
    form, leave = me.form("/me/ask/complaint", "/me/ask/complaint"), me.form("/me", "/me/leave")
    kept = dict(me.cookies)
    me.post("/me/leave", leave)
    for cookies in ({}, kept):  # signed out here, and with the old cookie put back
        for name, value in cookies.items():
            me.cookies.set(name, value, domain="testserver.local")
        page = me.post("/me/ask/complaint", {**form, "text": "длинная жалоба", "claim.moral": "испуг"})
        assert 'id="iin"' in page.text
        assert "длинная жалоба\nиспуг" in page.text
    assert cases(office, someone.subject) == []


def test_the_language_is_changed_in_the_middle_of_a_form_and_nothing_typed_is_lost(office: House, tab: Callable[[], Tab]) -> None:
    someone = office.applicant()
    me = tab().sign_in(someone)
    form = me.form("/me/ask/rectify", "/me/ask/rectify")
    assert 'formaction="/kk/me/ask/rectify"' in me.get("/me/ask/rectify").text
    me.language = "kk"
    page = me.post("/me/ask/rectify", {**form, "switch": "kk", "value.surname": "Жаңабаева", "text": "вышла замуж", "document": "№ 12"})
    assert page.status_code == 200
    assert 'lang="kk"' in page.text
    assert [word for word in ("Жаңабаева", "вышла замуж", "№ 12") if word not in page.text] == []
    assert cases(office, someone.subject) == []


def test_five_thousand_kazakh_letters_are_a_complaint_and_a_file_that_is_too_large_loses_no_word(
    office: House, tab: Callable[[], Tab]
) -> None:
    someone = office.applicant()
    me = tab().sign_in(someone)
    form = me.form("/me/ask/complaint", "/me/ask/complaint")
    text = ("ұқ\r\n" * 1667)[: 5000 + 1666].strip()
    assert len(text.replace("\r\n", "\n")) <= 5000
    for size in (11, 20):
        large = {"file": ("film.pdf", b"%PDF-1.7" + b"0" * (size * 1024 * 1024), "application/pdf")}
        page = me.post("/me/ask/complaint", {**form, "text": text}, files=large)
        assert page.status_code == 400
        assert "10 МБ" in page.text
        assert "ұқ\nұқ" in page.text
    assert me.post("/me/ask/complaint", {**form, "text": text}).status_code == 303
    assert me.post("/me/ask/complaint", {**form, "text": text + "ә" * 1700}).status_code == 400
    assert len(cases(office, someone.subject)) == 1


def test_a_code_that_is_five_minutes_old_or_was_typed_in_another_browser_opens_nothing(office: House, tab: Callable[[], Tab]) -> None:
    someone = office.applicant()
    mine, other = tab(), tab()
    code = mine.ask_code(someone)
    assert other.send("/me/enter", "/me/enter", code=code).status_code == 400
    office.clock.advance(timedelta(minutes=5, seconds=1))
    late = mine.send("/me/enter", "/me/enter", code=code)
    assert late.status_code == 400
    assert 'aria-invalid="true"' in late.text


def test_who_acts_for_somebody_puts_no_contact_of_their_own_into_the_others_data(office: House, tab: Callable[[], Tab]) -> None:
    mother, son = office.applicant(), office.applicant()
    new = NewRepresentative(
        mother.subject, DocumentKind.POWER_OF_ATTORNEY, office.document(), frozenset({"4.1.1"}), office.clock.now().date(), None
    )
    office.do(lambda work: parties.add_representative(work, son.subject, new))
    hers = tab().sign_in(mother).step_up(mother)
    assert hers.post("/me/act", {**hers.form("/me", "/me/leave"), "subject": son.subject}).status_code == 303
    for known in office.look(lambda work: identity.contacts(work, mother.subject)):
        answer = hers.post("/me/contacts/replace", {**hers.form("/me", "/me/leave"), "factor": known.id, "sending": "once"})
        assert answer.status_code == 403
    assert cases(office, son.subject) == []
    assert cases(office, mother.subject) == []


def test_the_answer_to_an_authority_is_not_fetched_by_whom_it_is_about(office: House, tab: Callable[[], Tab]) -> None:
    """A letter to a state body is delivered when that body has it; a demand of 5.1.1 is told by the answer on access, not by opening the other's post."""
    desk, someone = RightsDesk(office), office.applicant()
    order = Wanted(What.ORDER, "block")
    case = desk.ask(someone, Kind.AUTHORITY_ORDER, order, documents=(office.document(),), channel=Channel.AUTHORITY)
    desk.do(rights.answer, case, addressee=("Department of Justice", "Astana, Ulgi 1"))
    entry = desk.now(case).answer
    theirs = tab().sign_in(someone).step_up(someone)
    assert case.number not in theirs.get("/me/requests").text
    assert theirs.get(f"/me/requests/{case.id}").status_code == 404
    for form in ("", "/json"):
        assert theirs.get(f"/me/letters/{entry}{form}").status_code == 404
    assert office.look(lambda work: correspondence.one(work, entry)).state is correspondence.State.QUEUED


def test_the_second_confirmation_leads_back_to_the_form_that_wanted_it(office: House, tab: Callable[[], Tab]) -> None:
    someone = office.applicant()
    me = tab().sign_in(someone)
    assert me.get("/me/ask/destroy").status_code == 403
    me.send("/me/contacts", "/me/contacts/add", known="yes")
    me.post("/me/contacts/confirm", {**me.form("/me", "/me/leave"), "code": me.mailed(someone)})
    wanted = me.form("/me/ask/destroy", "/me/step")
    assert (wanted["kind"], wanted["after"]) == ("email", "ask/destroy")
    me.post("/me/step", wanted)
    answer = me.post("/me/step/enter", {**wanted, "code": me.mailed(someone)})
    assert answer.headers["location"] == "/ru/me/ask/destroy"


def test_a_mistyped_first_code_of_an_authenticator_is_typed_again(office: House, tab: Callable[[], Tab]) -> None:
    someone = office.applicant()
    me = tab().sign_in(someone).step_up(someone)
    page = me.send("/me/contacts", "/me/contacts/totp").text
    secret = re.findall(r"<code>([A-Z2-7 ]{30,})</code>", page)[0].replace(" ", "")
    mark = me.form("/me", "/me/leave")
    wrong = me.post("/me/contacts/totp/confirm", {**mark, "code": "12345"})
    assert wrong.status_code == 400
    assert 'action="/ru/me/contacts/totp/confirm"' in wrong.text
    assert secret not in wrong.text.replace(" ", "")
    right = pyotp.TOTP(secret).at(office.clock.now())
    assert me.post("/me/contacts/totp/confirm", {**mark, "code": right}).status_code == 303


def test_a_correction_adds_what_is_not_held_and_tells_a_value_that_no_paper_could_prove(office: House, tab: Callable[[], Tab]) -> None:
    someone = office.applicant()
    me = tab().sign_in(someone).step_up(someone)
    form = me.form("/me/ask/rectify", "/me/ask/rectify")
    wrong = {"value.birth_date": "32.13.1990", "value.loan_amount": "много", "value.surname": "Жаңабаева"}
    page = me.post("/me/ask/rectify", {**form, **wrong})
    assert page.status_code == 400
    assert [name for name in ("birth_date", "loan_amount", "surname") if f'id="value.{name}-error"' in page.text] == [
        "birth_date",
        "loan_amount",
    ]
    assert [value for value in wrong.values() if f'value="{value}"' not in page.text] == []
    assert cases(office, someone.subject) == []
    code = re.findall(r'name="value.family_status".*?<option value="(\w+)"', page.text, re.S)[0]
    asked = me.post("/me/ask/rectify", {**form, "value.family_status": code, "value.patronymic": "Үлгіұлы"})
    assert asked.status_code == 303
    shown = me.get(asked.headers["location"].removeprefix("/ru")).text
    assert "Үлгіұлы" in shown
    assert f">{code}<" not in shown, "a choice is told in words"
    (case,) = cases(office, someone.subject)
    assert {part.target for part in case.parts} == {"family_status", "patronymic"}


def test_wrong_codes_of_one_minute_are_one_line_with_their_number(office: House, tab: Callable[[], Tab]) -> None:
    someone, thief = office.applicant(), tab()
    thief.ask_code(someone)
    for _ in range(3):
        thief.send("/me/enter", "/me/enter", code="12345")
    me = tab().sign_in(someone)
    while office.office.sequencer.run_once(office.office.write):
        pass
    text = me.get("/me/signins").text
    assert text.count("Неудачная попытка входа") == 1
    assert "(3 раз)" in text


def test_an_empty_sign_in_says_what_is_missing(tab: Callable[[], Tab]) -> None:
    assert tab().send("/me", "/me/open", iin="", contact="").text.count("Заполните это поле.") == 2


def test_a_sign_in_leads_to_the_page_that_a_mail_named(office: House, tab: Callable[[], Tab]) -> None:
    someone, me = office.applicant(), tab()
    wanted = me.form("/me/requests/01k0000000", "/me/open")
    assert wanted["after"] == "requests/01k0000000"
    page = me.post("/me/open", {**wanted, "iin": someone.person.iin, "contact": "x"})
    assert 'name="after" value="requests/01k0000000"' in page.text, "a fault loses nothing"
    page = me.post("/me/open", {**wanted, "iin": someone.person.iin, "contact": someone.person.phone})
    assert page.text.count('name="after" value="requests/01k0000000"') == 2
    code = me.code(someone.person.phone[-4:])
    assert me.post("/me/enter", {**wanted, "code": "1"}).text.count('name="after" value="requests/01k0000000"') == 2
    assert me.post("/me/enter", {**wanted, "code": code}).headers["location"] == "/ru/me/requests/01k0000000"
