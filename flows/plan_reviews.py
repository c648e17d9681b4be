"""Open the reviews of plans and guard their days."""

from prefect import flow

from flows.carry import RETRIES, RETRY_DELAY, carry, run_name


@flow(
    name="plan-reviews",
    flow_run_name=run_name,
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAY,
    log_prints=False,
)
async def plan_reviews() -> None:
    """Open the reviews of plans and guard their days."""
    await carry("plan-reviews")
