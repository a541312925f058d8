"""`make demo ARGS=--check`: the whole story through HTTP and the command line, each step with clause, article and verdict.

It runs offline in a folder of its own on free ports, and leaves no process behind. A step broken on purpose must be noticed. The steps of the rights desk
have an office of their own whose clock stands at March 2026 (`spring`), for terms of the law are shown on dates.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandyq.clock import monotonic
from sandyq.demo.check import desk, keeping, story
from sandyq.demo.check.stage import Broken, Stage, Verdict, scratch
from sandyq.errors import SandyqError


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, what it shows by which clause and article, and the function that shows it."""

    name: str
    clause: str
    article: str
    run: Callable[[Stage], str]


STEPS: Final = (
    Step("form", "2.18, 3.1", "94-V art. 8(4), 25(2)(5)", story.form),
    Step("no-consent", "5.3", "94-V art. 8(1)", story.no_consent),
    Step("lead", "7.1.1, 7.2", "94-V art. 15", story.lead),
    Step("look", "2.12, 3.1", "94-V art. 14", story.look),
    Step("grant", "8.2", "94-V art. 11, 22", story.grant),
    Step("block", "4.1.3", "94-V art. 25(2)(8)", story.block),
    Step("block-stops", "2.2", "94-V art. 1(3)", story.block_stops),
    Step("release", "2.2", "94-V art. 25(2)(8)", story.release),
    Step("witness", "8.2", "94-V art. 22", keeping.witness),
    Step("backup", "8.2", "94-V art. 22", keeping.backup),
    Step("withdraw", "4.1.5", "94-V art. 8(7), 24(1)(5)", story.withdraw),
    Step("destroy", "4.1.4, 2.5", "94-V art. 18, 24(1)(4)", story.destroy),
    Step("gone", "2.5", "94-V art. 18", keeping.gone),
    Step("certificate", "4.1.4", "94-V art. 18, 25(2)(4)", keeping.certificate),
    Step("proof", "1.3, 2.13", "94-V art. 22", keeping.proof),
    Step("tampered", "8.2", "94-V art. 22", keeping.tampered),
    Step("restore", "2.5", "94-V art. 18, 22", keeping.restore),
    Step("state", "1.3", "94-V art. 22", keeping.state),
    Step("access", "4.1.1", "94-V art. 24(1)(1), 25(2)(6)", desk.access),
    Step("mail", "8.3, 2.20", "94-V art. 10(2), 25(2)(6)", desk.mail),
    Step("rename", "4.1.2", "94-V art. 24(1)(2), 25(2)(7)", desk.rename),
    Step("two-roles", "3.7", "94-V art. 14, 24(1)(1)", desk.two_roles),
    Step("withdrawal-term", "4.1.5", "94-V art. 8(7), 24(1)(5)", desk.withdrawal_term),
    Step("held-by-block", "2.2, 8.1", "94-V art. 1(3), 18", desk.held_by_block),
)
LAST: Final = "no-process-left"


def names() -> list[str]:
    """The names of the steps that can be broken on purpose."""
    return [step.name for step in STEPS]


def run(broken: str = "", tell: Callable[[Verdict], None] = lambda verdict: None) -> list[Verdict]:
    """Run every step; one that fails ends the story, as the next ones rest on it. Every process is ended in any case."""
    verdicts: list[Verdict] = []

    def judged(verdict: Verdict) -> bool:
        verdicts.append(verdict)
        tell(verdict)
        return verdict.ok

    with scratch() as folder:
        stage = Stage(Path(folder), broken)
        left: list[int] = []
        try:
            if judged(_tried(Step("office", "1.5, 2.7", "94-V art. 12(2)", _founded), stage)):
                for step in STEPS:
                    if not judged(_tried(step, stage)):
                        break
        finally:
            left = stage.end()
        started = len(stage.started)
        said = f"{started} processes started, none left" if not left else f"still there: {left}"
        judged(Verdict(LAST, not left, "", "", said, 0.0))
    return verdicts


def _founded(stage: Stage) -> str:
    stage.found()
    return f"founded with the sample policy; {len(stage.sample.staff)} members, 2 partners, server on a free port"


def _tried(step: Step, stage: Stage) -> Verdict:
    begun = monotonic()
    ok, said = False, "stopped"
    with suppress(KeyboardInterrupt):
        try:
            said = step.run(stage)
            ok = True
        except Broken as broken:
            said = str(broken)
        except SandyqError as error:
            said = f"stopped: {error}"
        except Exception as error:  # a step that trips over an answer of another shape does not hold either; the kind of fault is told
            said = f"stopped by {type(error).__name__}: {str(error)[:200]}"
    return Verdict(step.name, ok, step.clause, step.article, said, monotonic() - begun)
