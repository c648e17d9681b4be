"""Plan what came into the opened school years since they were opened."""

from prefect import flow

from flows.carry import RETRIES, RETRY_DELAY, carry, run_name


@flow(
    name="open-year",
    flow_run_name=run_name,
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAY,
    log_prints=False,
)
async def open_year() -> None:
    """Plan what came into the opened school years since they were opened."""
    await carry("open-year")
