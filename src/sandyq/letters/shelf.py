"""The templates that there are, and how each looks: for the desk, before anything is sent."""

from sandyq.letters import samples
from sandyq.letters.render import render_pdf
from sandyq.letters.wording import wording


def templates() -> tuple[str, ...]:
    """Every template with its version, in the order of their names."""
    return tuple(sorted({body.template for body in samples.letters("usual").values()}))


def title(name: str, language: str) -> str:
    """What a letter of this template is headed. Raises Misuse for a template or a language that there is not."""
    return wording(name, language).word("title")


def sample(name: str, language: str, base_url: str) -> bytes:
    """A letter of this template with made-up content, as PDF. Its digest is in no log, so `/verify` says that it was never issued."""
    return render_pdf(samples.of_template(name, language), base_url=base_url)
