"""Guard consent, terms and answers of referrals."""

from prefect import flow

from flows.carry import RETRIES, RETRY_DELAY, carry, run_name


@flow(
    name="external-referrals",
    flow_run_name=run_name,
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAY,
    log_prints=False,
)
async def external_referrals() -> None:
    """Guard consent, terms and answers of referrals."""
    await carry("external-referrals")
