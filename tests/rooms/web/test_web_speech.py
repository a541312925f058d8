"""Codes become words: every key in three languages, every key that the code uses."""

import ast
import re
import string
from pathlib import Path

import pytest
import yaml

from sandyq import speech
from sandyq.access.words import KEPT
from sandyq.audit.leaf import Act
from sandyq.block.facts import Outcome, Reason
from sandyq.consent.facts import Via
from sandyq.errors import BadFile, Denied, FieldError, Misuse
from sandyq.law.decision import Finding
from sandyq.law.vocabulary import ActorKind, Effect, GrantKind, GrantState, SourceKind, StateKind
from sandyq.register import identifiers
from sandyq.requests.facts import DESTROY_REASONS
from sandyq.rights.clocks import PAUSES
from sandyq.rights.facts import ClockState

ROOT = Path(speech.__file__).parent


def test_the_three_catalogs_hold_the_same_keys_and_none_is_empty():
    keys = {language: set(speech.catalog(language)) for language in speech.LANGUAGES}
    assert keys["kk"] == keys["ru"] == keys["en"]
    empty = [(language, key) for language in speech.LANGUAGES for key, text in speech.catalog(language).items() if not text.strip()]
    assert empty == []


def test_a_sentence_names_the_same_parameters_in_every_language():
    def holes(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    differing = [k for k in speech.catalog("en") if len({frozenset(holes(speech.catalog(lang)[k])) for lang in speech.LANGUAGES}) > 1]
    assert differing == []


def test_every_key_that_a_template_or_the_pages_name_is_in_the_catalog():
    used = set()
    for path in (ROOT / "web").rglob("*.html"):
        used |= set(re.findall(r"\bt\('([a-z0-9_.]+)'\s*[,)]", path.read_text()))
    for path in (ROOT / "web").rglob("*.py"):
        used |= set(re.findall(r"say\([a-z_.]+, \"([a-z0-9_.]+)\"", path.read_text()))
        used |= set(re.findall(r"\"((?:why|hint)\.[a-z_]+)\"", path.read_text()))
    assert len(used) > 150
    assert sorted(key for key in used if not speech.has(key)) == []


@pytest.mark.parametrize(
    ("prefix", "codes"),
    [
        ("act", [act.value for act in Act]),
        ("reason", [reason.value for reason in Reason]),
        ("outcome", [outcome.value for outcome in Outcome]),
        ("grant", [*(state.value for state in GrantState), "ended"]),
        ("order", [*(kind.value for kind in StateKind), "release", "unhold", "withdraw", "destroy", "lead", "correct", "rectify"]),
        ("verdict", ["done", "permitted", "refused", "failed"]),
        ("transfer", ["sent", "confirmed", "waiting", "refused", "failed"]),
        ("via", [via.value for via in Via]),
        ("source", [source.value for source in SourceKind]),
        ("who", [*(kind.value for kind in ActorKind), "person"]),
        ("consent", [kind.value for kind in GrantKind]),
        ("kept", KEPT),
        ("reason", DESTROY_REASONS),
        ("fault", ["400", "403", "404", "405", "409", "413", "429", "500", "503"]),
    ],
)
def test_every_code_of_a_closed_list_has_its_words(prefix, codes):
    assert [code for code in codes if not speech.has(f"{prefix}.{code}")] == []


def test_every_error_of_the_identifier_checks_has_a_sentence():
    source = Path(identifiers.__file__).read_text()
    codes = set(re.findall(r"error=\"([a-z0-9_]+)\"", source))
    codes |= {f"{name}_{what}" for name in ("iin", "bin") for what in ("not_12_digits", "never_issued", "check_digit")}
    assert [code for code in sorted(codes) if not speech.has(f"error.{code}")] == []


RAISED = {
    *("SandyqError", "NotFound", "Denied", "Conflict", "TooMany", "TooLarge", "NotReady", "Retry", "Tampered", "StoreFailed", "OutOfOrder"),
    *("NotSignedIn", "Turned", "_Turned", "Fault", "Problem"),
}
FOUND = {"prohibit": 0, "permit": 0, "note": 0, "narrow": 0, "oblige": 1, "finding": 1, "_plain": 0}


def _said(node):
    """The texts that an argument can be: a constant, or either side of a choice."""
    if isinstance(node, ast.IfExp):
        return _said(node.body) | _said(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def _calls():
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                yield path, name, node


def test_every_code_that_can_be_raised_or_stand_beside_a_field_has_a_sentence():
    codes = set()
    for _, name, node in _calls():
        if name in RAISED and node.args:
            codes |= _said(node.args[0])
        if name == "FieldError" and len(node.args) > 1:
            codes |= _said(node.args[1])
    codes = {code for code in codes if re.fullmatch("[a-z0-9_]+", code)}
    assert len(codes) > 200
    assert sorted(code for code in codes if not speech.has(f"error.{code}") and not speech.has(f"finding.{code}")) == []


def test_every_finding_of_the_law_has_a_sentence():
    codes = {f"stopped_by_{kind.value}" for kind in StateKind}
    for path, name, node in _calls():
        if path.parent.name == "law" and len(node.args) > FOUND.get(name, 99):
            codes |= _said(node.args[FOUND[name]])
    rules = yaml.safe_load((ROOT / "law" / "packs" / "kz" / "rules.yaml").read_text())["rules"]
    codes |= {rule["params"]["code"] for rule in rules if "code" in rule.get("params", {})}
    assert len(codes) > 80
    assert sorted(code for code in codes if not speech.has(f"finding.{code}")) == []


def test_a_fault_of_our_own_code_says_nothing_of_its_code():
    assert "permit_copied" not in speech.of_error("en", Misuse("permit_copied"))


def test_kazakh_uses_the_modern_terms_of_the_law():
    text = " ".join(speech.catalog("kk").values()).lower()
    assert "жеке дерек" not in text
    assert "жеке мәлімет" not in text
    assert "дербес дерек" in text


def test_a_code_without_a_sentence_is_told_by_its_name():
    assert "nobody_wrote_this" in speech.of_error("en", Denied("nobody_wrote_this"))


def test_a_missing_parameter_never_breaks_a_sentence():
    assert "{left}" in speech.say("ru", "error.code_wrong")


def test_each_state_of_a_term_and_each_cause_of_its_pause_has_a_word_of_its_own():
    causes = {kind.value for kinds in PAUSES.values() for kind in kinds} | {"duplicate", "retracted"}
    for keys in ([f"clock.{state.value}" for state in ClockState], ["clock.paused.why", *(f"clock.paused.{cause}" for cause in causes)]):
        assert all(speech.has(key) for key in keys), keys
        assert all(len({speech.say(language, key) for key in keys}) == len(keys) for language in speech.LANGUAGES)
    assert all(speech.say(language, "clock.paused") != speech.say(language, "clock.paused.why") for language in speech.LANGUAGES)


def test_a_field_error_cites_clause_and_article_in_the_asked_language():
    error = FieldError("consent.service", "consent_missing", cites=("5.3", "94-V art. 8(1)"))
    assert "clause 5.3, Law 94-V, art. 8(1)" in speech.of_field("en", error)
    assert "п. 5.3 положения, Закон РК 94-V, ст. 8(1)" in speech.of_field("ru", error)
    assert "5.3-тармағы" in speech.of_field("kk", error)


def test_a_finding_names_the_redaction_of_its_article():
    finding = Finding("r", Effect.PROHIBIT, "4.1.5", "94-V art. 8(7) @2026-01-18", "consent_withdrawn")
    assert speech.of_finding("en", finding) == "The consent was withdrawn (clause 4.1.5, Law 94-V, art. 8(7) (as of 18 Jan 2026))."


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "kk"),
        ("ru", "ru"),
        ("en-US,en;q=0.9,ru;q=0.8", "en"),
        ("de, ru;q=0.4, en;q=0.7", "en"),
        ("de", "kk"),
        ("ru;q=nonsense, en;q=0.1", "en"),
        ("kk-KZ;q=0.3, ru;q=0", "kk"),
        ("en;q=5, ru", "ru"),
    ],
)
def test_the_asked_language_is_found(header, language):
    assert speech.negotiate(header) == language


def test_a_catalog_with_a_broken_line_is_refused_with_its_line(tmp_path):
    path = tmp_path / "kk.po"
    path.write_text('msgid "a"\nmsgstr "b\n', encoding="utf-8")
    with pytest.raises(BadFile) as refused:
        speech.read_po(path)
    assert refused.value.params["line"] == 2


def test_a_catalog_with_a_key_twice_is_refused(tmp_path):
    path = tmp_path / "kk.po"
    path.write_text('msgid "a"\nmsgstr "b"\nmsgid "a"\nmsgstr "c"\n', encoding="utf-8")
    with pytest.raises(BadFile):
        speech.read_po(path)


def test_continued_and_escaped_lines_are_joined(tmp_path):
    path = tmp_path / "kk.po"
    path.write_text('msgid ""\nmsgstr "head"\n\nmsgid "a"\nmsgstr ""\n"one \\"two\\"\\n"\n"three"\n', encoding="utf-8")
    assert speech.read_po(path) == {"a": 'one "two"\nthree'}
