"""`sandyq policy` and `sandyq decide` as a person at a terminal meets them."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import sandyq
import warm_program
from sandyq.cli import exits
from sandyq.errors import SandyqError

SAMPLE = Path(sandyq.__file__).parent / "sample" / "quicklid"


def run(*args, stdin=None):
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = warm_program.run(*args, timeout=60, env=env, given=(stdin or "").encode())
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def own_policy(tmp_path):
    shutil.copytree(SAMPLE, tmp_path / "policy")
    return tmp_path / "policy"


def test_the_sample_policy_with_its_overlay_has_nothing_that_keeps_it_from_going_live():
    done = run("policy", "check", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert found["overlay"] is True
    assert not any(row["blocks"] for row in found["differences"])
    assert "synthetic overlay" in done.stderr


def test_the_original_alone_ends_with_1_and_names_the_gaps():
    done = run("policy", "check", str(SAMPLE / "policy.yaml"), "--json")
    blocking = [row for row in json.loads(done.stdout)["differences"] if row["blocks"]]
    assert done.returncode == exits.ANSWER_IS_NO
    assert blocking
    assert all(row["kind"] == "gap" and row["severity"] == "H" for row in blocking)
    told = run("policy", "check", str(SAMPLE / "policy.yaml"))
    assert f"{len(blocking)} keep the office from going live" in told.stdout
    assert "8.1" in told.stdout


def test_a_broken_policy_file_is_refused_with_file_line_and_remedy(own_policy):
    policy = own_policy / "policy.yaml"
    lines = policy.read_text().splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("purposes:"))
    lines[at] = "purpozes:"
    policy.write_text("\n".join(lines))
    done = run("policy", "check", str(policy))
    assert done.returncode == 4
    assert f"policy.yaml:{at + 1}: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_policy_file_is_told_by_name():
    done = run("policy", "check", "/nowhere/policy.yaml")
    assert done.returncode == 4
    assert "/nowhere/policy.yaml" in done.stderr


def test_an_unknown_reading_is_a_wrong_call():
    done = run("policy", "check", "--reading", "loose")
    assert done.returncode == exits.USAGE
    assert "strict or as_published" in done.stderr


def test_trace_names_all_clauses_and_ends_by_whether_one_is_left_without_code():
    done = run("policy", "trace", "--json")
    found = json.loads(done.stdout)
    numbers = [row["clause"] for row in found["clauses"]]
    assert numbers[0] == "1.1"
    assert numbers[-1] == "8.3"
    assert len(numbers) == len(set(numbers)) > 60
    assert done.returncode == (exits.ANSWER_IS_NO if found["failed"] else exits.DONE)
    assert f"{len(numbers)} clauses:" in run("policy", "trace").stdout


@pytest.mark.parametrize(("language", "word"), [("kk", "дербес деректер"), ("ru", "персональн"), ("en", "personal data")])
def test_the_policy_is_rendered_in_each_language(language, word):
    shown = run("--language", language, "policy", "render").stdout
    assert word in shown.lower()
    assert "\n  4.1 " in shown
    assert json.loads(run("--language", language, "policy", "render", "--json").stdout)["language"] == language


def test_an_unknown_language_is_a_wrong_call():
    assert run("--language", "de", "policy", "render").returncode == exits.USAGE


def test_an_unknown_document_is_not_found():
    assert run("policy", "render", "--document", "nothing").returncode == 5


def example():
    return json.loads(run("decide", "--example").stdout)


def ask(case, *args):
    done = run("decide", "-", "--json", *args, stdin=json.dumps(case))
    return done.returncode, json.loads(done.stdout)


def test_the_example_is_permitted_and_lists_exactly_its_fields():
    code, found = ask(example())
    assert code == exits.DONE
    assert found["permitted"] is True
    assert found["fields"] == ["first_name", "phone", "surname"]


def test_without_the_recipients_consent_it_is_refused_with_clause_and_article():
    case = example()
    case["facts"]["consents"] = [row for row in case["facts"]["consents"] if row["kind"] != "recipient"]
    code, found = ask(case)
    assert code == exits.ANSWER_IS_NO
    assert found["permitted"] is False
    assert any(row["clause"] == "7.2" and "art. 7(6)" in row["article"] for row in found["findings"] if row["effect"] == "prohibit")


def test_a_block_refuses_the_same_question_and_explain_shows_why(tmp_path):
    case = example()
    case["facts"]["states"] = [{"id": "block-1", "kind": "block", "since": "2026-03-18T07:00:00+00:00", "reason": "subject_demand"}]
    file = tmp_path / "case.json"
    file.write_text(json.dumps(case))
    done = run("decide", str(file), "--explain")
    assert done.returncode == exits.ANSWER_IS_NO
    assert done.stdout.splitlines()[-1] == "refused"
    assert "block-1" in done.stdout
    assert "2.2" in done.stdout


def test_an_option_replaces_what_the_file_asks():
    code, found = ask(example(), "--fields", "surname")
    assert code == exits.DONE
    assert found["fields"] == ["surname"]
    assert ask(example(), "--purpose", "marketing")[0] == exits.ANSWER_IS_NO


def test_nothing_known_is_refused():
    done = run("decide", "--operation", "use", "--purpose", "loan-application", "--fields", "phone")
    assert done.returncode == exits.ANSWER_IS_NO
    assert done.stdout == "refused\n"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda case: case["ask"].update(operation="fly"), "ask.operation"),
        (lambda case: case["ask"].update(colour="red"), "ask.colour"),
        (lambda case: case["facts"]["consents"][0].update(state="perhaps"), "facts.consents"),
        (lambda case: case.update(at="yesterday"), "`at`"),
        (lambda case: case.update(at="2026-03-19T09:30:00"), "zone"),
        (lambda case: case.update(more=1), "other keys"),
        (lambda case: case.update(facts=[]), "`facts`"),
        (lambda case: case["facts"].update(subject="somebody"), "facts.subject"),
    ],
)
def test_a_case_that_cannot_be_read_is_refused_by_the_name_of_the_key(spoil, said):
    case = example()
    spoil(case)
    done = run("decide", "-", stdin=json.dumps(case))
    assert done.returncode == 4
    assert said in done.stderr
    assert "--example" in done.stderr or "Write it" in done.stderr
    assert "Traceback" not in done.stderr


def test_all_faults_of_a_case_are_told_at_once():
    case = example()
    case["ask"].update(colour="red", operation="fly")
    told = run("decide", "-", stdin=json.dumps(case)).stderr
    assert "ask.colour" in told
    assert "ask.operation" in told


def test_what_is_not_json_is_told_with_its_line():
    done = run("decide", "-", stdin='{\n"ask": }')
    assert done.returncode == 4
    assert "standard input:2:" in done.stderr


def test_every_class_of_error_has_its_own_exit_code():
    def below(kind):
        return {kind} | {deeper for each in kind.__subclasses__() for deeper in below(each)}

    named = [kind for kind, _, _ in exits.TABLE]
    assert {kind for kind in below(SandyqError) if kind.__module__ == "sandyq.errors"} == set(named)
    codes = [code for _, code, _ in exits.TABLE]
    assert len(set(codes)) == len(codes)
    assert not {exits.DONE, exits.ANSWER_IS_NO, exits.USAGE, exits.INTERRUPTED} & set(codes)
    for number, kind in enumerate(named):
        assert not any(issubclass(kind, earlier) for earlier in named[:number])
