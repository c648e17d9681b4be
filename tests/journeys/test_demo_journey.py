"""The demo as a newcomer starts it: real processes, real mails, and nothing left behind."""

import json
import os
import signal
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.error import URLError

import pytest
from icalendar import Calendar
from sqlmodel import select

from models import Pupil, RunState, RunVia, TimerRun
from models.database import connect, reading
from service.procedures import RHYTHMS
from tests.journeys.house import ROOT, House
from tests.privacy.net import Net

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demo on a Wednesday morning in January, until its first mails are there."""
    home = tmp_path_factory.mktemp("journey") / "home"
    with House(home, "2027-01-13T06:30") as house:
        house.wait("digests", lambda: digests(house), 180)
        house.wait("invitations", lambda: invitations(house), 180)
        yield house


def digests(house: House) -> list[EmailMessage]:
    return [mail for mail in house.mails() if mail["Subject"].startswith("Jaarritme, ")]


def invitations(house: House) -> list[EmailMessage]:
    return [mail for mail in house.mails() if "text/calendar" in {p.get_content_type() for p in mail.walk()}]


def test_digests_go_to_who_works_on_wednesdays(house: House) -> None:
    here = set()
    for name in ("school.toml", "second-school.toml"):
        school = tomllib.loads((ROOT / "deploy" / "example-school" / name).read_text())
        here |= {
            person["email"]
            for person in school["person"]
            for span in person["presence"]
            if "wo" in span["week"] and span["from"].isoformat() <= "2027-01-13" <= span["until"].isoformat()
        }

    receivers = [mail["To"].addresses[0].addr_spec for mail in digests(house)]

    assert len(receivers) >= 5
    assert set(receivers) <= here
    assert max(Counter(receivers).values()) == 1


def test_invitations_are_what_calendars_understand(house: House) -> None:
    for mail in invitations(house):
        (part,) = [p for p in mail.walk() if p.get_content_type() == "text/calendar"]
        calendar = Calendar.from_ical(part.get_payload(decode=True))
        (event,) = calendar.walk("VEVENT")
        asked = event["ATTENDEE"] if isinstance(event["ATTENDEE"], list) else [event["ATTENDEE"]]

        assert part.get_param("method") == calendar["METHOD"] == "REQUEST"
        assert f"mailto:{mail['From'].addresses[0].addr_spec}" == event["ORGANIZER"]
        assert f"mailto:{mail['To'].addresses[0].addr_spec}" in [str(one) for one in asked]


def test_nobody_gets_a_mail_twice(house: House) -> None:
    assert max(Counter(mail["Message-ID"] for mail in house.mails()).values()) == 1


def test_the_house_is_well(house: House) -> None:
    health = house.wait("health", lambda: (h := house.health())["status"] == "ok" and h, 60)

    assert (health["database"], health["migrations"], health["prefect"]) == ("ok", "ok", "ok")
    assert "Inloggen" in house.page("/login")


def test_prefect_shows_the_five_rhythms_with_their_runs_and_reports(house: House) -> None:
    flows = {flow["id"]: flow["name"] for flow in house.prefect("flows")}
    assert set(RHYTHMS) <= set(flows.values())

    def done() -> set[str]:
        wanted = {"state": {"type": {"any_": ["COMPLETED"]}}}
        return {flows[run["flow_id"]] for run in house.prefect("flow_runs", flow_runs=wanted, limit=200)}

    house.wait("a completed run of every rhythm", lambda: {*RHYTHMS, "remind", "deliver"} <= done(), 180)
    reports = {report["key"]: report["data"] for report in house.prefect("artifacts", limit=200)}
    assert set(RHYTHMS) <= set(reports)
    assert all("gedaan" in reports[name] for name in RHYTHMS)


def test_no_pupils_name_is_in_mails_logs_file_names_or_what_prefect_keeps(house: House) -> None:
    engine = connect(f"sqlite:///{house.home}/jaarritme.db")
    with reading(engine) as session:
        net = Net.of(session.exec(select(Pupil)))
    engine.dispose()
    files = [path for path in house.home.rglob("*") if path.is_file()]
    outside = [path for path in files if path.parent.name in {"mail", "logs"}]
    kept = {
        what: house.prefect(what, limit=200) for what in ("flow_runs", "artifacts", "deployments", "logs")
    }

    found = net.names_in(
        *(path.read_bytes() for path in outside),
        "\n".join(str(path.relative_to(house.home)) for path in files),
        *(json.dumps(row, ensure_ascii=False) for rows in kept.values() for row in rows),
        house.told(),
    )

    assert found == []
    assert all(kept.values())
    assert {path.parent.name for path in outside} == {"mail", "logs"}


def test_a_start_prints_one_login_for_every_role(house: House) -> None:
    for role in ("IB'er", "leerkracht", "directeur", "beheerder", "andere school"):
        assert role in house.told()


def test_sigterm_leaves_no_process(tmp_path: Path) -> None:
    with House(tmp_path / "home", "2026-11-25T06:30") as house:
        assert len(house.processes()) >= 4

        code = house.stop()

        assert code == 0
        assert house.processes() == []


def test_without_prefect_the_school_goes_on_and_nothing_happens_twice(tmp_path: Path) -> None:
    with House(tmp_path / "home", "2027-01-13T06:27:30") as house:
        for pid in house.processes("prefect server start"):
            os.kill(pid, signal.SIGSTOP)  # it is there, and answers nothing
        house.wait("trouble", lambda: house.health()["prefect"] == "unreachable", 30)

        house.wait("digests without Prefect", lambda: digests(house), 480)
        before = remind_runs(house)
        for pid in house.processes("prefect server start"):
            os.kill(pid, signal.SIGKILL)
        house.wait("Prefect to be back", lambda: back(house), 180)
        time.sleep(45)  # in which whoever comes late would do it again

        assert {run.via for run in before} == {RunVia.FALLBACK}
        done = [
            run for run in remind_runs(house) if run.state == RunState.DONE and run.counts.get("reminded")
        ]
        assert len(done) == 1
        assert max(Counter(mail["Message-ID"] for mail in house.mails()).values()) == 1
        assert max(Counter(str(mail["To"]) for mail in digests(house)).values()) == 1


def back(house: House) -> bool:
    try:
        return house.health()["prefect"] == "ok"
    except (URLError, OSError):
        return False


def remind_runs(house: House) -> list[TimerRun]:
    engine = connect(f"sqlite:///{house.home}/jaarritme.db")
    with reading(engine) as session:
        runs = list(session.exec(select(TimerRun).where(TimerRun.timer == "remind")))
    engine.dispose()
    return runs
