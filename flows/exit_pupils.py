"""Guard advice and transfer of the pupils who leave."""

from prefect import flow

from flows.carry import RETRIES, RETRY_DELAY, carry, run_name


@flow(
    name="exit-pupils",
    flow_run_name=run_name,
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAY,
    log_prints=False,
)
async def exit_pupils() -> None:
    """Guard advice and transfer of the pupils who leave."""
    await carry("exit-pupils")
