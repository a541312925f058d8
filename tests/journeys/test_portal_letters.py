"""Answers reach the person: a letter on their own pages, and after a destruction by the claim code (policy 4.1.1, 4.1.4; scenarios 5 and 10)."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from page_visits import NEEDS_BROWSER, Visits, press
from playwright.sync_api import Browser, Page
from portal_visits import ask, signed_in, step_up

from acts_world import destroyed
from sandyq import identity, rights
from sandyq.register import subjects
from sandyq.rights import Do, PartDecision

pytestmark = NEEDS_BROWSER
VERIFIER = Path(__file__).parents[2] / "verifier" / "sandyq_verify.py"


def cases(visits: Visits, subject: str) -> list[rights.Case]:
    return visits.house.look(lambda work: rights.of_subject(work, subject))


def verified(visits: Visits, page: Page, folder: Path) -> int:
    """What the verifier of an outsider says of the letter's JSON and the proof from the public page."""
    with page.expect_download() as loaded:
        page.locator("a[href$='/json']").click()
    letter, proof = folder / "letter.json", folder / "letter.tlog-proof"
    loaded.value.save_as(letter)
    visits.settle()
    visits.go(page, f"/verify?d={sha256(letter.read_bytes()).hexdigest()}")
    with page.expect_download() as loaded:
        page.locator("a[href$='/proof']").click()
    loaded.value.save_as(proof)
    key = (visits.house.office.settings.log_dir / "vkey").read_text().strip()
    asked = [sys.executable, str(VERIFIER), "letter", str(letter), "--key", key, "--proof", str(proof)]
    return subprocess.run(asked, capture_output=True, check=False).returncode


def test_the_answer_on_access_is_a_letter_that_opens_with_two_factors_and_is_then_read(
    visits: Visits, browser: Browser, tmp_path: Path
) -> None:
    one = visits.house.applicant(to=[visits.house.bank_a])
    house, desk = visits.house, visits.house.office.rights
    with signed_in(visits, browser, one) as page:
        ask(visits, page, "access")
        (case,) = cases(visits, one.subject)
        granted = [PartDecision(part.no, Do.GRANT) for part in case.open_parts]
        house.do(lambda work: rights.decide(work, desk, case.id, granted), house.dpo)
        house.do(lambda work: rights.answer(work, desk, case.id), house.dpo)
        page.reload()
        assert page.locator("section:has(#letters) .tag").count() == 1
        page.locator("a[href*='/me/letters/']:not([download])").click()
        assert "Второе подтверждение" in page.locator("h1").inner_text()
        step_up(visits, page, one)
        visits.go(page, f"/ru/me/requests/{case.id}")
        with page.expect_download() as loaded:
            page.locator("a[href*='/me/letters/']:not([download])").first.click()
        assert loaded.value.path().read_bytes()[:4] == b"%PDF"
        visits.go(page, f"/ru/me/requests/{case.id}")
        assert page.locator("section:has(#letters) .tag").count() == 0
        assert verified(visits, page, tmp_path) == 0
    assert visits.personal_in_addresses(one.person) == []


def test_destruction_takes_two_factors_and_its_answer_is_fetched_by_the_claim_code(visits: Visits, browser: Browser) -> None:
    one = visits.house.applicant()
    house, desk = visits.house, visits.house.office.rights
    with signed_in(visits, browser, one) as page:
        visits.go(page, "/ru/me/ask/destroy")
        assert "Второе подтверждение" in page.locator("h1").inner_text()
        step_up(visits, page, one)
        visits.go(page, "/ru/me/consents")
        press(page, "section:has(#all) button")
        press(page, "button.grave")
        visits.go(page, "/ru/me/ask/destroy")
        claim = page.locator(".claim .code").inner_text()
        assert claim == one.received.claim
        ask(visits, page, "destroy", text="больше не нужно")
        case = next(c for c in cases(visits, one.subject) if c.kind is rights.Kind.DESTROY)
        decided = [PartDecision(part.no, Do.GRANT, "demanded") for part in case.open_parts]
        house.do(lambda work: rights.decide(work, desk, case.id, decided), house.dpo)
        destroyed(house)
        house.do(lambda work: rights.progress(work, desk, case.id), house.dpo)
        if house.look(lambda work: rights.case(work, case.id)).state is not rights.State.ANSWERED:
            house.do(lambda work: rights.answer(work, desk, case.id), house.dpo)
        assert not house.look(lambda work: subjects.alive(work, one.subject))
        visits.go(page, "/ru/me/data")
        assert page.locator("#iin").count() == 1, "nobody is signed in any more"
        visits.go(page, "/ru/receipt")
        page.fill("#claim", claim)
        press(page)
        assert one.person.iin not in page.locator("main").inner_text()
        assert "чтобы доказать, что согласие было дано" in page.locator("main").inner_text()
        with page.expect_download() as loaded:
            page.locator("a[href*='/receipt/letter/']").first.click()
        assert loaded.value.path().read_bytes()[:4] == b"%PDF"


def test_whoever_wrote_a_mail_proves_it_by_the_link_here_and_a_forwarded_link_opens_nothing(visits: Visits, browser: Browser) -> None:
    one, other = visits.house.applicant(), visits.house.applicant()
    house, gate = visits.house, visits.house.office.gate
    new = rights.NewCase(rights.Kind.ACCESS, rights.Channel.MAIL, text="что у вас есть обо мне?", contact=one.person.email)
    made = house.do(lambda work: rights.open_case(work, house.office.rights, new))
    secret = house.do(lambda work: identity.link(work, gate, made.subject, made.id))
    with signed_in(visits, browser, one) as page:
        visits.go(page, f"/prove/{secret}")
        assert "/prove/" in page.url
        visits.go(page, f"/ru/prove/{secret}")
        press(page)
        assert made.number in page.locator("main").inner_text()
        with signed_in(visits, browser, other) as forwarded:
            visits.go(forwarded, f"/ru/prove/{secret}")
            press(forwarded)
            assert "больше не действует" in forwarded.locator("main").inner_text()
            visits.go(forwarded, "/ru/me")
            assert made.number not in forwarded.locator("main").inner_text()
        press(page, "form[action$='/me/prove'] button")
        assert page.url.endswith(f"/me/requests/{made.id}")
    case = house.look(lambda work: rights.case(work, made.id))
    assert (case.about, case.state) == (one.subject, rights.State.OPEN)
