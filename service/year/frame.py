"""A school's calendar: the official days of its region, its own closures and its lesson hours."""

from datetime import date
from typing import cast

from sqlmodel import Session, select

from calendars.legal import legal_dates
from calendars.official import Region, official_closures
from calendars.plan import Frame
from calendars.schoolyear import Closed, OutsideCalendarError, SchoolCalendar
from models import Closure, LessonHours, School


class HolidaysUnknownError(OutsideCalendarError):
    """Van dit schooljaar zijn nog geen vakanties bekend."""

    def __str__(self) -> str:
        """Return what to do about it."""
        return (
            "Van dit schooljaar zijn nog geen vakanties bekend. Vul ten minste de Zomervakantie in bij "
            "Vrije dagen, of vraag de beheerder dat te doen; daarna kan dit."
        )


def frame_of(session: Session, school: School, label: str) -> Frame:
    """Return the frame of one school year ("2026-2027") of a school."""
    starts = int(label[:4])
    calendar = calendar_of(session, school, starts)
    try:
        year = calendar.year(label)
    except OutsideCalendarError as error:
        raise HolidaysUnknownError from error
    return Frame(school.id, calendar, year, legal_dates(label))


def calendar_on(session: Session, school: School, day: date) -> SchoolCalendar:
    """Return a school's days around a day, also in a year of which no holidays are known yet."""
    return calendar_of(session, school, int(label_on(day)[:4]))


def year_without_holidays(session: Session, school: School, day: date) -> str:
    """Return the first school year, that of a day or the next, of which no holidays are known; or nothing."""
    label = label_on(day)
    for each in (label, label_after(label)):
        try:
            frame_of(session, school, each)
        except HolidaysUnknownError:
            return each
    return ""


def calendar_of(session: Session, school: School, starts: int) -> SchoolCalendar:
    """Return a school's days from July of a year until July two years on."""
    region = cast("Region", school.region)  # checked when the school is made
    official = official_closures(region, starts, starts + 2)
    own = [
        Closed(
            c.name, c.first_day, c.last_day, official=False, replaces=c.replaces, groups=frozenset(c.groups)
        )
        for c in session.exec(select(Closure).where(Closure.school_id == school.id))
    ]
    rows = session.exec(select(LessonHours).where(LessonHours.school_id == school.id))
    lessons = {row.weekday: (row.starts, row.ends) for row in rows}
    return SchoolCalendar(date(starts, 7, 1), date(starts + 2, 7, 1), [*official, *own], lessons)


def label_on(day: date) -> str:
    """Return the school year that a day belongs to; it turns over on 1 August."""
    starts = day.year - (day.month < 8)  # noqa: PLR2004 -- August, the turn
    return f"{starts}-{starts + 1}"


def label_after(label: str) -> str:
    """Return the school year that follows one."""
    starts = int(label[:4])
    return f"{starts + 1}-{starts + 2}"
