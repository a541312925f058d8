"""Keeping the list of staff: who is let in, with which role, grants and tokens. One function, one entry of the log, the caller's unit of
work.

`key` is the office's credential key (32 bytes). Doors ask `Caller.may` for the power before they call; nobody changes their own rights.
"""

from datetime import date, datetime

from sandyq import seal
from sandyq.audit import Act, Leaf, ledger, record
from sandyq.clock import micros
from sandyq.db import Work
from sandyq.errors import Conflict, Denied, FieldError, Invalid, NotFound
from sandyq.law.ask import StaffFact
from sandyq.law.vocabulary import ActorKind
from sandyq.register import identifiers
from sandyq.staff import records, signin, vouching
from sandyq.staff.facts import (
    PARTNER_POWERS,
    SITE_POWERS,
    AddedMember,
    Grant,
    IssuedToken,
    Member,
    NewMember,
    Power,
    Role,
    Token,
    check_grant,
    check_new,
    password_faults,
)

_TOKEN_PREFIX = "sdq_"  # noqa: S105 the visible head of every token, so that a scanner finds one that leaked


def fact(work: Work, member_id: str) -> StaffFact | None:
    """The member for the law: grants of the role and their own, undertaking, active. None when there is no such member."""
    return records.fact(work, member_id)


def member(work: Work, member_id: str) -> Member:
    """One member. Raises NotFound."""
    found = records.member(work, member_id)
    if found is None:
        raise NotFound("staff_unknown")
    return found


def members(work: Work) -> list[Member]:
    """All members, those who left too."""
    return records.members(work)


def member_of_login(work: Work, login: str) -> Member | None:
    """The member with a handle, or None."""
    return records.member_of_login(work, login)


def roles(work: Work) -> list[Role]:
    """All roles by name."""
    return records.roles(work)


def define_role(work: Work, role: Role) -> None:
    """Set what a role holds; members of it have that from now on. Raises Invalid for a grant that cannot be."""
    _office_only(work)
    for grant in sorted(role.grants):
        check_grant(grant)
    records.put_role(work, role)
    vouching.role(work, role.name, len(role.grants))


def add(work: Work, key: bytes, new: NewMember, *, office: str = "Sandyq", cost: signin.PasswordCost = signin.DEFAULT.cost) -> AddedMember:
    """Let a member in under a handle; the second factor is shown now and never again (8.2, art. 11). Raises Invalid with all faults,
    Conflict for a handle that is taken, NotFound for an unknown role."""
    _office_only(work)
    check_new(new)
    if not records.role_exists(work, new.role):
        raise NotFound("role_unknown", role=new.role)
    if records.member_of_login(work, new.login) is not None:
        raise Conflict("login_taken", login=new.login)
    member_id, secret = work.new_id(), signin.new_totp()
    sealed = _seal_totp(key, member_id, secret)
    records.add_member(work, member_id, new.login, new.role, signin.hash_password(new.password, cost), sealed, new.undertaking_on)
    vouching.member(work, member_id, Act.STAFF_ADDED, article="94-V art. 11")
    return AddedMember(member_id, signin.totp_text(secret), signin.totp_uri(secret, new.login, office))


def set_role(work: Work, member_id: str, role: str) -> None:
    """Move a member to another role; it holds at once, also in sessions that are open. Raises NotFound, Denied on oneself."""
    _other(work, member_id)
    member(work, member_id)
    if not records.role_exists(work, role):
        raise NotFound("role_unknown", role=role)
    records.set_role(work, member_id, role)
    vouching.member(work, member_id, Act.GRANT_CHANGED)


def grant(work: Work, member_id: str, new: Grant) -> None:
    """Give a member one grant beside their role's: purpose, category, operation. Raises Invalid, NotFound, Denied on oneself, Conflict if
    there.
    """
    _other(work, member_id)
    check_grant(new)
    own = member(work, member_id).grants
    if new in own:
        raise Conflict("grant_there")
    records.set_grants(work, member_id, own | {new})
    _grant_leaf(work, member_id, new, "done")


def revoke_grant(work: Work, member_id: str, old: Grant) -> None:
    """Take a member's own grant back; what the role gives is changed with the role. Raises NotFound."""
    _other(work, member_id)
    own = member(work, member_id).grants
    if old not in own:
        raise NotFound("grant_unknown")
    records.set_grants(work, member_id, own - {old})
    _grant_leaf(work, member_id, old, "refused")


def _grant_leaf(work: Work, member_id: str, changed: Grant, verdict: str) -> None:
    purpose, category, _ = changed
    vouching.member(work, member_id, Act.GRANT_CHANGED, verdict=verdict, purpose=purpose, category=category)


def sign_undertaking(work: Work, member_id: str, on: date) -> None:
    """Note that a member signed to keep confidential what they see (art. 11); without it the law shows them nothing. Raises NotFound."""
    _office_only(work)
    member(work, member_id)
    records.set_undertaking(work, member_id, on)
    _changed(work, member_id)


def set_password(work: Work, member_id: str, password: str, *, cost: signin.PasswordCost = signin.DEFAULT.cost) -> None:
    """Give a member a new password; sessions that are open end. Raises Invalid, NotFound."""
    _office_only(work)
    found = tuple(password_faults(member(work, member_id).login, password))
    if found:
        raise Invalid(found)
    records.set_password(work, member_id, signin.hash_password(password, cost))
    records.drop_sessions(work, member_id)
    _changed(work, member_id)


def renew_second_factor(work: Work, key: bytes, member_id: str, *, office: str = "Sandyq") -> AddedMember:
    """Give a member a new second factor, shown once; sessions that are open end. Raises NotFound, Denied on oneself."""
    _other(work, member_id)
    login, secret = member(work, member_id).login, signin.new_totp()
    records.set_totp(work, member_id, _seal_totp(key, member_id, secret))
    records.drop_sessions(work, member_id)
    _changed(work, member_id)
    return AddedMember(member_id, signin.totp_text(secret), signin.totp_uri(secret, login, office))


def set_address(work: Work, key: bytes, member_id: str, address: str) -> None:
    """Note where a member gets mail at work, sealed; empty takes it away. Mails to staff hold no personal data, and go nowhere else. Raises Invalid, NotFound."""
    _office_only(work)
    member(work, member_id)
    checked = identifiers.email(address) if address else None
    if checked is not None and checked.error:
        raise Invalid([FieldError("address", checked.error, {}, ("8.2",))])
    sealed = seal.wrap(_address_key(key), checked.value.encode(), member_id.encode()) if checked is not None else None
    records.set_address(work, member_id, sealed)
    _changed(work, member_id)


def has_address(work: Work, member_id: str) -> bool:
    """Whether an active member gets mail at work."""
    return records.address(work, member_id) is not None


def address(work: Work, key: bytes, member_id: str) -> str:
    """The work address of an active member, opened to send something there; empty without one. Raises Tampered."""
    sealed = records.address(work, member_id)
    return seal.unwrap(_address_key(key), sealed, member_id.encode()).decode() if sealed is not None else ""


def _address_key(key: bytes) -> bytes:
    return seal.derive(key, "staff.address")


def deactivate(work: Work, member_id: str) -> None:
    """Let a member in no more: sessions end and tokens are revoked with this act. Raises Conflict when it is so already."""
    _other(work, member_id)
    member(work, member_id)
    if not records.deactivate(work, member_id):
        raise Conflict("staff_left")
    ledger.note(work, "staff.leave", "", member=member_id)
    _changed(work, member_id)


def issue_token(work: Work, owner_kind: ActorKind, owner: str, scopes: frozenset[Power], expires_at: datetime) -> IssuedToken:
    """Issue a token for a member, for the website (`system`) or for a recipient (`partner`; the caller knows that it exists). Shown once.

    A member's token has at most the powers of their role, the website's and a recipient's at most a small list of their own. Raises
    Invalid for scopes beyond that or an end that is past, NotFound for an unknown member.
    """
    _office_only(work)
    allowed = _allowed(work, owner_kind, owner)
    faults = []
    if not scopes or scopes - allowed:
        faults.append(FieldError("scopes", "scope_beyond_owner", {"allowed": ", ".join(sorted(allowed))}, ("8.2",)))
    if expires_at <= work.at:
        faults.append(FieldError("expires_at", "in_the_past"))
    if faults:
        raise Invalid(faults)
    token_id, secret = work.new_id(), _TOKEN_PREFIX + seal.random_bytes(32).hex()
    records.add_token(work, secret, token_id, owner_kind, owner, scopes, micros(expires_at))
    vouching.token(work, token_id, len(scopes))
    return IssuedToken(token_id, secret, expires_at)


def _allowed(work: Work, owner_kind: ActorKind, owner: str) -> frozenset[Power]:
    if owner_kind is ActorKind.PARTNER:
        return PARTNER_POWERS
    if owner_kind is ActorKind.SYSTEM:
        return SITE_POWERS
    if owner_kind is not ActorKind.STAFF:
        raise Invalid([FieldError("owner_kind", "not_in_list", {"allowed": "staff, system, partner"})])
    role = member(work, owner).role
    return next((one.powers for one in records.roles(work) if one.name == role), frozenset())


def revoke_token(work: Work, token_id: str) -> None:
    """Make a token useless at once. Raises NotFound when there is none that works."""
    _office_only(work)
    if not records.revoke_token(work, token_id):
        raise NotFound("token_unknown")
    ledger.note(work, "staff.token_off", "", token=token_id)
    record(work, Leaf(Act.TOKEN_REVOKED, clause="8.2", object=token_id))


def tokens(work: Work) -> list[Token]:
    """All tokens ever issued, without their secrets."""
    return records.tokens(work)


def _seal_totp(key: bytes, member_id: str, secret: bytes) -> bytes:
    return seal.wrap(seal.derive(key, "staff.totp"), secret, member_id.encode())


def _changed(work: Work, member_id: str) -> None:
    vouching.member(work, member_id, Act.STAFF_CHANGED)


def _office_only(work: Work) -> None:
    if work.actor.kind not in {ActorKind.STAFF, ActorKind.SYSTEM}:
        raise Denied("staff_kept_by_the_office")


def _other(work: Work, member_id: str) -> None:
    _office_only(work)
    if work.actor.id == member_id:
        raise Denied("not_on_oneself")
