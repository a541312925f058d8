"""An answer in the words of the Data Privacy Vocabulary 2.2 and its extension PD 2.2 of the W3C Community Group, as JSON-LD 1.1.

It says what is processed, why, on what basis, from where, for how long and who received it; values do not stand in it. A term that DPV
does not have, or that only seems to fit, is left in a namespace of our own that resolves nowhere.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

import msgspec

from sandyq.access.facts import Held, Package
from sandyq.access.parts import Consent, Item, Recipient, Transfer

VERSION: Final = "2.2"
DPV: Final = "https://w3id.org/dpv#"
PD: Final = "https://w3id.org/dpv/pd#"
OWN: Final = "https://sandyq.example/terms#"
CONTEXT: Final[Mapping[str, str]] = MappingProxyType(
    {"dpv": DPV, "pd": PD, "dct": "http://purl.org/dc/terms/", "xsd": "http://www.w3.org/2001/XMLSchema#", "sandyq": OWN}
)

PURPOSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "3.1": "dpv:RequestedServiceProvision",
        "3.2": "dpv:FulfilmentOfContractualObligation",
        "3.3": "dpv:EnforceSecurity",
        "3.4": "dpv:LegalCompliance",
        "3.7": "dpv:PersonnelManagement",
        "3.8": "dpv:DirectMarketing",
        "3.9": "dpv:IdentityVerification",
        "3.10": "dpv:CommunicationManagement",
    }
)
"""By the clause of part 3; 3.5 and 3.6 have no fitting term."""
GROUNDS: Final[Mapping[str, str]] = MappingProxyType(
    {"consent": "dpv:Consent", "9(1)": "dpv:LegalObligation", "9(8)": "dpv:LegalObligation", "9(10)": "dpv:LegalObligation"}
    | {"5.4": "dpv:ContractPerformance"}
)
"""The other limbs of article 9 are grounds of this Law alone."""
OPERATIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "collect": "dpv:Collect",
        "accumulate": "dpv:Organise",
        "store": "dpv:Store",
        "change": "dpv:Alter",
        "supplement": "dpv:Modify",
        "use": "dpv:Use",
        "distribute": "dpv:Share",
        "depersonalise": "dpv:Anonymise",
        "block": "dpv:Restrict",
        "destroy": "dpv:Destruct",
    }
)
SOURCES: Final[Mapping[str, str]] = MappingProxyType(
    {"person": "dpv:DataSubject", "third_party": "dpv:ThirdPartyDataSource", "public_source": "dpv:PublicDataSource"}
)
STATES: Final[Mapping[str, str]] = MappingProxyType(
    {"given": "dpv:ConsentGiven", "refused": "dpv:ConsentRefused", "withdrawn": "dpv:ConsentWithdrawn"}
)
_FIELDS: Final = {
    "Name": "surname first_name patronymic",
    "OfficialID": "iin id_card_number document_copy",
    "Gender": "sex",
    "BirthDate": "birth_date",
    "City": "city",
    "PhysicalAddress": "residence_address",
    "Education": "education",
    "Professional": "profession",
    "CurrentEmployment": "workplace",
    "EmploymentHistory": "work_years",
    "MaritalStatus": "family_status",
    "Income": "income_monthly",
    "Transactional": "expenses_monthly contract_results",
    "BankAccount": "bank_account",
    "TelephoneNumber": "phone",
    "EmailAddress": "email",
    "Language": "submission_language",
    "VoiceCommunicationRecording": "call_recording",
    "Picture": "photo",
    "CreditRecord": "credit_summary",
    "LoanRecord": "debt_state obligations_monthly loan_amount loan_term_months loan_purpose",
    "Identifier": "contract_number cookie_id",
    "SocialMedia": "social_link",
    "IPAddress": "ip_address",
    "Location": "location",
    "DeviceOperatingSystem": "operating_system",
    "UserAgent": "browser",
    "DeviceBased": "device_kind screen",
    "BrowsingReferral": "visit_source",
    "Communication": "request_text",
}
FIELDS: Final[Mapping[str, str]] = MappingProxyType({name: f"pd:{term}" for term, names in _FIELDS.items() for name in names.split()})
"""By the field's id in the policy; a field of another name is a term of our own."""
NOWHERE: Final = "dpv:IndeterminateDuration"
_IN_A_NAME: Final = "().-_"

Node = dict[str, Any]


def export(package: Package) -> bytes:
    """The answer as JSON-LD, keys sorted, UTF-8."""
    return msgspec.json.encode(graph(package), order="sorted")


def graph(package: Package) -> Node:
    """The same as plain data."""
    nodes = [_operator(package)]
    for held in package.people:
        nodes += _person(package, held)
    return {"@context": dict(CONTEXT), "@graph": nodes}


def _operator(package: Package) -> Node:
    return {
        "@id": "sandyq:operator",
        "@type": "dpv:DataController",
        "dct:title": package.operator.name,
        "dpv:hasIdentifier": package.operator.number,
        "dct:conformsTo": {"@id": f"https://w3id.org/dpv/{VERSION}"},
        "dct:created": {"@type": "xsd:dateTime", "@value": package.made_at.isoformat()},
    }


def _person(package: Package, held: Held) -> list[Node]:
    clauses = {aim.code: aim.clause for aim in held.purposes}
    rights = [{"@id": f"sandyq:right-{right.code}", "@type": "dpv:DataSubjectRight"} for right in package.rights]
    person: Node = {"@id": _id("subject", held.person.subject), "@type": "dpv:DataSubject", "dpv:hasRight": rights}
    processing = sorted(
        {_term(OPERATIONS, "operation", m.code.partition(".")[2]) for m in held.methods if m.kind == "process"} | {"dpv:Store"}
    )
    nodes = [person, *(_recipient(one) for one in held.recipients)]
    nodes += [_item(held, item, clauses, processing) for item in held.data if item.current]
    nodes += [_consent(held, consent) for consent in held.consents]
    return nodes


def _item(held: Held, item: Item, clauses: Mapping[str, str], processing: list[str]) -> Node:
    purposes = [purpose.code for purpose in item.purposes]
    fields = {value.field for value in item.values}
    went = {t.recipient.code for t in held.transfers if _passes(t, purposes, fields)}
    receivers = [{"@id": _id("recipient", one.id)} for one in held.recipients if one.id in went]
    return {
        "@id": _id("item", item.id),
        "@type": "dpv:PersonalDataProcess",
        "dpv:hasDataController": {"@id": "sandyq:operator"},
        "dpv:hasDataSubject": {"@id": _id("subject", held.person.subject)},
        "dpv:hasPersonalData": [{"@id": term} for term in sorted({_term(FIELDS, "field", name) for name in fields})],
        "dpv:hasPurpose": [{"@id": term} for term in sorted({PURPOSES.get(clauses.get(p, ""), f"sandyq:purpose-{p}") for p in purposes})],
        "dpv:hasLegalBasis": {"@id": _term(GROUNDS, "ground", item.ground.code)},
        "dpv:hasDataSource": {"@id": _term(SOURCES, "source", item.source.kind.code)},
        "dpv:hasProcessing": [{"@id": term} for term in processing],
        "dpv:hasStorageCondition": _storage(item),
        "sandyq:automated": item.automated,
        "sandyq:category": item.category.code,
        **({"dpv:hasRecipient": receivers} if receivers else {}),
    }


def _passes(transfer: Transfer, purposes: list[str], fields: set[str]) -> bool:
    return transfer.kind == "lead" and transfer.purpose.code in purposes and any(field.code in fields for field in transfer.fields)


def _storage(item: Item) -> Node:
    """How long: until a day, until what the rule names, or not known."""
    rule: Node = {"@type": ["dpv:StorageDuration"], "sandyq:rule": item.term.rule, "dct:description": item.term.words}
    if item.term.last_day is not None:
        rule["@type"].append("dpv:UntilTimeDuration")
        rule["sandyq:lastDay"] = {"@type": "xsd:date", "@value": item.term.last_day.isoformat()}
    elif item.term.rule:
        rule["@type"].append("dpv:UntilEventDuration")
    else:
        rule["dpv:hasDuration"] = {"@id": NOWHERE}
    return rule


def _recipient(one: Recipient) -> Node:
    return {
        "@id": _id("recipient", one.id),
        "@type": ["dpv:Recipient", "dpv:ThirdParty"],
        "dct:title": one.name,
        "sandyq:clause": one.clause,
        "sandyq:country": one.country,
    }


def _consent(held: Held, consent: Consent) -> Node:
    return {
        "@id": _id("consent", consent.id),
        "@type": "dpv:Consent",
        "dpv:hasDataSubject": {"@id": _id("subject", held.person.subject)},
        "dpv:isIndicatedAtTime": {"@type": "xsd:dateTime", "@value": consent.given_at.isoformat()},
        "dpv:isIndicatedBy": {"@id": _id("subject", held.person.subject)},
        "dpv:hasIndicationMethod": f"{consent.via.code}: {consent.pressed}",
        "sandyq:status": {"@id": _term(STATES, "consent", consent.state.code)},
        "sandyq:kind": consent.kind.code,
        "sandyq:textDigest": consent.sha256,
    }


def _term(known: Mapping[str, str], prefix: str, code: str) -> str:
    return known.get(code, f"sandyq:{prefix}-{quote(code, safe=_IN_A_NAME)}")


def _id(kind: str, name: str) -> str:
    return f"sandyq:{kind}-{name}"
