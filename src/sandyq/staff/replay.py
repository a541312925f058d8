"""Who left and which tokens were revoked after a backup: a restore shuts those doors again."""

from sandyq.audit import Act
from sandyq.audit.ledger import Event
from sandyq.db import Work
from sandyq.staff import records, vouching


class StaffReplay:
    """Carries out again what shut somebody out."""

    kinds = frozenset({"staff.leave", "staff.token_off"})

    def replay(self, work: Work, event: Event) -> None:
        """Deactivate the member, or revoke the token, that the restored database still lets in."""
        if event.kind == "staff.leave":
            if records.deactivate(work, event.body["member"]):
                vouching.member(work, event.body["member"], Act.STAFF_CHANGED)
        else:
            records.revoke_token(work, event.body["token"])
