"""Read what came back by mail."""

from prefect import flow

from flows.carry import RETRIES, RETRY_DELAY, carry, run_name


@flow(
    name="read-replies",
    flow_run_name=run_name,
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAY,
    log_prints=False,
)
async def read_replies() -> None:
    """Read what came back by mail."""
    await carry("read-replies")
