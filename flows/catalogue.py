"""The deployments: every timer as a flow that Prefect starts at its hour, and never beside itself."""

from collections.abc import Coroutine
from typing import Any

from prefect import Flow
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment

from flows.deliver import deliver
from flows.exit_pupils import exit_pupils
from flows.external_referrals import external_referrals
from flows.group_discussions import group_discussions
from flows.keep_house import keep_house
from flows.open_year import open_year
from flows.plan_reviews import plan_reviews
from flows.publish_calendars import publish_calendars
from flows.push_calendars import push_calendars
from flows.read_replies import read_replies
from flows.remind import remind
from flows.test_calendar import test_calendar
from service import clock
from service.rhythm.timers import TIMERS, Timer

Plain = Flow[[], Coroutine[Any, Any, None]]
FLOWS: tuple[Plain, ...] = (
    open_year,
    test_calendar,
    group_discussions,
    plan_reviews,
    exit_pupils,
    external_referrals,
    remind,
    publish_calendars,
    read_replies,
    deliver,
    push_calendars,
    keep_house,
)
ALONE = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)


def deployments() -> list[RunnerDeployment]:
    """Return what Prefect has to serve."""
    return [deployment(flow, TIMERS[flow.name]) for flow in FLOWS]


def deployment(flow: Plain, timer: Timer) -> RunnerDeployment:
    """Return one flow with its hour; under a moved clock a daily hour is kept by the metronome alone."""
    cron = CronSchedule(cron=timer.schedule.cron, timezone=clock.AMSTERDAM.key)
    by_prefect = not (timer.is_daily and clock.shifted())
    return RunnerDeployment.from_flow(
        flow,
        name=timer.name,
        description=timer.what,
        tags=list(timer.tags),
        schedules=[{"schedule": cron, "active": by_prefect}],
        concurrency_limit=ALONE,
        paused=False,
    )
