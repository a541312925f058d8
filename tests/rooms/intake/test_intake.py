"""Taking in mails with the sample's own mailbox: once each, whatever breaks in between, and nobody answered who should not be."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from mail_servers import letter
from office import House
from sandyq import correspondence, intake, rights, speech
from sandyq.app.carry import Post
from sandyq.correspondence import Entry, State
from sandyq.db.work import StoreFailed
from sandyq.intake import Intake, Looked
from sandyq.post.mail import SampleMailbox

SENDER = "a@example.kz"


def box(office: House) -> SampleMailbox:
    return office.office._sample_mail


def send(office: House, made: EmailMessage | bytes) -> None:
    box(office).deliver(made if isinstance(made, bytes) else made.as_bytes())


def look(office: House) -> Looked:
    return Intake(office.office).look()


def carry(office: House) -> None:
    post = Post(office.office.stores, office.office.carriers)
    post.run()
    post.close()


def journal(office: House) -> list[Entry]:
    now = office.clock.now()
    return office.look(lambda work: correspondence.journal(work, now - timedelta(days=400), now + timedelta(days=1), limit=500))


def cases(office: House) -> set[str]:
    return {entry.case for entry in journal(office) if entry.case}


def test_a_sample_office_takes_its_mail_in_as_due_work(office: House):
    send(office, letter(SENDER, "Деректерім", "Қандай деректерім бар?"))
    [chore] = intake.chores(office.office)
    while not office.office.sequencer.elected():
        pass
    assert chore.run() == 1
    assert chore.run() == 0
    carry(office)
    assert len(box(office).latest(SENDER)) == 1
    assert len(cases(office)) == 1


def test_a_process_that_dies_between_commit_and_removal_makes_one_request_of_a_mail(office: House, monkeypatch: pytest.MonkeyPatch):
    send(office, letter(SENDER, "Деректерім", "Қандай деректерім бар?", attachments=(("x.pdf", "application/pdf", b"%PDF-1.7 x"),)))

    class Killed(BaseException):
        pass

    def dies(mark: str) -> None:
        raise Killed

    monkeypatch.setattr(box(office), "remove", dies)
    with pytest.raises(Killed):
        look(office)
    monkeypatch.undo()
    files = sorted(office.settings.media_dir.iterdir())
    assert look(office) == Looked(1, 0)
    carry(office)
    assert box(office).marks() == []
    assert len(cases(office)) == 1
    assert len(box(office).latest(SENDER)) == 1
    assert sorted(office.settings.media_dir.iterdir()) == files


@pytest.mark.parametrize("step", ["perishable.commit", "durable.commit"])
def test_a_crash_between_the_commits_of_the_stores_loses_no_mail(office: House, step: str):
    """The keys are committed first: what they belong to may never have come."""
    send(office, letter(SENDER, "Деректерім", "Қандай деректерім бар?"))
    hooks = office.office.stores.hooks

    def broken(name: str) -> None:
        if name == step:
            hooks.at_step = None
            raise StoreFailed(store="durable", what="test")

    hooks.at_step = broken
    assert look(office).taken == 0
    assert look(office).taken == 1
    assert len(cases(office)) == 1


def test_the_same_mail_delivered_by_two_ways_makes_one_request(office: House):
    made = letter(SENDER, "Деректерім", "Қандай деректерім бар?", message_id="<one@example.kz>").as_bytes()
    send(office, b"Received: from one\r\n" + made)
    send(office, b"Received: from two\r\n" + made)
    assert look(office).taken == 2
    assert len(journal(office)) == 2  # the letter and the answer
    assert len(cases(office)) == 1


def test_another_letter_under_a_used_message_id_is_not_passed_over(office: House):
    send(office, letter(SENDER, "Деректерім", "Бірінші хат", message_id="<one@example.kz>"))
    send(office, letter("b@example.kz", "Деректерім", "Екінші хат", message_id="<one@example.kz>"))
    look(office)
    assert len(cases(office)) == 2


def test_one_mail_that_cannot_be_taken_in_holds_up_no_other(office: House, monkeypatch: pytest.MonkeyPatch):
    send(office, letter(SENDER, "bad", "Бірінші хат"))
    send(office, letter("b@example.kz", "Деректерім", "Екінші хат"))
    whole = Intake.take

    def take(self: Intake, fetched: object) -> object:
        if b"bad" in fetched.raw:
            raise StoreFailed(store="durable", what="test")
        return whole(self, fetched)

    monkeypatch.setattr(Intake, "take", take)
    assert look(office) == Looked(1, 1)
    assert len(box(office).marks()) == 1


@pytest.mark.parametrize(
    "headers", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List_Id": "<x.example.kz>"}, {"Return_Path": "<>"}]
)
def test_what_no_person_wrote_is_on_the_journal_for_a_look_and_gets_no_answer(office: House, headers: dict[str, str]):
    send(office, letter(SENDER, "Out of office", "Мен демалыстамын", **headers))
    look(office)
    [entry] = journal(office)
    assert (entry.kind, entry.state, entry.next, entry.case) == ("automatic", State.RECEIVED, "look_at_it", "")


def test_two_machines_that_answer_each_other_end_after_five_mails(office: House):
    """A machine that hides what it is: each of our answers makes it write anew."""
    for number in range(12):
        send(office, letter(SENDER, f"n{number}", f"хат {number}"))
        look(office)
        carry(office)
    assert len(box(office).latest(SENDER)) == 5
    assert len(cases(office)) == 12


def test_a_mail_of_our_own_address_is_not_answered(office: House, monkeypatch: pytest.MonkeyPatch):
    object.__setattr__(office.office.settings, "mail_from", "office@example.kz")
    send(office, letter("office@example.kz", "x", "y"))
    look(office)
    assert [entry.kind for entry in journal(office)] == ["automatic"]


def test_the_term_runs_from_the_day_the_mailbox_got_it(office: House, monkeypatch: pytest.MonkeyPatch):
    from dataclasses import replace

    came = office.clock.now() - timedelta(days=2)
    fetch = SampleMailbox.fetch
    monkeypatch.setattr(SampleMailbox, "fetch", lambda self, mark: replace(fetch(self, mark), arrived=came))
    send(office, letter(SENDER, "Деректерім", "Қандай деректерім бар?"))
    look(office)
    [case_id] = cases(office)
    assert office.look(lambda work: rights.case(work, case_id)).received_at == came


def test_what_is_not_taken_is_told_by_its_kind_in_the_answer(office: House):
    attachments = (("a.zip", "application/zip", b"PK\x03\x04" + b"0" * 50), ("b.bin", "application/octet-stream", b"\x00\x01\x02"))
    send(office, letter(SENDER, "Деректерім", "Қандай деректерім бар?", attachments=attachments))
    look(office)
    carry(office)
    [got] = box(office).latest(SENDER)
    assert "мұрағат файлы" in got.text
    assert "a.zip" not in got.text


@pytest.mark.parametrize(("files", "said"), [(0, False), (2, True)])
def test_the_answer_speaks_of_files_only_where_some_came(office: House, files: int, said: bool):
    sent = tuple((f"x{n}.pdf", "application/pdf", b"%PDF-1.7 x" + bytes([48 + n])) for n in range(files))
    send(office, letter(SENDER, "Мои данные", "Какие данные обо мне хранятся?", attachments=sent))
    look(office)
    carry(office)
    [reply] = box(office).latest(SENDER)
    lines = {speech.say(language, "mail.attached", count=count) for language in speech.LANGUAGES for count in (0, files)}
    assert any(line in reply.text for line in lines) is said
    assert not any(speech.say(language, "mail.attached", count=0) in reply.text for language in speech.LANGUAGES)
