"""What joins the pages to an office: each call of a port is one unit of work that runs acts and turns what they give into views."""

from dataclasses import dataclass
from typing import Final

from sandyq.app import Office
from sandyq.web.adapters.applicant import Applicants
from sandyq.web.adapters.console import Desk
from sandyq.web.adapters.desk import RightsDesk
from sandyq.web.adapters.front import Front
from sandyq.web.adapters.mailbox import Mailbox
from sandyq.web.adapters.personnel import Personnel
from sandyq.web.adapters.portal_contacts import Portal
from sandyq.web.adapters.verify import Verify
from sandyq.web.ports import ApplicantPort, ConsolePort, FrontPort, MailboxPort, VerifyPort
from sandyq.web.ports_desk import DeskPort
from sandyq.web.ports_personnel import PersonnelPort
from sandyq.web.ports_portal import PortalPort

_KEY: Final = "web"


@dataclass(frozen=True, slots=True)
class Pages:
    """An office as the pages ask for it (`ports.Office`)."""

    secret: bytes
    secure: bool
    front: FrontPort
    applicant: ApplicantPort
    console: ConsolePort
    verify: VerifyPort
    desk: DeskPort
    mailbox: MailboxPort
    portal: PortalPort
    personnel: PersonnelPort


def pages(office: Office) -> Pages:
    """The pages' side of an open office."""
    secure = office.settings.base_url.startswith("https://")
    return Pages(
        office.ring.office(_KEY),
        secure,
        Front(office),
        Applicants(office),
        Desk(office),
        Verify(office),
        RightsDesk(office),
        Mailbox(office),
        Portal(office),
        Personnel(office),
    )


__all__ = ["Pages", "pages"]
