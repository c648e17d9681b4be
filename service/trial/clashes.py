"""What can't or shouldn't be in a planned year, each with what to do about it; the law first."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from calendars.derivation import day_nl
from calendars.people import Member, People
from calendars.plan import Frame, Item, Plan
from calendars.slots import AMSTERDAM, local_day
from service.trial.asked import asked
from service.trial.evenings import tests_beside_evenings
from service.trial.windows import ends_before_it_starts, inside_its_window

Severity = Literal["law", "high", "low"]
_ORDER: tuple[Severity, ...] = ("law", "high", "low")
_NOON = 12
_NO_HOUR = "geen moment gevonden"


class Clash(BaseModel):
    """Something to look at: how bad, what it is and what to do, on which items, and whom it touches."""

    model_config = ConfigDict(frozen=True)

    kind: str
    severity: Severity
    words: str
    advice: str
    day: date | None = None
    items: tuple[UUID, ...] = ()
    people: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Year:
    """What the checks look at."""

    plan: Plan
    frame: Frame
    people: People

    def member(self, person: UUID | None) -> Member | None:
        """Return a member of staff."""
        return next((m for m in self.people.members if m.id == person), None)


def clashes_of(plan: Plan, frame: Frame, people: People) -> tuple[Clash, ...]:
    """Return everything that clashes: the law first, then by date; alike clashes are one."""
    year = Year(plan, frame, people)
    checks: Sequence[Callable[[Year], Iterator[Clash]]] = (
        law_out_of_reach,
        without_hour,
        two_at_once,
        absent,
        closed,
        nobody,
        backwards,
        beside_evenings,
        unknown_yet,
    )
    found = _gathered(clash for check in checks for clash in check(year))
    return tuple(sorted(found, key=lambda c: (_ORDER.index(c.severity), c.day or date.max, c.kind, c.words)))


def law_out_of_reach(year: Year) -> Iterator[Clash]:
    """Find legal days that the plan passes, or that lie before the work can begin."""
    for item in year.plan.items:
        legal, planned = item.dates.latest_on, item.dates.target_on
        if legal is None:
            continue
        if planned and planned > legal:
            words = f"{_about(item)} staat op {day_nl(planned)}; de wet zegt uiterlijk {day_nl(legal)}."
        elif legal < item.case.opens_on:
            begin = day_nl(item.case.opens_on)
            words = f"{_about(item)} moet van de wet uiterlijk {day_nl(legal)}, maar begint pas op {begin}."
        else:
            continue
        advice = f"Haal dit naar voren: {item.rule.law} laat geen latere dag toe."
        yield _clash("legal", "law", words, advice, item, day=legal)


def without_hour(year: Year) -> Iterator[Clash]:
    """Find meetings for which no hour was found."""
    without = [i for i in year.plan.items if i.kind == "meeting" and i.meeting is None]
    for item, items in _alike(without):
        words = f"{_all_about(items)}: geen uur gevonden waarop de voorzitter en een leerkracht er zijn."
        advice = "Geef de voorzitter een dagdeel erbij, of maak de periode van dit overleg ruimer."
        severity: Severity = "law" if any(i.dates.latest_on for i in items) else "high"
        clash = _clash("no-hour", severity, words, advice, item)
        yield clash.model_copy(update={"items": tuple(i.id for i in items)})


def two_at_once(year: Year) -> Iterator[Clash]:
    """Find people who are asked to two meetings at the same time."""
    diaries: dict[UUID, list[Item]] = {}
    for item in year.plan.items:
        for person in asked(item, year.people):
            diaries.setdefault(person, []).append(item)
    for person, items in diaries.items():
        for one, other in _overlapping(items):
            words = f"{_about(one)} ({_hour(one)}) valt samen met {_about(other)} ({_hour(other)})."
            advice = "Verzet één van de twee overleggen."
            clash = _clash("two-at-once", "high", words, advice, one, day=_day(one), people=(person,))
            yield clash.model_copy(update={"items": (one.id, other.id)})


def absent(year: Year) -> Iterator[Clash]:
    """Find work on a day, a meeting in a half day, or a whole window on which its owner is not there."""
    for item in year.plan.items:
        day = _day(item)
        who = [year.member(item.owner)] if item.meeting is None else _chairs(item, year)
        for member in who:
            if member is None or day is None or not year.frame.calendar.is_school_day(day):
                continue
            if not _is_there(member, item, day, year.frame):
                words = f"{_about(item)}: wie dit doet, is er niet op {day_nl(day)}."
                if item.kind == "window":
                    words = f"{_about(item)}: wie dit doet, is er in de hele periode niet."
                advice = "Kies een andere dag of een andere persoon, of pas de werkdagen aan."
                yield _clash("absent", "high", words, advice, item, day=day, people=(member.id,))


def closed(year: Year) -> Iterator[Clash]:
    """Find work and meetings on a day on which the school or the group is free."""
    for item in year.plan.items:
        day = _day(item)
        if day is None:
            continue
        group = item.group or item.case.group
        if year.frame.calendar.is_open_for(group.name if group else "", day):
            continue
        school = not year.frame.calendar.is_school_day(day)
        whose = "is de school vrij" if school else f"is groep {group.name if group else ''} vrij"
        words = f"{_about(item)} staat op {day_nl(day)}, maar dan {whose}."
        severity: Severity = "high" if school or item.meeting else "low"
        yield _clash("closed", severity, words, "Kies een dag waarop er school is.", item, day=day)


def nobody(year: Year) -> Iterator[Clash]:
    """Find dated work for which nobody has the role on that day."""
    for item, items in _alike(i for i in year.plan.items if _has_nobody(i, year)):
        words = f"{_all_about(items)}: niemand op school kan dit doen."
        advice = "Geef iemand deze rol of deze groep, bij Mensen en werkdagen."
        clash = _clash("nobody", "high", words, advice, item, day=item.dates.target_on)
        yield clash.model_copy(update={"items": tuple(i.id for i in items)})


def _has_nobody(item: Item, year: Year) -> bool:
    day, group = item.dates.target_on, item.group.id if item.group else None
    if day is None or item.owner:
        return False
    return not year.people.candidates(item.rule.role, day, group=group, unit=item.unit)


def backwards(year: Year) -> Iterator[Clash]:
    """Find what ends before it starts, or must be ready while the window it closes still runs."""
    for item in ends_before_it_starts(year.plan):
        start, day = item.dates.starts_on, item.dates.target_on
        if start and day:
            words = f"{_about(item)} begint op {day_nl(start)}, na de dag waarop het klaar is: {day_nl(day)}."
            advice = "Kijk naar de regel van dit onderdeel, of verzet de dag die iemand vastzette."
            yield _clash("end-before-start", "high", words, advice, item, day=day)
    for item, window in inside_its_window(year.plan):
        day, end = item.dates.target_on, window.dates.target_on
        if day and end:
            until = f"maar “{window.title}” loopt tot en met {day_nl(end)}"
            words = f"{_about(item)} moet klaar zijn op {day_nl(day)}, {until}."
            advice = "Zet dit na de periode, of laat de periode eerder stoppen."
            yield _clash("inside-window", "high", words, advice, item, day=day)


def beside_evenings(year: Year) -> Iterator[Clash]:
    """Find test windows in a week with a parents' evening or an evening walk."""
    for found in tests_beside_evenings(year.plan, year.frame):
        where = f" (groep {', '.join(found.groups)})" if found.groups else ""
        words = f"In de week van {day_nl(found.monday)}: {found.test}{where}, en ook {found.evening}."
        advice = "Zet één van de twee in een andere week: kinderen en leerkrachten hebben hun slaap nodig."
        yield Clash(
            kind="test-and-evening",
            severity="low",
            words=words,
            advice=advice,
            day=found.monday,
            items=found.items,
        )


def unknown_yet(year: Year) -> Iterator[Clash]:
    """Pass on what the planner itself warns of."""
    for item in year.plan.items:
        for step in item.dates.steps:
            if step.kind == "warning":
                advice = "Kijk of dit klopt."
                words = f"{_about(item)}: {step.text}."
                yield _clash("warning", "low", words, advice, item, day=item.dates.target_on)
    told = {f"{item.case.title}, {item.title}" for item in year.plan.items}
    for warning in year.plan.warnings:
        if warning.split(":")[0] not in told and not any(warning.startswith(t) for t in told):
            yield Clash(kind="warning", severity="low", words=f"{warning}.", advice="Kijk of dit klopt.")


def _clash(
    kind: str,
    severity: Severity,
    words: str,
    advice: str,
    item: Item,
    *,
    day: date | None = None,
    people: tuple[UUID, ...] = (),
) -> Clash:
    return Clash(
        kind=kind, severity=severity, words=words, advice=advice, day=day, items=(item.id,), people=people
    )


def _gathered(found: Iterable[Clash]) -> list[Clash]:
    """Join clashes of the same words, as those of all pupils of a group are."""
    kept: dict[tuple[str, str, str], Clash] = {}
    for clash in found:
        key = clash.kind, clash.severity, clash.words
        if same := kept.get(key):
            people = tuple(dict.fromkeys((*same.people, *clash.people)))
            clash = same.model_copy(  # noqa: PLW2901 -- the joined one takes its place
                update={"items": (*same.items, *clash.items), "people": people}
            )
        kept[key] = clash
    return list(kept.values())


def _alike(items: Iterable[Item]) -> Iterator[tuple[Item, list[Item]]]:
    """Join the same work of several groups, with the first of it."""
    found: dict[tuple[str, str, str], list[Item]] = {}
    for item in items:
        key = item.case.procedure.key, item.case.occurrence.key, item.rule.key
        found.setdefault(key, []).append(item)
    return ((same[0], same) for same in found.values())


def _about(item: Item) -> str:
    """Name an item by its case and task; a pupil is never named."""
    return f"“{item.title}” ({item.case.title})"


def _all_about(items: Sequence[Item]) -> str:
    """Name the same work of several groups once, with its groups."""
    if len(items) == 1:
        return _about(items[0])
    case = items[0].case
    where = sorted({group.name for group in (i.group or i.case.group for i in items) if group})
    groups = f", groep {', '.join(where)}" if where else ""
    return f"“{items[0].rule.title.nl}” ({case.procedure.title.nl}: {case.occurrence.title.nl}{groups})"


def _day(item: Item) -> date | None:
    return local_day(item.meeting.starts_at) if item.meeting else item.dates.target_on


def _hour(item: Item) -> str:
    if item.meeting is None:
        return ""
    start = item.meeting.starts_at.astimezone(AMSTERDAM)
    return f"{day_nl(start.date())} om {start:%H:%M}"


def _chairs(item: Item, year: Year) -> list[Member | None]:
    return [year.member(person) for person, chairs in asked(item, year.people).items() if chairs]


def _is_there(member: Member, item: Item, day: date, frame: Frame) -> bool:
    if item.meeting:
        start = item.meeting.starts_at.astimezone(AMSTERDAM)
        return ("am" if start.hour < _NOON else "pm") in member.presence.halves_on(day)
    if item.kind != "window":
        return member.presence.works_on(day, frame.calendar)
    first = item.dates.starts_on or day
    return any(
        member.presence.works_on(date.fromordinal(n), frame.calendar)
        for n in range(first.toordinal(), day.toordinal() + 1)
    )


def _overlapping(items: list[Item]) -> Iterator[tuple[Item, Item]]:
    timed = sorted(
        (i for i in items if i.meeting), key=lambda i: (i.meeting and i.meeting.starts_at, str(i.id))
    )
    for n, one in enumerate(timed):
        for other in timed[n + 1 :]:
            if one.meeting is None or other.meeting is None or other.meeting.starts_at >= one.meeting.ends_at:
                break
            yield one, other
