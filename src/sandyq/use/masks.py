"""How a value is shown to somebody who needs to recognise it but not to have it."""

MASKED = "\u2022"


def masked(style: str, value: str) -> str:
    """`initial` keeps the first letter, `last4` and `last2` the last characters, `year` the year, `email` the first letter and the domain,
    anything else hides all."""
    if not value:
        return ""
    if style == "initial":
        return f"{value[0]}{MASKED * 3}"
    if style == "last4":
        return f"{MASKED * max(3, len(value) - 4)}{value[-4:]}" if len(value) > 6 else MASKED * len(value)
    if style == "last2":
        return f"{MASKED * 3}{value[-2:]}" if len(value) > 6 else MASKED * len(value)
    if style == "year":
        return f"{value[:4]}-{MASKED * 2}-{MASKED * 2}" if value[:4].isdigit() else MASKED * 6
    if style == "email":
        name, at, domain = value.partition("@")
        return f"{name[:1]}{MASKED * 3}{at}{domain}"
    return MASKED * 6
