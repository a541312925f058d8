"""How a process that serves is set up: two settings of the interpreter that cost nothing and are worth a multiple under load."""

import gc
import sys
from typing import Final

SWITCH_SECONDS: Final = 0.0005
"""How long a busy thread may keep the others waiting. The event loop and SQLite's one writer take turns for every act; at the interpreter's
own 5 ms each turn costs more than the act."""
GC_THRESHOLDS: Final = (20_000, 20, 50)
"""Acts make many short-lived objects and almost no cycles: looking for them every 700 objects is wasted."""


def tune() -> None:
    """Call once, when everything that lives as long as the process has been made: what exists now is never searched for garbage again."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
