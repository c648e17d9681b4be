"""Open the test rounds, set their tasks ready and guard their windows."""

from prefect import flow

from flows.carry import RETRIES, RETRY_DELAY, carry, run_name


@flow(
    name="test-calendar",
    flow_run_name=run_name,
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAY,
    log_prints=False,
)
async def test_calendar() -> None:
    """Open the test rounds, set their tasks ready and guard their windows."""
    await carry("test-calendar")
