"""A whole year planned: the same every time, inside the law, the holidays and the year."""

import pickle
from datetime import UTC, date, datetime
from functools import cache

import pytest

from calendars.legal import legal_dates
from calendars.official import Region, official_closures
from calendars.people import Facts, MeetingFact, Overrides, People
from calendars.plan import base_context, case_id, item_id, plan, plan_cases
from calendars.planned import Frame, Item, Plan, PlannedCase
from calendars.schoolyear import SchoolCalendar
from service.procedures import read_all
from tests.calendars.invented_school import STUDY_DAYS, frame, identity, people

REGIONS: tuple[Region, ...] = ("noord", "midden", "zuid")
YEARS = ("2026-2027", "2027-2028")
EVERYWHERE = [(region, label) for region in REGIONS for label in YEARS]
SCHOOL = people()


def fresh(region: Region, label: str, facts: Facts | None = None, overrides: Overrides | None = None) -> Plan:
    school = frame(region, label, STUDY_DAYS)
    return plan(read_all(), school, SCHOOL, facts or Facts(), overrides or Overrides())


@cache
def planned(region: Region = "midden", label: str = "2026-2027") -> Plan:
    return fresh(region, label)


def of(result: Plan, procedure: str, case: str) -> list[Item]:
    return [i for i in result.items if (i.case.procedure.key, i.case.key) == (procedure, case)]


def one(result: Plan, procedure: str, case: str, task: str) -> Item:
    return next(i for i in of(result, procedure, case) if i.rule.key == task)


@pytest.mark.parametrize(("region", "label"), EVERYWHERE)
def test_nothing_is_planned_on_a_closed_day_or_outside_the_year(region: Region, label: str) -> None:
    school = frame(region, label, STUDY_DAYS)

    days = {item.dates.target_on for item in planned(region, label).items}

    assert None not in days
    known = {day for day in days if day}
    assert [day for day in known if not school.calendar.is_school_day(day)] == []
    assert min(known) >= school.year.first_day
    assert max(known) <= school.year.last_day


@pytest.mark.parametrize(("region", "label"), EVERYWHERE)
def test_no_statutory_work_is_planned_after_its_legal_day(region: Region, label: str) -> None:
    limited = [i for i in planned(region, label).items if i.dates.latest_on]

    late = [i for i in limited if i.dates.target_on and i.dates.target_on > (i.dates.latest_on or date.min)]

    assert len(limited) > 50
    assert late == []


@pytest.mark.parametrize(("region", "label"), EVERYWHERE)
def test_every_owner_works_on_the_day_of_her_task(region: Region, label: str) -> None:
    calendar = frame(region, label, STUDY_DAYS).calendar
    members = {m.id: m for m in SCHOOL.members}
    owned = [i for i in planned(region, label).items if i.owner and i.kind == "task"]

    away = [
        i
        for i in owned
        if i.owner
        and i.dates.target_on
        and not members[i.owner].presence.works_on(i.dates.target_on, calendar)
    ]

    assert len(owned) > 700
    assert away == []


@pytest.mark.parametrize(("region", "label"), EVERYWHERE)
def test_the_example_procedures_plan_a_year_without_a_warning(region: Region, label: str) -> None:
    assert planned(region, label).warnings == ()


@pytest.mark.parametrize(("region", "label"), EVERYWHERE)
def test_the_steps_of_a_round_come_in_their_order(region: Region, label: str) -> None:
    for round_ in ("M", "E"):
        chain = ["schooloverzicht", "isb", "directie-memo", "directie-lezen", "directie-besluit"]

        days = [one(planned(region, label), "test-calendar", round_, key).dates.target_on for key in chain]

        known = [day for day in days if day]
        assert len(set(known)) == len(chain)
        assert known == sorted(known)


def test_the_same_school_is_planned_the_same_to_the_byte() -> None:
    first, second = fresh("midden", "2026-2027"), fresh("midden", "2026-2027")

    assert [(i.id, i.owner, i.dates, i.meeting) for i in first.items] == [
        (i.id, i.owner, i.dates, i.meeting) for i in second.items
    ]
    assert pickle.dumps([i.dates for i in first.items]) == pickle.dumps([i.dates for i in second.items])


def test_every_item_and_case_has_an_id_of_its_own() -> None:
    result = planned()

    assert len({item.id for item in result.items}) == len(result.items)
    assert len({case.id for case in result.cases}) == len(result.cases)


def test_the_ids_of_an_opening_depend_on_school_year_procedure_and_subject_only() -> None:
    m = next(case for case in planned().cases if case.key == "M")
    entering = next(i for i in of(planned(), "test-calendar", "M") if i.rule.key == "invoeren")

    assert m.id == case_id(identity("midden"), "2026-2027", "test-calendar", "M")
    assert entering.group is not None
    assert entering.id == item_id(m.id, entering.rule, entering.group.id, None)
    assert str(m.id) == "35177460-8a05-53fa-b8fd-e66668e1dff7"


def test_two_schools_and_two_years_share_no_id() -> None:
    plans = [planned("midden"), planned("noord"), planned("midden", "2027-2028")]

    ids = [{case.id for case in result.cases} for result in plans]

    assert not ids[0] & ids[1]
    assert not ids[0] & ids[2]


def test_the_middle_round_runs_from_11_until_29_january_2027_in_every_region() -> None:
    for region in REGIONS:
        afname = one(planned(region), "test-calendar", "M", "afname").dates

        assert (afname.starts_on, afname.target_on) == (date(2027, 1, 11), date(2027, 1, 29))


@pytest.mark.parametrize(
    ("region", "last"),
    [("noord", date(2027, 6, 4)), ("midden", date(2027, 6, 11)), ("zuid", date(2027, 6, 11))],
)
def test_the_end_round_leaves_25_school_days_before_the_summer(region: Region, last: date) -> None:
    afname = one(planned(region), "test-calendar", "E", "afname").dates

    assert (afname.starts_on, afname.target_on) == (date(2027, 5, 18), last)


def test_the_youngest_take_no_tests_and_year_8_no_end_tests() -> None:
    tested = {
        round_: {i.group.name for i in of(planned(), "test-calendar", round_) if i.group}
        for round_ in ("M", "E", "B8", "seo-1")
    }

    assert tested["M"] == {"3", "4", "4/5", "5", "6A", "6B", "7", "8"}
    assert tested["E"] == {"3", "4", "4/5", "5", "6A", "6B", "7"}
    assert tested["B8"] == {"8"}
    assert {"1/2A", "1/2B"} < tested["seo-1"]


def test_the_school_overview_is_discussed_in_every_unit() -> None:
    units = [i for i in of(planned(), "test-calendar", "M") if i.rule.key == "bouwteam"]

    assert {i.unit for i in units} == {"onderbouw", "middenbouw", "bovenbouw"}
    assert {i.owner for i in units} == {identity(unit) for unit in ("onderbouw", "middenbouw", "bovenbouw")}
    assert {i.title for i in units if i.unit == "onderbouw"} == {
        "Bespreek het schooloverzicht in het bouwteam – onderbouw"
    }


def test_every_pupil_of_year_8_has_a_case_of_at_most_eight_tasks() -> None:
    cases = [c for c in planned().cases if c.occurrence.key == "leerling"]

    assert len(cases) == 25
    assert {len(of(planned(), "exit-pupils", case.key)) for case in cases} == {8}
    assert {case.title for case in cases} == {"Schoolverlaters: Overstap naar het voortgezet onderwijs"}


def test_definitive_advice_is_planned_on_or_before_24_march() -> None:
    advice = [i for i in planned().items if i.rule.key == "definitief-advies"]

    assert {i.dates.latest_on for i in advice} == {date(2027, 3, 24)}
    assert all(i.dates.target_on and i.dates.target_on <= date(2027, 3, 24) for i in advice)


def test_a_discussion_comes_after_its_preparation_and_before_its_minutes() -> None:
    for case in ("start:3", "seo:3", "didactisch-m:3", "didactisch-e:3"):
        days = {i.rule.key: i.dates.target_on for i in of(planned(), "group-discussions", case)}

        meeting = days["bespreking"]
        assert meeting is not None
        assert all((days[key] or date.max) < meeting for key in ("doel", "voorbereiding", "agenda"))
        assert all((days[key] or date.min) > meeting for key in ("verslag", "acties", "ouders"))


def test_a_task_done_late_moves_what_counts_from_it() -> None:
    concept = one(planned(), "test-calendar", "kalender", "kalender-concept")

    moved = fresh("midden", "2026-2027", Facts(closed_on={concept.id: date(2027, 6, 1)}))

    before = one(planned(), "test-calendar", "kalender", "kalender-bouwteam").dates.target_on
    after = one(moved, "test-calendar", "kalender", "kalender-bouwteam").dates.target_on
    assert (before, after) == (date(2027, 6, 1), date(2027, 6, 15))


def test_a_moved_discussion_takes_its_preparation_and_its_minutes_along() -> None:
    meeting = one(planned(), "group-discussions", "didactisch-m:3", "bespreking")
    hour = MeetingFact(datetime(2027, 3, 3, 12, 0, tzinfo=UTC), datetime(2027, 3, 3, 12, 45, tzinfo=UTC))

    moved = fresh("midden", "2026-2027", Facts(meetings={meeting.id: hour}))

    days = {i.rule.key: i.dates.target_on for i in of(moved, "group-discussions", "didactisch-m:3")}
    assert days["bespreking"] == date(2027, 3, 3)
    assert days["agenda"] == date(2027, 3, 2)
    assert days["voorbereiding"] == date(2027, 2, 17)
    assert days["verslag"] == date(2027, 3, 9)


def test_a_pin_moves_one_task_and_says_why() -> None:
    overview = one(planned(), "test-calendar", "M", "schooloverzicht")
    pins = {overview.id: (date(2027, 2, 15), "de directie is weg")}

    pinned = fresh("midden", "2026-2027", overrides=Overrides(pins=pins))

    dates = one(pinned, "test-calendar", "M", "schooloverzicht").dates
    assert dates.target_on == date(2027, 2, 15)
    assert "vastgezet: de directie is weg" in [step.text for step in dates.steps]


def test_a_procedure_that_a_school_leaves_out_is_not_planned_but_still_counted_from() -> None:
    without = fresh("midden", "2026-2027", overrides=Overrides(without=frozenset({"test-calendar"})))

    assert {c.procedure.key for c in without.cases} == {"group-discussions", "plan-reviews", "exit-pupils"}
    assert one(without, "group-discussions", "didactisch-m:3", "bespreking").dates.target_on == date(
        2027, 2, 10
    )


def test_a_person_opens_an_opp_and_it_ends_before_the_legal_day() -> None:
    school = frame("midden")
    procedures = {p.key: p for p in read_all()}
    reviews = procedures["plan-reviews"]
    group, pupil = SCHOOL.groups[2], SCHOOL.pupils[50]
    opening = date(2026, 11, 23)
    identity_ = case_id(school.school, "2026-2027", "plan-reviews", "opp:1")
    case = PlannedCase(identity_, reviews, reviews.occurs("opp"), "opp:1", opening, group, pupil)

    opened = plan_cases(
        [case], school, SCHOOL, Facts(), Overrides(), base_context(list(procedures.values()), school)
    )

    days = {i.rule.key: i.dates for i in opened.items}
    assert days["opp-vaststellen"].latest_on == date(2027, 1, 4)
    assert days["opp-vaststellen"].target_on == date(2026, 12, 18)
    assert days["opp-vervolgoverleg"].target_on is None
    assert [i.rule.key for i in opened.items][-1] == "opp-vervolgoverleg", "what has no day comes last"


def test_a_year_without_legal_dates_is_planned_with_gaps_instead_of_guesses() -> None:
    days = SchoolCalendar(date(2028, 1, 1), date(2030, 12, 31), official_closures("zuid", 2028, 2030))
    year = days.year("2029-2030")

    result = plan(
        read_all(),
        Frame(identity("school"), days, year, legal_dates(year.label)),
        SCHOOL,
        Facts(),
        Overrides(),
    )

    advice = next(i for i in result.items if i.rule.key == "voorlopig-advies")
    assert (advice.dates.target_on, advice.dates.latest_on) == (None, None)
    assert any("wettelijke grens nog onbekend" in warning for warning in result.warnings)
    assert one(result, "test-calendar", "M", "afname").dates.target_on == date(2030, 1, 25)


def test_a_school_without_an_ib_gets_its_year_and_hears_what_has_no_hour() -> None:
    without = People(tuple(m for m in SCHOOL.members if m.id != identity("ib")), SCHOOL.groups, SCHOOL.pupils)

    result = plan(read_all(), frame("midden"), without, Facts(), Overrides())

    unplaced = [i for i in result.items if i.rule.meeting and i.meeting is None]
    assert len(unplaced) == 41
    assert sum("geen moment gevonden" in warning for warning in result.warnings) == 41
    assert all(i.owner is None for i in result.items if i.rule.role == "ib")
    assert one(result, "test-calendar", "M", "schooloverzicht").dates.target_on == date(2027, 2, 19)


def test_what_is_planned_carries_nothing_of_a_pupil_on_its_face() -> None:
    keys = {pupil.key for pupil in SCHOOL.pupils}

    titles = {i.title for i in planned().items} | {i.case.title for i in planned().items}

    assert [title for title in titles for key in keys if key in title] == []
