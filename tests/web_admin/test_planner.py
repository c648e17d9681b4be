import re
from datetime import date

import pytest
from sqlmodel import col, select

from models import Case, Group, Pupil, School, Task, TaskKind, Year
from models.database import reading
from service.access.actor import Actor, actor_for
from service.web.planner_grid import Week, lanes_of, slips_of, terms_of, weeks_of
from service.year.frame import frame_of
from tests.web_admin.conftest import House

WEDNESDAY = date(2026, 11, 25)


def grid(house: House, role: str = "ib", brin: str = "99ZW") -> tuple[list[str], dict[date, Week]]:
    with reading(house.engine) as session:
        school = session.get_one(School, house.school_id(brin))
        actor = actor_for(session, house.person_id(role), school.id, WEDNESDAY)
        assert isinstance(actor, Actor)
        frame = frame_of(session, school, "2026-2027")
        lanes = lanes_of(session, actor, "2026-2027")
        slips = slips_of(session, actor, "2026-2027", lanes)
        weeks = weeks_of(frame, slips, lanes, WEDNESDAY)
        return [lane.title for lane in lanes], {week.monday: week for week in weeks}


def test_there_is_a_lane_per_class_for_who_guards_the_school(house: House) -> None:
    lanes, _ = grid(house)

    assert lanes == ["School", "1/2A", "1/2B", "3", "4", "4/5", "5", "6A", "6B", "7", "8", "IB"]


def test_a_teacher_has_her_own_lane_only(house: House) -> None:
    lanes, _ = grid(house, "teacher")

    assert lanes == ["School", "5"]


def test_a_school_week_counts_only_weeks_with_school(house: House) -> None:
    _, weeks = grid(house)

    autumn = weeks[date(2026, 10, 19)]
    before, after = weeks[date(2026, 10, 12)], weeks[date(2026, 10, 26)]
    assert (autumn.closed, autumn.school_week) == ("Herfstvakantie", None)
    assert (before.school_week, after.school_week) == (7, 8)


def test_a_study_day_is_marked_as_such_and_a_holiday_is_not(house: House) -> None:
    _, weeks = grid(house)

    [mark] = weeks[date(2026, 12, 7)].marks["school"]
    [whit] = weeks[date(2027, 5, 17)].marks["school"]
    assert (mark.text, mark.first, mark.study) == ("Studiedag", date(2026, 12, 7), True)
    assert (whit.text, whit.study) == ("Tweede pinksterdag", False)


def test_a_day_off_for_some_groups_stands_in_their_lanes(house: House) -> None:
    _, weeks = grid(house)

    marked = [lane for lane, marks in weeks[date(2027, 5, 24)].marks.items() if marks]
    with reading(house.engine) as session:
        ids = session.exec(select(Group.id).where(col(Group.name).in_(["1/2A", "1/2B"]))).all()
    assert sorted(marked) == sorted(str(key) for key in ids)


def test_a_legal_window_has_a_flag_where_it_begins_and_where_it_ends(house: House) -> None:
    _, weeks = grid(house)

    flags = [
        (flag.day, flag.begins)
        for week in weeks.values()
        for flag in week.flags
        if "oorlopig schooladvies" in flag.title
    ]
    assert flags == [(date(2027, 1, 10), True), (date(2027, 1, 31), False)]


def test_a_window_goes_on_in_the_weeks_after_it_began(house: House) -> None:
    _, weeks = grid(house)
    with reading(house.engine) as session:
        task = session.exec(
            select(Task)
            .join(Case, col(Case.id) == Task.case_id)
            .where(Task.kind == TaskKind.WINDOW, Case.occurrence == "M", Task.school_id == house.school_id())
        ).first()
    assert task
    assert task.starts_on

    monday = date.fromordinal(task.starts_on.toordinal() - task.starts_on.weekday())
    first, following = weeks[monday], weeks[date.fromordinal(monday.toordinal() + 7)]
    found = [
        [e.goes_on for e in week.entries[str(task.group_id)] if task.id in {s.id for s in e.slips}]
        for week in (first, following)
    ]
    assert found == [[False], [True]]


def test_alike_items_in_one_week_are_one_entry_with_a_count(house: House) -> None:
    _, weeks = grid(house)

    counts = [
        len(entry.slips)
        for week in weeks.values()
        for cell in week.entries.values()
        for entry in cell
        if entry.title == "Geef het definitieve advies"
    ]
    assert sum(counts) > len(counts)


def test_the_terms_lie_between_the_holidays(house: House) -> None:
    with reading(house.engine) as session:
        school = session.get_one(School, house.school_id())
        terms = terms_of(frame_of(session, school, "2026-2027"))

    assert [term.first for term in terms] == [
        date(2026, 8, 31),
        date(2026, 10, 26),
        date(2027, 1, 4),
        date(2027, 3, 1),
        date(2027, 5, 10),
    ]


@pytest.mark.parametrize("role", ["ib", "director", "teacher", "isb", "administration", "administrator"])
def test_no_pupil_is_named_for_this_page_may_hang_on_a_wall(house: House, role: str) -> None:
    with reading(house.engine) as session:
        names = {n for n in session.exec(select(Pupil.last_name)) if len(n) > 4}

    page = house.client(role).get("/jaarplanner").text

    assert {name for name in names if re.search(rf"\b{re.escape(name)}\b", page)} == set()


def test_an_outsider_sees_nothing_of_the_other_school(house: House) -> None:
    with reading(house.engine) as session:
        ours = {str(key) for key in session.exec(select(Task.id).where(Task.school_id == house.school_id()))}

    page = house.client("outsider").get("/jaarplanner").text

    assert ours & set(re.findall(r"/taken/([0-9a-f-]{36})", page)) == set()


def test_this_week_is_marked_and_can_be_jumped_to(house: House) -> None:
    page = house.client("ib").get("/jaarplanner").text

    assert re.findall(r'id="nu" aria-current="(\w+)"', page) == ["date"]
    assert 'href="#nu"' in page


def test_a_part_of_the_year_shows_its_own_weeks(house: House) -> None:
    page = house.client("ib").get("/jaarplanner?deel=3").text

    days = re.findall(r'<span class="days">([^<]+)</span>', page)
    assert (days[0], len(days)) == ("4 jan – 8 jan", 7)


def test_a_layer_shows_its_own_work(house: House) -> None:
    page = house.client("ib").get("/jaarplanner?laag=plan-reviews").text

    assert ("Maak het groepsplan" in page, "Neem de toetsen af" in page) == (True, False)


@pytest.mark.parametrize("label", ["2026", "2026-2029", "x", "../2026-2027"])
def test_what_is_no_school_year_is_not_there(house: House, label: str) -> None:
    assert house.client("ib").get("/jaarplanner", params={"jaar": label}).status_code == 404


def test_a_year_of_which_no_holidays_are_known_says_so(house: House) -> None:
    page = house.client("ib").get("/jaarplanner?jaar=2061-2062")

    assert (page.status_code, "nog niet te plannen" in page.text) == (200, True)


def test_a_teacher_is_told_who_opens_the_year(house: House) -> None:
    page = house.client("outsider").get("/jaarplanner").text

    assert "De IB'er of de directie opent het jaar" in page
    assert "/jaarplanner/openen" not in page


def test_the_preview_writes_nothing_and_counts(house: House) -> None:
    client = house.client("other administrator")  # a director too

    page = client.get("/jaarplanner/openen?jaar=2026-2027")

    assert (page.status_code, "Open het jaar" in page.text) == (200, True)
    with reading(house.engine) as session:
        assert session.exec(select(Year).where(Year.school_id == house.school_id("99KM"))).all() == []
        assert session.exec(select(Case).where(Case.school_id == house.school_id("99KM"))).all() == []


def test_opening_writes_the_year_once(house: House) -> None:
    client = house.client("other administrator")

    first = client.post("/jaarplanner/openen", data={"jaar": "2026-2027"})
    with reading(house.engine) as session:
        before = len(session.exec(select(Task).where(Task.school_id == house.school_id("99KM"))).all())
    again = client.post("/jaarplanner/openen", data={"jaar": "2026-2027"})

    with reading(house.engine) as session:
        after = len(session.exec(select(Task).where(Task.school_id == house.school_id("99KM"))).all())
        year = session.exec(select(Year).where(Year.school_id == house.school_id("99KM"))).one()
    assert (first.status_code, again.status_code) == (303, 303)
    assert (before > 50, after) == (True, before)
    assert year.opened_by == house.person_id("other administrator")


def test_a_year_that_is_none_is_not_opened(house: House) -> None:
    client = house.client("ib")

    assert client.post("/jaarplanner/openen", data={"jaar": "2026"}).status_code == 404


def test_an_isb_er_has_the_lane_of_the_ib(house: House) -> None:
    lanes, _ = grid(house, "isb")

    assert lanes == ["School", "IB"]
