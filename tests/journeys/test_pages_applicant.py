"""The applicant's way in a real browser without scripts on a small phone: scenario 1 and 2, the receipt, and what others cannot do (design 11, 20)."""

import re
import subprocess
import sys
from pathlib import Path

from page_visits import NEEDS_BROWSER, Visits, press
from playwright.sync_api import Browser

from sandyq import collect, consent, distribute
from sandyq.audit import history
from sandyq.register import index, subjects

pytestmark = NEEDS_BROWSER
VERIFIER = Path(__file__).parents[2] / "verifier" / "sandyq_verify.py"
PROOF = "table.log a[href*='/receipt/proof/']"
PDF = b"%PDF-1.7 a made-up identity card" + b" " * 64


def known(visits: Visits, iin: str) -> list[str]:
    office = visits.house.office
    return visits.house.do(lambda work: index.find(work, office.ring, "iin", iin).subjects)


def verified(visits: Visits, kind: str, file: Path) -> subprocess.CompletedProcess[str]:
    key = str(visits.house.office.publisher.key)
    return subprocess.run([sys.executable, str(VERIFIER), kind, str(file), "--key", key], capture_output=True, text=True, check=False)


def test_scenario_1_the_form_in_kazakh_on_a_phone_leads_to_a_receipt_with_every_consent_and_its_digest(
    visits: Visits, browser: Browser, tmp_path: Path
) -> None:
    person, house = visits.house.person(), visits.house
    with visits.visitor(browser) as page:
        claim = visits.apply(page, person, consents=("collection", "service", f"recipient.{house.bank_a}"))
        assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){3}", claim)
        hint = page.locator("#phone-step + p").inner_text()
        assert person.phone[-2:] in hint
        assert person.phone[-4:] not in hint
        visits.confirm(page, person)
        assert "/kk/confirm" in page.url
        visits.receipt(page, claim, person)
        assert page.url.endswith("/kk/receipt")
        text = page.locator("main").inner_text()
        assert person.iin not in text
        assert person.iin[-4:] in text
        assert person.phone not in text
        cards = house.look(lambda work: collect.cards(work, house.office.gate, "kk"))
        given = {card.id: card.text.sha256 for card in cards if card.id in ("collection", "service", f"recipient.{house.bank_a}")}
        for how in page.locator(".card.consent summary").all():
            how.click()
        shown = [card.inner_text() for card in page.locator(".card.consent").all()]
        assert len(shown) == len(given) == 3  # a card that was left alone is no choice, and was not recorded as one
        assert all(any(sha256 in text for text in shown) for sha256 in given.values())
        assert page.locator(".card.consent .tag.given").count() == 3
        assert "Bank A" in page.locator("section:has(#transfers)").inner_text()
        page.click("section:has(#log) details.more summary")
        log = [" ".join(row.inner_text().split()) for row in page.locator("table.log tbody th").all()]
        permitted = [row for row in log if row.startswith("Рұқсат етілді: деректерді беру")]
        assert permitted
        assert all("кімге: Bank A" in row and "не үшін: 3.1" in row and "ЖСН" in row for row in permitted), (
            "to whom, what for, on which data"
        )
        assert not [row for row in log if row in ("Рұқсат берілді", "Рұқсат берілмеді")], "a decision says what it decided"
        assert "Келісім берілді берілді: 3; берілмеді: 0" in log
        visits.settle()
        page.reload()
        with page.expect_download() as loaded:
            page.locator(PROOF).first.click()
        file = tmp_path / loaded.value.suggested_filename
        loaded.value.save_as(file)
    assert verified(visits, "proof", file).returncode == 0
    assert visits.personal_in_addresses(person) == []
    (subject,) = known(visits, person.iin)
    sent = house.look(lambda work: distribute.history(work, subject))
    assert {t.recipient for t in sent} == {house.bank_a}


def test_a_proof_of_an_entry_that_was_changed_does_not_hold(visits: Visits, browser: Browser, tmp_path: Path) -> None:
    person = visits.house.person()
    with visits.visitor(browser) as page:
        claim = visits.apply(page, person)
        visits.receipt(page, claim, person)
        visits.settle()
        page.reload()
        with page.expect_download() as loaded:
            page.locator(PROOF).first.click()
        file = tmp_path / "altered.tlog-proof"
        loaded.value.save_as(file)
    lines = file.read_text().split("\n")
    lines[1] = "extra eyJhY3QiOiJjb2xsZWN0LmRvbmUifQ=="
    file.write_text("\n".join(lines))
    assert verified(visits, "proof", file).returncode == 1


def test_scenario_2_without_consent_the_form_is_refused_with_clause_and_article_and_the_refusal_is_on_record(
    visits: Visits, browser: Browser
) -> None:
    person, house = visits.house.person(), visits.house
    before = len(house.look(lambda work: history.latest(work, limit=1000)))
    with visits.visitor(browser) as page:
        visits.fill(page, person, consents=())
        press(page)
        text = page.locator(".errors").inner_text()
        assert "5.3" in text
        assert page.input_value("[name='data.iin']") == person.iin
    rows = [row.entry for row in house.look(lambda work: history.latest(work, limit=1000))]
    assert [(entry.act, entry.verdict) for entry in rows[: len(rows) - before]] == [("gate.refused", "refused")]
    assert known(visits, person.iin) == []


def test_every_fault_is_told_at_once_and_nothing_is_stored(visits: Visits, browser: Browser) -> None:
    person = visits.house.person()
    with visits.visitor(browser) as page:
        visits.fill(page, person, "ru")
        page.fill("[name='data.iin']", person.iin[:-1] + str((int(person.iin[-1]) + 1) % 10))
        page.fill("[name='data.phone']", "12")
        page.fill("[name='data.loan_amount']", "много")
        page.set_input_files(
            "[name='file.document_copy']", {"name": "card.exe", "mimeType": "application/pdf", "buffer": b"MZ" + b"\0" * 64}
        )
        press(page)
        assert page.locator(".errors li").count() >= 3
        assert "Контрольная цифра ИИН" in page.locator(".errors").inner_text()
    assert list(visits.house.settings.media_dir.iterdir()) == []


def test_a_document_copy_is_taken_in_and_shown_only_as_being_there(visits: Visits, browser: Browser) -> None:
    person = visits.house.person()
    with visits.visitor(browser) as page:
        visits.fill(page, person, "en")
        page.set_input_files("[name='file.document_copy']", {"name": "card.pdf", "mimeType": "application/pdf", "buffer": PDF})
        press(page)
        claim = page.locator(".claim .code").inner_text()
        visits.settle()
        visits.receipt(page, claim, person, "en")
        assert "a file is there" in page.locator("main").inner_text()
    stored = [path.read_bytes() for path in visits.house.settings.media_dir.iterdir()]
    assert stored
    assert not any(b"made-up identity card" in raw for raw in stored)


def test_two_taps_on_the_button_are_one_application_and_its_claim_code_is_still_shown(visits: Visits, browser: Browser) -> None:
    person = visits.house.person()
    with visits.visitor(browser) as page:
        visits.fill(page, person)
        page.locator("main form button[type=submit]").dblclick()
        page.locator(".claim .code").wait_for()
        visits.settle()
        claim = page.locator(".claim .code").inner_text()
        visits.receipt(page, claim, person)
        assert page.url.endswith("/kk/receipt")
    assert len(known(visits, person.iin)) == 1


def test_the_page_is_the_same_for_a_person_who_is_known_already(visits: Visits, browser: Browser) -> None:
    person = visits.house.person()
    pages = []
    for _ in range(2):
        with visits.visitor(browser) as page:
            claim = visits.apply(page, person)
            pages.append(re.sub(r'value="[^"]+"', "", page.content()).replace(claim, ""))
            visits.confirm(page, person)
            pages.append(re.sub(r'value="[^"]+"', "", page.content()))
    assert pages[0] == pages[2]
    assert pages[1] == pages[3]
    first, second = known(visits, person.iin)
    matches = {visits.house.look(lambda work, s=s: subjects.see(work, s)).fact.matches_known for s in (first, second)}
    assert matches == {True, False}


def test_a_made_up_claim_code_gets_the_same_page_and_no_code_opens_it(visits: Visits, browser: Browser) -> None:
    person = visits.house.person()
    pages = []
    with visits.visitor(browser) as page:
        claim = visits.apply(page, person)
        for typed in (claim, "AAAAA-BBBBB-CCCCC-DDDDD"):
            visits.go(page, "/kk/receipt")
            page.fill("#claim", typed)
            press(page)
            pages.append(re.sub(r'value="[^"]+"', "", page.content()))
        code = visits.sms(page, tail=person.phone[-4:])
        page.fill("#code", code)  # the code of the real claim does not open the made-up one, which this browser asked for last
        press(page)
        assert page.locator("[aria-invalid=true]").count() == 1
    assert pages[0] == pages[1]


def test_a_code_opens_only_in_the_browser_that_asked_for_it(visits: Visits, browser: Browser) -> None:
    person = visits.house.person()
    with visits.visitor(browser) as mine, visits.visitor(browser) as other:
        claim = visits.apply(mine, person)
        visits.go(mine, "/kk/receipt")
        mine.fill("#claim", claim)
        press(mine)
        code = visits.sms(mine, tail=person.phone[-4:])
        visits.go(other, "/kk/receipt")
        other.fill("#claim", "AAAAA-BBBBB-CCCCC-DDDDD")
        press(other)
        other.fill("#code", code)
        press(other)
        assert other.locator("[aria-invalid=true]").count() == 1


def test_the_links_of_one_receipt_open_nothing_on_anothers(visits: Visits, browser: Browser) -> None:
    one, two = visits.house.person(), visits.house.person()
    with visits.visitor(browser) as mine, visits.visitor(browser) as other:
        visits.receipt(mine, visits.apply(mine, one), one)
        visits.receipt(other, visits.apply(other, two), two)
        visits.settle()
        mine.reload()
        link = mine.locator(PROOF).first.get_attribute("href") or ""
        grant = mine.locator("form:has(input[name=grant]) input[name=grant]").first.input_value()
        answer = other.request.get(f"{visits.base}{link}")
        assert answer.status == 404
        mark = other.locator("input[name=form_mark]").first.input_value()
        answer = other.request.post(
            f"{visits.base}/kk/receipt/withdraw", form={"form_mark": mark, "grant": grant, "sure": "yes"}, max_redirects=0
        )
        assert answer.status == 400
        assert mine.request.get(f"{visits.base}/kk/receipt/certificate/pdf").status == 404
    (subject,) = known(visits, one.iin)
    proofs = visits.house.look(lambda work: consent.proofs(work, subject))
    assert {proof.state for proof in proofs if proof.id == grant} == {"given"}


def test_a_consent_is_withdrawn_after_being_asked_once_more(visits: Visits, browser: Browser) -> None:
    person, house = visits.house.person(), visits.house
    with visits.visitor(browser) as page:
        claim = visits.apply(page, person, consents=("collection", "service", f"recipient.{house.bank_b}"))
        visits.confirm(page, person)
        visits.receipt(page, claim, person)
        press(page, ".card.consent:has-text('Bank B') form button")
        press(page)
        assert page.url.endswith("/kk/receipt")
        card = page.locator(".card.consent", has_text="Bank B")
        assert card.locator("form").count() == 0
    (subject,) = known(visits, person.iin)
    states = {c.recipient: c.state for c in house.look(lambda work: consent.facts(work, subject)) if c.recipient}
    assert states[house.bank_b] == "withdrawn"


def test_a_session_ends_with_sign_out(visits: Visits, browser: Browser) -> None:
    person = visits.house.person()
    with visits.visitor(browser) as page:
        visits.receipt(page, visits.apply(page, person), person)
        cookies = page.context.cookies()
        press(page, ".heading button")
        page.context.add_cookies(cookies)  # who kept the cookie has nothing of it
        visits.go(page, "/kk/receipt")
        assert page.locator("#claim").count() == 1


def test_a_new_form_in_the_same_browser_closes_the_receipt_that_was_open(visits: Visits, browser: Browser) -> None:
    first, second = visits.house.person(), visits.house.person()
    with visits.visitor(browser) as page:
        claim = visits.apply(page, first)
        visits.receipt(page, claim, first)
        assert first.iin[-4:] in page.locator("main").inner_text()
        visits.apply(page, second)
        visits.go(page, "/kk/receipt")
        assert page.locator("#claim").count() == 1
        assert first.iin[-4:] not in page.locator("main").inner_text()
