"""What this room keeps about a person: the request file. It outlives them, names them no more once it is closed, and says so on the certificate (design 12)."""

from typing import Final

from sandyq.clock import micros
from sandyq.db import Work
from sandyq.errors import Misuse
from sandyq.register.holder import Kept, Shown
from sandyq.rights import records
from sandyq.rights.desk import of_subject
from sandyq.rights.states import CLAUSE

ROWS: Final = "rows"
_GROUND: Final = "94-V art. 25(2)(5), 25(3)(3)"


class RightsHolder:
    """Cases stay as evidence of what was asked and answered. Ended cases of other askers lose the name of whom they were about; open ones when they end."""

    name = "rights"
    steps = (ROWS,)

    def show(self, work: Work, subject: str) -> list[Shown]:
        """Every case that the person asked, or that is about them."""
        return [
            Shown(
                self.name,
                f"case.{made.kind.value}.{made.state.value}",
                made.id,
                since_us=micros(made.received_at),
                ground=CLAUSE[made.kind][1],
                source=made.channel.value,
                term_rule="correspondence",
            )
            for made in of_subject(work, subject)
        ]

    def erase(self, work: Work, subject: str, step: str) -> int:
        """Let ended cases of others no longer name the person."""
        if step != ROWS:
            raise Misuse("erasure_step_unknown", holder=self.name, step=step)
        return records.clear_about(work, subject)

    def verify_gone(self, work: Work, subject: str) -> list[str]:
        """Ended cases of others that still name the person."""
        return [f"rights_case: {case}" for case in records.about_left(work, subject)]

    def kept(self, work: Work, subject: str) -> list[Kept]:
        """The request file."""
        return [Kept(self.name, "request_file", made.id, _GROUND, None, "correspondence") for made in of_subject(work, subject)]
