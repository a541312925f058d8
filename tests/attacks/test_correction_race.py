"""A correction races against leads and states, on both engines: no old value leaves after it, and what a lock forbids is not half done."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

from acts_world import Wire, post, transfers, wired
from office import Applicant, House
from sandyq import requests
from sandyq.distribute import Kind as Told
from sandyq.law.decision import Refusal
from sandyq.register import items
from sandyq.requests import DocumentKind, Kind, Order

ROUNDS = 12 * int(os.environ.get("SANDYQ_TEST_FAULTS", "1"))


def rectify(house: House, subject: str, surname: str) -> requests.Answer:
    proof = house.do(lambda work: requests.file_document(work, house.office.gate, subject, DocumentKind.PROOF, "certificate 7"), house.dpo)
    given = Order(Kind.RECTIFY, subject, documents=(proof,), values={"surname": surname})
    return house.office.write(lambda work: requests.order(work, house.office.desk, given), house.dpo)


def together(*acts) -> list:
    """Run acts at once from one starting line."""
    line = threading.Barrier(len(acts))

    def run(act):
        line.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(run, act) for act in acts]]


def test_a_recipient_that_got_the_old_value_while_it_was_corrected_gets_the_right_one(office: House) -> None:
    wire: Wire = wired(office)
    for number in range(ROUNDS):
        someone: Applicant = office.applicant(to=[office.bank_a])
        new = "Жаңа" + "абвгдежзик"[number % 10]
        together(lambda: post(office), lambda s=someone, n=new: rectify(office, s.subject, n))
        post(office)
        sent = [body["data"]["fields"].get("surname") for body in wire.bodies()]
        assert sent[-1] == new, [t.kind for t in transfers(office, someone.subject, Told.CORRECT)]
        wire.sent.clear()


def test_a_lock_and_a_correction_at_once_leave_either_the_whole_new_version_or_the_old_one(office: House) -> None:
    for _ in range(ROUNDS):
        someone = office.applicant()
        lock = Order(Kind.LOCK, someone.subject, reason="statutory_term", document=office.document())
        answer, _ = together(
            lambda s=someone: rectify(office, s.subject, "Жаңабаева"),
            lambda given=lock: office.office.write(lambda work: requests.order(work, office.office.desk, given), office.dpo),
        )
        legal = office.look(lambda work, s=someone: items.legal(work, s.subject))
        names = [(i.version, i.superseded_at is None) for i in legal if i.category == "6.2.1" and i.klass == "data"]
        assert names == ([(1, True)] if isinstance(answer, Refusal) else [(1, False), (2, True)])
