"""Write down who fetched, beside the answers; what comes during a write goes along with the next one."""

import logging
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from models.database import unit_of_work
from service.feeds.read import note_fetch

_log = logging.getLogger(__name__)
Noted = Mapping[UUID, tuple[datetime, str]]


class Fetches:
    """What is still to be written down by this process, one line per subscription."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: dict[UUID, tuple[datetime, str]] = {}
        self._writing = False

    async def note(self, feed_id: UUID, at: datetime, by: str) -> None:
        """Write down that a program fetched a calendar; return when that is done, or another does it."""
        self._waiting.setdefault(feed_id, (at, by))
        if self._writing:
            return
        self._writing = True
        try:
            while self._waiting:
                taken, self._waiting = self._waiting, {}
                await run_in_threadpool(self._write, taken)
        finally:
            self._writing = False

    def _write(self, noted: Noted) -> None:
        try:
            with unit_of_work(self._engine) as session:
                for feed_id, (at, by) in noted.items():
                    note_fetch(session, feed_id, at=at, by=by)
        except SQLAlchemyError as error:  # the calendars were served; that they were is less important
            _log.warning("a fetch could not be noted: %s", type(error).__name__)
