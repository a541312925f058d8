"""Policy files for the tests: the sample office's own, copied into a folder where a test may break them."""

import shutil
from pathlib import Path

from sandyq.policy import loader
from sandyq.policy.facts import Edition
from sandyq.policy.source import BadFiles

SAMPLE = loader.sample_files()[0].parent


class Office:
    """A copy of the sample office's policy files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "quicklid"
        shutil.copytree(SAMPLE, self.folder)

    def path(self, name: str = "policy.yaml") -> Path:
        return self.folder / name

    def change(self, old: str, new: str, name: str = "policy.yaml") -> int:
        """Replace the first place where `old` stands; gives its line. Fails when it stands nowhere."""
        text = self.path(name).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        self.path(name).write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def load(self, *, overlay: bool = True) -> Edition:
        return loader.load(self.path(), self.path("overlay.yaml") if overlay else None)

    def faults(self, *, overlay: bool = True) -> list[tuple[str, int, str, str]]:
        """(file name, line, what, remedy) of every fault; empty when the files are sound."""
        try:
            self.load(overlay=overlay)
        except BadFiles as bad:
            rows = [fault.params for fault in bad.faults]
            return [(Path(str(row["file"])).name, int(str(row["line"])), str(row["what"]), str(row["remedy"])) for row in rows]
        return []
