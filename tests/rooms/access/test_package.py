"""The answer on access: complete, of one person alone, through the gate, vouched for by the log (policy 4.1.1; the Law art. 24(1)(1), 25(2)(6))."""

import json
from datetime import timedelta

import jsonschema_rs
import pytest
from access_world import ASKED, NUMBER, answered, asked, entries, numbered, person, plain, published, rich, told

from acts_world import destroyed, on_demand, withdrawn
from office import Applicant, House, values_of
from sandyq import access, consent, destroy, relations, seal
from sandyq.access import Answered
from sandyq.access.schema import schema
from sandyq.errors import Denied
from sandyq.law.decision import Refusal
from sandyq.law.vocabulary import GrantKind, Operation
from sandyq.register import subjects
from sandyq.requests import Kind
from sandyq.staff import NewMember, Role, add, define_role


@pytest.fixture
def someone(office: House) -> Applicant:
    return rich(office)


def values(held: dict) -> dict[str, str]:
    return {value["field"]: value["value"] for item in held["data"] for value in item["values"]}


def test_every_value_that_the_person_gave_is_there_with_its_origin_ground_purpose_and_term(office: House, someone: Applicant):
    held = person(answered(office, someone.subject))
    given = values(held)
    assert {name: given[name] for name in values_of(someone.person)} == values_of(someone.person)
    for item in held["data"]:
        assert item["source"]["kind"]["code"] == "person"
        assert item["ground"]["code"] == "consent"
        assert item["ground"]["words"]
        assert [purpose["code"] for purpose in item["purposes"]] == [office.purpose]
        assert item["term"]["rule"]
        assert item["term"]["words"]
        assert item["act"]["code"] == "collect.done"
        assert item["automated"] is False


def test_the_last_day_is_told_once_the_relation_ended_that_the_term_counts_from(office: House):
    applicant = office.applicant()
    assert {item["term"]["last_day"] for item in person(answered(office, applicant.subject))["data"]} == {None}
    [tie] = office.look(lambda work: relations.all_of(work, applicant.subject))
    today = office.clock.now().date()
    office.do(lambda work: relations.close_relation(work, applicant.subject, tie.id, today, fulfilled=True))
    terms = [item["term"] for item in person(answered(office, applicant.subject))["data"]]
    assert {(term["rule"], term["last_day"], term["clause"]) for term in terms} == {("application", "2026-03-19", "8.1")}


def test_consents_transfers_looks_states_papers_and_orders_are_there(office: House, someone: Applicant):
    held = person(answered(office, someone.subject))
    proofs = office.look(lambda work: consent.proofs(work, someone.subject))
    assert [c["sha256"] for c in held["consents"]] == [grant.text.sha256.hex() for grant in proofs]
    assert {c["state"]["code"] for c in held["consents"]} == {"given", "refused", "withdrawn"}
    ended = [c for c in held["consents"] if c["kind"]["code"] == GrantKind.RECIPIENT and c["state"]["code"] == "withdrawn"]
    assert [c["stops_by"] for c in ended] == ["2026-04-14"]
    assert all(c["confirmed"] for c in held["consents"] if c["state"]["code"] == "given")
    assert next((t["recipient"]["words"], t["kind"]) for t in held["transfers"]) == ("Bank A", "lead")
    assert {t["kind"] for t in held["transfers"]} == {"lead", "block", "release", "withdraw"}
    assert [(r["name"], r["clause"], r["reference"]) for r in held["recipients"]] == [("Bank A", "7.1.1", True)]
    assert [(s["reason"]["code"], s["outcome"]["code"]) for s in held["states"]] == [("violation_claimed", "violation_not_confirmed")]
    assert [r["settled_as"] for r in held["states"][0]["releases"]] == ["confirmed"]
    assert {order["kind"] for order in held["orders"]} == {"block", "propose_release", "confirm_release", "withdraw"}
    assert [paper["kind"] for paper in held["documents"]] == ["statement"]
    assert NUMBER in plain(held["evidence"])
    assert ASKED in plain(held["evidence"])
    assert {one["holder"] for one in held["others"]} >= {"rights"}
    assert "192.0.2.7" in plain(held["evidence"])
    assert [stop["channel"] for stop in held["stops"]] == ["sms"]
    assert [(f["field"], f["kind"]) for f in held["files"]] == [("document_copy", "application/pdf")]
    assert {r["kind"] for r in held["relations"]} == {"application", "contract"}
    assert [r["for_you"] for r in held["representatives"]] == [True]


def test_who_looked_is_told_by_role_purpose_and_day_and_never_by_name(office: House, someone: Applicant):
    held = person(answered(office, someone.subject))
    looks = {(look["act"]["code"], look["role"], look["verdict"]) for look in held["looks"]}
    assert looks == {("use.shown", "call centre", "done"), ("use.found", "call centre", "done"), ("gate.refused", "call centre", "refused")}
    assert len(held["looks"]) == 3
    assert {look["purpose"]["code"] for look in held["looks"]} == {office.purpose}
    text = plain(held)
    assert office.clerk.id not in text
    assert office.dpo.id not in text
    assert "clerk-1" not in text


def test_decisions_are_told_with_their_reasons_refusals_too(office: House, someone: Applicant):
    held = person(answered(office, someone.subject))
    refused = [d for d in held["decisions"] if not d["permitted"]]
    assert {d["operation"] for d in refused} >= {"distribute", "use"}
    assert all(reason["basis"]["article"] and reason["words"] for d in held["decisions"] for reason in d["reasons"])
    assert {d["automated"] for d in held["decisions"] if d["operation"] == "distribute"} == {True}


def test_it_names_the_operator_the_policy_the_rights_where_to_appeal_and_the_log(office: House):
    subject = office.applicant().subject
    place = published(office)
    read = told(answered(office, subject, log=place))
    assert (read["operator"]["name"], read["operator"]["number"]) == ("QuickLid LLP", "170640999902")
    assert read["policy"]["policy"] == office.edition.digest
    assert [right["basis"]["clause"] for right in read["rights"]][:7] == [f"4.1.{n}" for n in range(1, 8)]
    assert [place["code"] for place in read["appeal"]] == ["authorised_body", "prosecutor", "court"]
    assert read["free_of_charge"] is True
    assert read["log"]["size"] == place.head.size
    assert read["log"]["checkpoint"] == str(place.note)


@pytest.mark.parametrize(("language", "word"), [("kk", "клиент"), ("ru", "клиент"), ("en", "client")])
def test_the_words_are_in_the_language_that_was_asked_for(office: House, language: str, word: str):
    read = told(answered(office, office.applicant().subject, language=language))
    assert read["people"][0]["role"]["words"] == word
    assert {"surname": {"kk": "Тегі", "ru": "Фамилия", "en": "Surname"}[language]}.items() <= {
        value["field"]: value["label"] for item in read["people"][0]["data"] for value in item["values"]
    }.items()


def test_without_full_sensitive_values_and_evidence_are_masked(office: House, someone: Applicant):
    given = answered(office, someone.subject, full=False)
    held = person(given)
    masked = {value["field"] for item in held["data"] for value in item["values"] if value["masked"]}
    assert masked >= {"iin", "surname", "phone", "email", "birth_date", "income_monthly"}
    text = given.package.to_json().decode()
    for secret in (someone.person.iin, someone.person.surname, someone.person.phone, someone.person.email, NUMBER, "192.0.2.7"):
        assert secret not in text
    assert all(value["masked"] for item in held["evidence"] for value in item["values"])
    assert {file["name"] for file in held["files"]} == {""}


def test_nothing_of_anybody_else_is_in_it(office: House, someone: Applicant):
    other = office.applicant(to=[office.bank_b])
    text = answered(office, someone.subject).package.to_json().decode()
    for secret in (*other.secrets, other.subject):
        assert secret not in text


def test_a_blocked_person_is_answered_and_sees_the_block(office: House):
    applicant = office.applicant()
    applicant.done(Kind.BLOCK, reason="violation_claimed")
    held = person(answered(office, applicant.subject))
    assert [(s["kind"]["code"], s["ended_at"]) for s in held["states"]] == [("block", None)]
    assert values(held)["surname"] == applicant.person.surname


def test_a_person_of_whom_nothing_is_held_is_told_so(office: House):
    subject = office.do(lambda work: subjects.create(work, office.office.ring))
    held = person(answered(office, subject))
    assert held["held"] is False
    assert (held["data"], held["evidence"], held["consents"], held["transfers"], held["looks"]) == ([], [], [], [], [])


def test_a_destroyed_person_gets_what_is_left_and_why(office: House):
    applicant = office.applicant(to=[office.bank_a])
    secrets = applicant.secrets
    on_demand(office)
    withdrawn(office, applicant.subject)
    applicant.done(Kind.DESTROY)
    destroyed(office)
    assert not office.look(lambda work: subjects.alive(work, applicant.subject))
    given = answered(office, applicant.subject)
    held = person(given)
    assert held["data"] == []
    assert {item["category"]["code"] for item in held["evidence"]} >= {"6.2.12"}
    assert held["person"]["destroyed_at"] is not None
    assert [d["whole"] for d in held["destructions"]] == [True]
    assert held["destructions"][0]["certificate"] == office.look(lambda work: destroy.plans(work, applicant.subject))[0].certificate
    assert {kept["what"]["code"] for kept in held["kept"]} >= {"consent_proof", "request_file"}
    assert all(consent["state"]["code"] != "given" or consent["ended_at"] for consent in held["consents"])
    text = given.package.to_json().decode()
    assert [secret for secret in secrets if secret in text] == []


def test_an_item_whose_version_was_replaced_is_told_with_both_versions(office: House):
    from sandyq.law.ask import Ask
    from sandyq.law.vocabulary import ActorKind, Occasion
    from sandyq.register import items

    applicant = office.applicant()

    def change(work):
        ask = Ask(
            Operation.CHANGE,
            applicant.subject,
            office.purpose,
            frozenset({"city"}),
            ActorKind.STAFF,
            office.dpo.id,
            Occasion.CORRECTION_ON_DOCUMENTS,
            documents=(work.new_id(),),
        )
        permit = office.office.gate.ask(work, ask)
        new = items.NewItem("6.2.2", {"city": "Шымкент"}, purposes=(office.purpose,), term_rule="application")
        items.put(work, office.office.ring, permit, [new])

    office.clock.advance(timedelta(minutes=1))
    office.do(change, office.dpo)
    held = person(answered(office, applicant.subject))
    cities = [(i["version"], i["current"], i["values"][0]["value"]) for i in held["data"] if i["category"]["code"] == "6.2.2"]
    assert cities == [(1, False, applicant.person.city), (2, True, "Шымкент")]


def test_the_log_vouches_for_the_answer_with_one_entry_for_each_kind_of_thing_under_it(office: House, someone: Applicant):
    given = answered(office, someone.subject)
    parent, *children = entries(office, someone.subject, "use.exported")
    assert (parent.id, parent.body_digest) == (given.leaf, seal.digest(given.package.to_json()).hex())
    assert (parent.clause, parent.article) == (access.CLAUSE, access.ARTICLE)
    assert parent.decision == given.decision
    held = person(given)
    assert {(entry.object, entry.count) for entry in children} == {(name, len(held[name])) for name in access.SECTIONS if held[name]}
    assert {entry.parent for entry in children} == {given.leaf}
    assert next(entry.category for entry in children if entry.object == "data").startswith("6.2.1,6.2.2")


def test_the_same_state_gives_the_same_bytes_and_an_answer_shows_those_before_it(office: House):
    applicant = office.applicant()
    first = answered(office, applicant.subject)
    assert (
        first.package.to_json()
        == json.dumps(json.loads(first.package.to_json()), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )
    second = person(answered(office, applicant.subject))
    assert [look["act"]["code"] for look in second["looks"]] == ["use.exported"]


@pytest.mark.parametrize("full", [True, False])
def test_the_json_fits_the_published_schema(office: House, someone: Applicant, full: bool):
    validator = jsonschema_rs.Draft202012Validator(schema(), validate_formats=True)
    read = told(answered(office, someone.subject, full=full, log=published(office)))
    assert [str(error) for error in validator.iter_errors(read)] == []
    read["people"][0]["nickname"] = "x"
    assert not validator.is_valid(read)


def test_staff_answer_only_a_request_that_is_on_file_and_are_told_why_not(office: House):
    applicant = office.applicant()
    refused = asked(office, applicant.subject, by=office.dpo)
    assert isinstance(refused, Refusal)
    assert "request_wanted" in [reason.code for reason in refused.verdict.reasons]
    given = asked(office, applicant.subject, by=office.dpo, documents=(office.document(),))
    assert isinstance(given, Answered)
    assert values(person(given))["iin"] == applicant.person.iin


def test_a_member_whose_grants_would_leave_something_out_gives_no_answer_at_all(office: House):
    applicant = office.applicant()

    def hire(work):
        define_role(work, Role("half", frozenset({(office.purpose, "6.2.1", "use")}), frozenset()))
        new = NewMember("half-1", "half", "correct horse battery", office.clock.now().date())
        return add(work, office.office.ring.office("staff"), new).id

    from sandyq.db import Actor

    half = Actor("staff", office.do(hire), "console")
    with pytest.raises(Denied, match="answer_incomplete"):
        asked(office, applicant.subject, by=half, documents=(office.document(),))


def test_values_of_the_answer_stand_nowhere_in_clear_in_tables_or_log(office: House, someone: Applicant):
    answered(office, someone.subject)
    numbered(office)

    def everything(work):
        from sandyq.db.describe import schema_of

        rows = []
        for tx in (work.durable, work.perishable):
            for name, table in schema_of(tx).items():
                if not name.startswith("policy"):
                    rows += tx.all(f"SELECT {', '.join(column.name for column in table.columns)} FROM {name}")
        return rows

    text = b"|".join(
        value if isinstance(value, bytes) else str(value).encode() for row in office.look(everything) for value in row if value is not None
    )
    for secret in (*someone.secrets, NUMBER, "192.0.2.7"):
        assert secret.encode() not in text
