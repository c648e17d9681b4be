"""Send what waits in the outbox."""

from prefect import flow

from flows.carry import RETRIES, RETRY_DELAY, carry, run_name


@flow(
    name="deliver",
    flow_run_name=run_name,
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAY,
    log_prints=False,
)
async def deliver() -> None:
    """Send what waits in the outbox."""
    await carry("deliver")
