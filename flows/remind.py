"""Tell everyone, on their own working day, what is due."""

from prefect import flow

from flows.carry import RETRIES, RETRY_DELAY, carry, run_name


@flow(
    name="remind",
    flow_run_name=run_name,
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAY,
    log_prints=False,
)
async def remind() -> None:
    """Tell everyone, on their own working day, what is due."""
    await carry("remind")
