"""Whether a pupil is one of those that an item is about, by what is known of that pupil now."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from calendars.resolve import Context, NoDateYetError, refer
from calendars.resolve.absolute import in_year
from calendars.resolve.pupil import birthday
from calendars.rules import Ref
from calendars.rules.words import is_full
from calendars.schoolyear import OutsideCalendarError, SchoolYear
from calendars.yearplan.item_parts import Pupils
from calendars.yearplan.items import PlanItem, TriedPupil
from calendars.yearplan.selection import is_for_single


def matches(
    item: PlanItem,
    pupil: TriedPupil,
    groups: Sequence[str],
    context: Context,
    instead: Iterable[PlanItem] = (),
) -> bool:
    """Tell whether a pupil is one of those that an item is about, by what is known of that pupil now.

    Not those for whom another item comes ``instead``.
    """
    if any(is_for_single(one) and matches(one, pupil, one.groups, context) for one in instead):
        return False
    if "school" not in groups and pupil.group is not None and pupil.group not in groups:
        return False
    wanted = item.pupils
    return wanted is None or (
        _comes_in(wanted, item, pupil, context.year) and _is_within(wanted, item, pupil, context)
    )


def _comes_in(wanted: Pupils, item: PlanItem, pupil: TriedPupil, year: SchoolYear) -> bool:
    if not (wanted.flagged_in or wanted.newcomers or wanted.chosen or wanted.fact):
        return True
    since = in_year(wanted.since, year) if wanted.since else year.first_day
    return (
        (wanted.flagged_in is not None and wanted.flagged_in in pupil.flagged_in)
        or (wanted.newcomers and pupil.started is not None and pupil.started >= since)
        or (wanted.chosen and item.key in pupil.chosen_for)
        or any(pupil.facts.get(fact) for fact in wanted.fact)
    )


def _is_within(wanted: Pupils, item: PlanItem, pupil: TriedPupil, context: Context) -> bool:
    year = context.year
    if wanted.turns is not None and wanted.by is not None:
        if pupil.born is None:
            return False
        turns, of = birthday(pupil.born, wanted.turns * 12), _year_of(item, year)
        if turns > in_year(wanted.by, of) or (wanted.since and turns < in_year(wanted.since, of)):
            return False
    if wanted.birthday_in is not None and not _has_birthday_in(wanted.birthday_in, pupil.born, context):
        return False
    born = _falls(pupil.born, wanted.born_from, wanted.born_until, year)
    return born and _falls(pupil.started, wanted.entered_from, wanted.entered_until, year)


def _year_of(item: PlanItem, year: SchoolYear) -> SchoolYear:
    """Return the school year whose groups an item is about."""
    starts = year.starts_in + 1
    return replace(year, label=f"{starts}-{starts + 1}") if item.next_year else year


def _has_birthday_in(said: Ref, born: date | None, context: Context) -> bool:
    """Tell whether a birthday falls in some days; not as long as these aren't known."""
    if born is None:
        return False
    try:
        periods = refer(said, context).periods
    except (NoDateYetError, OutsideCalendarError):
        return False
    for period in periods:
        first, last = period.first or context.year.first_day, period.last or context.year.last_day
        ages = (year - born.year for year in {first.year, last.year})
        if any(first <= birthday(born, age * 12) <= last for age in ages):
            return True
    return False


def _falls(day: date | None, first: str | None, last: str | None, year: SchoolYear) -> bool:
    """Tell whether a day lies between two others, both included; two days without a year mean any year."""
    if first is None and last is None:
        return True
    if day is None:
        return False
    if first and last and not is_full(first):
        inside = f"{day:%m-%d}"
        return first <= inside <= last if first <= last else inside >= first or inside <= last
    begin = in_year(first, year) if first else date.min
    return begin <= day <= (in_year(last, year) if last else date.max)
