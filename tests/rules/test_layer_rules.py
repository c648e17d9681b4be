"""What a region, board, school or group says beside the law: kept, held against it, and planned with."""

from datetime import date, datetime
from typing import Any

import pytest
from sqlmodel import Session, select

from models import Layer, LayerRule
from service.rules.keep import RuleRefusedError, add_rule, switch_rule
from service.rules.look import rules_of, said_nl, tasks_seen
from service.rules.said import Said
from service.school.errors import NotOfThisSchoolError
from service.year.open import preview_year
from tests.cast import OPENED, YEAR, Cast, kompas, moment, wilgenhof

AT: datetime = moment("2026-09-01")


def say(cast: Cast, task: str, definition: dict[str, Any], **more: Any) -> LayerRule:
    told = {"layer": Layer.SCHOOL, "scope": str(cast.school.id), "procedure": "test-calendar", **more}
    said = Said(task=task, definition=definition, reason="zo doen wij het", **told)
    return add_rule(cast.session, cast.school, said, actor_id=None, at=AT)


def days(cast: Cast, task: str, procedure: str = "test-calendar") -> set[date | None]:
    plan = preview_year(cast.session, cast.school, YEAR)
    return {i.dates.target_on for i in plan.items if i.rule.key == task and i.case.procedure.key == procedure}


def refused(cast: Cast, task: str, definition: dict[str, Any], **more: Any) -> str:
    with pytest.raises(RuleRefusedError) as error:
        say(cast, task, definition, **more)
    return str(error.value)


def after_window(school_days: int) -> dict[str, Any]:
    return {"due": {"rule": "offset", "after": "window.last", "school_days": school_days}}


def test_a_school_counts_its_own_number_of_days(session: Session) -> None:
    cast = wilgenhof(session)
    before = days(cast, "invoeren")

    say(cast, "invoeren", after_window(12))

    assert days(cast, "invoeren") != before


def test_a_board_speaks_for_its_own_schools_only(session: Session) -> None:
    cast, other = wilgenhof(session), kompas(session)
    cast.school.board = "Stichting De Kring"
    before, elsewhere = days(cast, "invoeren"), days(other, "invoeren")

    say(cast, "invoeren", after_window(12), layer=Layer.BOARD, scope="Stichting De Kring")

    assert days(cast, "invoeren") != before
    assert days(other, "invoeren") == elsewhere
    assert rules_of(session, other.school) == []


def test_a_board_that_is_not_the_schools_own_says_nothing_here(session: Session) -> None:
    cast = wilgenhof(session)

    text = refused(cast, "invoeren", after_window(12), layer=Layer.BOARD, scope="Een ander bestuur")

    assert "bestuur" in text


def test_a_day_after_the_law_is_refused_with_the_name_of_the_law(session: Session) -> None:
    cast = wilgenhof(session)

    text = refused(
        cast,
        "definitief-advies",
        {"latest": {"rule": "date", "day": "03-31"}, "law": "schoolgids"},
        procedure="exit-pupils",
    )

    assert "24 maart" in text
    assert "31 maart" in text
    assert session.exec(select(LayerRule)).all() == []


def test_a_stricter_day_than_the_law_is_kept_and_counts(session: Session) -> None:
    cast = wilgenhof(session)

    say(
        cast,
        "definitief-advies",
        {"latest": {"rule": "date", "day": "03-12"}, "law": "afspraak met het bestuur"},
        procedure="exit-pupils",
    )

    found = days(cast, "definitief-advies", "exit-pupils")
    assert all(day is not None and day <= date(2027, 3, 12) for day in found)


def test_what_the_law_asks_is_not_left_out(session: Session) -> None:
    cast = wilgenhof(session)

    text = refused(cast, "definitief-advies", {"off": True}, procedure="exit-pupils")

    assert "wet" in text.lower()


def test_a_group_has_its_own_day(session: Session) -> None:
    cast = wilgenhof(session)
    usual = preview_year(session, cast.school, YEAR)

    say(cast, "invoeren", after_window(12), layer=Layer.GROUP, scope=cast.groups["5"].key)

    mine = preview_year(session, cast.school, YEAR)
    moved = {
        new.group.name
        for old, new in zip(
            sorted(usual.items, key=lambda i: i.id), sorted(mine.items, key=lambda i: i.id), strict=True
        )
        if old.rule.key == "invoeren" and old.dates.target_on != new.dates.target_on and new.group
    }
    assert moved == {"5"}


@pytest.mark.parametrize(
    ("task", "definition", "words"),
    [
        ("bestaat-niet", {"off": True}, "geen taak"),
        ("invoeren", {}, "zeg wat er anders is"),
        ("invoeren", {"occurrence": "Q", **after_window(3)}, "geen ronde"),
        ("invoeren", {"due": {"rule": "offset", "after": "window.last"}}, "precies één eenheid"),
        ("", {"off": True}, "Noem een taak"),
    ],
)
def test_a_rule_that_says_nothing_sensible_is_refused(
    session: Session, task: str, definition: dict[str, Any], words: str
) -> None:
    assert words in refused(wilgenhof(session), task, definition)


def test_a_group_of_another_school_is_refused(session: Session) -> None:
    cast, other = wilgenhof(session), kompas(session)
    (key,) = {g.key for g in other.groups.values()} - {g.key for g in cast.groups.values()}

    assert "niet van deze school" in refused(cast, "invoeren", after_window(3), layer=Layer.GROUP, scope=key)


def test_a_rule_that_is_switched_off_holds_no_longer_and_stays(session: Session) -> None:
    cast = wilgenhof(session)
    before = days(cast, "invoeren")
    rule = say(cast, "invoeren", after_window(12))

    switch_rule(session, cast.school, rule.id, active=False, actor_id=None, at=OPENED)

    assert days(cast, "invoeren") == before
    assert rules_of(session, cast.school) == [rule]


def test_another_school_cannot_switch_it(session: Session) -> None:
    cast, other = wilgenhof(session), kompas(session)
    rule = say(cast, "invoeren", after_window(12))

    with pytest.raises(NotOfThisSchoolError):
        switch_rule(session, other.school, rule.id, active=False, actor_id=None, at=AT)


def test_a_rule_and_every_task_can_be_told_in_words(session: Session) -> None:
    cast = wilgenhof(session)
    rule = say(cast, "invoeren", {"occurrence": "M", **after_window(12)})

    seen = tasks_seen(session, cast.school, YEAR)

    assert "12 schooldagen" in said_nl(rule)
    assert all(when for row in seen for _, when in row.when)
    assert [r for row in seen for r in row.rules] == [rule]
    assert not [when for row in seen for _, when in row.when if "{" in when or "rule" in when]
