"""Delete what nobody needs any longer."""

from prefect import flow

from flows.carry import RETRIES, RETRY_DELAY, carry, run_name


@flow(
    name="keep-house",
    flow_run_name=run_name,
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAY,
    log_prints=False,
)
async def keep_house() -> None:
    """Delete what nobody needs any longer."""
    await carry("keep-house")
