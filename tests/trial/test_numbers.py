"""Totals, messages, load and weeks of a trial year."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

from calendars.slots import local_day
from service.trial.asked import asked
from service.trial.compare import alike, alike_moves, compare
from service.trial.load import CHAIR, TASK, WINDOW, WINDOW_PUPIL, Load, loads_of, norms_of
from service.trial.messages import digests, invitations
from service.trial.outcome import Outcome, outcome_of
from service.trial.totals import totals_of
from service.trial.weeks import weeks_of
from service.trial.wishes import DaysOff, Wishes
from tests.calendars.invented_school import identity
from tests.trial.conftest import Try, Year


def outcome(year: Year) -> Outcome:
    return outcome_of(year.plan, year.frame, year.inputs.people)


def test_every_item_is_in_the_totals_once(tried: Try) -> None:
    year = tried()

    totals = totals_of(year.plan, year.frame, year.inputs.people)

    kinds = Counter(item.kind for item in year.plan.items)
    assert sum(t.tasks for t in totals) == kinds["task"]
    assert sum(t.windows for t in totals) == kinds["window"]


def test_everyone_who_is_asked_has_the_meeting_in_the_totals(tried: Try) -> None:
    year = tried()

    totals = {t.person: t for t in totals_of(year.plan, year.frame, year.inputs.people)}

    mine = [item for item in year.plan.items if identity("ib") in asked(item, year.inputs.people)]
    assert totals[identity("ib")].meetings == len(mine) > 0


def test_a_chair_gets_no_invitation_and_each_teacher_one_per_meeting(tried: Try) -> None:
    year = tried()

    found = invitations(year.plan, year.inputs.people)

    assert found[identity("ib")] == 0
    assert found[identity("5-0")] == sum(
        item.group is not None and item.group.name == "5"
        for item in year.plan.items
        if item.kind == "meeting"
    )


def test_a_digest_comes_on_working_days_only_and_at_most_once_a_day(tried: Try) -> None:
    year = tried()

    found = digests(year.plan, year.frame, year.inputs.people)

    ib = next(m for m in year.inputs.people.members if m.id == identity("ib"))
    works = sum(ib.presence.works_on(day, year.frame.calendar) for day in year.frame.calendar.days)
    assert 0 < found[ib.id] < works


def test_without_work_there_are_no_messages(tried: Try) -> None:
    keys = tuple(p.key for p in tried().inputs.definitions)

    year = tried(Wishes(without=keys))

    assert digests(year.plan, year.frame, year.inputs.people).total() == 0
    assert outcome(year).count("task") == 0


def test_the_hours_of_a_year_are_those_of_the_table(tried: Try) -> None:
    year = tried()
    people, me = year.inputs.people, identity("ib")

    load = next(load for load in loads_of(year.plan, year.frame, people) if load.person == me)

    mine = [item for item in year.plan.items if item.owner == me]
    tasks = sum(item.kind == "task" and item.dates.target_on is not None for item in mine)
    chaired = [item for item in year.plan.items if asked(item, people).get(me)]
    minutes = tasks * TASK.minutes + sum(
        CHAIR.minutes + (item.rule.meeting.minutes if item.rule.meeting else 0) for item in chaired
    )
    assert sum(load.planned) == minutes


def test_a_window_weighs_on_its_teacher_in_every_week_with_school(tried: Try) -> None:
    year = tried(Wishes(without=("group-discussions", "plan-reviews", "exit-pupils")))
    window = next(
        i for i in year.plan.items if i.kind == "window" and i.case.occurrence.key == "M" and i.owner
    )

    load = next(
        load for load in loads_of(year.plan, year.frame, year.inputs.people) if load.person == window.owner
    )

    weeks = list(weeks_of(year.frame))
    inside = [n for n, week in enumerate(weeks) if week.holds(window.dates.starts_on, window.dates.target_on)]
    assert len(inside) == 3
    assert all(load.planned[n] >= WINDOW.minutes for n in inside)


def test_windows_of_single_pupils_weigh_what_the_table_says_and_no_more(tried: Try) -> None:
    year = tried(Wishes(without=("group-discussions", "plan-reviews", "test-calendar", "external-referrals")))
    windows = [i for i in year.plan.items if i.kind == "window" and i.case.pupil and i.rule.role == "teacher"]
    others = tried(Wishes(without=tuple(p.key for p in year.inputs.definitions)))

    found = [sum(sum(each.planned) for each in _loads(one)) for one in (year, others)]

    tasks = sum(i.kind == "task" and bool(i.owner and i.dates.target_on) for i in year.plan.items)
    assert len(windows) == 5
    assert found[1] == 0
    alone = found[0] - tasks * TASK.minutes - _of_meetings(year) - _of_group_windows(year)
    assert alone == sum(WINDOW_PUPIL.minutes for w in windows if w.owner)


def _loads(year: Year) -> tuple[Load, ...]:
    return loads_of(year.plan, year.frame, year.inputs.people)


def _of_meetings(year: Year) -> int:
    return sum(
        item.rule.meeting.minutes + CHAIR.minutes * chairs
        for item in year.plan.items
        if item.meeting and item.rule.meeting
        for chairs in asked(item, year.inputs.people).values()
    )


def _of_group_windows(year: Year) -> int:
    weeks = [w for w in weeks_of(year.frame) if w.school_week]
    return sum(
        WINDOW.minutes * sum(week.holds(item.dates.starts_on, item.dates.target_on) for week in weeks)
        for item in year.plan.items
        if item.kind == "window" and item.owner and item.rule.role == "teacher" and item.case.pupil is None
    )


def test_who_is_there_on_tuesday_afternoon_and_wednesday_has_twelve_hours(tried: Try) -> None:
    year = tried()

    load = next(
        load for load in loads_of(year.plan, year.frame, year.inputs.people) if load.person == identity("ib")
    )

    assert max(load.present) == 12 * 60
    autumn = next(n for n, week in enumerate(weeks_of(year.frame)) if week.monday == date(2026, 10, 19))
    assert load.present[autumn] == 0  # the autumn holiday of the middle of the country


def test_the_norms_count_the_pupils(tried: Try) -> None:
    norms = norms_of(tried().inputs.people)

    assert [(n.words, n.hours) for n in norms] == [
        ("16 uur per 200 leerlingen", 4.0),
        ("25 uur per 200 leerlingen", 6.2),
    ]


def test_every_day_of_the_year_is_in_one_week(tried: Try) -> None:
    frame = tried().frame

    weeks = list(weeks_of(frame))

    assert {week.monday.weekday() for week in weeks} == {0}
    assert all(b.monday - a.monday == timedelta(weeks=1) for a, b in pairwise(weeks))
    assert weeks[0].holds(None, frame.year.first_day)
    assert weeks[-1].holds(None, frame.year.last_day)
    assert [w.school_week for w in weeks if w.school_week] == list(
        range(1, len(frame.calendar.school_weeks(frame.year)) + 1)
    )


def test_an_outcome_reads_back_as_it_was_written(tried: Try) -> None:
    found = outcome(tried())

    assert Outcome.from_data(found.as_data()) == found


def test_a_meeting_in_an_outcome_is_on_its_day(tried: Try) -> None:
    meetings = [line for line in outcome(tried()).lines if line.starts_at]

    assert meetings
    assert all(line.starts_at and local_day(line.starts_at) == line.day for line in meetings)


def test_a_year_compared_with_itself_differs_in_nothing(tried: Try) -> None:
    found = outcome(tried())

    comparison = compare(found, found)

    assert comparison.is_nothing
    assert comparison.same == len(found.lines)


def test_what_is_left_out_is_only_in_the_other_year(tried: Try) -> None:
    whole, less = outcome(tried()), outcome(tried(Wishes(without=("exit-pupils",))))

    comparison = compare(whole, less)

    assert {line.procedure for line in comparison.only_before} == {"exit-pupils"}
    assert comparison.only_after == ()
    gone = sum(line.procedure == "exit-pupils" for line in whole.lines)
    assert len(comparison.only_before) == gone
    assert sum(one.count for one in alike(comparison.only_before)) == gone


def test_days_off_move_items_from_old_to_new(tried: Try) -> None:
    storm = DaysOff(name="Storm", first=date(2027, 1, 25), last=date(2027, 1, 29))
    before, after = outcome(tried()), outcome(tried(Wishes(closures=(storm,))))

    comparison = compare(before, after)

    assert comparison.moved
    moved = {m.after.day for m in comparison.moved}
    assert not {day for day in moved if day and storm.first <= day <= storm.last}
    assert sum(one.count for one in alike_moves(comparison.moved)) == len(comparison.moved)
    assert comparison.same + len(comparison.moved) == len(before.lines)


def test_the_other_way_round_a_comparison_is_mirrored(tried: Try) -> None:
    storm = DaysOff(name="Storm", first=date(2027, 1, 25), last=date(2027, 1, 29))
    one, other = outcome(tried()), outcome(tried(Wishes(closures=(storm,), without=("exit-pupils",))))

    there, back = compare(one, other), compare(other, one)

    assert there.only_before == back.only_after
    assert [(m.before, m.after) for m in there.moved] == [
        (m.after, m.before)
        for m in sorted(back.moved, key=lambda m: [x.before.id for x in there.moved].index(m.after.id))
    ]
