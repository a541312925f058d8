"""The page of a partner: what it holds, what came, and two switches; English with Russian beside it, without a script."""

from html import escape
from typing import Any, Final

STYLE: Final = """
:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #8886}
form{display:inline-block;margin:.5rem .75rem .5rem 0}
button{font:inherit;padding:.5rem .9rem}
dl{margin:0}
dt{float:left;clear:left;margin-right:.5rem}
dd{margin:0 0 0 11rem}
.wide{overflow-x:auto}
"""

_FRAME: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{name}</title><link rel="stylesheet" href="/style.css"></head>
<body><main><h1>{name}</h1>
<p>A partner of the sample office; the people are made up. <span lang="ru">Партнёр учебного офиса; люди вымышлены.</span>
<a href="/">Refresh / <span lang="ru">обновить</span></a></p>
{switches}
<h2>What we hold / <span lang="ru">что хранится</span></h2>
{people}
<h2>Messages / <span lang="ru">сообщения</span></h2>
{messages}
</main></body></html>
"""
_PEOPLE: Final = ("Our reference", "State", "Purpose", "Fields")
_MESSAGES: Final = ("Received", "Type", "Transfer", "Outcome", "Acknowledged")


def page(held: dict[str, Any]) -> str:
    """The page for what `Partner.held` gave; every value is escaped."""
    down = _button("down", "Go down", "перестать отвечать", held["down"])
    silent = _button("never_acknowledge", "Stop acknowledging", "не подтверждать", held["never_acknowledge"])
    return _FRAME.format(
        name=escape(held["name"]),
        switches=down + silent,
        people=_table("What we hold", _PEOPLE, [_person(ref, who) for ref, who in held["people"].items()]),
        messages=_table("Messages", _MESSAGES, [[escape(value) for value in m.values()] for m in reversed(held["messages"])]),
    )


def _button(name: str, english: str, russian: str, on: bool) -> str:
    return (
        f'<form method="post" action="/switch"><input type="hidden" name="name" value="{name}">'
        f'<button>{english} / <span lang="ru">{russian}</span>: {"on" if on else "off"}</button></form>'
    )


def _person(reference: str, who: dict[str, Any]) -> list[str]:
    fields = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in who["fields"].items())
    state = f"{who['state']}, blocked" if who["blocked"] and who["state"] != "blocked" else who["state"]
    return [escape(reference), escape(state), escape(who["purpose"]), f"<dl>{fields}</dl>" if fields else "nothing"]


def _table(label: str, head: tuple[str, ...], rows: list[list[str]]) -> str:
    if not rows:
        return '<p>Nothing. <span lang="ru">Ничего.</span></p>'
    heads = "".join(f'<th scope="col">{each}</th>' for each in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="wide" role="region" aria-label="{label}" tabindex="0">{table}</div>'
