"""The wiring: from settings to an office with every room (design 3).

`Office.create` founds one, `Office.open` opens it, `Office.start` settles what a crash left and checks that nothing was copied back by hand before it
serves. Doors hold an Office and call acts through `write`, `run` and `read`.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from sandyq import audit
from sandyq.app import pending, records
from sandyq.app.records import OfficeRow
from sandyq.app.stationery import Stationery
from sandyq.audit import history, ledger, publish, sequencer, signing
from sandyq.audit.folder import LogFolder
from sandyq.audit.ledger import Ledger, Replayer
from sandyq.audit.witness import FolderWitness
from sandyq.block.holder import BlockHolder, BlockReplay
from sandyq.clock import Clock, SystemClock
from sandyq.collect.carrier import CodeCarrier
from sandyq.collect.holder import CollectHolder
from sandyq.consent.holder import ConsentHolder, ConsentReplay
from sandyq.correspondence import CorrespondenceHolder, MailCarrier
from sandyq.db import Actor, Stores, Work
from sandyq.db.work import Promised
from sandyq.destroy import House
from sandyq.destroy.replay import DestroyReplay
from sandyq.distribute import DistributeHolder, DistributeReplay, TransferCarrier
from sandyq.errors import Conflict, NotReady
from sandyq.gate import Gate
from sandyq.identity import IdentityHolder, IdentityReplay
from sandyq.identity.carrier import IdentityCodes, IdentityNotices
from sandyq.law.calendar import Calendar, kazakhstan
from sandyq.law.vocabulary import Reading
from sandyq.letters.certificate import LogPlace
from sandyq.outbox import Carrier
from sandyq.parties import PartiesHolder, PartiesReplay
from sandyq.policy import acts as policy
from sandyq.policy import decrees
from sandyq.policy.facts import Edition, PackEdition
from sandyq.post.mail import Box, ImapBox, MailSender, NoMail, SampleMailbox, Server, SmtpSender
from sandyq.post.sms import SamplePhone, SmsSender
from sandyq.post.webhook import WebhookSender
from sandyq.register import keystore
from sandyq.register.holder import Holder
from sandyq.register.holders import RegisterHolder, SaltHolder
from sandyq.register.keystore import FileKeys, Keyring
from sandyq.relations.holder import RelationsHolder
from sandyq.requests import Desk
from sandyq.rights import Case, ReminderCarrier, Rights, RightsHolder, busy
from sandyq.settings import Settings
from sandyq.staff.replay import StaffReplay

R = TypeVar("R")
SYSTEM = Actor("system", "office", "office")
KEY_BACKUP = timedelta(days=30)
"""How long backups of key-encryption keys are kept: the second date of a certificate counts on it."""
KEY_INTERVAL = timedelta(days=30)


class Office:
    """An open office. `sample` comes from its own row, so that no setting can turn a real office into one whose clock moves."""

    def __init__(self, settings: Settings, clock: Clock, stores: Stores, *, sms: SmsSender | None = None) -> None:
        self.settings = settings
        self.clock = clock
        self.stores = stores
        self.ring = Keyring(FileKeys(settings.keys_dir))
        self.folder = LogFolder(settings.log_dir)
        self.witnesses = (FolderWitness(settings.witness_dir),)
        self.ledger = Ledger(settings.ledger_dir)
        self.wire = SystemClock()
        self._calendar = kazakhstan()
        self.gate = Gate(self.ring, policy.in_force, lambda: self._calendar)
        self.holders = self._holders()
        self.replayers = self._replayers()
        self.sms: SmsSender = sms or SamplePhone()
        self.webhooks = WebhookSender(plain_allowed=True)
        self._sample_mail = SampleMailbox()
        self.stationery = Stationery(settings, clock)
        self.sequencer = sequencer.Sequencer(settings)
        self.row: OfficeRow | None = None
        self._publisher: publish.Publisher | None = None
        self._house: House | None = None
        self.in_order = False
        """Whether a check found nothing wrong (`app.start.check`): of an office that was not checked nothing may be raised or published."""
        audit.install(stores, lambda work, subject: keystore.salt(work, self.ring, subject))
        stores.hooks.after_events = lambda events: self.ledger.ship(events)  # noqa: PLW0108 the ledger of that moment

    # --- opening ---------------------------------------------------------------------------------------------------------------------

    @classmethod
    def create(
        cls,
        settings: Settings,
        edition: Edition,
        pack: PackEdition,
        *,
        origin: str,
        clock: Clock | None = None,
        reading: Reading = Reading.STRICT,
        sms: SmsSender | None = None,
    ) -> "Office":
        """Found an office in an empty folder (or an empty pair of databases): keys, log, policy. Raises Conflict when there is one."""
        clock = clock or SystemClock()
        for folder in (
            settings.keys_dir,
            settings.log_dir,
            settings.witness_dir,
            settings.ledger_dir,
            settings.media_dir,
            settings.spool_dir,
        ):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        signing.create(settings.keys_dir, origin)
        office = cls(settings, clock, Stores.open(settings, clock), sms=sms)
        try:
            office._found(edition, pack, reading, origin)
        except BaseException:  # whatever went wrong, the half-founded office must not keep its files locked
            office.close()
            raise
        return office

    def _found(self, edition: Edition, pack: PackEdition, reading: Reading, origin: str) -> None:
        def found(work: Work) -> None:
            if records.office(work) is not None:
                raise Conflict("office_exists")
            keystore.found(work, self.ring)
            records.create(work, OfficeRow(work.new_id(), origin, self.settings.sample, work.us))
            audit.record(work, audit.Leaf(audit.Act.OFFICE_CREATED, clause="2.7", article="94-V art. 12(2)"))
            policy.install(work, edition, pack, reading)

        self.write(found)
        self._load()

    @classmethod
    def open(
        cls,
        settings: Settings,
        *,
        clock: Clock | None = None,
        writer: bool = True,
        restoring: bool = False,
        sms: SmsSender | None = None,
    ) -> "Office":
        """Open an office that was created. A clock other than the system's is refused unless it is a sample (design 17).

        Raises NotReady while a restore is under way: only the restore itself opens it then, with `restoring`.
        """
        if not restoring:
            pending.refuse(settings.ledger_dir)
        real = clock or SystemClock()
        office = cls(settings, real, Stores.open(settings, real, writer=writer), sms=sms)
        try:
            office._load()
            if clock is not None and not isinstance(clock, SystemClock) and not office.sample:
                raise Conflict("clock_moves_only_in_a_sample")
        except BaseException:  # as above: an opening that fails gives the office up
            office.close()
            raise
        return office

    def _load(self) -> None:
        self.row = self.read(records.office)
        if self.row is None:
            raise NotReady("office_missing", remedy="run `sandyq init`")
        self.stationery.ready()
        self._calendar = self.read(decrees.current)
        edition = self.read(policy.in_force).edition
        name, number = edition.words("operator", "name", language="ru"), edition.words("operator", "bin", language="ru")
        self._house = House(self.holders, self.ring, self.settings.media_dir, KEY_BACKUP, KEY_INTERVAL, name, number, busy)

    @property
    def sample(self) -> bool:
        """Whether it was created as an office of synthetic people."""
        return self.row is not None and self.row.sample

    # --- rooms ---------------------------------------------------------------------------------------------------------------------------

    def _holders(self) -> tuple[Holder, ...]:
        return (
            RegisterHolder(self.ring, self.settings.media_dir),
            ConsentHolder(),
            BlockHolder(),
            RelationsHolder(),
            PartiesHolder(),
            DistributeHolder(),
            CollectHolder(),
            CorrespondenceHolder(),
            RightsHolder(),
            IdentityHolder(),
            SaltHolder(),
            history.LeafLinks(),
        )

    def _replayers(self) -> dict[str, Replayer]:
        rooms: tuple[Replayer, ...] = (
            BlockReplay(),
            ConsentReplay(),
            PartiesReplay(),
            StaffReplay(),
            DistributeReplay(),
            DestroyReplay(lambda: self.house),
            IdentityReplay(),
        )
        return {kind: room for room in rooms for kind in room.kinds}

    @property
    def publisher(self) -> publish.Publisher:
        """What publishes this office's log."""
        if self._publisher is None:
            self._publisher = publish.Publisher(self.folder, signing.load(self.settings.keys_dir), self.witnesses)
        return self._publisher

    @property
    def house(self) -> House:
        """What destruction needs of this office."""
        if self._house is None:
            raise NotReady("office_missing", remedy="run `sandyq init`")
        return self._house

    @property
    def desk(self) -> Desk:
        """What orders need of this office."""
        return Desk(self.gate, self.house)

    @property
    def rights(self) -> Rights:
        """What requests of people need of this office."""
        return Rights(self.desk, self.holders, self._log_place, self._case_page, mails=not isinstance(self.mail, NoMail))

    def _case_page(self, made: Case) -> str:
        """Where the portal shows a request; whoever opens it has to sign in."""
        return f"{self.settings.base_url}/{made.language}/me/requests/{made.id}"

    def _log_place(self, work: Work, leaf: str) -> LogPlace:
        """Where the published log stands behind an entry; an entry of this minute is covered by the next checkpoint."""
        signed, force = self.publisher.published(), policy.in_force(work)
        head = signed.head if signed else None
        size, root = (head.size, head.root.hex()) if head else (0, "")
        origin = head.origin if head else (self.row.origin if self.row else "")
        return LogPlace(leaf, origin, size, root, force.installed.policy_digest, force.installed.pack_digest)

    @property
    def calendar(self) -> Calendar:
        """The working calendar with the office's decrees, as this process knows it."""
        return self._calendar

    def reload_calendar(self) -> bool:
        """Take up decrees that another process entered; whether there were any."""
        before, self._calendar = self._calendar, self.read(decrees.current)
        return before != self._calendar

    @property
    def mail(self) -> MailSender:
        """What takes mails: the SMTP server of the settings, or the sample's own mailbox, or nothing."""
        at = self.settings
        if at.smtp_host:
            return SmtpSender(Server(at.smtp_host, at.smtp_port, at.smtp_tls, at.smtp_user, at.smtp_password), at.mail_from)
        return self._sample_mail if self.sample else NoMail()

    @property
    def mailbox(self) -> Box | None:
        """What mails are taken in from: the IMAP server of the settings, or the sample's own mailbox, or nothing."""
        at = self.settings
        if at.imap_host:
            return ImapBox(Server(at.imap_host, at.imap_port, at.imap_tls, at.imap_user, at.imap_password), at.imap_folder)
        return self._sample_mail if self.sample else None

    @property
    def carriers(self) -> dict[str, Carrier]:
        """Every way out of the house, by the outbox's kind."""
        every: tuple[Carrier, ...] = (
            TransferCarrier(self.gate, self.webhooks, self.wire),
            CodeCarrier(self.gate, self.sms),
            MailCarrier(self.gate, self.mail, self.settings.mail_from),
            IdentityCodes(self.gate, self.sms, self.mail, self.settings.mail_from, self.settings.base_url),
            IdentityNotices(self.gate, self.sms, self.mail, self.settings.mail_from, self.settings.base_url),
            ReminderCarrier(self.ring, self.mail, self.settings.mail_from, self.settings.base_url),
        )
        return {carrier.kind: carrier for carrier in every}

    # --- units of work -----------------------------------------------------------------------------------------------------------------------

    def write(self, fn: Callable[[Work], R], actor: Actor = SYSTEM) -> R:
        """One unit of work, committed."""
        return self.stores.write(fn, actor)

    def submit(self, fn: Callable[[Work], R], actor: Actor = SYSTEM) -> Promised[R]:
        """As `write`, without waiting: acts that wait together share a commit on SQLite."""
        return self.stores.submit(fn, actor)

    async def run(self, fn: Callable[[Work], R], actor: Actor) -> R:
        """One unit of work, committed, awaited: for handlers of the event loop."""
        return await self.stores.hand_in(fn, actor)

    def read(self, fn: Callable[[Work], R]) -> R:
        """A read-only snapshot, for what is not personal."""
        return self.stores.read(fn)

    def ship(self) -> int:
        """Append waiting restrictive events to the ledger outside the databases; gives how many."""
        events = self.read(ledger.waiting)
        if events:
            self.ledger.ship(events)
            self.write(lambda work: ledger.shipped(work, events))
        return len(events)

    def close(self) -> None:
        """Finish what waits and give the office up."""
        self.sequencer.resign()
        self.webhooks.close()
        self.stores.close()
