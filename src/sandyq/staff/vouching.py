"""What entries of the log vouch for about staff: each entry about a member, a role or a token carries the digest of the row as the act left it, so that
a row changed by hand is found by the check of tables against the log (8.2, 1.3; docs/threats.md)."""

from collections.abc import Iterator

from sandyq import seal
from sandyq.audit import Act, Leaf, record
from sandyq.db import Work
from sandyq.staff import records

ROLE = "role"
"""The word in the place of a purpose that tells an entry about a role from one about a member; the role's name stands in the place of the object."""


def member(
    work: Work, member_id: str, act: Act, *, verdict: str = "done", purpose: str = "", category: str = "", article: str = ""
) -> None:
    """The entry of an act on a member, which vouches for what the member has from now on."""
    ((_, text),) = records.member_vouched(work, member_id)
    digest = seal.digest(text).hex()
    record(
        work,
        Leaf(act, clause="8.2", article=article, verdict=verdict, object=member_id, purpose=purpose, category=category, body_digest=digest),
    )


def role(work: Work, name: str, count: int) -> None:
    """The entry of a role that was defined."""
    text = dict(records.role_vouched(work))[name]
    record(work, Leaf(Act.GRANT_CHANGED, clause="8.2", object=name, purpose=ROLE, count=count, body_digest=seal.digest(text).hex()))


def token(work: Work, token_id: str, count: int) -> None:
    """The entry of a token that was issued."""
    ((_, text),) = records.token_vouched(work, token_id)
    record(work, Leaf(Act.TOKEN_ISSUED, clause="8.2", object=token_id, count=count, body_digest=seal.digest(text).hex()))


def rows(work: Work) -> Iterator[tuple[str, str, str]]:
    """(table, id, digest) of every row that an entry vouches for."""
    for table, found in (
        ("staff_member", records.member_vouched(work)),
        ("staff_role", records.role_vouched(work)),
        ("api_token", records.token_vouched(work)),
    ):
        for name, text in found:
            yield table, name, seal.digest(text).hex()
