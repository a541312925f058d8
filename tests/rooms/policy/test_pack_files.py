"""The pack of the law as files."""

import json
import shutil
from pathlib import Path

import pytest

from sandyq.policy import loader
from sandyq.policy.source import BadFiles


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(loader.packs_folder() / "kz", tmp_path / "kz")
    return tmp_path / "kz"


def test_every_rule_and_deadline_of_the_pack_loads_with_its_line() -> None:
    pack = loader.load_pack()
    lines = (loader.packs_folder() / "kz" / "rules.yaml").read_text(encoding="utf-8").splitlines()
    assert pack.pack.id
    for rule in pack.pack.rules:
        assert f"id: {rule.id}" in lines[rule.line - 1]
    assert len(pack.deadlines) == len(pack.deadline_data)


def test_the_digest_survives_the_store_and_a_changed_rule_changes_it(folder: Path) -> None:
    pack = loader.load_pack(folder)
    again = loader.pack_edition(json.loads(json.dumps(pack.data)), json.loads(json.dumps(pack.deadline_data)))
    assert (again.digest, again.deadlines_digest) == (pack.digest, pack.deadlines_digest)
    text = (folder / "rules.yaml").read_text(encoding="utf-8")
    (folder / "rules.yaml").write_text(text.replace("recorded: 2026-11-22", "recorded: 2026-11-23", 1), encoding="utf-8")
    assert loader.load_pack(folder).digest != pack.digest


def test_every_rule_at_fault_is_told_with_its_line(folder: Path) -> None:
    path = folder / "rules.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    starts = [n for n, line in enumerate(lines) if line.strip().startswith("- id:")]
    broken = starts[1], starts[4]
    for n in broken:
        lines.insert(n + 1, "")
        lines[n] = lines[n].replace("- id:", "- nonsense: 1\n    id:")
        del lines[n + 1]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(BadFiles) as caught:
        loader.load_pack(folder)
    assert len(caught.value.faults) == 2
    assert all("unknown keys ['nonsense']" in str(fault.params["what"]) for fault in caught.value.faults)
    assert caught.value.faults[0].params["line"] == broken[0] + 1
