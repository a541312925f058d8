"""Fixtures that every room's tests share: both engines, a private PostgreSQL, a clock that stands still."""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import settings

from mail_servers import Dovecot, programs
from office import House, sample
from sandyq import audit
from sandyq.clock import MovedClock
from sandyq.db import Stores, Work
from sandyq.policy.facts import Edition, PackEdition
from sandyq.settings import Settings

settings.register_profile("sandyq", deadline=None)  # how long an example takes is for benchmarks
settings.load_profile("sandyq")

_MEMORY = Path("/dev/shm")
_ROOM = 2 * 1024**3
"""Bytes that must be free there: a whole run takes a fifth of that at a time."""
_USES = 150
"""How many tests use a pair of databases one after another; nothing vacuums them meanwhile."""
_FIRST = ("journeys", "attacks")
"""Folders whose files take long: begun first, so that all workers end together."""
_START = datetime(2026, 3, 19, 10, 0, tzinfo=ZoneInfo("Asia/Almaty"))
_QUICK = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=32MB",
    "max_connections=80",
    "autovacuum=off",
    "max_wal_size=256MB",
    "wal_level=minimal",
    "max_wal_senders=0",
    "log_min_messages=fatal",
)


def pytest_configure(config: pytest.Config) -> None:
    """Folders of tests lie in memory where there is room: tests kill processes and servers, but none takes a disk's power away."""
    if "slow" in config.option.markexpr:  # long runs are about disks, and a million people would not leave room for much else in memory
        os.environ.setdefault("TMPDIR", tempfile.gettempdir())
    if "TMPDIR" in os.environ or config.option.basetemp or not os.access(_MEMORY, os.W_OK):
        return
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if min(free, shutil.disk_usage(_MEMORY).free) > _ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)  # workers, and every program that a test starts, inherit it


def pytest_report_header() -> str:
    """Where the folders of tests lie."""
    return f"folders of tests: {tempfile.gettempdir()}"


def pytest_xdist_auto_num_workers() -> int | None:
    """Half as many workers again as cores: each waits much of its time for servers, browsers and programs that it started."""
    cores = len(os.sched_getaffinity(0))
    return None if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else cores + cores // 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Folders whose files take long come first."""
    here = Path(__file__).parent
    rank = {name: place for place, name in enumerate(_FIRST)}
    items.sort(key=lambda item: rank.get(item.path.relative_to(here).parts[0], len(rank)))


def _binaries() -> Path | None:
    """The folder of the server's programs, the newest first; a Debian machine keeps them off the PATH."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: -float(found.parent.name))
    if shutil.which("pg_config"):
        places.append(Path(subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True).stdout.strip()))
    return next((place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None)


class PrivatePostgres:
    """A PostgreSQL of this test session alone, in a folder of its own that goes with it."""

    def __init__(self, binaries: Path, options: tuple[str, ...] = _QUICK) -> None:
        self.binaries = binaries
        self.folder = Path(tempfile.mkdtemp(prefix="sandyq-pg-"))
        self.options = options
        self.process: subprocess.Popen[bytes] | None = None
        self._doors: dict[
            str, psycopg.Connection
        ] = {}  # to databases that are used again: to open one takes longer than to empty a database
        self._as: list[str] = []
        if os.geteuid() == 0:  # the server refuses to run as root
            owner = "postgres" if _exists("postgres") else "nobody"
            shutil.chown(self.folder, owner)
            self._as = ["setpriv", f"--reuid={owner}", "--clear-groups", "--pdeathsig=INT"]  # it ends with us, however we end
        init = [
            str(binaries / "initdb"),
            "-D",
            str(self.folder / "data"),
            "-U",
            "sandyq",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        subprocess.run([*self._as, *init], check=True, capture_output=True, cwd=self.folder)
        self.start()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = [word for option in (*self.options, f"unix_socket_directories={self.folder}") for word in ("-c", option)]
        command = [
            *self._as,
            str(self.binaries / "postgres"),
            "-D",
            str(self.folder / "data"),
            *("-p", "5432", "-h", ""),  # a socket in our folder is all: a port that was free a moment ago may be somebody's by now
            *settings,
        ]
        self.process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.dsn("postgres"), connect_timeout=1).close()
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                raise RuntimeError(f"the server ended at once with {self.process.wait(0.05)}")
        raise RuntimeError("the private PostgreSQL did not answer")

    def dsn(self, database: str) -> str:
        """The address of one database."""
        return f"host={self.folder} port=5432 user=sandyq dbname={database}"

    def sql(self, text: str) -> None:
        """Run one statement as the owner, outside any transaction."""
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(text)  # type: ignore[call-overload]

    def make_pair(self, durable: str = "template0", perishable: str = "template0") -> tuple[str, str]:
        """Two fresh databases from two templates; gives their names."""
        name = uuid.uuid4().hex
        for store, template in (("d", durable), ("p", perishable)):
            self.sql(f"CREATE DATABASE {store}_{name} TEMPLATE {template} STRATEGY FILE_COPY")
        return f"d_{name}", f"p_{name}"

    def drop(self, *names: str) -> None:
        """Remove databases, whoever is still connected."""
        for name in names:
            self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def reset(self, database: str, fingerprint: str) -> bool:
        """Empty every table of a database that still has the schema of `fingerprint`; False when a test changed the schema."""
        with psycopg.connect(self.dsn(database), autocommit=True) as connection:  # none may stay: a restore refuses a database in use
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if _fingerprint(connection) != fingerprint:
                return False
            tables = connection.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
            held = " UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for (name,) in tables if name != "schema_file")
            for (name,) in connection.execute(held).fetchall():  # type: ignore[call-overload]
                connection.execute(f"DELETE FROM {name}")  # type: ignore[call-overload]
            return True

    def kill(self) -> None:
        """End it without warning, for tests of crashes; `start` brings it back."""
        self._end(signal.SIGQUIT)

    def close(self) -> None:
        """End it and remove its folder."""
        self._end(signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, with_signal: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(with_signal)
            self.process.wait(20)
            self.process = None


def _fingerprint(connection: psycopg.Connection) -> str:
    columns = "SELECT attrelid::regclass::text || attname || atttypid AS what FROM pg_attribute WHERE attnum > 0 AND attrelid IN "
    tables = "(SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"  # tables and indexes
    return connection.execute(f"SELECT md5(string_agg(what, ',' ORDER BY what)) FROM ({columns}{tables}) AS found").fetchone()[0]


def _exists(user: str) -> bool:
    return subprocess.run(["getent", "passwd", user], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    """The session's private server (one per xdist worker). Skips without server programs, except in CI."""
    found = _binaries()
    if found is None:
        reason = "no PostgreSQL server programs found (apt-get install postgresql)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    server = PrivatePostgres(found)
    yield server
    server.close()


@pytest.fixture(scope="session")
def imap_server() -> Iterator[Dovecot]:
    """The session's private IMAP server (one per xdist worker). Skips without the server's programs, except in CI."""
    if not programs():
        reason = "no Dovecot found (apt-get install dovecot-imapd)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    server = Dovecot()
    yield server
    server.close()


@pytest.fixture
def dovecot(imap_server: Dovecot) -> Dovecot:
    """The private IMAP server with an empty mailbox."""
    imap_server.empty()
    return imap_server


class Pairs:
    """Pairs of databases with the whole schema. Making one takes seconds, so a pair is emptied and used again."""

    def __init__(self, server: PrivatePostgres, folder: Path) -> None:
        self.server = server
        self.templates = server.make_pair()
        dsns = [server.dsn(name) for name in self.templates]
        Stores.open(Settings(folder, "postgres", *dsns), MovedClock(_START)).close()
        self._fingerprints = []
        for dsn in dsns:
            with psycopg.connect(dsn) as connection:
                self._fingerprints.append(_fingerprint(connection))
        self._free: list[tuple[str, str]] = []
        self._given_back: Counter[tuple[str, str]] = Counter()

    def take(self) -> tuple[str, str]:
        """The names of an empty pair."""
        return self._free.pop() if self._free else self.server.make_pair(*self.templates)

    def give_back(self, pair: tuple[str, str]) -> None:
        """Empty a pair for the next test, or drop it when its schema was changed, or when its files are long with what was deleted."""
        self._given_back[pair] += 1
        if self._given_back[pair] < _USES and all(
            self.server.reset(name, wanted) for name, wanted in zip(pair, self._fingerprints, strict=True)
        ):
            self._free.append(pair)
        else:
            self.server.drop(*pair)


@pytest.fixture(scope="session")
def pairs(postgres: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory) -> Pairs:
    """Pairs of databases on the private server."""
    return Pairs(postgres, tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A pair of SQLite files with the whole schema, to copy from."""
    settings = Settings(tmp_path_factory.mktemp("template") / "office")
    Stores.open(settings, MovedClock(_START)).close()
    return settings


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    """Each test that asks for stores runs on both engines."""
    return str(request.param)


@pytest.fixture
def clock() -> MovedClock:
    """19 March 2026, ten o'clock in Almaty; it stands still until a test moves it."""
    return MovedClock(_START)


@pytest.fixture
def settings(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings of a fresh sample office."""
    if engine == "sqlite":
        made = Settings(tmp_path / "office", sample=True)
        made.folder.mkdir()
        template: Settings = request.getfixturevalue("sqlite_template")
        shutil.copy(template.durable_file, made.durable_file)
        shutil.copy(template.perishable_file, made.perishable_file)
        yield made
        return
    pairs: Pairs = request.getfixturevalue("pairs")
    names = pairs.take()
    dsns = [pairs.server.dsn(name) for name in names]
    yield Settings(tmp_path / "office", "postgres", *dsns, sample=True, pool_size=4)
    pairs.give_back(names)


def salt_of(work: Work, subject: str) -> bytes:
    """A salt per subject for tests of rooms below the register."""
    return hashlib.sha256(f"salt of {subject}".encode()).digest()


@pytest.fixture
def stores(settings: Settings, clock: MovedClock) -> Iterator[Stores]:
    """Open stores with the whole schema; closed after the test."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    opened = Stores.open(settings, clock)
    audit.install(opened, salt_of)  # an office with a register installs its own salts instead
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def sample_policy() -> tuple[Edition, PackEdition]:
    """The sample's policy and the pack of the law, read once."""
    return sample()


@pytest.fixture
def office(settings: Settings, clock: MovedClock, sample_policy: tuple[Edition, PackEdition]) -> Iterator[House]:
    """A whole office at work (tests/office.py). Rooms below it have an `office` of their own kind."""
    house = House(settings, clock, *sample_policy)
    yield house
    house.close()
