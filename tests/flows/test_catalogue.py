import ast
from pathlib import Path

import pytest
from sqlalchemy import Engine

from flows import catch_up
from flows.catalogue import FLOWS, deployments
from models import RunState, RunVia, TimerRun
from models.database import unit_of_work
from service import clock
from service.procedures import RHYTHMS
from service.rhythm.timers import TIMERS
from tests.cast import moment

FOLDER = Path(catch_up.__file__).parent
MORNING = moment("2027-01-11", 6, 31)
MISSED = ["external-referrals", *(name for name, timer in TIMERS.items() if not timer.is_daily)]


def test_every_timer_is_a_flow_of_the_same_name_in_the_same_order() -> None:
    assert [flow.name for flow in FLOWS] == list(TIMERS)
    assert {d.name for d in deployments()} == set(TIMERS)


def test_the_five_rhythms_are_flows_grouped_by_their_tag() -> None:
    tagged = [d.name for d in deployments() if "ritme" in d.tags]

    assert tagged == list(RHYTHMS)


@pytest.mark.parametrize("deployment", deployments(), ids=lambda d: d.name)
def test_prefect_finds_a_flow_by_its_file_which_defines_nothing_else(deployment: object) -> None:
    path, _, function = str(getattr(deployment, "entrypoint", "")).partition(":")

    tree = ast.parse((FOLDER.parent / path).read_text(encoding="utf-8"))

    defined = [node.name for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)]
    assert defined == [function]
    assert not [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef | ast.Assign)]


def test_on_the_real_clock_prefect_keeps_every_hour() -> None:
    assert all(schedule.active for d in deployments() for schedule in d.schedules or [])


def test_what_was_missed_runs_in_order_and_then_the_post_leaves(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "shifted", lambda: True)

    assert catch_up.missed(engine, MORNING) == list(TIMERS)


def test_prefects_own_schedule_has_a_minute_on_the_real_clock(
    sqlite: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran(sqlite, *(name for name in TIMERS if name != "external-referrals"))
    slot = moment("2027-01-11", 5, 20)

    assert catch_up.missed(sqlite, slot.replace(second=59)) == []
    assert catch_up.missed(sqlite, slot.replace(minute=21, second=1)) == MISSED
    monkeypatch.setattr(clock, "shifted", lambda: True)
    assert catch_up.missed(sqlite, slot) == MISSED


def test_frequent_timers_alone_are_left_to_prefect(sqlite: Engine) -> None:
    ran(sqlite, *(name for name, timer in TIMERS.items() if timer.is_daily))

    assert catch_up.missed(sqlite, MORNING) == []


def ran(engine: Engine, *names: str) -> None:
    with unit_of_work(engine) as session:
        for name in names:
            at = moment("2027-01-11", 5, 20)
            run = TimerRun(timer=name, started_at=at, via=RunVia.PREFECT, state=RunState.DONE)
            session.add(run)
