"""Write calendars to the servers that people chose."""

from prefect import flow

from flows.carry import RETRIES, RETRY_DELAY, carry, run_name


@flow(
    name="push-calendars",
    flow_run_name=run_name,
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAY,
    log_prints=False,
)
async def push_calendars() -> None:
    """Write calendars to the servers that people chose."""
    await carry("push-calendars")
