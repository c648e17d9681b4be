"""Deliver until nothing waits, in a process that can be killed at any moment.

Each worker is forked off a process that has loaded everything, so that it lives only to deliver.
"""

import time
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlalchemy.orm import configure_mappers

from models.database import connect, reading
from service.notices.apprise_channel import AppriseCarrier
from service.notices.delivery import deliver
from service.notices.journal import Journal
from service.notices.post_office import PostOffice
from service.notices.smtp import MailCarrier, MailServer
from service.notices.vault import Vault
from service.notices.waiting import oldest_waiting

LEASE = timedelta(seconds=1)
_processes = get_context("forkserver")
_processes.set_forkserver_preload([__name__])
configure_mappers()  # what is ready here, no worker has to make ready
connect("postgresql+psycopg://").dispose()


def worker(database: str, mail_server: str, home: Path) -> BaseProcess:
    """Return a worker that is to be started."""
    return _processes.Process(target=deliver_all, args=(database, mail_server, home))


def deliver_all(database: str, mail_server: str, home: Path) -> None:
    engine = connect(database)
    waiting = True
    while waiting:
        office = PostOffice(MailCarrier(MailServer.read(mail_server)), AppriseCarrier(), Vault(Path()))
        deliver(engine, datetime.now(UTC), office, batch=20, lease=LEASE, journal=Journal(home))
        with reading(engine) as session:
            waiting = oldest_waiting(session, datetime.now(UTC)) is not None
        time.sleep(0.05)
