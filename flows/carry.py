"""What every flow does: run its one timer in a worker thread, and leave a page for the administrator."""

import asyncio
from uuid import UUID

from prefect.artifacts import acreate_markdown_artifact
from prefect.runtime import flow_run

from models import RunState, RunVia, TimerRun
from models.database import connect
from service import clock
from service.rhythm.run import TimerBusyError, run_timer
from service.rhythm.timers import TIMERS
from service.rhythm.words import as_markdown
from service.settings import settings

RETRIES = 2
RETRY_DELAY = 10  # seconds


class TimerFailedError(Exception):
    """De stroom mislukte; de melding staat in het verslag."""


async def carry(name: str) -> None:
    """Run a timer now; raise when it failed, so that Prefect tries again and shows it in red."""
    try:
        run = await asyncio.to_thread(_run, name)
    except TimerBusyError as error:
        await _leave_page(name, f"{error.__doc__}")
        return
    await _leave_page(name, as_markdown(run))
    if run.state == RunState.FAILED:
        raise TimerFailedError(run.error)


def _run(name: str) -> TimerRun:
    engine = connect(settings().database_url)
    try:
        run_id: UUID | str | None = flow_run.id
        return run_timer(name, engine, clock.now(), RunVia.PREFECT, str(run_id) if run_id else None)
    finally:
        engine.dispose()


async def _leave_page(name: str, markdown: str) -> None:
    await acreate_markdown_artifact(markdown, key=name, description=TIMERS[name].title)


def run_name() -> str:
    """Name a run after the time on the school's clock, which in a demo is not Prefect's."""
    return f"{clock.local(clock.now()):%Y-%m-%d %H:%M}"
