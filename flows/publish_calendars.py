"""Render the calendars of whom something changed."""

from prefect import flow

from flows.carry import RETRIES, RETRY_DELAY, carry, run_name


@flow(
    name="publish-calendars",
    flow_run_name=run_name,
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAY,
    log_prints=False,
)
async def publish_calendars() -> None:
    """Render the calendars of whom something changed."""
    await carry("publish-calendars")
