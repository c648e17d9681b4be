"""Our own pages and calendars on a port of this machine, for programs of others to fetch from."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.acceptance.judges import answers, free_port, running, wait_for

ROOT = Path(__file__).parents[2]


@contextmanager
def served(database: Path, home: Path) -> Iterator[str]:
    """Serve a database as `up` does, without the timers beside it, and return the address."""
    port = free_port()
    home.mkdir(parents=True, exist_ok=True)
    ours = {
        "JAARRITME_HOME": str(home),
        "JAARRITME_PORT": str(port),
        "JAARRITME_DATABASE_URL": f"sqlite:///{database}",
        "JAARRITME_PREFECT_PORT": str(free_port()),
        "PYTHONPATH": str(ROOT),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JAARRITME_")}
    log = home / "web.log"
    where = ["--host", "127.0.0.1", "--port", str(port), "--no-access-log"]
    with running(
        [sys.executable, "-m", "uvicorn", "--factory", "service.app:create_app", *where], log, kept | ours
    ) as process:
        wait_for("our own pages", lambda: answers(process, port), 60, log)
        yield f"http://127.0.0.1:{port}"
