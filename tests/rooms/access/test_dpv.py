"""The answer in the words of the Data Privacy Vocabulary: JSON-LD, terms that exist, no value of the person."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from access_world import answered, published, rich

from office import House, values_of
from sandyq.access import dpv

KNOWN = {
    f"{vocabulary}:{name}"
    for line in (Path(__file__).parent / "dpv_2_2_terms.txt").read_text().splitlines()
    if not line.startswith("#")
    for vocabulary, name in [line.split()]
}
TERM = re.compile(r"^(dpv|pd):[A-Za-z]+$")


def strings(value: Any) -> Iterator[str]:
    """Every string in it: keys, types, ids, values."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


def test_every_term_that_the_mapping_names_is_one_of_the_vocabulary():
    for table in (dpv.PURPOSES, dpv.GROUNDS, dpv.OPERATIONS, dpv.SOURCES, dpv.STATES, dpv.FIELDS):
        assert set(table.values()) <= KNOWN
    assert dpv.NOWHERE in KNOWN


def test_every_term_of_an_export_is_of_the_vocabulary_or_our_own(office: House):
    given = answered(office, rich(office).subject, log=published(office))
    read = json.loads(dpv.export(given.package))
    assert set(read) == {"@context", "@graph"}
    used = {text for text in strings(read["@graph"]) if TERM.match(text)}
    assert used <= KNOWN
    assert {"dpv:Consent", "dpv:RequestedServiceProvision", "dpv:Share", "dpv:StorageDuration", "pd:OfficialID", "dpv:hasRecipient"} <= used
    prefixes = {text.partition(":")[0] for node in read["@graph"] for text in node if ":" in text}
    assert prefixes <= set(read["@context"])


def test_it_tells_purpose_ground_source_term_and_recipient_of_each_category(office: House):
    given = answered(office, rich(office).subject)
    nodes = json.loads(dpv.export(given.package))["@graph"]
    by_category = {node["sandyq:category"]: node for node in nodes if node["@type"] == "dpv:PersonalDataProcess"}
    assert set(by_category) == {item.category.code for item in given.package.people[0].data}
    named = by_category["6.2.1"]
    assert {term["@id"] for term in named["dpv:hasPersonalData"]} == {"pd:Name", "pd:OfficialID"}
    assert named["dpv:hasLegalBasis"] == {"@id": "dpv:Consent"}
    assert named["dpv:hasDataSource"] == {"@id": "dpv:DataSubject"}
    assert [one["@id"] for one in named["dpv:hasRecipient"]] == [f"sandyq:recipient-{office.bank_a}"]
    assert "dpv:hasRecipient" not in by_category["6.2.2"]
    states = {node["sandyq:status"]["@id"] for node in nodes if node["@type"] == "dpv:Consent"}
    assert states == {"dpv:ConsentGiven", "dpv:ConsentRefused", "dpv:ConsentWithdrawn"}


def test_no_value_of_the_person_is_in_it(office: House):
    someone = rich(office)
    text = dpv.export(answered(office, someone.subject).package).decode()
    assert [value for value in (*someone.secrets, *values_of(someone.person).values()) if len(value) > 3 and value in text] == []
