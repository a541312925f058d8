"""Letters of a made-up case, of each kind and in four lengths: what the desk sees of a template, and what tests and pictures are made of.

Nobody in them exists; the IIN fits its check digit and was given to nobody.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from sandyq import speech
from sandyq.errors import Misuse
from sandyq.letters import compose, reading
from sandyq.letters.certificate import Basis, CertificateBody, Gone, Kept, LogPlace, Told
from sandyq.letters.compose import Frame, Part, Term
from sandyq.letters.letter import Cell, LetterBody, Letterhead, Said, Section, Words, say, words

AT = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)
SINCE = AT - timedelta(hours=20)
BASE_URL = "https://data.example"
LENGTHS = {"short": 0, "usual": 3, "long": 60, "longest": 200}
CERTIFICATES = {"short": (1, 0, 0), "usual": (8, 6, 2), "long": (70, 12, 30), "longest": (200, 200, 200)}
"""How many rows of a certificate say what is gone, what is kept and who was told."""
OFFICE = Letterhead(
    Words("«Синтетика Несие Серіктестігі» ЖШС", "ТОО «Кредитное товарищество Синтетика»", "Synthetic Credit LLP"),
    "201240000013",
    Words("050000, Алматы қ., Үлгі к-сі, 1-үй", "050000, г. Алматы, ул. Образцовая, д. 1", "1 Sample Street, Almaty 050000"),
    "derekter@sintetika.example",
)
LOG = LogPlace("01kabcdefghjkmnpqrstvwxyz0", "sandyq.example/sintetika", 48213, "a1" * 32, "0f" * 32, "9c" * 32)
ADDRESSEE = ("Әбдіғаппарқызы-Нұрмұхамбетова Гүлжаһан Құдайбергенқызына", "050012, Алматы қ., Үлгі шағын ауданы, 12-үй, 34-пәтер")
AUTHORITY = ("Үлгі ауданының прокуратурасына", "050000, Алматы қ., Үлгі к-сі, 2-үй")
PURPOSE = words("Қарыз өтінімін серіктестерге жіберу", "Передача заявки на заём партнёрам", "Passing a loan application to partners")
CREDIT = words("Кредиттік тарихты ескеру", "Учёт кредитной истории", "Taking the credit history into account")
CLAIM = words("Моральдық зиянды өтеу", "Возмещение морального вреда", "Compensation of moral damage")
MEASURE = words("Қате жіберілген хабарлар тоқтатылды", "Ошибочная рассылка остановлена", "The messages sent in error were stopped")
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
GROUND = words("келісім", "согласие", "consent")
TERM = words("өтінім мерзімі", "срок заявки", "term of an application")
TRANSFER = words("деректерді беру", "передача данных", "transfer of data")
CONFIRMED = words("алушы растады", "подтверждено получателем", "confirmed by the recipient")
PERMITTED = words("рұқсат етілді", "разрешено", "permitted")
SHOWN = words("деректер көрсетілді", "данные показаны", "data were shown")
CALLS = words("байланыс орталығы", "центр обработки звонков", "call centre")
QUALITY = words("Қызмет көрсету сапасы", "Качество обслуживания", "Quality of service")
COLLECTING = words("жинау", "сбор", "collecting")
PROCESSING = words("өңдеу", "обработка", "processing")
OBLIGATION = Basis("4.1.5", "94-V art. 8(2) @2026-01-18")


def frame(kind: str, language: str = "kk", addressee: tuple[str, ...] = ADDRESSEE) -> Frame:
    """What stands around each sample."""
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
    """Recipients, every other one of which has confirmed."""
    return tuple(Told(f"«Үлгі Банк» АҚ {n}", AT + timedelta(hours=1), AT + timedelta(days=1) if n % 2 else None) for n in range(count))


def decided(count: int) -> tuple[tuple[Cell, Cell, Cell, Cell, Cell], ...]:
    """Decisions of the program, each of its own minute."""
    why = words(
        "Осы алушыға келісім берілген (Ереженің 7.1.1-тармағы, Заңның 7-бабы)",
        "Дано согласие на передачу этому получателю (пункт 7.1.1 Положения, статья 7 Закона)",
        "Transfer to this recipient was agreed to (clause 7.1.1, the Law art. 7)",
    )
    return tuple(
        (say("value_at", value_at=SINCE + timedelta(minutes=n)), (PURPOSE, CREDIT)[n % 2], WHO, PERMITTED, why) for n in range(count)
    )


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
    """A clock that runs and one that waits for documents."""
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


def package(count: int, language: str = "kk") -> tuple[Section, ...]:
    """What is told on access, as the room `access` tells it; the lists grow with `count`."""
    many, day, end = max(1, count), speech.day(language, date(2026, 3, 19)), speech.day(language, date(2029, 3, 19))
    sent, seen, first = speech.when(language, AT), speech.when(language, SINCE), speech.when(language, SINCE - timedelta(days=2))
    digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    data = tuple((WHO, *FIELDS[n % len(FIELDS)]) for n in range(many * 2))
    legal = (WHO, Said("source_subject"), GROUND, PURPOSE, day, TERM, end)
    consent = (PURPOSE, Said("given"), day, f"1, {speech.say(language, 'access.language.kk')}, {digest}", Said("channel-portal"), "–", end)
    went = tuple((f"«Үлгі Банк» АҚ {n}", TRANSFER, "ЖСН, тегі, аты", sent, CONFIRMED, sent) for n in range(count))
    looked = tuple((CALLS, SHOWN, (QUALITY, PURPOSE, MARKETING)[n % 3], f"6.2.{n % 13 + 1}", str(n + 1), first, seen) for n in range(count))
    alone = tuple(
        (speech.when(language, SINCE + timedelta(minutes=n)), what, result, why)
        for n, (_, what, _, result, why) in enumerate(decided(count))
    )
    return (
        Section("fact", (say("held", operator=reading.in_language(OFFICE.name, language)), say("drawn_up", made_at=AT), Said("free"))),
        Section("purposes", (), ("purpose",), ((PURPOSE,),) * min(many, 4)),
        Section(
            "ways",
            (),
            ("step", "way", "automated"),
            ((COLLECTING, Said("method_form"), Said("no")), (PROCESSING, Said("method_mixed"), Said("yes"))),
        ),
        Section("data", (), ("category", "field", "value"), data),
        Section("terms", (), ("category", "source", "ground", "purposes", "collected", "term", "until"), (legal,) * many),
        Section("consents", (), ("consent", "state", "given", "text", "via", "ended", "until"), (consent,) * min(many, 6)),
        Section("transfers", (), ("recipient", "what", "fields", "sent", "state", "confirmed"), went)
        if went
        else Section("recipients", (Said("none"),)),
        *([Section("automated", (), ("when", "what", "verdict", "reasons"), alone)] if alone else []),
        Section("looks", (), ("by", "act", "purpose", "categories", "count", "first", "last"), looked)
        if looked
        else Section("looks", (Said("none"),)),
        Section("log", (say("log", origin=LOG.origin, size=str(LOG.size), root=LOG.root),)),
    )


@cache
def letters(length: str, language: str = "kk", addressee: tuple[str, ...] = ADDRESSEE) -> dict[str, LetterBody]:
    """Every kind of letter, by a name for it."""
    count = LENGTHS[length]

    def at(kind: str) -> Frame:
        return frame(kind, language, addressee)

    day, until, found = date(2026, 11, 18), date(2026, 12, 3), parts(count)
    denied = tuple(replace(part, state="refused", reason="withdrawal_obligation_open", basis=OBLIGATION) for part in parts(count or 2))
    changed = ((FIELDS[0][0], "Әбдіғаппарова", FIELDS[0][1], Said("proof_of_value")),) * max(count, 1)
    gone = tuple(Gone(f"6.2.{n % 13 + 1}", ("data", "media", "tokens")[n % 3], n + 1, n + 2) for n in range(count))
    kept = tuple(
        Kept(("proof_of_consent", "request_file", "certificate")[n % 3], Basis("8.1", "94-V art. 25(2)(5)"), date(2029, 11, 18))
        for n in range(count)
    )
    seized = tuple(replace(part, state="refused", reason="demand_too_wide", basis=Basis("5.1.1", "94-V art. 27(2)")) for part in found[:1])
    return {
        "received": compose.received(at("rectify"), "mail", terms()[: 1 + (count > 0)], identity_needed=count > 0),
        "identity": compose.identity(at("access"), ("portal", "link", "two_factors", "desk", "post")[: max(count, 1)], until),
        "documents": compose.documents(at("rectify"), (Said("proof_of_value"), Said("court_decision"))[: max(count, 1)], terms()[1], until),
        "access": compose.access(at("access"), package(count, language), found),
        "access-none": compose.access(
            at("access"), (Section("fact", (say("not_held", operator=reading.in_language(OFFICE.name, language)),)),)
        ),
        "rectified": compose.rectified(at("rectify"), changed, told(count), found),
        "rectified-none": compose.rectified(at("rectify"), (), (), parts(count or 2)[1:2]),
        "blocked": compose.blocked(at("block"), SINCE, (WHO, PURPOSE)[:count] * (1 + count // 4), told(count), found),
        "released": compose.released(at("unblock"), "violation_not_confirmed", SINCE, told(count), found),
        "destroyed": compose.destroyed(at("destroy"), "2026-0A1B2C3D4E", SINCE, date(2027, 1, 18), gone, kept, told(count), found),
        "withdrawn": compose.withdrawn(
            at("withdraw"),
            ((MARKETING, None), (CREDIT, until)) * (1 + count // 4),
            ((PURPOSE, OBLIGATION, None),) * count,
            told(count),
            found,
        ),
        "public": compose.public(
            at("public-sources"), "no", tuple((f"https://katalog.example/usynystar/{n}", day if n % 2 else None) for n in range(count))
        ),
        "public-yes": compose.public(at("public-sources"), "yes"),
        "complaint": compose.complaint(at("complaint"), "partly", (CLAIM,) * count, (MEASURE,) * count, hold=bool(count), parts=found),
        "objection": compose.objection(at("automated-objection"), "changed", decided(count), found),
        "authority": compose.authority(
            frame("authority-order", language, addressee and AUTHORITY),
            "03-11/1432",
            date(2026, 11, 13),
            (*seized, *found[1:]) or parts(1),
            told(count),
        ),
        "not-me": compose.not_me(at("not-me"), "split", found, guarded=bool(count)),
        "refused": compose.refused(at("access"), denied),
        "refused-unknown": compose.refused(
            at("destroy"),
            (Part(what="", state="refused", reason="not_identified", basis=Basis("8.3", "94-V art. 10(2)")),),
            not_identified=True,
        ),
    }


def certificate(gone: int = 8, kept: int = 6, told: int = 2, name: str = "«Үлгі Банк» АҚ") -> CertificateBody:
    """A certificate of a destruction with so many rows in each of its lists; the first recipient has not confirmed yet."""
    kinds, whats = ("data", "media", "tokens", "partner_refs"), ("proof_of_consent", "request_file", "transfer_account")
    at = datetime(2026, 3, 19, 9, 30, tzinfo=UTC)
    return CertificateBody(
        number="D-2026-000017",
        office="«Синтетика» ЖШС",
        bin="201240000013",
        reference="k7m2-93qd-5tzx",
        received_at=at,
        decided_at=at + timedelta(hours=20),
        executed_at=at + timedelta(hours=21),
        basis=Basis("4.1.4", "94-V art. 18(1) @2026-01-18"),
        gone=tuple(Gone(f"6.2.{n % 13 + 1}", kinds[n % 4], n + 1, n + 2) for n in range(gone)),
        kept=tuple(
            Kept(whats[n % 3], Basis("8.1", "94-V art. 25(2)(5) @2026-01-18"), date(2029, 3, 19) if n else None) for n in range(kept)
        ),
        deleted_at=at + timedelta(hours=21),
        unrecoverable_by=date(2026, 5, 18),
        recipients=tuple(Told(f"{name} {n}", at + timedelta(days=1), at + timedelta(days=2) if n else None) for n in range(told)),
        log=LOG,
    )


def of_template(name: str, language: str) -> LetterBody:
    """The usual sample of a template. Raises Misuse for one that there is not."""
    found = next((body for body in letters("usual", language).values() if body.template == name), None)
    if found is None:
        raise Misuse("letter_template", template=name[:40])
    return found
