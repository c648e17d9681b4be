"""Deliver until nothing waits: worker.py <database> <server> <home>; begins at a line on its input."""

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models.database import connect, reading
from service.notices.apprise_channel import AppriseCarrier
from service.notices.delivery import deliver
from service.notices.journal import Journal
from service.notices.post_office import PostOffice
from service.notices.smtp import MailCarrier, MailServer
from service.notices.vault import Vault
from service.notices.waiting import oldest_waiting

LEASE = timedelta(seconds=1)


def main(database: str, mail_server: str, home: str) -> None:
    engine = connect(database)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    waiting = True
    while waiting:
        office = PostOffice(MailCarrier(MailServer.read(mail_server)), AppriseCarrier(), Vault(Path()))
        journal = Journal(Path(home))
        deliver(engine, datetime.now(UTC), office, batch=20, lease=LEASE, journal=journal)
        with reading(engine) as session:
            waiting = oldest_waiting(session, datetime.now(UTC)) is not None
        time.sleep(0.05)


main(*sys.argv[1:])
