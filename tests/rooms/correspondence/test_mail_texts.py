"""Every mail of every kind as its reader has it: nothing of a person in it, lines that any program shows whole, whom it is from, where to go, what to do."""

import re
import string
import tomllib
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from identity_world import Portal, both
from office import House
from sandyq import speech
from sandyq.app.carry import Post
from sandyq.identity.carrier import IdentityCodes, IdentityNotices
from sandyq.intake import reply
from sandyq.letters import render
from sandyq.letters.render import notice_text
from sandyq.outbox import Outcome

NUMBER, LINK = "20261119-K7M2Q", "https://pd.example/prove/7f3k2m9q4w8x1z6b5n0c7f3k2m9q4w8x1z6b5n0c"
CLOSED = {"number", "link", "day", "count", "what", "code", "office"}
"""What may be filled into a mail: none is a value of a person, and `what` is a list of codes' words."""
NOTICES = tomllib.loads((Path(render.__file__).parent / "templates" / "notice-1.toml").read_text("utf-8"))
EVENTS = sorted(NOTICES["en"]["events"])


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", speech.LANGUAGES)
def test_no_mail_of_any_kind_has_a_place_for_a_value_of_a_person(language: str):
    said = {key: text for key, text in speech.catalog(language).items() if key.startswith(("mail.", "told.", "remind."))}
    said |= {f"notice.{event}": text for event, text in NOTICES[language]["events"].items()}
    said |= {f"notice.{key}": text for key, text in NOTICES[language].items() if isinstance(text, str)}
    assert len(said) > 45
    assert {key: holes(text) - CLOSED for key, text in said.items() if holes(text) - CLOSED} == {}


def whole(text: str) -> None:
    """As every mail is set."""
    assert text.endswith("\n")
    assert [line for line in text.splitlines() if len(line) > speech.MAIL_WIDTH and not re.fullmatch(r"\S+", line)] == []
    assert "{" not in text


@pytest.mark.parametrize("language", speech.LANGUAGES)
@pytest.mark.parametrize("event", EVENTS)
def test_a_notice_says_what_happened_where_to_read_it_and_what_to_do_if_nothing_was_asked(event: str, language: str):
    title, text = notice_text(event, NUMBER, LINK, language)
    whole(text)
    assert NUMBER in title
    assert NUMBER in text
    assert LINK in text.splitlines()
    assert " ".join(NOTICES[language]["foot"].split()) in " ".join(text.split())


@pytest.mark.parametrize("language", speech.LANGUAGES)
def test_the_answer_to_a_request_names_its_last_day_in_words_and_where_to_prove_who_asks(language: str):
    omitted = ("archive_refused", "too_many_files", "upload_too_large")
    _, text = reply.received(language, NUMBER, LINK, last=date(2026, 11, 24), attached=2, omitted=omitted)
    whole(text)
    assert "2026-11-24" not in text
    assert {"kk": "2026 жылғы 24 қараша", "ru": "24 ноября 2026 года", "en": "24 November 2026"}[language] in " ".join(text.split())
    assert LINK in text.splitlines()


class Box:
    """Keeps what would be mailed, as it is."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []

    def send(self, address: str, body: bytes, key: str) -> Outcome:
        made = message_from_bytes(body, policy=policy.SMTP)
        assert isinstance(made, EmailMessage)
        self.sent.append(made)
        return Outcome(True, "shown")


def test_codes_and_notices_to_a_contact_say_whom_they_are_from_and_what_to_do_and_name_nobody(office: House):
    someone, house, box = office.applicant(), office.office, Box()
    ways = (house.gate, house.sms, box, "desk@sample.example", "https://pd.example")
    post = Post(house.stores, house.carriers | {made.kind: made for made in (IdentityCodes(*ways), IdentityNotices(*ways))})
    portal = both(office, someone)
    portal.propose("phone", "+77019998877")
    Portal(office, "again").ask(someone.person.iin, someone.person.email, "email")
    while post.run():
        pass
    name = office.edition.words("operator", "name", language="kk")
    texts = [made.get_content().replace("\r\n", "\n") for made in box.sent]
    unasked, not_you = (speech.say("kk", f"told.mail.{key}") for key in ("unasked", "not_you"))
    assert {unasked in " ".join(text.split()) for text in texts} == {True, False}, "a code and a notice were mailed"
    for made, text in zip(box.sent, texts, strict=True):
        whole(text)
        assert text.startswith(f"{name}: ")
        assert made["From"].addresses[0].display_name == name
        assert made["Auto-Submitted"] == "auto-generated"
        assert "https://pd.example/kk/me" in text
        assert (unasked in " ".join(text.split())) is not (not_you in " ".join(text.split()))
        for value in (someone.person.iin, someone.person.surname, someone.person.first_name, someone.person.phone, someone.person.email):
            assert value not in text
            assert value not in str(made["Subject"])
