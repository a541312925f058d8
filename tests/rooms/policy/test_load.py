"""Reading policy files: what people write wrong is told with file, line and remedy, all at once."""

import json
from pathlib import Path

import pytest
from policy_offices import Office

from sandyq.policy import crossrefs, loader
from sandyq.policy.source import BadFiles, Faults, Table, plain, read


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_the_sample_office_loads_with_all_clauses_and_is_marked_synthetic(office: Office) -> None:
    edition = office.load()
    assert set(edition.data["clauses"]) == crossrefs.ALL_CLAUSES
    assert len(crossrefs.ALL_CLAUSES) == 80
    assert edition.synthetic
    assert not office.load(overlay=False).synthetic


def test_the_published_policy_loads_without_its_overlay(office: Office) -> None:
    edition = office.load(overlay=False)
    assert "bin" not in edition.data["operator"]
    assert "texts" not in edition.data


@pytest.mark.parametrize(
    ("file", "old", "new", "what", "remedy"),
    [
        ("policy.yaml", "  site: mega-zaim.kz", "  web: mega-zaim.kz", "`web` is not a key of `policy`", "use one of"),
        ("policy.yaml", '    clause: "3.2"', '    claus: "3.2"', "`claus` is not a key", "did you mean `clause`"),
        ("policy.yaml", "approved_on: 2020-12-22", "approved_on: 22.12.2020", "is not a date", "YYYY-MM-DD"),
        ("policy.yaml", "kind: iin,", "kind: inn,", "`categories.6.2.1.iin.kind: inn` is not known", "did you mean `iin`"),
        (
            "policy.yaml",
            "[9(10)]\n    requires: [citation]\n    term: aml",
            "[9(11)]\n    requires: [citation]\n    term: aml",
            "9(11)",
            "did you mean",
        ),
        ("policy.yaml", "    term: marketing", "    term: marketting", "names term `marketting`", "name one of"),
        (
            "policy.yaml",
            "fields: [first_name, phone, email, social_link",
            "fields: [first_name, shoe_size, email, social_link",
            "`shoe_size`",
            "under its category",
        ),
        ("policy.yaml", "required: [iin, surname", "required: [iin, photo, surname", "`photo`", "art. 7(9)"),
        (
            "policy.yaml",
            "max: 80, id: true, mask: initial",
            "max: eighty, id: true, mask: initial",
            "must be a whole number",
            "without quotes",
        ),
        ("clauses.yaml", "says: [implied_consent]", "says: [implyed_consent]", "implyed_consent", "did you mean `implied_consent`"),
        ("clauses.yaml", '  "8.3":', '  "8.4":', "clause 8.3 is missing", "kk, ru and en"),
        ("overlay.yaml", "overlay_of: quicklid", "overlay_of: other", "the overlay is for `other`", "overlay_of"),
        ("overlay.yaml", 'bin: "170640999902"', 'bin: "170640999903"', "check digit", "certificate of registration"),
        ("overlay.yaml", 'bin: "170640999902"', "bin: 170640999902", "must be text", "quotes round a number"),
        ("consents.yaml", "{channel}. Бас тарту", "{chanel}. Бас тарту", "placeholder `{chanel}`", "channel"),
        ("consents.yaml", "fields: [first_name, city]", "fields: [first_name, iban]", "`iban`", "fields of the purpose"),
    ],
)
def test_a_fault_names_file_line_what_and_remedy(office: Office, file: str, old: str, new: str, what: str, remedy: str) -> None:
    name = f"texts/{file}" if file == "consents.yaml" else file
    line = office.change(old, new, name)
    found = office.faults()
    assert [(f, at) for f, at, w, r in found if what in w and remedy in r], found
    inside = [at for f, at, w, r in found if what in w]
    assert line in inside or "is missing" in what


def test_all_faults_of_all_files_come_at_once_in_the_order_of_the_files(office: Office) -> None:
    office.change("approved_on: 2020-12-22", "approved_on: soon")
    office.change("    term: marketing", "    termm: marketing")
    office.change("says: [implied_consent]", "says: [nonsense]", "clauses.yaml")
    office.change("hosted_in: KZ", "hosted_in: Kazakhstan", "overlay.yaml")
    found = office.faults()
    assert {file for file, *_ in found} == {"policy.yaml", "clauses.yaml", "overlay.yaml"}
    assert len(found) >= 4
    assert found == sorted(found, key=lambda row: row[:2])


def _read(tmp_path: Path, text: str | bytes) -> tuple[Table, list[str]]:
    path = tmp_path / "p.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    faults = Faults()
    return read(path, faults), [str(fault) for fault in faults.found]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "`a` is given twice (first on line 1)"),
        ("a: &x [1]\nb: *x\n", 2, "aliases are not read"),
        ("a: !!python/object:os.system x\n", 1, "the tag"),
        ("- 1\n", 1, "does not begin with `key: value`"),
        ("a: b: c\n", 1, "this is not YAML"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8"),
        ("? [1]\n: 2\n", 1, "a key must be plain text"),
        ("a: \x00\n", 1, "characters that YAML does not allow"),
        ("a: " + "[" * 60 + "]" * 60, 1, "nested too deep"),
        ("", 1, "does not begin"),
    ],
)
def test_yaml_that_is_not_plain_data_is_refused_with_its_line(tmp_path: Path, text: str | bytes, line: int, what: str) -> None:
    _, faults = _read(tmp_path, text)
    assert len(faults) == 1
    assert f"p.yaml:{line}: " in faults[0]
    assert what in faults[0]


def test_a_missing_file_is_a_fault_and_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(BadFiles, match="cannot be read"):
        loader.load(tmp_path / "nothing.yaml")


def test_clause_numbers_dates_and_yes_stay_text(tmp_path: Path) -> None:
    table, faults = _read(tmp_path, "3.10: 2020-12-22\nb: yes\nc: 012\nd: 7\ne: true\nf: '7'\n")
    assert not faults
    assert plain(table) == {"3.10": "2020-12-22", "b": "yes", "c": "012", "d": 7, "e": True, "f": "7"}


def test_an_included_file_may_not_lie_outside_the_policys_folder(office: Office) -> None:
    office.change("include: [clauses.yaml]", "include: [clauses.yaml, ../../secret.yaml]")
    assert any("outside the policy's folder" in what for _, _, what, _ in office.faults())


def test_a_key_given_in_the_file_and_in_an_included_one_is_refused(office: Office) -> None:
    office.change("operator:\n", 'parts: { "1": { kk: а, ru: б, en: c } }\n\noperator:\n')
    assert any("`parts` is also given in policy.yaml" in what for _, _, what, _ in office.faults())


def test_the_overlay_is_merged_key_by_key_and_keeps_what_it_does_not_name(office: Office) -> None:
    bare, laid = office.load(overlay=False), office.load()
    assert laid.data["operator"]["name"] == bare.data["operator"]["name"]
    assert laid.data["operator"]["bin"] == "170640999902"
    assert laid.data["clauses"]["4.1.5"]["ru"] == bare.data["clauses"]["4.1.5"]["ru"]
    assert laid.data["clauses"]["4.1.5"]["says"] == ["right_to_withdraw_consent"]
    assert "call_recording" not in laid.data["purposes"]["quality"]["fields"]


def test_the_digest_is_stable_and_every_word_counts(office: Office) -> None:
    first = office.load()
    assert office.load().digest == first.digest
    again = loader.edition(json.loads(json.dumps(first.data)), synthetic=True)
    assert again.digest == first.digest
    office.change("Жалпы ережелер", "Жалпы ереже", "clauses.yaml")
    assert office.load().digest != first.digest


def test_comments_and_the_order_of_keys_do_not_change_the_digest(office: Office) -> None:
    first = office.load().digest
    office.change(
        "  email: pd@quicklid.example\n  email_domain: quicklid.example",
        "  email_domain: quicklid.example # moved\n  email: pd@quicklid.example",
        "overlay.yaml",
    )
    assert office.load().digest == first


def test_the_law_sees_the_same_fields_purposes_and_terms_as_people_do(office: Office) -> None:
    edition = office.load()
    assert set(edition.policy.fields) == set(edition.fields)
    assert edition.policy.purposes["legal-duty"].fields == frozenset(edition.fields)
    assert edition.policy.purposes["marketing"].marketing
    assert edition.policy.categories["6.2.13"].open
    assert not edition.policy.categories["6.2.1"].open
    assert edition.policy.terms["application"].days == 90
    assert edition.policy.fields["call_recording"].biometric
    assert set(edition.form.required) < edition.policy.purposes["loan-application"].fields


def test_deadline_faults_are_told_with_the_line_of_their_entry(tmp_path: Path) -> None:
    good = (loader.packs_folder() / "kz" / "deadlines.yaml").read_text(encoding="utf-8")
    path = tmp_path / "deadlines.yaml"
    path.write_text(good.replace("term: 3wd", "term: 3xx", 1), encoding="utf-8")
    line = good[: good.index("term: 3wd")].count("\n") + 1
    with pytest.raises(BadFiles) as caught:
        loader.load_deadlines(path)
    assert [fault.params["line"] for fault in caught.value.faults] == [line]


def test_the_duties_that_provisions_name_are_deadlines_of_the_pack() -> None:
    rules = loader.load_deadlines()
    duties = {rule.duty for rule in rules}
    provisions = loader.load(*loader.sample_files()).data["provisions"].values()
    assert {row["duty"] for row in provisions if "duty" in row} <= duties


def test_owner_and_operator_are_roles_of_the_party_that_the_policy_names(office: Office) -> None:
    assert office.load().policy.roles == {"owner", "operator"}
    office.change("roles: [owner, operator]", "roles: [operator]")
    assert office.load().policy.roles == {"operator"}
    office.change("roles: [operator]", "roles: [landlord]")
    assert any("`operator.roles[0]: landlord` is not known" in what for _, _, what, _ in office.faults())
