"""What becomes of requests, as the person sees it: part by part, with reasons in plain words, where to turn, and the letter (policy 4.1.1, 4.1.4-4.1.7)."""

from datetime import timedelta

from page_visits import NEEDS_BROWSER, Visits, press
from playwright.sync_api import Browser, Page
from portal_visits import ask, faults, sign_in, signed_in

from office import Applicant
from sandyq import parties, rights
from sandyq.parties import DocumentKind, NewRepresentative
from sandyq.rights import Do, Kind, PartDecision

pytestmark = NEEDS_BROWSER


def newest(visits: Visits, someone: Applicant, kind: Kind) -> rights.Case:
    found = visits.house.look(lambda work: rights.of_subject(work, someone.subject))
    return next(case for case in reversed(found) if case.kind is kind)


def decided(visits: Visits, case: rights.Case, refuse: dict[str, str]) -> None:
    """The desk decides every open part and answers."""
    house, desk = visits.house, visits.house.office.rights
    if case.open_parts:
        parts = [
            PartDecision(part.no, Do.REFUSE, refuse[part.target]) if part.target in refuse else PartDecision(part.no, Do.GRANT)
            for part in case.open_parts
        ]
        house.do(lambda work: rights.decide(work, desk, case.id, parts), house.dpo)
    if house.look(lambda work: rights.case(work, case.id)).state is not rights.State.ANSWERED:
        house.do(lambda work: rights.answer(work, desk, case.id), house.dpo)


def answer(visits: Visits, page: Page, someone: Applicant, kind: Kind, refuse: dict[str, str]) -> tuple[str, list[str]]:
    """The page of a request before and after the desk answered: how it was dated before, and its parts after. The letter is downloaded."""
    case = newest(visits, someone, kind)
    visits.go(page, f"/ru/me/requests/{case.id}")
    clock = page.locator("section:has(#clocks)").inner_text()
    decided(visits, case, refuse)
    page.reload()
    assert faults(page) == []
    with page.expect_download() as loaded:
        page.locator("a[href*='/me/letters/']:not([download])").last.click()
    assert loaded.value.path().read_bytes()[:4] == b"%PDF"
    return clock, page.locator(".parts li").all_inner_texts()


def test_each_answer_is_seen_part_by_part_with_its_reason_its_letter_and_where_to_turn(visits: Visits, browser: Browser) -> None:
    one = visits.house.applicant(to=[visits.house.bank_a])
    with signed_in(visits, browser, one, two=True, scripts=True) as page:
        ask(visits, page, "automated-objection", text="пусть посмотрит человек")
        clock, parts = answer(visits, page, one, Kind.AUTOMATED_OBJECTION, {})
        assert "06.08.2026" in clock
        assert all("Передать данные; кому: Bank" in part and "для чего: 3.1" in part and "03.08.2026, 10:00" in part for part in parts), (
            "each is told by when, to whom and what for"
        )
        assert len({" ".join(part.split()).partition("№")[0] for part in parts}) == len(parts), (
            "no two of one minute about one bank read alike"
        )
        upheld = [part for part in parts if "Bank B" in part]
        assert len([part for part in parts if "сотрудник отменил разрешение" in part]) == len(parts) - len(upheld) > 0
        assert not [part for part in parts if "сделано" in part or "отказано" in part], (
            "the program's result and the review are not two words side by side"
        )
        assert all("Субъект отказал" in part and "4.1.5" in part for part in upheld), "a person looked again: nobody sends what was refused"
        assert page.locator("#appeal").count() == bool(upheld)

        ask(visits, page, "complaint", text="данные передали без спроса", claim__material="150 000 тенге", claim__moral="испуг")
        clock, (moral, material) = answer(visits, page, one, Kind.COMPLAINT, {"moral": "unsubstantiated"})
        assert "13.08.2026" in clock
        assert "Имущественный ущерб: 150 000 тенге сделано" in " ".join(material.split())
        assert "не подтвердились" in moral
        assert "4.1.7" in moral
        turn = page.locator("section:has(#appeal)").inner_text()
        assert "в суд" in turn
        assert "уполномоченный орган" in turn

        ask(visits, page, "public-sources", publication="no", place="https://people.example/list")
        clock, (no, place) = answer(visits, page, one, Kind.PUBLIC_SOURCES, {"": "not_held"})
        assert "04.08.2026" in clock
        assert "Отказ от публикации сделано" in " ".join(no.split())
        assert "Таких данных в базах оператора нет" in place
        assert page.locator("section:has(#appeal) a[href$='/me/ask/complaint']").count() == 1

        visits.go(page, "/ru/me/consents")
        press(page, "section:has(#all) button")
        press(page, "button.grave")
        clock, parts = answer(visits, page, one, Kind.WITHDRAW, {})
        assert "Последний день" in clock
        assert len([part for part in parts if "Bank A" in part and "сделано" in part]) == 1
        visits.go(page, "/ru/me/consents")
        assert page.locator("form[action$='/off'] input[name=grant]:not([value=''])").count() == 0, "nothing is given any more"

        ask(visits, page, "not-me", text="эту заявку подавал не я")
        _, (nothing,) = answer(visits, page, one, Kind.NOT_ME, {})
        assert "Таких данных в базах оператора нет" in nothing
    assert visits.personal_in_addresses(one.person) == []


def test_a_representative_asks_and_reads_the_answer_until_the_last_day_of_the_document(visits: Visits, browser: Browser) -> None:
    mother, son = visits.house.applicant(), visits.house.applicant()
    house, today = visits.house, visits.house.clock.now().date()
    paper = NewRepresentative(
        mother.subject, DocumentKind.BIRTH_CERTIFICATE, house.document(), frozenset({"4.1.1"}), today, today + timedelta(days=1)
    )
    house.do(lambda work: parties.add_representative(work, son.subject, paper))
    with signed_in(visits, browser, mother, two=True, scripts=True) as page:
        visits.go(page, "/ru/me")
        assert f"Последний день документа: {today + timedelta(days=1):%d.%m.%Y}" in page.locator("section:has(#others)").inner_text()
        press(page, "section:has(#others) form button")
        assert "видеть данные и запрашивать их" in page.locator(".card.warn").inner_text()
        assert "06.08.2026" in ask(visits, page, "access")
        _, (whole,) = answer(visits, page, son, Kind.ACCESS, {})
        assert "сделано" in whole
        case = newest(visits, son, Kind.ACCESS)
        assert (case.about, case.subject) == (son.subject, mother.subject)
        refused = page.goto(f"{visits.base}/ru/me/ask/complaint")
        assert refused is not None
        assert refused.status == 403
        house.clock.advance(timedelta(days=2))
        sign_in(visits, page, mother)
        assert page.locator("section:has(#others)").count() == 0
        letter = visits.house.look(lambda work: rights.case(work, case.id)).answer
        for path in (f"/ru/me/requests/{case.id}", f"/ru/me/letters/{letter}"):
            gone = page.goto(f"{visits.base}{path}")
            assert gone is not None
            assert gone.status == 404, "what was read for somebody is not kept by who read it"
