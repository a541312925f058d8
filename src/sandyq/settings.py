"""What an office is told from outside: one folder, `sandyq.toml` in it, and `SANDYQ_*` in the environment (which wins).

A key nobody reads is refused, because a misspelt safety setting that is silently ignored is worse than a start that fails. A secret may
come from a file named by `SANDYQ_<NAME>_FILE`; a file that cannot be read stops the start. `SETTINGS` lists every key with its
default and meaning, and the documentation is tested against it.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, cast

from sandyq.errors import BadFile

FILE_NAME: Final = "sandyq.toml"
PREFIX: Final = "SANDYQ_"
ENGINES: Final = ("sqlite", "postgres")
_TLS: Final = ("tls", "starttls", "none")
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
Value = str | int | bool
NOT_SETTINGS: Final = frozenset({"SANDYQ_OFFICE", "SANDYQ_TOKEN"})
"""Names in the environment that doors read themselves. Names that begin with `SANDYQ_TEST_` are left alone too."""


def _key(default: Any, help_text: str, *, secret: bool = False, least: int = 0) -> Any:
    """A field of Settings. Typed Any because `dataclasses.field` lies about its type in the same way."""
    return field(default=default, repr=not secret, metadata={"help": help_text, "secret": secret, "least": least})


@dataclass(frozen=True)
class Settings:
    """The settings of one office. Paths that are not absolute are taken from `folder`; the properties give them absolute."""

    folder: Path
    engine: str = _key("sqlite", "Where data are kept: `sqlite` (files in the office folder) or `postgres` (two databases)")
    durable_dsn: str = _key("", "PostgreSQL address of the durable store", secret=True)
    perishable_dsn: str = _key("", "PostgreSQL address of the perishable store; best on an instance with backups of its own", secret=True)
    durable_path: str = _key("durable.db", "SQLite file of the durable store: sealed items, standing, requests, log")
    perishable_path: str = _key("perishable.db", "SQLite file of the perishable store: wrapped keys, tokens")
    keys_path: str = _key("keys", "Folder of the key-encryption keys; keep it out of the backups of the stores")
    log_path: str = _key("log", "Folder of the published log: tiles and checkpoints")
    witness_path: str = _key("witness", "Folder where checkpoints are handed to a witness; best on another machine")
    ledger_path: str = _key("ledger", "Folder of what must survive a restore: erasures, later restrictions, marks of the stores")
    media_path: str = _key("media", "Folder of sealed uploads")
    spool_path: str = _key("spool", "Folder of sealed work in hand; nothing in it outlives its job")
    sample: bool = _key(False, "Office of synthetic people, marked so for ever; only there the clock can be moved")
    host: str = _key("127.0.0.1", "Address to listen on")
    port: int = _key(8780, "Port to listen on; 0 lets the system choose one")
    public_url: str = _key("", "Address under which people reach this office; empty means http://host:port")
    trusted_proxy: str = _key(
        "", "Addresses of a proxy, commas between, whose X-Forwarded-For is believed; else limits count it as one caller"
    )
    pades_key_path: str = _key(
        "", "Certificate of the office that signs letters (PKCS#12, or PEM with key and certificate); empty: letters are not signed"
    )
    pades_password: str = _key("", "Password of that file", secret=True)
    pades_tsa_url: str = _key(
        "", "RFC 3161 service that stamps the time on signed letters, as an http(s) address; empty: they carry no stamp"
    )
    workers: int = _key(1, "Server processes; more than one only on PostgreSQL", least=1)
    pool_size: int = _key(8, "Connections to each PostgreSQL database per process; also the acts it runs at once", least=1)
    readers: int = _key(4, "Read connections per SQLite file", least=1)
    group_limit: int = _key(256, "Acts that one SQLite commit may carry", least=1)
    mail_from: str = _key("", "The office's e-mail address: mails leave from it, and answers come back to it")
    mail_poll: int = _key(60, "Seconds between two looks into the mailbox", least=5)
    smtp_host: str = _key("", "SMTP server that takes mails; empty: an office without e-mail, whose notices wait")
    smtp_port: int = _key(587, "Port of the SMTP server", least=1)
    smtp_tls: str = _key("starttls", "`starttls`, `tls` from the first byte, or `none` for a server on this machine")
    smtp_user: str = _key("", "Login at the SMTP server; empty: none is asked for")
    smtp_password: str = _key("", "Password at the SMTP server", secret=True)
    imap_host: str = _key("", "IMAP server whose mailbox is taken in and emptied; empty: requests by e-mail are not taken in")
    imap_port: int = _key(993, "Port of the IMAP server", least=1)
    imap_tls: str = _key("tls", "`tls` from the first byte, `starttls`, or `none` for a server on this machine")
    imap_user: str = _key("", "Login at the IMAP server")
    imap_password: str = _key("", "Password at the IMAP server", secret=True)
    imap_folder: str = _key("INBOX", "The folder that is taken in; all mail in it is removed after intake")

    @property
    def durable_file(self) -> Path:
        """SQLite file of the durable store."""
        return self.folder / self.durable_path

    @property
    def perishable_file(self) -> Path:
        """SQLite file of the perishable store."""
        return self.folder / self.perishable_path

    @property
    def keys_dir(self) -> Path:
        """Folder of key-encryption keys."""
        return self.folder / self.keys_path

    @property
    def log_dir(self) -> Path:
        """Folder of tiles and checkpoints."""
        return self.folder / self.log_path

    @property
    def witness_dir(self) -> Path:
        """Folder of checkpoints held by a witness."""
        return self.folder / self.witness_path

    @property
    def ledger_dir(self) -> Path:
        """Folder of the erasure ledger and of the marks of the stores."""
        return self.folder / self.ledger_path

    @property
    def media_dir(self) -> Path:
        """Folder of sealed uploads."""
        return self.folder / self.media_path

    @property
    def spool_dir(self) -> Path:
        """Folder of sealed work in hand."""
        return self.folder / self.spool_path

    @property
    def pades_file(self) -> Path | None:
        """File of the certificate that signs letters, where they are signed."""
        return self.folder / self.pades_key_path if self.pades_key_path else None

    @property
    def lock_file(self) -> Path:
        """The file whose lock makes one process the writer of a SQLite office."""
        return self.folder / "office.lock"

    @property
    def base_url(self) -> str:
        """`public_url`, or the address that is listened on; without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @classmethod
    def load(cls, folder: Path | str, env: Mapping[str, str] | None = None) -> "Settings":
        """Read `sandyq.toml` of `folder` (it may be missing) and the environment. Raises BadFile with file, line and remedy."""
        root = Path(folder).resolve()
        chosen = _from_file(root / FILE_NAME) | _from_env(os.environ if env is None else env)
        made = replace(cls(root), **{name: value for name, (value, _, _) in chosen.items()})  # type: ignore[arg-type]  # kinds were checked
        _agree(made, chosen, str(root / FILE_NAME))
        return made


@dataclass(frozen=True)
class Setting:
    """One row of the table of settings. `secret` settings may come from a file and are never shown."""

    name: str
    kind: type
    default: str | int | bool
    help: str
    secret: bool
    least: int

    @property
    def env(self) -> str:
        """The name in the environment."""
        return PREFIX + self.name.upper()


SETTINGS: Final = tuple(
    Setting(
        each.name, type(each.default), cast("Value", each.default), each.metadata["help"], each.metadata["secret"], each.metadata["least"]
    )
    for each in fields(Settings)
    if each.metadata
)
_BY_NAME: Final = {each.name: each for each in SETTINGS}
_KINDS: Final[dict[type, str]] = {bool: "true or false", int: "a whole number", str: "text in quotes"}

Chosen = dict[str, tuple[Value, str, int]]  # value, the file or variable it came from, its line


def _from_file(path: Path) -> Chosen:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as problem:
        raise BadFile(str(path), 0, f"the file cannot be read: {type(problem).__name__}", "Make it a readable UTF-8 file.") from None
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        at = re.search(r"line (\d+)", str(problem))
        raise BadFile(
            str(path), int(at[1]) if at else 0, "this is not TOML", 'Write one `name = value` per line; text in "quotes".'
        ) from None
    return {name: (_checked(name, value, str(path), _line(text, name)), str(path), _line(text, name)) for name, value in found.items()}


def _line(text: str, name: str) -> int:
    shape = re.compile(rf"""^\s*(\[\s*)?["']?{re.escape(name)}["']?\s*[=.\]]""")
    return next((number for number, line in enumerate(text.splitlines(), 1) if shape.match(line)), 0)


def _checked(name: str, value: object, file: str, line: int) -> Value:
    known = _BY_NAME.get(name)
    if known is None:
        near = difflib.get_close_matches(name, _BY_NAME, 1)
        remedy = f"Did you mean {near[0]!r}?" if near else f"The settings are: {', '.join(_BY_NAME)}."
        raise BadFile(file, line, f"there is no setting {name!r}", remedy)
    if type(value) is not known.kind or not isinstance(value, str | int):
        raise BadFile(file, line, f"{name!r} is not {_KINDS[known.kind]}", f"The default is {known.default!r}.")
    if known.kind is int and value < known.least:  # type: ignore[operator]
        raise BadFile(file, line, f"{name!r} is less than {known.least}", f"The default is {known.default!r}.")
    return value


def _from_env(env: Mapping[str, str]) -> Chosen:
    chosen: Chosen = {}
    for variable in sorted(env):
        if not variable.startswith(PREFIX) or variable in NOT_SETTINGS or variable.startswith("SANDYQ_TEST_"):
            continue
        name = variable[len(PREFIX) :].lower()
        text = env[variable]
        if name.endswith("_file") and name[:-5] in _BY_NAME and _BY_NAME[name[:-5]].secret:
            name, text = name[:-5], _secret(variable, text)
            if PREFIX + name.upper() in env:
                raise BadFile(variable, 0, f"{name!r} is given twice", f"Unset {variable} or {PREFIX}{name.upper()}.")
        chosen[name] = (_parsed(name, text, variable), variable, 0)
    return chosen


def _secret(variable: str, path: str) -> str:
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise BadFile(
            variable, 0, f"the file it names cannot be read: {type(problem).__name__}", f"Put the secret in {path} or unset the variable."
        ) from None
    if not text:
        raise BadFile(variable, 0, "the file it names is empty", f"Put the secret in {path} or unset the variable.")
    return text


def _parsed(name: str, text: str, variable: str) -> Value:
    known = _BY_NAME.get(name)
    value: Value = text
    if known is not None and known.kind is bool:
        value = {"true": True, "1": True, "false": False, "0": False}.get(text.strip().lower(), text)
    elif known is not None and known.kind is int and re.fullmatch(r"\s*\d{1,9}\s*", text):
        value = int(text)
    return _checked(name, value, variable, 0)


def _agree(made: Settings, chosen: Chosen, file: str) -> None:
    """What single keys cannot show: that they fit together."""

    def refuse(name: str, what: str, remedy: str) -> None:
        _, source, line = chosen.get(name, ("", file, 0))
        raise BadFile(source, line, what, remedy)

    if made.engine not in ENGINES:
        refuse("engine", f"there is no engine {made.engine!r}", "Write sqlite or postgres.")
    if made.engine == "postgres" and not (made.durable_dsn and made.perishable_dsn):
        refuse(
            "engine", "an address of a store is missing", "Give durable_dsn and perishable_dsn, or SANDYQ_DURABLE_DSN_FILE and its twin."
        )
    if made.engine == "postgres" and made.durable_dsn == made.perishable_dsn:
        refuse("perishable_dsn", "both stores are the same database", "Give each store a database of its own.")
    if made.engine == "sqlite" and made.durable_file == made.perishable_file:
        refuse("perishable_path", "both stores are the same file", "Give each store a file of its own.")
    if made.engine == "sqlite" and made.workers > 1:
        refuse("workers", "SQLite has one writing process", "Set workers to 1, or engine to postgres.")
    for name in ("port", "smtp_port", "imap_port"):
        if getattr(made, name) > 65535:
            refuse(name, "there is no such port", "Choose one from 1 to 65535.")
    _agree_on_mail(made, refuse)


def _agree_on_mail(made: Settings, refuse: Callable[[str, str, str], None]) -> None:
    for way, host, tls in (("smtp", made.smtp_host, made.smtp_tls), ("imap", made.imap_host, made.imap_tls)):
        if tls not in _TLS:
            refuse(f"{way}_tls", f"there is no way {tls!r}", "Write tls, starttls or none.")
        if host and tls == "none" and host not in _LOOPBACK:
            refuse(f"{way}_tls", "mail would go over the network in clear", "Write tls or starttls; none is for a server on this machine.")
        if host and "@" not in made.mail_from:
            refuse("mail_from", "a mail server is named, and no address of the office", 'Write mail_from = "requests@example.kz".')
