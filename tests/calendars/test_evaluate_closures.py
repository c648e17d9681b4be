"""A day without pupils on which the team works is a day for the team's own items, and for no others."""

from datetime import date

import pytest

from calendars.schoolyear import Closed
from tests.calendars.tried_rules import only, tried, world_of

STUDY = Closed("Studiedag", date(2026, 11, 12), date(2026, 11, 12), official=False)


@pytest.mark.parametrize(("owner", "expected"), [("team", date(2026, 11, 12)), ("ib", date(2026, 11, 13))])
@pytest.mark.parametrize("when", ['"11-12"', '{ rule = "holiday", name = "studiedag" }'])
def test_who_works_on_a_study_day_does_it_then(when: str, owner: str, expected: date) -> None:
    found = tried(
        f"""
        [[item]]
        key = "ding"
        title = "Een ding"
        owner = ["{owner}"]
        when = {when}
        [[closure]]
        name = "Studiedag"
        first = 2026-11-12
        open_for = ["team", "directie"]
        """,
        world_of(own=[STUDY]),
    )["ding"]

    assert only(found).plan_on == expected
