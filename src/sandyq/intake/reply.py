"""The answer that a new request by e-mail gets at once: its number, what came, the last day, and where to prove who asks. Nothing of the person (8.3)."""

from datetime import date

from sandyq import speech
from sandyq.letters.render import notice_text
from sandyq.letters.wording import wording

PROVE_PATH = "/prove/"
"""Where the link of a reply leads; behind it stands a secret of one use."""


def received(language: str, number: str, link: str, *, last: date | None, attached: int, omitted: tuple[str, ...]) -> tuple[str, str]:
    """Title and text. Of a message that brought no files nothing is said of them."""
    title, told = notice_text("received", number, link, language)
    parts = told.rstrip("\n").split("\n\n")
    own = [speech.say(language, "mail.attached", count=attached)] if attached else []
    if omitted:
        what = "; ".join(speech.say(language, f"mail.omitted.{code}") for code in omitted)
        own.append(speech.say(language, "mail.omitted", what=what))
    if last is not None:
        own.append(speech.say(language, "mail.last_day", day=wording("received-1", language).long_day(last)))
    own.append(speech.say(language, "mail.prove"))
    return title, "\n\n".join([*parts[:2], speech.paragraphs(*own).rstrip("\n"), *parts[2:]]) + "\n"
