"""Each right through a person's own pages, in a real browser without scripts on a phone (policy 4.1.1-4.1.7; scenarios 5, 7, 8, 10, 13)."""

import json
import re

from page_visits import NEEDS_BROWSER, Visits, press
from playwright.sync_api import Browser
from portal_visits import ask, messages, sign_in, signed_in, step_up

from sandyq import block, consent, requests, rights
from sandyq.law.vocabulary import StateKind
from sandyq.rights import Do, PartDecision

pytestmark = NEEDS_BROWSER


def cases(visits: Visits, subject: str) -> list[rights.Case]:
    return visits.house.look(lambda work: rights.of_subject(work, subject))


def answered(visits: Visits, case: rights.Case) -> None:
    """The desk grants what is open and answers."""
    house, desk = visits.house, visits.house.office.rights
    if case.open_parts:
        grants = [PartDecision(part.no, Do.GRANT) for part in case.open_parts]
        house.do(lambda work: rights.decide(work, desk, case.id, grants), house.dpo)
    if house.look(lambda work: rights.case(work, case.id)).state is not rights.State.ANSWERED:
        house.do(lambda work: rights.answer(work, desk, case.id), house.dpo)


def blocked(visits: Visits, subject: str) -> bool:
    return any(state.kind is StateKind.BLOCK for state in visits.house.look(lambda work: block.facts(work, subject)))


def test_access_is_asked_and_has_its_last_day_in_plain_words(visits: Visits, browser: Browser) -> None:
    one = visits.house.applicant(to=[visits.house.bank_a])
    with signed_in(visits, browser, one) as page:
        text = ask(visits, page, "access")
        assert "06.08.2026" in text  # three working days after Monday 3 August
        (case,) = cases(visits, one.subject)
        assert case.number in text
        page.click("summary")
        assert "04.08.2026" in page.locator(".days").inner_text()
    assert visits.personal_in_addresses(one.person) == []


def test_one_code_shows_masked_values_and_two_factors_the_values_themselves(visits: Visits, browser: Browser) -> None:
    one = visits.house.applicant(to=[visits.house.bank_a])
    person = one.person
    with signed_in(visits, browser, one) as page:
        visits.go(page, "/ru/me/data")
        text = page.locator("main").inner_text()
        assert not [value for value in (person.iin, person.surname, person.first_name, person.phone, person.email) if value in text]
        assert "Bank A" in text
        step_up(visits, page, one)
        visits.go(page, "/ru/me/data")
        text = page.locator("main").inner_text()
        assert [value for value in (person.iin, person.surname, person.first_name) if value not in text] == []


def test_everything_is_downloaded_with_two_factors_and_the_phone_is_told(visits: Visits, browser: Browser) -> None:
    one = visits.house.applicant()
    with signed_in(visits, browser, one) as page:
        visits.go(page, "/ru/me/downloads")
        press(page, "form:has(input[value=json]) button")
        assert "Второе подтверждение" in page.locator("h1").inner_text()
        step_up(visits, page, one)
        for form in ("json", "pdf", "zip"):
            visits.go(page, "/ru/me/downloads")
            with page.expect_download() as loaded:
                page.click(f"form:has(input[value={form}]) button")
            content = loaded.value.path().read_bytes()
            assert content[:4] in (b'{"ap', b"%PDF", b"PK\x03\x04") or json.loads(content)
        visits.settle()
        assert any("көшірмесі" in text for text in messages(visits, page, "ru", one.person.phone[-4:]))


def test_a_correction_without_a_paper_waits_for_one_and_goes_on_when_it_comes(visits: Visits, browser: Browser) -> None:
    one = visits.house.applicant()
    with signed_in(visits, browser, one) as page:
        ask(visits, page, "rectify", value__surname="Жаңабаева")
        (case,) = cases(visits, one.subject)
        house = visits.house
        house.do(lambda work: rights.want_documents(work, house.office.rights, case.id), house.dpo)
        page.reload()
        assert "Нужен документ" in page.locator("main").inner_text()
        page.fill("#document", "свидетельство о браке № 123")
        press(page, "form[action$='/document'] button")
        text = page.locator("main").inner_text()
        assert "Рассматривается" in text
        assert "04.08.2026" in text  # the next working day after the paper
        answered(visits, house.look(lambda work: rights.case(work, case.id)))
        step_up(visits, page, one)
        visits.go(page, "/ru/me/data")
        assert "Жаңабаева" in page.locator("main").inner_text()


def test_a_correction_of_nothing_is_told_with_what_was_typed(visits: Visits, browser: Browser) -> None:
    one = visits.house.applicant()
    with signed_in(visits, browser, one) as page:
        ask(visits, page, "rectify", text="фамилия изменилась")
        assert page.locator(".errors").count() == 1
        assert page.input_value("#text") == "фамилия изменилась"
        assert cases(visits, one.subject) == []


def test_a_block_asked_with_one_code_works_at_once_and_its_end_takes_two_factors_and_two_people(visits: Visits, browser: Browser) -> None:
    one = visits.house.applicant()
    with signed_in(visits, browser, one) as page:
        ask(visits, page, "block", text="звонят из банка, куда я не обращался")
        assert blocked(visits, one.subject)
        assert "заблокированы" in page.locator("main").inner_text()
        visits.go(page, "/ru/me/ask/unblock")
        assert "Второе подтверждение" in page.locator("h1").inner_text()
        step_up(visits, page, one)
        ask(visits, page, "unblock", text="разобрались")
        house, desk = visits.house, visits.house.office.rights
        case = next(c for c in cases(visits, one.subject) if c.kind is rights.Kind.UNBLOCK)
        paper = house.do(
            lambda work: requests.file_document(work, house.office.gate, one.subject, requests.DocumentKind.REPORT, "1"), house.dpo
        )
        decided = [PartDecision(part.no, Do.GRANT, "violation_not_confirmed", document=paper) for part in case.open_parts]
        house.do(lambda work: rights.decide(work, desk, case.id, decided), house.dpo)
        page.reload()
        assert "второй сотрудник" in page.locator("main").inner_text()
        house.do(lambda work: rights.confirm(work, desk, case.id), house.dpo2)
        assert not blocked(visits, one.subject)
        visits.go(page, "/ru/me")
        assert "заблокированы" not in page.locator("main").inner_text()


def test_a_withdrawal_with_one_code_acts_at_once_and_is_a_request_with_its_term(visits: Visits, browser: Browser) -> None:
    one = visits.house.applicant(to=[visits.house.bank_a])
    with signed_in(visits, browser, one) as page:
        visits.go(page, "/ru/me/consents")
        card = page.locator("section.consent", has_text="Bank A").first
        with page.expect_navigation():
            card.locator("form[action$='/off'] button").click()
        press(page, "button.grave")
        assert "/me/requests/" in page.url
        facts = visits.house.look(lambda work: consent.facts(work, one.subject))
        assert [fact.state.value for fact in facts if fact.recipient == visits.house.bank_a] == ["withdrawn"]
        assert "Прекратить обработку" in page.locator("main").inner_text()
        visits.go(page, "/ru/me/consents")
        press(page, "section:has(#all) button")
        press(page, "button.grave")
        assert "Второе подтверждение" in page.locator("h1").inner_text(), "all at once takes two factors"


def test_a_consent_is_given_again_with_two_factors_and_the_text_that_was_shown(visits: Visits, browser: Browser) -> None:
    one = visits.house.applicant()
    with signed_in(visits, browser, one, two=True) as page:
        visits.go(page, "/ru/me/consents")
        card = page.locator("section.consent", has_text="Bank B").first
        seen = card.locator("input[name=seen]").get_attribute("value")
        with page.expect_navigation():
            card.locator("form[action$='/on'] button").click()
        given = [g for g in visits.house.look(lambda work: consent.proofs(work, one.subject)) if g.recipient == visits.house.bank_b]
        assert (given[-1].state.value, given[-1].text.sha256.hex()) == ("given", seen)


def test_a_no_to_publication_with_one_code_and_a_yes_only_with_two(visits: Visits, browser: Browser) -> None:
    one = visits.house.applicant()
    with signed_in(visits, browser, one) as page:
        ask(visits, page, "public-sources", publication="no", place="https://people.example/list")
        (case,) = cases(visits, one.subject)
        assert case.kind is rights.Kind.PUBLIC_SOURCES
        ask(visits, page, "public-sources", publication="yes", place="https://people.example/list", text="отзыв")
        assert "второе подтверждение" in page.locator("#publication-error").inner_text()
        assert len(cases(visits, one.subject)) == 1
        with page.context.expect_page() as beside:
            page.click("fieldset a[target=_blank]")
        step_up(visits, beside.value, one)
        assert (page.input_value("#place"), page.input_value("#text")) == ("https://people.example/list", "отзыв")
        press(page, "#asking button[type=submit] >> nth=0")
        assert "/me/requests/" in page.url
        assert len(cases(visits, one.subject)) == 2


def test_a_complaint_names_its_damages_and_needs_words(visits: Visits, browser: Browser) -> None:
    one = visits.house.applicant()
    with signed_in(visits, browser, one) as page:
        ask(visits, page, "complaint", claim__material="150 000 тенге")
        assert page.locator(".errors").count() == 1
        text = ask(visits, page, "complaint", text="данные передали без спроса", claim__material="150 000 тенге", claim__moral="испуг")
        assert "Имущественный ущерб" in text
        assert "Моральный вред" in text
        (case,) = cases(visits, one.subject)
        assert case.kind is rights.Kind.COMPLAINT


def test_an_objection_and_this_is_not_me_go_on_file_with_one_code(visits: Visits, browser: Browser) -> None:
    one = visits.house.applicant()
    with signed_in(visits, browser, one) as page:
        ask(visits, page, "automated-objection", text="хочу, чтобы посмотрел человек")
        ask(visits, page, "not-me", text="эту заявку подавал не я")
        assert {case.kind.value for case in cases(visits, one.subject)} == {"automated-objection", "not-me"}
        visits.go(page, "/ru/me/requests")
        assert page.locator("main section.card").count() == 2


def test_a_request_is_taken_back_and_somebody_elses_looks_like_none(visits: Visits, browser: Browser) -> None:
    one, other = visits.house.applicant(), visits.house.applicant()
    with signed_in(visits, browser, one) as page:
        ask(visits, page, "access")
        (case,) = cases(visits, one.subject)
        press(page, "form[action$='/retract'] button")
        assert "Вы отозвали" in page.locator("main").inner_text()
    with signed_in(visits, browser, other) as page:
        response = page.goto(f"{visits.base}/ru/me/requests/{case.id}")
        assert response is not None
        assert response.status == 404
        assert case.number not in page.locator("main").inner_text()


def test_the_sign_in_says_the_same_to_a_stranger_and_shows_every_fault(visits: Visits, browser: Browser) -> None:
    one, stranger = visits.house.applicant(), visits.house.person()

    def said(iin: str, contact: str) -> str:
        with visits.visitor(browser) as page:
            visits.go(page, "/ru/me")
            page.fill("#iin", iin)
            page.fill("#contact", contact)
            press(page)
            return re.sub(r"\s+", " ", page.locator("main").inner_text())

    assert said(one.person.iin, one.person.phone) == said(stranger.iin, stranger.phone)
    faults = said("12", "abc")
    assert faults != said(stranger.iin, stranger.phone)


def test_after_signing_out_no_page_shows_anything(visits: Visits, browser: Browser) -> None:
    one = visits.house.applicant()
    with visits.visitor(browser) as page:
        sign_in(visits, page, one)
        kept = page.context.cookies()
        press(page, ".me-nav form button")
        page.context.add_cookies([c for c in kept if c["name"].endswith("sandyq_me")])  # type: ignore[arg-type]  # as a thief of the cookie would
        for path in ("", "/data", "/requests", "/contacts", "/downloads"):
            visits.go(page, f"/ru/me{path}")
            assert page.locator("#iin").count() == 1
