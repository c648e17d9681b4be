"""What one item comes to, for its groups or for one pupil: its days, its legal day, whether it is done."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from calendars.derivation import Step
from calendars.legal import LegalDate
from calendars.presence import Presence, PresentHalf
from calendars.resolve import Anchor, Context, Dated, NoDateYetError, OtherYearError, Period, refer
from calendars.rules import Legal
from calendars.schoolyear import OutsideCalendarError, SchoolCalendar, SchoolYear
from calendars.yearplan.happened import is_done, times_done
from calendars.yearplan.items import PlanItem, RuleFile, TriedPupil
from calendars.yearplan.placing import Placed, State, place_periods
from calendars.yearplan.selection import names_nl, unmet

Status = Literal["planned", "to-plan", "not-this-year", "not-now", "missed", "done"]
_OPEN = {"open", "warning"}
_UNKNOWN = (NoDateYetError, OutsideCalendarError)


@dataclass(frozen=True, slots=True)
class Result:
    """What an item comes to in one school year; ``why_not`` says what is still unknown.

    ``steps`` tell how all of it came to be; each of ``placed`` has its own. ``legal_on`` is the last calendar
    day that a law allows.
    """

    item: PlanItem
    status: Status
    groups: tuple[str, ...] = ()
    pupil: str | None = None
    placed: tuple[Placed, ...] = ()
    choice: bool = False
    legal_on: date | None = None
    steps: tuple[Step, ...] = ()
    conditions: tuple[str, ...] = ()
    why_not: str = ""
    overflow: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """What a file is evaluated in: school days, the year, its legal dates, presence by role, and today.

    ``anchors`` are what else there is to count from, such as the rounds of the school's procedures.
    """

    calendar: SchoolCalendar
    year: SchoolYear
    legal: Mapping[str, LegalDate]
    presence: Mapping[str, Presence]
    today: date | None = None
    anchors: Mapping[str, Anchor] = field(default_factory=dict)


def results_of(
    about: Result, file: RuleFile, world: World, context: Context, pupil: TriedPupil | None = None
) -> Iterator[Result]:
    """Return an item for its groups or for one pupil, and its overflow after it."""
    item = about.item
    false, unknown = unmet(item, file, pupil)
    about = replace(about, conditions=tuple(unknown))
    if false:
        yield replace(about, status="not-now", why_not=f"geldt nu niet: {'; '.join(false)}")
        return
    presence, remark = _presence(item, world.presence)
    context = replace(context, presence=presence)
    limit, law = _limit(item, context)
    try:
        dated, limit, law = _dated(item, limit, law, context)
        dated, said = _holding(dated, item, file, pupil)
        placed, steps = place_periods(item, dated, limit, context)
    except OtherYearError:
        yield of_another_year(about)
        return
    except _UNKNOWN as reason:
        yield replace(_undated(about, reason, file), legal_on=limit, steps=_named(law, file))
        return
    if not placed:
        yield replace(about, status="not-now", why_not=f"geldt nu niet: {'; '.join(said[0])}")
        return
    found = replace(about, choice=dated.choice, legal_on=limit, steps=_named((*steps, *remark, *law), file))
    named = [replace(p, steps=_named((*p.steps, *remark, *law), file)) for p in placed]
    found = _with_times(found, named, said)
    yield _with_status(found, file, world.today)
    yield from (_in_words(more, file) for more in _overflow(found, dated, context))


def _undated(about: Result, reason: Exception, file: RuleFile) -> Result:
    """Return an item without days: still to plan, unless it was done all the same."""
    path = [about.item.key, *([about.pupil] if about.pupil else [])]
    done = is_done(file.done, *path) or is_done(file.done, about.item.key)
    return replace(about, status="done" if done else "to-plan", why_not=names_nl(str(reason), file))


def _with_times(about: Result, placed: Iterable[Placed], said: Mapping[int, tuple[str, ...]]) -> Result:
    """Return an item on its days, of each of which it is told what isn't known yet."""
    each = tuple(replace(p, conditions=said[p.counted.number]) for p in placed)
    unknown = dict.fromkeys(words for p in each for words in p.conditions)
    return replace(about, placed=each, conditions=tuple(unknown))


def _in_words(result: Result, file: RuleFile) -> Result:
    return replace(result, why_not=names_nl(result.why_not, file))


def _holding(
    dated: Dated, item: PlanItem, file: RuleFile, pupil: TriedPupil | None
) -> tuple[Dated, Mapping[int, tuple[str, ...]]]:
    """Return the times of which it isn't known that they don't hold, and by their number what is unknown.

    Under nought stands why the others don't hold.
    """
    periods, said = [], dict[int, tuple[str, ...]]()
    for number, period in enumerate(dated.periods, 1):
        false, unknown = unmet(item, file, pupil, period.time)
        if false:
            said[0] = tuple(dict.fromkeys((*said.get(0, ()), *false)))
            continue
        said[number] = tuple(unknown)
        periods.append(replace(period, number=number))
    return replace(dated, periods=tuple(periods)), said


def _named(steps: Iterable[Step], file: RuleFile) -> tuple[Step, ...]:
    """Return steps in which what is still open is called by its title."""
    return tuple(replace(s, text=names_nl(s.text, file)) if s.kind in _OPEN else s for s in steps)


def _presence(item: PlanItem, known: Mapping[str, Presence]) -> tuple[Presence | None, tuple[Step, ...]]:
    """Return when who does it is there: either of them, or all of them at once."""
    who = [known[owner] for owner in item.owner if owner in known]
    found = [one for one in who if one.halves]
    if not found or (len(found) < len(who) and not item.together):
        return (Presence() if who else None), ()  # somebody is always there
    if not item.together:
        return Presence(tuple(half for one in found for half in one.halves)), ()
    shared = _shared(found)
    if not shared:
        return None, (Step("warning", "zij zijn nooit tegelijk aanwezig"),)
    return Presence(shared), ()


def _shared(presences: Sequence[Presence]) -> tuple[PresentHalf, ...]:
    """Return the half days of the week on which all are there, each for as long as it holds for all."""
    halves = presences[0].halves
    for other in presences[1:]:
        halves = tuple(
            PresentHalf(a.weekday, a.half, first, last)
            for a in halves
            for b in other.halves
            if (a.weekday, a.half) == (b.weekday, b.half)
            for first, last in [_both(a, b)]
            if last is None or first <= last
        )
    return halves


def _both(one: PresentHalf, other: PresentHalf) -> tuple[date, date | None]:
    ends = [day for day in (one.valid_until, other.valid_until) if day]
    return max(one.valid_from, other.valid_from), min(ends, default=None)


def _limit(item: PlanItem, context: Context) -> tuple[date | None, tuple[Step, ...]]:
    """Return the statutory last calendar day, and how to say it."""
    if item.latest is None:
        return None, (Step("open", "geen wettelijke grens"),)
    try:
        day = refer(item.latest, context).day
        context.calendar.on_or_before(day)
    except _UNKNOWN as reason:
        return None, (Step("warning", f"wettelijke grens nog onbekend ({reason})"),)
    return day, (Step("legal", f"uiterlijk (wettelijk, {_law(item, context)})", day),)


def _law(item: PlanItem, context: Context) -> str:
    found = context.legal.get(item.latest.key) if isinstance(item.latest, Legal) else None
    return item.law or (found.source if found else "")


def _dated(
    item: PlanItem, limit: date | None, law: tuple[Step, ...], context: Context
) -> tuple[Dated, date | None, tuple[Step, ...]]:
    """Return what the rule means, with the last day that a law leaves it.

    What has no moment yet, but has a last day by law, is planned for that.
    """
    try:
        dated = refer(item.rule(context.year.label), context)
    except NoDateYetError as reason:
        if limit is None:
            raise
        step = Step("open", f"nog geen moment ({reason}): de wet geeft de laatste dag")
        return Dated((Period(None, limit),), (step,)), limit, law
    if dated.limit is None or (limit and limit <= dated.limit):
        return dated, limit, law
    # The rule is a legal date itself: its own steps say so.
    return dated, dated.limit, () if item.latest is None else law


def _overflow(found: Result, dated: Dated, context: Context) -> Iterator[Result]:
    """Return the catch-up day or window after an item; what limits the item doesn't limit that."""
    item = found.item
    if item.overflow is None:
        return
    own = Anchor(dated.anchor_last, f'"{item.title}"', dated.anchor_first)
    about = replace(found, legal_on=None, overflow=True)
    try:
        more = refer(item.overflow, context.with_anchors({f"item.{item.key}": own}))
        placed, steps = place_periods(item, more, more.limit, context)
    except _UNKNOWN as reason:
        yield replace(about, status="to-plan", placed=(), steps=(), why_not=f"uitloop: {reason}")
        return
    yield replace(about, placed=placed, steps=steps, legal_on=more.limit)


def _with_status(found: Result, file: RuleFile, today: date | None) -> Result:
    """Return an item with what was done of it, and what was missed: each occurrence on its own."""
    path = (found.item.key, *([found.pupil] if found.pupil else []))
    all_done = is_done(file.done, *path) or is_done(file.done, found.item.key)
    numbered = [(p.counted.number, p) for p in found.placed]
    placed = tuple(
        replace(p, status=_state(p, all_done or is_done(file.done, *path, str(n)), found.item, today))
        for n, p in numbered
    )
    last = numbered[-1][0]
    lost = [n for n in times_done(file.done, *path) if n > last]
    text = f"maar dit item heeft er dit jaar {last}"
    steps = tuple(Step("warning", f"in [done] staat keer {n}, {text}") for n in lost)
    status = _of_all(placed, choice=found.choice)
    return replace(found, placed=placed, status=status, steps=(*found.steps, *steps))


def _state(placed: Placed, done: bool, item: PlanItem, today: date | None) -> State:
    if done:
        return "done"
    end = max((day for day in (placed.last, placed.plan_on) if day), default=None)
    over = today is not None and placed.last is not None and end is not None and end < today
    binds = item.obliges and not placed.conditions
    return "missed" if over and binds and placed.plan_on else "planned"


def _of_all(placed: Iterable[Placed], *, choice: bool) -> Status:
    """Return what an item is as a whole: of a choice one will do; else something may still be done of it."""
    states = [p.status for p in placed]
    if all(state == "done" for state in states) or (choice and "done" in states):
        return "done"
    return "planned" if "planned" in states else "missed"


def of_this_year(result: Result, year: SchoolYear, *, own_clock: bool) -> Result:
    """Return an item without its days when these all lie in another school year (1 August until 31 July).

    What runs on into the next one is shown, unless a pupil's own clock will bring it there.
    """
    if not result.placed:
        return result
    first, last = year.on(8, 1), year.on(7, 31)
    until = last if own_clock else last.replace(year=last.year + 1)
    spans = [(p.first or p.last or first, p.last or p.first or last) for p in result.placed]
    if any(begin <= until and end >= first for begin, end in spans):
        return result if own_clock or result.item.next_year else _warned(result, year)
    return of_another_year(result)


def of_another_year(result: Result) -> Result:
    """Return an item of which all days lie in an earlier or a later school year."""
    who = "voor deze leerling " if result.pupil else ""
    return without_days(result, f"valt {who}in een ander schooljaar")


def _warned(result: Result, year: SchoolYear) -> Result:
    """Say of what lands before the year or after the summer that it does so."""
    told: dict[str, Step] = {}
    placed = []
    for one in result.placed:
        which = _other_year(one.plan_on, year)
        if which:
            told[which] = Step("warning", f"dit valt in het {which} schooljaar")
        placed.append(replace(one, steps=(*one.steps, told[which])) if which else one)
    return replace(result, placed=tuple(placed), steps=(*result.steps, *told.values()))


def _other_year(day: date | None, year: SchoolYear) -> str:
    if day is None or year.first_day <= day <= year.last_day:
        return ""
    return "volgende" if day > year.last_day else "vorige"


def without_days(result: Result, why_not: str) -> Result:
    """Return an item that isn't of this year."""
    return replace(result, status="not-this-year", placed=(), steps=(), why_not=why_not)
