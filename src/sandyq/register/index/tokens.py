"""Keyed tokens of one subject, and the search for subjects by them (design 10, 11).

A token is 16 bytes of HMAC over wall, kind and normal form, so nothing is found across the wall of 3.7. Generation n of a token is link n
of a chain: token(n) = HMAC(master n, token(n-1)); old tokens can therefore be turned without the plaintext, and a search tries every
generation in use. Names are found only together with a birth year or the tail of a phone. Only a verified IIN is unique; whatever is
asserted stands beside it.
"""

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sandyq import seal
from sandyq.db.work import Work
from sandyq.errors import Conflict, Misuse
from sandyq.frozen import quick
from sandyq.register import folding, subjects
from sandyq.register.index import records
from sandyq.register.keystore.ring import Keyring

TOKEN_BYTES = 16
CAP = 20
EXACT = frozenset({"iin", "phone", "email", "contract"})
Parts = tuple[str, ...]
"""Wall, kind, then the normal forms."""


@quick
@dataclass(frozen=True, slots=True)
class Identifiers:
    """By what a subject can be found; all in normal form (`register.identifiers`). `asserted`: only said so, nobody checked."""

    iin: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    contracts: tuple[str, ...] = ()
    surname: str = ""
    first_name: str = ""
    birth_year: int = 0
    asserted: bool = True
    wall: str = "client"

    def __repr__(self) -> str:  # identifiers must not reach a log by way of a traceback
        return "Identifiers(...)"


@quick
@dataclass(frozen=True, slots=True)
class Match:
    """A subject that was found, and whether only by what somebody asserted."""

    subject: str
    asserted: bool


@quick
@dataclass(frozen=True, slots=True)
class Found:
    """The matches up to the cap, verified ones first, then the oldest; `more` says that there are others, so that the searcher narrows the search."""

    matches: tuple[Match, ...]
    more: bool = False

    @property
    def subjects(self) -> list[str]:
        return [match.subject for match in self.matches]


def identifiers(values: Mapping[str, str], *, asserted: bool = True, wall: str = "client") -> Identifiers:
    """By what a person with these normal values, by field of the policy, can be found."""
    born = values.get("birth_date", "")
    return Identifiers(
        iin=values.get("iin", ""),
        phones=(values["phone"],) if values.get("phone") else (),
        emails=(values["email"],) if values.get("email") else (),
        surname=values.get("surname", ""),
        first_name=values.get("first_name", ""),
        birth_year=int(born[:4]) if born else 0,
        asserted=asserted,
        wall=wall,
    )


KINDS_OF = MappingProxyType(
    {
        "iin": frozenset({"iin"}),
        "phone": frozenset({"phone", "name_tail"}),
        "email": frozenset({"email"}),
        "surname": frozenset({"name_year", "name_tail"}),
        "first_name": frozenset({"name_tail"}),
        "birth_date": frozenset({"name_year"}),
    }
)
"""The kinds of tokens that each field takes part in."""


def replace(work: Work, ring: Keyring, subject: str, changed: Collection[str], who: Identifiers) -> None:
    """Values of a subject were replaced: tokens of the changed fields go, and those of `who`, all present values, stand in their place.

    Whether an IIN is verified is for `who.asserted` to say; names and contacts are asserted, as always. A former version that is still kept is
    reached through its person, not found by its values. Raises Conflict when a verified IIN belongs to another living subject.
    """
    kinds = frozenset[str]().union(*[KINDS_OF.get(name, frozenset()) for name in changed])
    if not kinds:
        return
    records.delete_kinds(work.perishable, subject, kinds)
    put(work, ring, subject, dataclasses.replace(who, iin="", asserted=True))
    if who.iin and "iin" in kinds:
        put(work, ring, subject, Identifiers(iin=who.iin, asserted=who.asserted, wall=who.wall))


def links(masters: Sequence[seal.Keyed], parts: Parts) -> list[bytes]:
    """The token of these parts under each generation, oldest first."""
    token = seal.token(masters[0], *(part.encode() for part in parts))[:TOKEN_BYTES]
    chain = [token]
    for master in masters[1:]:
        token = turn(master, token)
        chain.append(token)
    return chain


def turn(master: seal.Keyed, token: bytes) -> bytes:
    """The next link of a token's chain."""
    return seal.token(master, token)[:TOKEN_BYTES]


def _parts(who: Identifiers) -> list[Parts]:
    wall = who.wall
    found: list[Parts] = [(wall, "iin", who.iin)] if who.iin else []
    found += [(wall, "phone", phone) for phone in who.phones]
    found += [(wall, "email", email) for email in who.emails]
    found += [(wall, "contract", contract) for contract in who.contracts]
    surname = folding.fold_surname(who.surname) if who.surname else ""
    if surname and who.birth_year:
        found.append((wall, "name_year", surname, str(who.birth_year)))
    first = folding.initial(who.first_name) if who.first_name else ""
    if surname and first:
        found += [(wall, "name_tail", surname, first, phone[-4:]) for phone in who.phones]
    return found


def put(work: Work, ring: Keyring, subject: str, who: Identifiers) -> None:
    """Add the tokens of a subject. Raises Conflict when a verified IIN belongs to another living subject."""
    put_many(work, ring, [(subject, who)])


def put_many(work: Work, ring: Keyring, people: Iterable[tuple[str, Identifiers]]) -> None:
    """`put` for many subjects in one statement (imports)."""
    current = ring.live(work).token[-1]
    masters = ring.tokens(current)
    rows: list[records.TokenRow] = []
    for subject, who in people:
        if who.iin and not who.asserted:
            _claim(work, ring, subject, who.iin, who.wall)
        asserted = int(who.asserted)
        rows += [(subject, links(masters, parts)[-1], parts[1], current, asserted) for parts in _parts(who)]
    if rows:
        records.insert_tokens(work.perishable, rows)


def find(work: Work, ring: Keyring, kind: str, value: str, *, wall: str = "client", cap: int = CAP) -> Found:
    """Subjects by one exact identifier in normal form: `iin`, `phone`, `email` or `contract`."""
    if kind not in EXACT:
        raise Misuse("index_kind", kind=kind)
    return _search(work, ring, [(wall, kind, value)], cap)


def name_and_year(work: Work, ring: Keyring, surname: str, birth_year: int, *, wall: str = "client", cap: int = CAP) -> Found:
    """Subjects by surname, in any script or case form, and year of birth."""
    return _search(work, ring, [(wall, "name_year", stem, str(birth_year)) for stem in folding.stems(surname)], cap)


def name_and_tail(work: Work, ring: Keyring, surname: str, first_name: str, tail: str, *, wall: str = "client", cap: int = CAP) -> Found:
    """Subjects by surname, first letter of the first name and the last four digits of a phone."""
    first = folding.initial(first_name)
    return _search(work, ring, [(wall, "name_tail", stem, first, tail[-4:]) for stem in folding.stems(surname)], cap)


def _search(work: Work, ring: Keyring, wanted: Sequence[Parts], cap: int) -> Found:
    if not wanted:
        return Found(())
    tokens = _tokens(work, ring, wanted)
    found: dict[str, bool] = {}
    for subject, asserted in records.find(work.perishable, tokens, (cap + 1) * len(tokens)):
        found.setdefault(subject, bool(asserted))  # one subject may have several of the tokens; a verified one comes first
    return Found(tuple(Match(subject, asserted) for subject, asserted in list(found.items())[:cap]), len(found) > cap)


def meeting(work: Work, ring: Keyring, subject: str, kind: str, *, cap: int = CAP) -> list[str]:
    """Other subjects that share an identifier of this kind with a subject, verified ones first; nothing is opened for it.

    While tokens are being turned, others that still stand under an older generation are met only once they are turned.
    """
    masters = ring.tokens(ring.live(work).token[-1])
    tokens: list[bytes] = []
    for token, generation in records.tokens_of(work.perishable, subject, kind):
        tokens.append(token)
        for master in masters[generation:]:
            tokens.append(turn(master, tokens[-1]))
    rows = records.find(work.perishable, tokens, (cap + 1) * len(tokens)) if tokens else []
    return list(dict.fromkeys(other for other, _ in rows if other != subject))[:cap]


def _tokens(work: Work, ring: Keyring, wanted: Sequence[Parts]) -> list[bytes]:
    in_use = ring.live(work).token
    masters = ring.tokens(in_use[-1])
    return [chain[number - 1] for chain in (links(masters, parts) for parts in wanted) for number in in_use]


def _claim(work: Work, ring: Keyring, subject: str, iin: str, wall: str) -> None:
    """Make sure that no other living subject holds this IIN as verified; a token whose subject is gone locks nobody out."""
    for match in find(work, ring, "iin", iin, wall=wall, cap=1000).matches:
        if match.asserted or match.subject == subject:
            continue
        if subjects.alive(work, match.subject):
            raise Conflict("iin_verified_elsewhere", subject=match.subject, remedy="merge at the desk")
        records.delete(work.perishable, match.subject)


def confirm_iin(work: Work, ring: Keyring, subject: str, iin: str, *, wall: str = "client") -> None:
    """The IIN that a subject asserted has been verified: from now on it is unique. Raises Conflict when it is somebody else's."""
    _claim(work, ring, subject, iin, wall)
    if records.confirm(work.perishable, subject, _tokens(work, ring, [(wall, "iin", iin)])) == 0:
        raise Conflict("iin_not_asserted", remedy="put the identifiers of the subject first")


def erase(work: Work, subject: str, kinds: Collection[str] = ()) -> int:
    """Delete the tokens of a subject, or those of some kinds (a phone goes with `phone` and `name_tail`); gives how many."""
    if kinds:
        return records.delete_kinds(work.perishable, subject, kinds)
    return records.delete(work.perishable, subject)


def erase_orphans(work: Work, orphans: Iterable[str]) -> int:
    """Delete all tokens of subjects that have no row any more."""
    return sum(records.delete(work.perishable, subject) for subject in orphans)


def verify_gone(work: Work, subject: str) -> list[str]:
    """The tokens that are still there, as `token: kind`."""
    return [f"token: {kind}" for kind in records.kinds_of(work.perishable, subject)]
