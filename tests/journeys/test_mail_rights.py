"""Each right by e-mail, from the letter to its answer, as the person in a browser, a partner and the law see it (policy 4.1.1-4.1.7, 5.1.1, 8.3; scenarios 5, 6, 7, 13).

One office is founded for all of them. The clock stands on 19 March 2026, before the days of Nauryz, until the last test, which writes a day later.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from zlib import crc32

import pytest
from mail_visits import Pages, World, Writer, pdf_text, written_to
from page_visits import NEEDS_BROWSER
from playwright.sync_api import Browser

from mail_servers import Dovecot
from office import PUBLIC
from sandyq import block, collect, consent, correspondence, relations
from sandyq.correspondence import State as Letter
from sandyq.law.vocabulary import StateKind
from sandyq.letters.wording import wording
from sandyq.register import subjects
from sandyq.rights import Case, Kind, State

pytestmark = NEEDS_BROWSER
PDF = ("құжат.pdf", "application/pdf", b"%PDF-1.7\n made up paper \n%%EOF")
NEXT = date(2026, 3, 20)
THREE = date(2026, 3, 27)  # three working days, past Nauryz and the day moved for it


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, imap_server: Dovecot, browser: Browser) -> Iterator[World]:
    with written_to(tmp_path_factory.mktemp("mail"), imap_server, browser) as made:
        yield made


@pytest.fixture(autouse=True)
def no_mail_holds_anything_of_anybody(world: World) -> Iterator[None]:
    yield
    assert world.leaks() == []


def opened(world: World, who: Writer | str, title: str, text: str, **more: object) -> Case:
    """They write; a case is opened that waits for proof, and the reply names it, its last day and a link."""
    before = len(world.got(who))
    entry = world.write(who, title, text, **more)  # type: ignore[arg-type]
    case = world.case(entry.case)
    assert (case.state, case.channel.value, case.about) == (State.IDENTIFYING, "mail", "")
    reply = world.got(who)[before]
    assert case.number in reply.subject
    assert case.number in reply.text
    assert "/prove/" in reply.text
    assert text[:20] not in reply.text
    return case


def asked(
    world: World, kind: Kind, language: str, text: str, *wants: tuple[str, str, str], two: bool = False
) -> tuple[Writer, Pages, Case]:
    """A person writes, a member says what it is, and the person proves by the link that it was they."""
    who = world.writer(language)
    case = opened(world, who, "Деректер / данные", text)
    case = world.is_a(case, kind, *wants)
    assert case.kind is kind
    pages = Pages(world, who)
    proved = pages.prove(world.got(who)[-1], two=two)
    assert (proved.id, proved.about) == (case.id, who.subject)
    return who, pages, proved


def closed(world: World, who: Writer, pages: Pages, case: Case) -> str:
    """The answer is issued, a mail without anything personal leads to it, the letter is fetched, and with that the case is closed. Gives the letter."""
    before = len(world.got(who))
    answered = world.answer(case)
    assert answered.state is State.ANSWERED, "it is not over before the letter arrived"
    mail = world.got(who)[before]
    assert case.number in mail.subject
    assert f"/{who.language}/me/requests/{case.id}" in mail.text
    text = pages.letters(case)[-1]
    assert case.number in text
    entry = world.house.look(lambda work: correspondence.one(work, answered.answer))
    assert entry.state is Letter.FETCHED
    world.settle()
    assert world.case(case.id).state is State.CLOSED
    assert all(clock.met_at is not None for clock in world.case(case.id).clocks)
    return text


# --- 4.1.1 -------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text", "says"),
    [
        ("kk", "Мен туралы қандай деректер бар екенін және кімге берілгенін айтыңыз.", "Bank C"),
        ("ru", "Прошу сообщить, какие мои данные у вас есть и кому они переданы.", "Bank C"),
        ("en", "Please tell me what data you hold about me and who received it.", "Bank C"),
    ],
)
def test_access_is_due_on_27_march_and_the_letter_tells_every_value_and_who_got_it(
    world: World, language: str, text: str, says: str
) -> None:
    who, pages, case = asked(world, Kind.ACCESS, language, text, two=True)
    assert world.duties(case) == {"access-answer": THREE}
    assert wording("received-1", language).long_day(THREE) in world.got(who)[0].text
    world.decide(case)
    letter = closed(world, who, pages, case)
    person = who.someone.person
    for value in (person.iin, person.surname, person.first_name, says):
        assert value in letter


# --- 4.1.2 -------------------------------------------------------------------------------------------------------------------------------


def test_a_change_of_name_waits_for_papers_that_come_later_in_the_same_thread_and_is_due_the_next_working_day(world: World) -> None:
    who = world.writer("kk")
    case = opened(world, who, "Тегім", "Тегімді өзгертуіңізді сұраймын, тұрмысқа шықтым.")
    pages = Pages(world, who)
    case = pages.prove(world.got(who)[-1], two=True)  # here the person is faster than the desk
    case = world.is_a(case, Kind.RECTIFY, ("field", "surname", "Жаңабаева"))
    assert world.duties(case) == {"access-answer": THREE}, "the term to change starts with the papers"
    [said] = world.dpo.get(f"/requests/{case.id}/suggestion").json()["parts"]
    assert said["next_action"] == "want_documents"
    assert world.refused(case, "decide", {"decisions": [{"no": said["no"], "do": "grant"}]}) == (422, "invalid")
    world.desk(case, "want-documents", {"wanted": ["proof_of_value"]})
    world.carry()
    wanted = world.got(who)[-1]
    assert case.number in wanted.subject
    assert "Жаңабаева" not in wanted.text

    entry = world.write(who, "Re: құжат", "Куәлік қоса берілді.", files=(PDF,), In_Reply_To=f"<{wanted.message_id}>")
    assert (entry.case, entry.attached, entry.next) == (case.id, 1, "look_at_it")
    read = world.dpo.get(f"/correspondence/{entry.id}").json()
    scan = world.dpo.get(f"/correspondence/{entry.id}/scans/{read['scans'][0]['id']}")
    assert scan.content == PDF[2]
    paper = world.paper(who.subject, "proof", f"некеге тұру куәлігі, {entry.number}")
    world.desk(case, "documents", {"documents": [paper], "came_on": "2026-03-19"})
    assert world.dpo.post(f"/correspondence/{entry.id}/events", {"what": "registered"}).json()["next"] == ""
    assert world.duties(case)["rectify"] == NEXT

    world.decide(case)
    letter = closed(world, who, pages, case)
    assert "Жаңабаева" in letter
    [told] = world.transfers(who, "correct")
    assert (told["recipient"], told["state"], told["fields"]) == (world.bank, "acknowledged", ["surname"])
    held = next(one for one in world.receiver.partner.held()["people"].values() if one["fields"].get("iin") == who.someone.person.iin)
    assert held["fields"]["surname"] == "Жаңабаева"


# --- 4.1.3 -------------------------------------------------------------------------------------------------------------------------------


def blocks(world: World, who: Writer) -> list[str]:
    return [state.id for state in world.house.look(lambda work: block.facts(work, who.subject)) if state.kind is StateKind.BLOCK]


def test_a_block_acts_the_moment_the_writer_is_proved_is_confirmed_by_the_bank_and_lifted_by_two_on_a_second_mail(world: World) -> None:
    who, pages, case = asked(world, Kind.BLOCK, "ru", "Прошу заблокировать мои данные: собраны с нарушением.")
    assert world.duties(case)["block"] == NEXT
    assert len(blocks(world, who)) == 1
    shown = world.dpo.post("/use", {"subject": who.subject, "purpose": world.house.purpose})
    assert shown.status_code == 403
    assert "2.2" in {reason["clause"] for reason in shown.json()["reasons"]}
    letter = closed(world, who, pages, case)
    assert "Bank C" in letter
    assert [row["state"] for row in world.transfers(who, "block")] == ["acknowledged"]

    again = opened(world, who, "Разблокировка", "Прошу разблокировать мои данные, вопрос решен.")
    assert again.id != case.id
    again = world.is_a(again, Kind.UNBLOCK)
    weak = Pages(world, who)
    weak.follow(world.got(who)[-1])
    assert weak.press("/ru/me/prove") == 403, "to lift a block takes two factors"
    assert "Второе подтверждение" in weak.page.locator("h1").inner_text()
    weak.step_up()
    assert weak.press("/ru/me/prove") == 200
    world.decide(again, reason="violation_not_confirmed", document=world.paper(who.subject, "report", "1"))
    assert blocks(world, who) == []
    closed(world, who, weak, again)
    assert [row["state"] for row in world.transfers(who, "release")] == ["acknowledged"]


# --- 4.1.4 -------------------------------------------------------------------------------------------------------------------------------


def test_a_destruction_by_mail_takes_two_factors_leaves_nothing_and_its_letter_is_reached_by_the_claim_code_alone(world: World) -> None:
    who, pages, case = asked(world, Kind.DESTROY, "en", "Please delete all my personal data.", two=True)
    assert world.duties(case)["access-answer"] == THREE
    claim = pages.page.locator(".claim .code").inner_text()
    house, day = world.house, world.house.clock.now().date()
    [part] = world.dpo.get(f"/requests/{case.id}/suggestion").json()["parts"]
    assert (part["verdict"], part["reasons"][0]["clause"]) == ("refused", "8.1"), "the application is not over yet"
    for tie in house.look(lambda work: relations.facts(work, who.subject)):
        house.do(lambda work, t=tie: relations.close_relation(work, who.subject, t.id, day, fulfilled=True))
    world.decide(case, reason="demanded")
    world.settle()
    assert not world.house.look(lambda work: subjects.alive(work, who.subject))
    answered = world.answer(case)
    assert answered.outcome == "granted"
    assert case.number in world.got(who)[-1].subject
    assert world.receiver.partner.held()["people"].get(who.subject) is None
    visitor = Pages(world, who)  # nobody can sign in any more: there is nothing left by which the person could be found
    visitor.go("/en/receipt")
    visitor.press("/en/receipt/open", claim=claim)
    letter = pdf_text(visitor.file(visitor.page.locator("a[href*='/receipt/letter/']:not([download])").first))
    assert case.number in letter
    assert "Bank C" in letter
    assert not any(secret in letter for secret in who.someone.secrets)
    world.settle()
    assert world.case(case.id).state is State.CLOSED


# --- 4.1.6, 4.1.7, art. 19-1 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("choice", "two"), [("no", False), ("yes", True)])
def test_public_sources_no_with_one_code_and_yes_with_two(world: World, choice: str, two: bool) -> None:
    text = "Деректерімнің ашық дереккөздерде жариялануына " + ("қарсымын." if choice == "no" else "келісемін.")
    who, pages, case = asked(world, Kind.PUBLIC_SOURCES, "kk", text, ("publication", choice, ""), two=two)
    assert "public-removal" in world.duties(case)
    if choice == "yes":  # a no takes effect by itself, a yes is a member's to look at
        world.decide(case)
    state = {"no": "refused", "yes": "given"}[choice]
    facts = world.house.look(lambda work: consent.facts(work, who.subject))
    assert [f.state.value for f in facts if f.kind.value == "public_sources"][-1] == state
    closed(world, who, pages, case)


def test_a_complaint_keeps_its_amount_sealed_goes_through_its_stages_and_is_answered_in_part(world: World) -> None:
    who, pages, case = asked(
        world,
        Kind.COMPLAINT,
        "ru",
        "Претензия: мои данные переданы без согласия, прошу возместить ущерб 150 000 тенге и моральный вред.",
        ("claim", "material", "150 000 тенге"),
        ("claim", "moral", "50 000 тенге"),
    )
    assert "consumer-complaint" in world.duties(case)
    text = world.dpo.get(f"/requests/{case.id}/text").json()["values"]
    assert "150 000 тенге" in text.values()
    for stage in ("examined", "offered", "settled"):
        world.desk(case, "stage", {"stage": stage, "document": world.paper(who.subject, "report", stage)})
    assert world.case(case.id).stage == "settled"
    assert world.refused(case, "stage", {"stage": "examined", "document": world.paper(who.subject, "report", "x")})[0] == 409
    parts = {part.target: part.no for part in world.case(case.id).open_parts}
    decisions = [
        {"no": parts["material"], "do": "grant"},
        {"no": parts["moral"], "do": "refuse", "reason": "unsubstantiated"},
    ]
    world.desk(case, "decide", {"decisions": decisions})
    letter = closed(world, who, pages, case)
    assert world.case(case.id).outcome == "partly"
    assert "29" in letter  # the article on damages


def test_an_objection_to_a_machine_is_looked_at_by_a_person_within_its_term(world: World) -> None:
    who, pages, case = asked(world, Kind.AUTOMATED_OBJECTION, "en", "I object to the automated decision on my application.")
    assert world.duties(case) == {"automated-objection": date(2026, 3, 27)}
    assert case.open_parts, "the routing of the application was automatic"
    world.decide(case, "refuse", reason="review_confirmed")
    assert "left it as it was" in closed(world, who, pages, case)


# --- 5.1.1 -------------------------------------------------------------------------------------------------------------------------------


def test_an_authoritys_order_is_known_by_its_paper_and_answered_to_its_own_address_with_what_it_names_alone(world: World) -> None:
    who = world.writer("ru")
    case = opened(
        world,
        "bailiff@adilet.example",
        "Постановление",
        "В рамках исполнительного производства направляем постановление о предоставлении данных.",
        files=(PDF,),
    )
    paper = world.paper(case.subject, "authority_demand", "03-11/1432")
    world.desk(case, "documents", {"documents": [paper]})
    case = world.is_a(case, Kind.AUTHORITY_ORDER, ("order", "disclose", ""), ("field", "surname", ""), ("field", "phone", ""))
    case = world.case(world.desk(case, "identify", {"about": who.subject, "level": 4})["id"])
    assert case.kind is Kind.AUTHORITY_ORDER
    world.decide(case)
    answered = world.answer(case, "Департамент юстиции", "010000, Астана, ул. Образцовая, 1")
    mail = world.got("bailiff@adilet.example")[-1]
    assert case.number in mail.subject
    entry = world.house.look(lambda work: correspondence.one(work, answered.answer))
    assert (entry.channel.value, entry.next) == ("paper", "print_and_post")
    posted = world.dpo.post(f"/correspondence/{entry.id}/events", {"what": "posted", "on": "2026-03-19", "note": "KZ 123 456 789"})
    assert posted.json()["state"] == "sent"
    letter = world.house.do(lambda work: correspondence.letter(work, world.house.office.gate, entry), world.house.dpo)
    person = who.someone.person
    assert person.surname.encode() in letter
    assert person.phone.encode() in letter
    assert person.iin.encode() not in letter
    assert (
        world.dpo.post(f"/correspondence/{entry.id}/events", {"what": "delivered", "on": "2026-03-19", "note": "подпись"}).status_code
        == 200
    )
    world.settle()
    assert world.case(case.id).state is State.CLOSED


# --- 2.16 --------------------------------------------------------------------------------------------------------------------------------


def test_this_is_not_me_finds_the_form_that_somebody_sent_and_destroys_it_by_two(world: World) -> None:
    who = world.writer("kk")
    house = world.house
    stranger = replace(house.person(), iin=who.someone.person.iin)
    form = house.form(stranger)
    asserted = house.do(lambda work: collect.submit(work, house.office.gate, form), PUBLIC)
    case = opened(world, who, "Бұл мен емес", "Бұл мен емес, мұндай өтінім бермедім.")
    case = world.is_a(case, Kind.NOT_ME)
    pages = Pages(world, who)
    case = pages.prove(world.got(who)[-1])
    assert [part.target for part in case.open_parts] == [asserted.submission]
    assert blocks(world, who) == [], "their own data are not touched"
    house.clock.advance(timedelta(seconds=1))
    world.decide(case, reason="reject")
    world.settle()
    assert not house.look(lambda work: subjects.alive(work, asserted.subject))
    assert house.look(lambda work: subjects.alive(work, who.subject))
    letter = closed(world, who, pages, case)
    assert stranger.phone not in letter


# --- threads -------------------------------------------------------------------------------------------------------------------------------


def test_a_known_persons_address_forged_in_from_identifies_nobody(world: World) -> None:
    who = world.writer("ru")
    address = who.someone.person.email
    entry = world.write(address, "Мои данные", "Пришлите мне все мои данные.")
    case = world.case(entry.case)
    assert (case.about, case.state) == ("", State.IDENTIFYING)
    assert entry.subject != who.subject
    assert world.refused(case, "decide", {"decisions": [{"no": 1, "do": "grant"}]})[0] in (403, 409)


def test_a_reply_to_an_answered_thread_that_asks_for_more_is_a_request_of_its_own_and_thanks_are_none(world: World) -> None:
    who, pages, case = asked(world, Kind.ACCESS, "ru", "Какие данные обо мне есть?", two=True)
    world.decide(case)
    closed(world, who, pages, case)
    last = world.got(who)[-1]
    thanks = world.write(who, f"Re: {last.subject}", "Спасибо, вопросов нет.", In_Reply_To=f"<{last.message_id}>")
    assert (thanks.case, thanks.next) == (case.id, "look_at_it")
    anew = world.write(who, f"Re: {last.subject}", "Тогда удалите мои данные.", In_Reply_To=f"<{last.message_id}>")
    assert anew.case not in ("", case.id)
    assert anew.answers, "it is linked to what it answers"
    assert world.case(anew.case).state is State.IDENTIFYING
    assert world.case(anew.case).subject == case.subject
    assert world.case(case.id).state is State.CLOSED


# --- odd mail ------------------------------------------------------------------------------------------------------------------------------

KAZAKH = "Менің деректерім туралы мәлімет беріңіз, қандай деректерім бар?"


def bare(text: str, codec: str, named: str, title: str = "x") -> bytes:
    """A letter of an old program: bytes as they are, under the name that it gives them."""
    kind = f"Content-Type: text/plain; charset={named}\r\n" if named else ""
    return f"From: odd@post.example\r\nSubject: {title}\r\n{kind}\r\n".encode() + text.encode(codec) + b"\r\n"


@pytest.mark.parametrize(
    ("raw", "says", "language"),
    [
        (bare(KAZAKH, "kz1048", "windows-1251"), KAZAKH, "kk"),
        (bare(KAZAKH, "utf-8", "us-ascii"), KAZAKH, "kk"),
        (bare("Прошу сообщить, какие мои данные у вас есть.", "koi8-r", "utf-8"), "Прошу сообщить, какие мои данные у вас есть.", "ru"),
        (bare("Прошу сообщить, какие мои данные у вас есть.", "cp1251", ""), "Прошу сообщить, какие мои данные у вас есть.", "ru"),
        (
            b"From: odd@post.example\r\nSubject: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<style>a{}</style><p>What data of mine"
            b" do you hold?</p><script>alert(1)</script>",
            "What data of mine do you hold?",
            "en",
        ),
    ],
)
def test_a_letter_of_an_odd_program_is_read_as_it_was_meant_and_answered_in_its_language(
    world: World, raw: bytes, says: str, language: str
) -> None:
    number = crc32(raw)
    mark = f"Message-ID: <{number}@odd.example>\r\n".encode()
    address = f"odd{number}@post.example"  # one address has its share of answers a day
    [entry] = world.take(mark + raw.replace(b"odd@post.example", address.encode()), address)
    assert (entry.language, entry.omitted) == (language, ())
    read = world.dpo.get(f"/correspondence/{entry.id}").json()
    assert read["values"]["text"] == says
    assert read["suggests"] == "access"
    assert len(world.got(address)) == 1


def test_an_empty_letter_with_a_packet_of_outlook_is_a_request_all_the_same_and_its_writer_is_told_what_was_not_taken(world: World) -> None:
    packet = ("winmail.dat", "application/ms-tnef", b"\x78\x9f\x3e\x22" + bytes(range(256)))
    entry = world.write("outlook@post.example", "", "", files=(packet,))
    assert (entry.omitted, entry.attached) == (("winmail",), 0)
    assert world.case(entry.case).state is State.IDENTIFYING
    [reply] = world.got("outlook@post.example")
    assert "winmail.dat" in reply.text


def test_a_bounce_in_a_servers_own_words_is_a_next_thing_for_the_desk_and_is_not_answered(world: World) -> None:
    who = world.writer("ru")
    case = opened(world, who, "Данные", "Какие данные обо мне есть?")
    sent = world.got(who)[-1]
    told = (
        "From: Mail Delivery System <Mailer-Daemon@mx.post.example>\r\nSubject: Mail delivery failed: returning message to sender\r\n"
        f"Message-ID: <b1@mx.post.example>\r\n\r\nA message that you sent could not be delivered.\r\n  {who.address}\r\n"
        f"    550 5.1.1 no such user\r\n\r\n--- headers ---\r\nMessage-ID: <{sent.message_id}>\r\n"
    )
    assert world.take(told.encode(), "") == []
    [mail] = [e for e in world.mail.journal() if e.case == case.id and e.kind == "received"]
    assert (mail.state, mail.next) == (Letter.BOUNCED, "find_another_way")
    waiting = world.house.look(correspondence.waiting)
    assert mail.id in {entry.id for entry in waiting}
    assert world.got("Mailer-Daemon@mx.post.example") == []


# --- 4.1.5, the last: a day later ------------------------------------------------------------------------------------------------------------


def test_scenario_13_a_withdrawal_of_20_march_is_due_on_15_april_and_what_it_stops_stops_at_once(world: World) -> None:
    world.house.clock.move(world.house.clock.now().replace(day=20, hour=10))
    who = world.writer("kk")
    case = opened(world, who, "Келісім", "Дербес деректерімді беруге келісімімді қайтарып аламын.")
    grants = world.house.look(lambda work: consent.facts(work, who.subject))
    [grant] = [one for one in grants if one.recipient == world.bank and one.state.value == "given"]
    case = world.is_a(case, Kind.WITHDRAW, ("grant", grant.id, ""))
    assert world.duties(case) == {"withdrawal-stop": date(2026, 4, 15)}
    pages = Pages(world, who)
    case = pages.prove(world.got(who)[-1])
    asked = {"operation": "distribute", "subject": who.subject, "purpose": world.house.purpose, "recipient": world.bank}
    refused = world.dpo.post("/decide", {"ask": asked}).json()
    assert refused["permitted"] is False
    letter = closed(world, who, pages, case)
    assert "Bank C" in letter
    assert [row["state"] for row in world.transfers(who, "withdraw")] == ["acknowledged"]
    proofs = world.house.look(lambda work: consent.proofs(work, who.subject))
    assert any(one.id == grant.id for one in proofs), "the proof of the old consent stays"
