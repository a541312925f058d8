"""Who keeps the data, under which policy, and what a person may do about it: the part of an answer that is the same for everybody."""

from datetime import date
from typing import Final

from sandyq.access.facts import Operator, PolicyInForce, Right
from sandyq.access.words import Codes
from sandyq.law.disclosures import limbs
from sandyq.policy.facts import Installed
from sandyq.policy.loader import load_disclosures

RIGHTS: Final = (
    ("access", "4.1.1", "94-V art. 24(1)(1)"),
    ("rectify", "4.1.2", "94-V art. 24(1)(2)"),
    ("block", "4.1.3", "94-V art. 24(1)(3)"),
    ("destroy", "4.1.4", "94-V art. 24(1)(4)"),
    ("withdraw", "4.1.5", "94-V art. 24(1)(5)"),
    ("public-sources", "4.1.6", "94-V art. 24(1)(6)"),
    ("defend", "4.1.7", "94-V art. 24(1)(7)"),
    ("object", "3.1", "94-V art. 19-1"),
    ("free", "4.1.1", "94-V art. 25(2)(9)"),
)
"""What a person may demand: a code, the clause of the policy and the article."""
APPEAL: Final = (
    ("authorised_body", "4.1.7", "94-V art. 27-1, 30"),
    ("prosecutor", "4.1.7", "94-V art. 28"),
    ("court", "4.1.7", "94-V art. 30"),
)
"""Where a person may complain, by the codes that letters use."""


def limits(codes: Codes, on: date) -> tuple[Right, ...]:
    """Where the right to know ends: the limbs under which a disclosure to a state body may be kept silent. The same in every answer, so that it tells nothing."""
    found = limbs(load_disclosures(), on)
    return tuple(
        Right(code="limit", basis=codes.rests(one.clause, one.article), words=codes.coded("access.right", "limit")) for one in found
    )


def operator(codes: Codes) -> Operator:
    """The operator as the policy names it."""
    edition, language = codes.edition, codes.language
    data = edition.data
    return Operator(
        name=edition.words("operator", "name", language=language),
        number=edition.words("operator", "bin", language=language),
        roles=tuple(data["operator"].get("roles", ())),
        address=edition.words("operator", "address", language=language),
        email=edition.words("contact", "email", language=language),
        responsible=edition.words("responsible", "role", language=language),
        responsible_email=edition.words("responsible", "email", language=language),
    )


def policy_in_force(codes: Codes, installed: Installed) -> PolicyInForce:
    """The version of the policy and of the law's pack that the office goes by."""
    edition, language = codes.edition, codes.language
    return PolicyInForce(
        title=edition.words("policy", "title", language=language),
        version=edition.words("policy", "version", language=language),
        policy=installed.policy_digest,
        pack=installed.pack_digest,
        reading=installed.reading.value,
        in_force_from=installed.in_force_from,
    )


def rights(codes: Codes, places: tuple[tuple[str, str, str], ...]) -> tuple[Right, ...]:
    """Rights, or places to complain to, each in words."""
    return tuple(
        Right(code=code, basis=codes.rests(clause, article), words=codes.coded("access.right", code)) for code, clause, article in places
    )
