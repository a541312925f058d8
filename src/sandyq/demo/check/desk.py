"""The steps of the check that concern the rights desk, on the dates that the law's terms are shown by: 19 and 20 March 2026, around Nauryz.

As in `story`, each step says what it saw or raises Broken, and knows one way of breaking it on purpose (`stage.broken`).
"""

import json
from datetime import date
from hashlib import sha256
from typing import Any, Final

import httpx

from sandyq import destroy, identity, relations
from sandyq.audit import Act, history
from sandyq.demo.check.browser import form_of
from sandyq.demo.check.spring import PURPOSE, Spring
from sandyq.demo.check.stage import Stage, expect
from sandyq.demo.check.story import codes

_NAURYZ: Final = ["2026-03-21", "2026-03-22", "2026-03-23", "2026-03-24", "2026-03-25"]
"""Saturday and Sunday, the holiday, and the days moved: none counts."""
_SECTIONS: Final = ("data", "purposes", "sources", "methods", "consents", "recipients")
"""What 4.1.1 names, beside the terms, which stand with each item of the data."""
_WRITER: Final = "aigerim.check@example.kz"
_LETTER: Final = "Менің атым Айгерім, ЖСН 850101300017. Қандай деректерім бар екенін айтыңыз."
_DUE: Final = "2026 жылғы 27 наурыз"
"""The last day, as a mail in the letter's language says it."""
_SECRET: Final = ("Айгерім", "850101300017", _WRITER, "aigerim", "passport-scan")


# --- 4.1.1: scenario 5 ---------------------------------------------------------------------------------------------------------------------


def access(stage: Stage) -> str:
    """A request for access, counted over Nauryz, and the complete answer. Broken: it is received a day later."""
    spring = stage.spring
    person = spring.person()
    subject = spring.applicant(person)
    if stage.broken == "access":
        spring.move(2026, 3, 20)
    made = _asked(spring, subject, "access", "4.1.1")
    expect(made["due"] == "2026-03-27", f"a request of 19.03.2026 is due on {made['due']} and not on 27.03.2026")
    (clock,) = _read(spring, f"/requests/{made['id']}")["clocks"]
    idle = [day["date"] for day in clock["days"][1:] if not day["counted"]]  # the day of receipt is never counted
    expect(idle == _NAURYZ, f"the days that do not count are {', '.join(idle)}")
    package = _complete(spring, subject, made["id"], spring.typed(person))
    entry = _granted(spring, made)
    answered = _read(spring, f"/requests/{made['id']}")
    expect(answered["state"] == "answered" and answered["clocks"][0]["state"] == "met", "the request is not answered in its term")
    letter = _read(spring, f"/correspondence/{entry}")["entry"]
    expect(letter["kind"].startswith("access-") and letter["case"] == made["id"], "the answer is no letter in the journal")
    return f"{made['number']}: due 27.03.2026, {len(idle)} days of Nauryz not counted; {package}; answered by letter {letter['number']}"


def _complete(spring: Spring, subject: str, case: str, typed: Any) -> str:
    """The whole answer in Kazakh and in Russian: every value that was typed, and every section of the clause. Gives what it holds."""
    items = 0
    for language in ("kk", "ru"):
        got = spring.api("POST", f"/subjects/{subject}/access?language={language}", "dpo-1", {"document": case, "full": True})
        expect(got.status_code == 200, f"the answer was refused: {codes(got)}")
        package = got.json()["package"]
        whole = json.dumps(package, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        expect(sha256(whole).hexdigest() == got.json()["digest"], "the answer does not fit the digest that the log vouches for")
        (held,) = package["people"]
        values = {value["field"]: value["value"] for item in held["data"] for value in item["values"]}
        missing = [name for name in typed if name not in values]
        expect(not missing, f"the answer lacks {', '.join(missing)}")
        empty = [name for name in _SECTIONS if not held[name]] + [
            f"term of {i['category']['code']}" for i in held["data"] if not i["term"]["words"]
        ]
        expect(held["held"] and not empty, f"the answer is empty on {', '.join(empty)}")
        expect(any(row["sent_at"] for row in held["transfers"]), "the answer does not say when partner A got what")
        expect(package["free_of_charge"] and package["language"] == language, "the answer is not free of charge in the asked language")
        items = len(held["data"])
    return f"the fact, purposes, sources, ways, {items} items with terms, recipients with dates, in kk and ru, free"


# --- 8.3, 2.20: scenario 6 -------------------------------------------------------------------------------------------------------------------


def mail(stage: Stage) -> str:
    """An e-mail with an attachment from an address that nobody knows. Broken: the mail never arrives."""
    spring = stage.spring
    before = len(_cases(spring))
    if stage.broken != "mail":
        _write(spring)
    spring.settle()
    made = [case for case in _cases(spring) if case["channel"] == "mail"]
    expect(len(_cases(spring)) == before + 1 and made, "the mail did not become a request")
    (case,) = made
    expect(
        (case["kind"], case["state"], case["about"]) == ("access", "identifying", ""), "the request does not wait for a proof of identity"
    )
    expect(case["due"] == "2026-03-27", f"its term ends on {case['due']} and not on 27.03.2026")
    reply = _newest_mail(spring)
    expect(case["number"] in reply and _DUE in reply, "the reply does not name the number and the last day")
    expect("/prove/" in reply, "the reply does not ask who wrote")
    told = [word for word in _SECRET if word.lower() in reply.lower()]
    expect(not told, f"the reply holds {len(told)} pieces of personal data")
    return f"{case['number']}, due 27.03.2026, waits for a proof; the reply has number, day and a link, and nothing personal"


def _write(spring: Spring) -> None:
    """Write to the office through the sample's page, as somebody from outside."""
    path = "/kk/sample/inbox"
    with httpx.Client(base_url=spring.url, timeout=30.0, trust_env=False) as http:
        hidden = form_of(http.get(path).text, path)
        sent = {**hidden, "from": _WRITER, "title": "Деректерім туралы", "text": _LETTER}
        files: list[Any] = [(name, (None, value.encode())) for name, value in sent.items()]
        files.append(("file", ("passport-scan.pdf", b"%PDF-1.7\n made up \n%%EOF", "application/pdf")))
        answer = http.post(path, files=files, headers={"origin": spring.url, "referer": f"{spring.url}{path}"})
        expect(answer.status_code == 303, f"the sample's mailbox did not take the mail ({answer.status_code})")


def _newest_mail(spring: Spring) -> str:
    page = spring.http.get("/kk/sample/inbox").text
    return page.partition('<h2 id="mail"')[2].partition("<li")[2].partition("</li>")[0]


# --- 4.1.2: scenario 7 -----------------------------------------------------------------------------------------------------------------------


def rename(stage: Stage) -> str:
    """A change of name without documents, then with them. Broken: a document is there from the beginning."""
    spring = stage.spring
    subject = spring.applicant(spring.person())
    paper = {"subject": subject, "kind": "proof", "number": "marriage certificate 12345"}
    proof = spring.api("POST", "/documents", "dpo-1", paper).json()["document"]
    wants = [{"what": "field", "id": "surname", "value": "Жаңабаева"}]
    early = [proof] if stage.broken == "rename" else []
    made = _asked(spring, subject, "rectify", "4.1.2", wants=wants, documents=early)
    found = _read(spring, f"/requests/{made['id']}/suggestion")
    reasons = {reason["code"]: reason for part in found["parts"] for reason in part["reasons"]}
    expect("documents_wanted" in reasons, f"without documents the desk is told {', '.join(sorted(reasons)) or 'nothing'}")
    expect(reasons["documents_wanted"]["clause"] == "4.1.2", "it does not cite 4.1.2")
    after = spring.api("POST", f"/requests/{made['id']}/documents", "dpo-1", {"documents": [proof]})
    due = [clock["due"] for clock in after.json()["clocks"] if clock["state"] == "running"]
    expect(min(due) == "2026-03-20", f"with the document it is due on {min(due)} and not on the next working day")
    _granted(spring, made)
    held = spring.until(lambda: [p for p in spring.held().values() if p["fields"].get("surname") == "Жаңабаева"])
    expect(held, "partner A was not told of the new name")
    seen = _done(spring.api("POST", "/use", "dpo-1", {"subject": subject, "purpose": PURPOSE, "fields": ["surname"]}))
    expect([item["version"] for item in seen["items"]] == [2], "the former name is shown")
    rows = spring.until(lambda: _acknowledged(spring, subject, "correct"))
    expect(rows, "partner A did not confirm the correction")
    return "documents wanted by 4.1.2; with one due 20.03.2026, the next working day; version 2 shown, partner A has it and confirmed"


# --- 3.7: scenario 15 ------------------------------------------------------------------------------------------------------------------------


def two_roles(stage: Stage) -> str:
    """Client and employee under one IIN. Broken: the employee is somebody else."""
    spring = stage.spring
    person = spring.person()
    client = spring.applicant(person)
    colleague = spring.person() if stage.broken == "two-roles" else person
    taken = spring.api("POST", "/personnel", "hr-1", _contract(colleague))
    expect(taken.status_code == 201, f"the employee was not taken on: {codes(taken)}")
    hired = taken.json()["subject"]
    for kind, value in (("iin", person.iin), ("phone", person.phone)):
        hits = spring.api("POST", "/find", "clerk-1", {"purpose": PURPOSE, "kind": kind, "value": value}).json()["hits"]
        expect([hit["subject"] for hit in hits] == [client], f"the call centre's search by {kind} does not find the client alone")
    shown = spring.api("POST", "/use", "clerk-1", {"subject": hired, "purpose": PURPOSE})
    expect(shown.status_code == 403, "the call centre can open the employee's record")
    other = spring.api("POST", "/personnel/show", "hr-1", {"subject": client, "purpose": "labour"})
    expect(other.status_code == 404, "the personnel department can open the client's record")
    desk, gate = spring.member("dpo-1"), spring.office.gate
    spring.do(lambda work: identity.desk_check(work, gate, client, "identity_card", iin=person.iin), desk)
    made = _asked(spring, client, "access", "4.1.1")
    answer = _done(spring.api("POST", f"/subjects/{client}/access", "dpo-1", {"document": made["id"], "full": True}))
    roles = [one["role"]["code"] for one in answer["package"]["people"]]
    expect(roles == ["client", "staff"], f"the person's own answer covers {', '.join(roles)}")
    return "neither search nor opening crosses the wall, in either direction; the person's own answer covers client and employee"


def _contract(person: Any) -> dict[str, Any]:
    names = {"iin": person.iin, "surname": person.surname, "first_name": person.first_name, "birth_date": person.born.isoformat()}
    more = {"phone": person.phone, "education": "higher", "position": "Есепші", "salary_monthly": "450000"}
    grounds = [
        {"purpose": "labour", "ground": "9(2-1)", "citation": "Labour Code art. 28"},
        {"purpose": "pay-and-tax", "ground": "9(10)", "citation": "Tax Code 2026 art. 206(3)"},
    ]
    started = {"started": "2026-03-02", "paper": "contract 12", "identity_seen": True}
    return {"role": "employee", "data": {**names, **more}, "grounds": grounds, **started}


# --- 4.1.5: scenario 13 ----------------------------------------------------------------------------------------------------------------------


def withdrawal_term(stage: Stage) -> str:
    """A withdrawal of 20.03.2026. Broken: the person keeps their consents, and only asks what is held."""
    spring = stage.spring
    subject = spring.applicant(spring.person())
    spring.move(2026, 3, 20)
    ask = {"operation": "distribute", "subject": subject, "purpose": PURPOSE, "recipient": spring.bank}
    before = spring.api("POST", "/decide", "dpo-1", {"ask": ask}).json()
    expect(before["permitted"], "partner A could not be given anything even before")
    made = _asked(spring, subject, "access" if stage.broken == "withdrawal-term" else "withdraw", "4.1.5")
    expect(made["due"] == "2026-04-15", f"a withdrawal of 20.03.2026 is due on {made['due']} and not on 15.04.2026")
    _granted(spring, made)
    after = spring.api("POST", "/decide", "dpo-1", {"ask": ask}).json()
    expect(not after["permitted"], "the next ask for partner A is still permitted")
    why = sorted({f"{r['clause']}, {r['article']}" for r in after["reasons"]})
    (held,) = _done(spring.api("POST", f"/subjects/{subject}/access", "dpo-1", _paper(spring, subject)))["package"]["people"]
    proofs = [c for c in held["consents"] if c["state"]["code"] == "withdrawn" and c["sha256"] and c["proof_kept_until"]]
    expect(proofs, "the proof of the consents that stood is gone")
    return (
        f"due 15.04.2026; the next ask for partner A is refused ({why[0]}); {len(proofs)} proofs of the old consents stay, with their term"
    )


def _paper(spring: Spring, subject: str) -> dict[str, Any]:
    filed = spring.api("POST", "/documents", "dpo-1", {"subject": subject, "kind": "proof", "number": "request on paper"}).json()
    return {"document": filed["document"], "full": True}


# --- 2.2, 8.1: scenario 9 --------------------------------------------------------------------------------------------------------------------


def held_by_block(stage: Stage) -> str:
    """A term that ends during a block. Broken: there is no block."""
    spring = stage.spring
    subject = spring.applicant(spring.person())
    order = {"kind": "block", "subject": subject, "reason": "violation_claimed", "document": spring.do(lambda work: work.new_id())}
    state = "" if stage.broken == "held-by-block" else _done(spring.api("POST", "/orders", "dpo-1", order), 201)["target"]
    (tie,) = spring.office.read(lambda work: relations.all_of(work, subject))
    spring.do(lambda work: relations.close_relation(work, subject, tie.id, date(2026, 3, 20), fulfilled=True))
    spring.move(2030, 3, 20)
    spring.settle()
    said = spring.office.read(lambda work: {row.entry.act for row in history.about(work, subject)})
    expect(Act.HELD_BY_BLOCK.value in said, "the sweep did not say that it was held by a block")
    expect(not _plans(spring, subject), "it was destroyed during the block")
    released = {**order, "kind": "propose_release", "reason": "violation_not_confirmed", "target": state}
    proposed = _done(spring.api("POST", "/orders", "dpo-1", released), 201)["target"]
    _done(spring.api("POST", "/orders", "dpo-2", {**order, "kind": "confirm_release", "reason": "", "target": proposed}), 201)
    spring.settle()
    gone = spring.api("POST", "/use", "dpo-1", {"subject": subject, "purpose": PURPOSE})
    expect(gone.status_code in {403, 404}, "after the release the data can still be opened")
    ended = [_read(spring, f"/subjects/{subject}/destructions/{plan}")["done_at"] for plan in _plans(spring, subject)]
    expect(ended and all(ended), "the release did not destroy what was due")
    return "past its term it was held by the block and said so; released by two, it was destroyed in the same run"


def _plans(spring: Spring, subject: str) -> list[str]:
    return spring.office.read(lambda work: [plan.id for plan in destroy.plans(work, subject)])


# --- the desk --------------------------------------------------------------------------------------------------------------------------------


def _asked(spring: Spring, subject: str, kind: str, clause: str, **more: Any) -> dict[str, Any]:
    """A request that the person made at the desk, where their identity was checked."""
    body = {"kind": kind, "channel": "desk", "asker": subject, "about": subject, "level": 4, "text": "made up", **more}
    made = spring.api("POST", "/requests", "dpo-1", body)
    expect(made.status_code == 201, f"the request by {clause} was not put on file: {codes(made)}")
    found: dict[str, Any] = made.json()
    return found


def _granted(spring: Spring, made: dict[str, Any]) -> str:
    """The responsible person grants what is open and answers; gives the letter's entry in the journal."""
    parts = [part["no"] for part in _read(spring, f"/requests/{made['id']}")["parts"] if part["state"] == "open"]
    if parts:
        decisions = [{"no": no, "do": "grant"} for no in parts]
        _done(spring.api("POST", f"/requests/{made['id']}/decide", "dpo-1", {"decisions": decisions}))
    entry = spring.until(lambda: _entry(spring, made["id"]))
    expect(entry, "the request was not answered")
    return str(entry)


def _entry(spring: Spring, case: str) -> str:
    """The answer: issued by itself once everything is confirmed, or now."""
    kept = _read(spring, f"/requests/{case}")
    if not kept["answer"]:
        spring.api("POST", f"/requests/{case}/answer", "dpo-1", {})
    return str(_read(spring, f"/requests/{case}")["answer"])


def _cases(spring: Spring) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _read(spring, "/requests?all=yes")["requests"]
    return found


def _acknowledged(spring: Spring, subject: str, kind: str) -> list[dict[str, Any]]:
    rows = [row for row in _read(spring, f"/subjects/{subject}/transfers")["transfers"] if row["kind"] == kind]
    return rows if rows and all(row["state"] == "acknowledged" for row in rows) else []


def _read(spring: Spring, path: str) -> dict[str, Any]:
    return _done(spring.api("GET", path, "dpo-1"))


def _done(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    expect(answer.status_code == status, f"refused: {codes(answer)}")
    found: dict[str, Any] = answer.json()
    return found
