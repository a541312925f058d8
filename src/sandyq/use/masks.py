"""How a value is shown to somebody who needs to recognise it but not to have it."""

MASKED = "\u2022"


def masked(style: str, value: str) -> str:
    """`initial` keeps the first letter, `last4` the last four characters, `domain` an e-mail's domain, anything else hides all."""
    if not value:
        return ""
    if style == "initial":
        return f"{value[0]}{MASKED * 3}"
    if style == "last4":
        return f"{MASKED * max(3, len(value) - 4)}{value[-4:]}" if len(value) > 6 else MASKED * len(value)
    if style == "domain":
        name, at, domain = value.partition("@")
        return f"{name[:1]}{MASKED * 3}{at}{domain}"
    return MASKED * 6
