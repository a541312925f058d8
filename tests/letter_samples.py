"""Letters of a made-up case, of each kind and in three lengths, for tests and for pictures."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from sandyq.letters import compose
from sandyq.letters.certificate import Basis, Gone, Kept, LogPlace, Told
from sandyq.letters.compose import Access, Frame, Part, Term
from sandyq.letters.letter import LetterBody, Letterhead, Said, Words, say, words

AT = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)
SINCE = AT - timedelta(hours=20)
BASE_URL = "https://data.example"
LENGTHS = {"short": 0, "usual": 3, "long": 40}
OFFICE = Letterhead(
    Words("«Синтетика Несие Серіктестігі» ЖШС", "ТОО «Кредитное товарищество Синтетика»", "Synthetic Credit LLP"),
    "201240000013",
    Words("050000, Алматы қ., Үлгі к-сі, 1-үй", "050000, г. Алматы, ул. Образцовая, д. 1", "1 Sample Street, Almaty 050000"),
    "derekter@sintetika.example",
)
LOG = LogPlace("01kabcdefghjkmnpqrstvwxyz0", "sandyq.example/sintetika", 48213, "a1" * 32, "0f" * 32, "9c" * 32)
ADDRESSEE = ("Әбдіғаппарқызы-Нұрмұхамбетова Гүлжаһан Құдайбергенқызына", "050012, Алматы қ., Үлгі шағын ауданы, 12-үй, 34-пәтер")
PURPOSE = words("Қарыз өтінімін серіктестерге жіберу", "Передача заявки на заём партнёрам", "Passing a loan application to partners")
CREDIT = words("Кредиттік тарихты ескеру", "Учёт кредитной истории", "Taking the credit history into account")
MARKETING = words(
    "Өнімдер туралы электрондық пошта арқылы хабарлау", "Сообщения о продуктах по электронной почте", "News of products by e-mail"
)
WHO = words("Жеке басты сәйкестендіру деректері", "Данные, удостоверяющие личность", "Identity data")
FIELDS = (
    (words("Тегі", "Фамилия", "Surname"), "Әбдіғаппарқызы-Нұрмұхамбетова"),
    (words("Аты", "Имя", "First name"), "Гүлжаһан"),
    (words("ЖСН", "ИИН", "IIN"), "920202400026"),
    (words("Телефон", "Телефон", "Telephone"), "+77017654321"),
    (words("Электрондық пошта", "Электронная почта", "E-mail"), "guljahan.abdigapparqyzy.nurmuhambetova@mail.example"),
    (words("Тұратын мекенжайы", "Адрес проживания", "Address"), "Алматы қ., Үлгі шағын ауданы, 12-үй, 34-пәтер"),
    (words("Айлық табысы", "Ежемесячный доход", "Monthly income"), "350 000 ₸"),
)
OBLIGATION = Basis("4.1.5", "94-V art. 8(2) @2026-01-18")


def frame(kind: str, language: str = "kk", addressee: tuple[str, ...] = ADDRESSEE) -> Frame:
    return Frame(
        number="20261119-00042",
        answers="20261116-K7M2Q",
        kind=kind,
        office=OFFICE,
        language=language,
        made_at=AT,
        received_on=date(2026, 11, 16),
        due=date(2026, 11, 19),
        basis=Basis("4.1.1", "94-V art. 24(1)(1), 25(2)(6)"),
        log=LOG,
        addressee=addressee,
    )


def told(count: int) -> tuple[Told, ...]:
    return tuple(Told(f"«Үлгі Банк» АҚ {n}", AT + timedelta(hours=1), AT + timedelta(days=1) if n % 2 else None) for n in range(count))


def parts(count: int) -> tuple[Part, ...]:
    """Every third refused, every fourth not held."""
    made = []
    for n in range(count):
        what = (PURPOSE, CREDIT, MARKETING)[n % 3]
        if n % 3 == 1:
            made.append(Part(what=what, state="refused", reason="withdrawal_obligation_open", basis=OBLIGATION))
        else:
            made.append(Part(what=what, state="not_held" if n % 4 == 3 else "done", basis=Basis("4.1.5", "94-V art. 24(1)(5), 8(7)")))
    return tuple(made)


def terms() -> tuple[Term, ...]:
    return (
        Term(
            duty="access-answer",
            start="receipt",
            amount=3,
            unit="wd",
            last=date(2026, 11, 19),
            basis=Basis("4.1.1", "Order 395/НҚ of 21.10.2020 p. 16 @2026"),
            calendar="kz-2026.2",
        ),
        Term(
            duty="rectify",
            start="documents",
            amount=1,
            unit="wd",
            last=None,
            basis=Basis("4.1.2", "94-V art. 25(2)(8) @2026-03-02"),
            calendar="kz-2026.2",
        ),
    )


def package(count: int) -> Access:
    """Everything that is told on access; the lists grow with `count`."""
    day = say("value_on", value_on=date(2026, 3, 19))
    end = say("value_on", value_on=date(2029, 3, 19))
    seen = tuple(say("value_at", value_at=AT - timedelta(days=n)) for n in range(max(count, 1)))
    many = max(1, count)
    return Access(
        purposes=((PURPOSE, say("value_basis", value_basis="3.1 94-V art. 7(1), 7(8)"), WHO),) * max(1, min(count, 4)),
        sources=((WHO, Said("source_subject"), day),),
        methods=((Said("method_form"),), (Said("method_mixed"),), (Said("method_encrypted"),)),
        data=tuple((*FIELDS[n % len(FIELDS)], Said("source_subject"), day, end) for n in range(max(2, many * 2))),
        consents=((PURPOSE, Said("given"), day, end), (MARKETING, Said("withdrawn"), day, day))[: 1 + (count > 0)],
        states=((Said("blocked"), Said("everything"), day, say("value_basis", value_basis="4.1.3 94-V art. 25(2)(8)")),) if count else (),
        recipients=tuple((f"«Үлгі Банк» АҚ {n}", "ЖСН, тегі, аты, телефон", PURPOSE, seen[n], seen[0]) for n in range(count)),
        looks=tuple((seen[n], Said("staff"), PURPOSE, "ЖСН, тегі, аты") for n in range(count)),
        terms=((WHO, words("өтінім мерзімі", "срок заявки", "term of an application"), end),),
    )


@cache
def letters(length: str, language: str = "kk", addressee: tuple[str, ...] = ADDRESSEE) -> dict[str, LetterBody]:
    """Every kind of letter, by a name for it."""
    count = LENGTHS[length]

    def at(kind: str) -> Frame:
        return frame(kind, language, addressee)

    day, found = date(2026, 11, 18), parts(count)
    changed = ((FIELDS[0][0], "Әбдіғаппарова", FIELDS[0][1], Said("proof_of_value")),) * max(count, 1)
    gone = tuple(Gone(f"6.2.{n % 13 + 1}", ("data", "media", "tokens")[n % 3], n + 1, n + 2) for n in range(count))
    kept = tuple(
        Kept(("proof_of_consent", "request_file", "certificate")[n % 3], Basis("8.1", "94-V art. 25(2)(5)"), day) for n in range(count)
    )
    facts = tuple(say("value_on", value_on=day) if n % 2 else PURPOSE for n in range(count))
    seized = tuple(replace(part, state="refused", reason="demand_too_wide", basis=Basis("5.1.1", "94-V art. 27(2)")) for part in found[:1])
    return {
        "received": compose.received(at("rectify"), "mail", terms()[: 1 + (count > 0)], identity_needed=count > 0),
        "identity": compose.identity(at("access"), ("portal", "link", "two_factors", "desk", "post")[: max(count, 1)], day),
        "documents": compose.documents(at("rectify"), (Said("proof_of_value"), Said("court_decision"))[: max(count, 1)], terms()[1], day),
        "access": compose.access(at("access"), package(count), found),
        "access-none": compose.access(at("access"), Access(held=False)),
        "rectified": compose.rectified(at("rectify"), changed, told(count), found),
        "rectified-none": compose.rectified(at("rectify"), (), (), parts(count or 2)[1:2]),
        "blocked": compose.blocked(at("block"), SINCE, (WHO, PURPOSE)[:count] * (1 + count // 4), told(count), found),
        "released": compose.released(at("unblock"), "violation_not_confirmed", SINCE, told(count), found),
        "destroyed": compose.destroyed(at("destroy"), "2026-0A1B2C3D4E", SINCE, date(2027, 1, 18), gone, kept, told(count), found),
        "withdrawn": compose.withdrawn(
            at("withdraw"),
            ((MARKETING, None), (CREDIT, day)) * (1 + count // 4),
            ((PURPOSE, OBLIGATION, None),) * count,
            told(count),
            found,
        ),
        "public": compose.public(
            at("public-sources"), "no", tuple((f"https://katalog.example/usynystar/{n}", day if n % 2 else None) for n in range(count))
        ),
        "public-yes": compose.public(at("public-sources"), "yes"),
        "complaint": compose.complaint(at("complaint"), "partly", facts, facts, hold=bool(count), parts=found),
        "objection": compose.objection(at("automated-objection"), "changed", facts, found),
        "authority": compose.authority(at("authority-order"), "03-11/1432", day, (*seized, *found[1:]) or parts(1), told(count)),
        "not-me": compose.not_me(at("not-me"), "split", found, guarded=bool(count)),
        "refused": compose.refused(at("access"), found, parts(2)[1:] and (parts(2)[1].refusal,)),
        "refused-unknown": compose.refused(
            at("destroy"),
            (Part(what="", state="refused", reason="not_identified", basis=Basis("8.3", "94-V art. 10(2)")),),
            not_identified=True,
        ),
    }
