"""What the journal keeps about a person: the rows stay as the account of what was written and answered, the tokens of e-mail go."""

from sandyq.clock import micros
from sandyq.correspondence import records
from sandyq.db import Work
from sandyq.errors import Misuse
from sandyq.register.holder import Kept, Shown

ROWS = "rows"
GROUND = "94-V art. 25(2)(5)"
TERM = "correspondence"


class CorrespondenceHolder:
    """Numbers, days and states of letters stay with the request file; what ties an address to a person goes. Contents are evidence of the register."""

    name = "correspondence"
    steps = (ROWS,)

    def show(self, work: Work, subject: str) -> list[Shown]:
        """Each entry."""
        return [
            Shown(
                self.name,
                f"{entry.direction.value}.{entry.channel.value}",
                entry.id,
                since_us=micros(entry.on),
                ground=GROUND,
                source=entry.channel.value,
                term_rule=TERM,
            )
            for entry in records.of_subject(work, subject)
        ]

    def erase(self, work: Work, subject: str, step: str) -> int:
        """The tokens."""
        if step != ROWS:
            raise Misuse("step_unknown", holder=self.name, step=step)
        return records.erase(work, subject)

    def verify_gone(self, work: Work, subject: str) -> list[str]:
        """Tokens that are left."""
        return records.left(work, subject)

    def kept(self, work: Work, subject: str) -> list[Kept]:
        """The journal's rows."""
        return [Kept(self.name, "request_file", entry.id, GROUND, None, TERM) for entry in records.of_subject(work, subject)]
