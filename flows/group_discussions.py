"""Open the rounds of group discussions and invite the teachers."""

from prefect import flow

from flows.carry import RETRIES, RETRY_DELAY, carry, run_name


@flow(
    name="group-discussions",
    flow_run_name=run_name,
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAY,
    log_prints=False,
)
async def group_discussions() -> None:
    """Open the rounds of group discussions and invite the teachers."""
    await carry("group-discussions")
