"""The steps of the check that concern one person: form, lead, looks, block, release, destruction. Each says what it saw, or raises Broken.

Each step knows one way of breaking it on purpose (`stage.broken`): then the same check must fail.
"""

from hashlib import sha256
from typing import Any, Final

import httpx

from sandyq.demo.check.browser import Applicant
from sandyq.demo.check.spring import PURPOSE
from sandyq.demo.check.stage import Stage, expect
from sandyq.ids import new_id
from sandyq.law.vocabulary import STOPPED_BY_BLOCK

SERVICE: Final = frozenset({"collection", "service"})
MARK: Final = "Q7xSandyqCanaryZ4"
"""Part of a made-up workplace and profession, so that a chance match in a file is out of the question."""


def planted(stage: Stage) -> list[str]:
    """The values whose traces are looked for in the end."""
    person = stage.person
    more = stage.known[f"more:{person.iin}"]
    return [
        person.iin,
        person.phone,
        person.phone[1:],
        person.email,
        person.surname,
        person.patronymic,
        person.address,
        more["workplace"],
        more["profession"],
        f"{person.surname} {person.first_name}",
    ]


def form(stage: Stage) -> str:
    """The page's form in Kazakh, filled in without a script, with consent to the service and to partner A. Broken: with the digest of another text."""
    person = stage.person
    stage.known[f"more:{person.iin}"] = {"workplace": f"{MARK} LLP", "profession": f"{MARK} baker"}
    bank, mfo = stage.partner_id("bank"), stage.partner_id("mfo")
    boxes = SERVICE | {f"recipient.{bank}"} | ({f"recipient.{mfo}"} if stage.broken == "lead" else set())
    seen = {"service": "0" * 64} if stage.broken == "form" else {}
    with httpx.Client(base_url=stage.url, timeout=30.0, trust_env=False) as http:
        browser = Applicant(http)
        claim = stage.known["claim"] = browser.apply(stage.typed(person), frozenset(boxes), seen)
        expect(browser.confirm(stage.phone_code(person.phone[-4:])), "the phone's code was not taken")
    stage.known["form"] = stage.api("GET", "/form?language=kk", "site").json()
    consents = stage.api("GET", "/consents", "site", sandyq_claim=claim).json()["consents"]
    texts = {sha256(card["text"].encode()).hexdigest(): card for card in stage.known["form"]["consents"]}
    expect(all(c["sha256"] in texts for c in consents), "a consent does not carry the digest of the text that was shown")
    expect(all(c["language"] == "kk" and c["version"] for c in consents), "a consent does not say its language and version")
    states = {(c["kind"], c["channel"] or c["recipient"]): c["state"] for c in consents}
    expect(states[("processing", "")] == "given", "the consent to the service does not stand")
    expect(
        all(state == "refused" for (kind, _), state in states.items() if kind in {"marketing", "public_sources"}),
        "marketing stands as given",
    )
    return f"{len(consents)} choices, each with digest, version, language and time; marketing and publication refused"


def no_consent(stage: Stage) -> str:
    """The same form without any consent. Broken: with the consents."""
    person = stage.stranger
    boxes = SERVICE if stage.broken == "no-consent" else frozenset()
    sent = stage.apply(person, boxes)
    expect(sent.status_code >= 400, "a form without consent was taken in")
    cites = {cite for error in sent.json().get("errors", []) for cite in error["cites"]}
    expect({"5.3", "94-V art. 8"} <= cites, f"the refusal cites {', '.join(sorted(cites))}")
    found = stage.api("POST", "/find", "dpo-1", {"purpose": PURPOSE, "kind": "iin", "value": person.iin}).json()["hits"]
    expect(not found, "something of the refused form was kept")
    judged = [
        _as_published(stage, *asked)
        for asked in ((PURPOSE, "collect", ""), ("marketing", "use", "sms"), ("statistics", "depersonalise", ""))
    ]
    expect(judged == [True, False, False], f"read as published 3.1, 3.8, 3.6 are judged {judged}")
    return "refused, and nothing kept; read as published 3.1 would be permitted, 3.8 and 3.6 refused"


def _as_published(stage: Stage, purpose: str, operation: str, channel: str) -> bool:
    """What the policy's own words would allow, on the consent that they imply; nothing is stored."""
    at = "2026-03-19T05:00:00+00:00"
    implied = [
        {"id": kind, "kind": kind, "state": "given", "given_at": at, "purpose": PURPOSE, "implied": True}
        for kind in ("collection", "processing")
    ]
    item = {"id": "i", "category": "6.2.7", "fields": ["phone"], "collected_at": at, "purposes": [PURPOSE]}
    ask = {"operation": operation, "purpose": purpose, "fields": ["phone"], "channel": channel}
    facts = {"subject": {"id": "somebody"}, "consents": implied, "items": [item]}
    simulated = stage.api("POST", "/decide", "site", {"simulate": {"ask": ask, "facts": facts, "reading": "as_published"}})
    return bool(simulated.json()["permitted"])


def lead(stage: Stage) -> str:
    """The lead reaches A with the agreed fields and nothing reaches B. Broken: B is agreed to as well."""
    bank = next(partner for partner in stage.sample.partners if partner.key == "bank")
    people = stage.until(lambda: stage.held("bank")["people"], "nothing reached partner A")
    got = next(iter(people.values()))["fields"]
    hits = stage.api("POST", "/find", "desk-1", {"purpose": PURPOSE, "kind": "iin", "value": stage.person.iin}).json()["hits"]
    expect(len(hits) == 1, "the person was not found")
    subject = stage.known["subject"] = hits[0]["subject"]
    rows = stage.until(lambda: _confirmed(stage, subject, "lead"), "partner A did not confirm")
    expect([row["recipient"] for row in rows] == [bank.id], "the lead went to somebody who was not agreed to")
    expect(set(got) == set(rows[0]["fields"]), "what arrived is not what the ledger of transfers says")
    expect(got["iin"] == stage.person.iin and "workplace" not in got, "the fields are not those agreed")
    expect(not stage.held("mfo")["people"], "partner B holds data")
    mfo = stage.partner_id("mfo")
    refused = stage.until(
        lambda: [e for e in stage.entries() if e["act"] == "gate.refused" and e.get("recipient") == mfo],
        "the refusal for B is not in the log",
    )
    ask = {"operation": "distribute", "subject": subject, "purpose": PURPOSE, "recipient": mfo}
    reasons = stage.api("POST", "/decide", "dpo-1", {"ask": ask}).json()["reasons"]
    why = [reason["article"] for reason in reasons if reason["clause"] == "7.2"]
    expect(why and "15" in why[0], "the refusal for B does not cite 7.2 and article 15")
    return f"A got {len(got)} fields and confirmed; B got nothing: 7.2, {why[0]}; entry {refused[0]['id'][:10]}..."


def look(stage: Stage) -> str:
    """A permitted look: the call centre sees names and phone, masked. Broken: without a token's scope."""
    who = "engineer-1" if stage.broken == "look" else "clerk-1"
    seen = stage.api("POST", "/use", who, {"subject": stage.known["subject"], "purpose": PURPOSE})
    expect(seen.status_code == 200, f"the look was refused: {codes(seen)}")
    shown = seen.json()
    values = {name: value for item in shown["items"] for name, value in item["values"].items()}
    expect(stage.person.iin not in values.values(), "the IIN was shown in full")
    stage.known["look"] = shown["leaf"]
    return f"{len(values)} fields of {len(shown['items'])} categories, {len(shown['masked'])} masked; the look is entry {shown['leaf'][:10]}..."


def grant(stage: Stage) -> str:
    """A look beyond the member's grants. Broken: by somebody who has the grant."""
    who = "dpo-1" if stage.broken == "grant" else "clerk-1"
    body = {"subject": stage.known["subject"], "purpose": PURPOSE, "fields": ["income_monthly"]}
    seen = stage.api("POST", "/use", who, body)
    expect(seen.status_code == 403, "a look beyond the grants was permitted")
    problem = seen.json()
    reasons = {(reason["clause"], reason["article"]) for reason in problem["reasons"]}
    logged = stage.until(lambda: [e for e in stage.entries() if e.get("decision") == problem["decision"]], "the refusal is not in the log")
    expect(logged[0]["verdict"] == "refused", "the log does not say that it was refused")
    no_scope = stage.api("POST", "/use", "auditor-1", {"subject": stage.known["subject"], "purpose": PURPOSE})
    expect(no_scope.status_code == 403 and no_scope.json()["code"] == "power_missing", "the auditor could look")
    return f"refused by {'; '.join(sorted(clause for clause, _ in reasons))}, and logged; the auditor has no such scope at all"


def block(stage: Stage) -> str:
    """A block, told to A. Broken: no order is given."""
    if stage.broken != "block":
        stage.known["state"] = _order(stage, "dpo-1", "block", reason="violation_claimed")["target"]
    _until_partner(stage, "block", lambda person: person["blocked"], "partner A was not told of the block")
    return "set at once; partner A was told and confirmed"


def block_stops(stage: Stage) -> str:
    """The eight operations of 2.2 are refused, access by the person is not. Broken: asked about somebody who is not blocked."""
    subject = stage.known["subject"]
    if stage.broken == "block-stops":
        subject = neighbour(stage)
    refused = []
    for operation in sorted(STOPPED_BY_BLOCK):
        ask = {"operation": operation.value, "subject": subject, "purpose": PURPOSE, "recipient": stage.partner_id("bank")}
        if operation.value != "distribute":
            ask["recipient"] = ""
        verdict = stage.api("POST", "/decide", "dpo-1", {"ask": ask}).json()
        if not verdict["permitted"] and any(reason["clause"] == "2.2" for reason in verdict["reasons"]):
            refused.append(operation.value)
    expect(len(refused) == 8, f"of the eight operations only these are refused by 2.2: {', '.join(refused) or 'none'}")
    found = stage.api("POST", "/find", "clerk-1", {"purpose": PURPOSE, "kind": "iin", "value": stage.person.iin}).json()["hits"]
    expect([(hit["state"], hit["values"]) for hit in found] == [("blocked", {})], "a blocked person is shown in a search")
    own = stage.api("GET", "/consents", "site", sandyq_claim=stage.known["claim"])
    expect(own.status_code == 200, "the person cannot see their own consents during a block")
    return "all eight refused by 2.2; a search tells existence only; the person still sees their consents"


def release(stage: Stage) -> str:
    """A release by two people. Broken: the second person is left out."""
    proposed = _order(stage, "dpo-1", "propose_release", target=stage.known["state"], reason="violation_not_confirmed")
    alone = stage.api("POST", "/orders", "dpo-1", _order_body(stage, "confirm_release", target=proposed["target"]))
    expect(alone.status_code in {403, 409, 422}, "one person released a block alone")
    if stage.broken != "release":
        _order(stage, "dpo-2", "confirm_release", target=proposed["target"])
    seen = stage.api("POST", "/use", "clerk-1", {"subject": stage.known["subject"], "purpose": PURPOSE})
    expect(seen.status_code == 200, "after the release the data cannot be used")
    _until_partner(stage, "release", lambda person: not person["blocked"], "partner A was not told of the release")
    return "proposed by one, confirmed by another; use is back, partner A was told"


def withdraw(stage: Stage) -> str:
    """The person takes every consent back with their claim code. Broken: they take nothing back."""
    claim, subject = stage.known["claim"], stage.known["subject"]
    given = [c["id"] for c in _consents(stage) if c["state"] == "given"]
    if stage.broken != "withdraw":
        done = stage.api("POST", "/consents/withdraw", "site", {"consents": given}, sandyq_claim=claim)
        expect(done.status_code == 200, f"the withdrawal was refused: {codes(done)}")
        stage.known["due"] = done.json()["due"]
    after = _consents(stage)
    expect(not any(c["state"] == "given" for c in after), "a consent still stands")
    expect(all(c["sha256"] and c["kept_until"] for c in after), "the proof of the old consents is gone")
    ask = {"operation": "distribute", "subject": subject, "purpose": PURPOSE, "recipient": stage.partner_id("bank")}
    expect(not stage.api("POST", "/decide", "dpo-1", {"ask": ask}).json()["permitted"], "the next lead would still be permitted")
    stage.until(lambda: _confirmed(stage, subject, "withdraw"), "partner A did not confirm the withdrawal")
    return f"{len(given)} consents ended at once, the proof stays; partner A has until {stage.known['due']} and confirmed"


def _consents(stage: Stage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stage.api("GET", "/consents", "site", sandyq_claim=stage.known["claim"]).json()["consents"]
    return found


def destroy(stage: Stage) -> str:
    """A destruction, told to A, which confirms. Broken: a hold stands in the way."""
    if stage.broken == "destroy":
        _order(stage, "dpo-1", "hold", reason="court_act")
    done = _order(stage, "dpo-1", "destroy", reason="withdrawn")
    path = f"/subjects/{stage.known['subject']}/destructions/{done['plan']}"
    plan = stage.until(
        lambda: (p := stage.api("GET", path, "dpo-1").json()).get("done_at") and p, "the destruction did not come to its end"
    )
    stage.known["plan"], stage.known["path"] = plan, path
    stage.until(lambda: not stage.held("bank")["people"], "partner A still holds data")
    stage.until(lambda: _confirmed(stage, stage.known["subject"], "destroy"), "partner A did not confirm the destruction")
    keys, things = (sum(step[what] for step in plan["receipts"]) for what in ("keys", "things"))
    expect(keys > 0, "no key was destroyed")
    return f"{keys} keys and {things} things destroyed, each step with a receipt; partner A confirmed"


# --- orders ------------------------------------------------------------------------------------------------------------------------------


def _order_body(stage: Stage, kind: str, *, reason: str = "", target: str = "", subject: str = "") -> dict[str, Any]:
    document = stage.known.setdefault("document", new_id(1_700_000_000_000_000))
    return {"kind": kind, "subject": subject or stage.known["subject"], "reason": reason, "document": document, "target": target}


def _order(stage: Stage, who: str, kind: str, *, reason: str = "", target: str = "", subject: str = "") -> dict[str, Any]:
    body = _order_body(stage, kind, reason=reason, target=target, subject=subject)
    given = stage.api("POST", "/orders", who, body)
    expect(given.status_code == 201, f"the order {kind} was refused: {codes(given)}")
    found: dict[str, Any] = given.json()
    return found


def block_neighbour(stage: Stage) -> str:
    """Somebody else is blocked, after the backup: that must outlive its restore. Gives the subject."""
    subject = neighbour(stage)
    _order(stage, "dpo-1", "block", reason="violation_claimed", subject=subject)
    return subject


def neighbour(stage: Stage) -> str:
    """Somebody else, who applied before the backup. Gives the subject."""
    person = stage.neighbour
    if "neighbour" not in stage.known:
        sent = stage.apply(person, SERVICE)
        expect(sent.status_code == 201, f"the neighbour's form was not taken in: {codes(sent)}")
        hits = stage.api("POST", "/find", "dpo-1", {"purpose": PURPOSE, "kind": "iin", "value": person.iin}).json()["hits"]
        stage.known["neighbour"] = hits[0]["subject"]
    return str(stage.known["neighbour"])


def _confirmed(stage: Stage, subject: str, kind: str) -> list[dict[str, Any]]:
    """The transfers of a kind, once all are confirmed."""
    rows = [row for row in stage.api("GET", f"/subjects/{subject}/transfers", "desk-1").json().get("transfers", []) if row["kind"] == kind]
    return rows if rows and all(row["state"] == "acknowledged" for row in rows) else []


def _until_partner(stage: Stage, kind: str, holds: Any, sentence: str) -> None:
    stage.until(lambda: any(holds(person) for person in stage.held("bank")["people"].values()), sentence)
    stage.until(lambda: _confirmed(stage, stage.known["subject"], kind), f"{sentence}, or did not confirm")


def codes(answer: Any) -> str:
    """Why something was refused: the codes of its faults and reasons, or its own."""
    try:
        body = answer.json()
    except ValueError:
        return str(answer.status_code)
    rows = [*body.get("errors", []), *body.get("reasons", [])]
    return ", ".join(row["code"] for row in rows) or str(body.get("code", answer.status_code))
