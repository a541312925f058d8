"""The sample office's inbox, as its page sees it."""

import mimetypes
from email.message import EmailMessage
from email.policy import SMTP

from sandyq import seal
from sandyq.app import Office
from sandyq.errors import FieldError, Invalid, NotFound
from sandyq.post.mail import SampleMailbox
from sandyq.post.mime import clean
from sandyq.post.sms import SamplePhone
from sandyq.register import identifiers
from sandyq.web.views import SampleMail, SampleText

_MOST = 30
_TO = "requests@office.example.kz"


class Mailbox:
    """The port of the sample's inbox."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def _box(self) -> SampleMailbox:
        box = self._office.mailbox
        if not self._office.sample or not isinstance(box, SampleMailbox):
            raise NotFound
        return box

    async def texts(self) -> tuple[SampleText, ...]:
        """The SMS that the office sent, newest first. Raises NotFound in an office that is no sample."""
        sms = self._office.sms
        if not self._office.sample or not isinstance(sms, SamplePhone):
            raise NotFound
        return tuple(SampleText(shown.phone_tail, shown.text) for shown in sms.latest()[:_MOST])

    async def sent(self) -> tuple[SampleMail, ...] | None:
        """The mails that the office sent, newest first; None in a sample office whose mail is real."""
        box = self._office.mailbox
        if not isinstance(box, SampleMailbox):
            return None
        return tuple(SampleMail(mail.to, mail.subject, mail.text) for mail in box.latest()[:_MOST])

    async def write(self, sender: str, title: str, text: str, attached: tuple[str, bytes] | None) -> None:
        """Put a mail into the office's mailbox. Raises Invalid with every fault, NotFound."""
        box = self._box()
        checked, line = identifiers.email(sender), identifiers.line(title)
        faults = [FieldError("from", checked.error)] if checked.error else []
        faults += [FieldError("title", line.error)] if line.error else []
        faults += [] if text.strip() else [FieldError("text", "missing")]
        if faults:
            raise Invalid(faults)
        made = EmailMessage(policy=SMTP)
        made["From"], made["To"], made["Subject"] = checked.value, self._office.settings.mail_from or _TO, line.value
        made["Message-ID"] = f"<{seal.random_bytes(12).hex()}@sample.example>"
        made.set_content(clean(text))
        if attached is not None:
            name = " ".join(clean(attached[0]).split())[:100]
            main, _, sub = (mimetypes.guess_type(name)[0] or "application/octet-stream").partition("/")
            made.add_attachment(attached[1], maintype=main, subtype=sub, filename=name or "file")
        box.deliver(made.as_bytes())
