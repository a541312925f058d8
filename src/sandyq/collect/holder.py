"""What the collect room keeps about a person: the bare record of each form and its claim stay as the request file, sessions go."""

from sandyq.collect import records
from sandyq.db import Work
from sandyq.errors import Misuse
from sandyq.register.holder import Kept, Shown

ROWS = "rows"


class CollectHolder:
    """Sessions go with the subject. The form's record (when, which door, which policy) and the claim's token open nothing personal and
    let the person fetch the certificate."""

    name = "collect"
    steps = (ROWS,)

    def show(self, work: Work, subject: str) -> list[Shown]:
        """Each form."""
        return [
            Shown(self.name, f"submission.{row.state}", row.id, since_us=row.received_us, source=row.door, purposes=(row.purpose,))
            for row in records.submissions(work, subject)
        ]

    def erase(self, work: Work, subject: str, step: str) -> int:
        """Sessions."""
        if step != ROWS:
            raise Misuse("step_unknown", holder=self.name, step=step)
        return records.erase(work, subject)

    def verify_gone(self, work: Work, subject: str) -> list[str]:
        """Sessions that are left."""
        return records.left(work, subject)

    def kept(self, work: Work, subject: str) -> list[Kept]:
        """The request file."""
        return [
            Kept(self.name, "request_file", row.id, "94-V art. 25(2)(5)", None, "correspondence")
            for row in records.submissions(work, subject)
        ]
