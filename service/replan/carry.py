"""Make a change and let the year follow, inside a transaction that the caller keeps or takes back."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from calendars.derivation import day_nl
from models import CLOSED_STATES, LayerRule, Meeting, School, Year
from service.meetings.tell import tell
from service.replan import changes as c
from service.replan.hours import Stuck
from service.replan.make import make
from service.replan.making import Making
from service.replan.picture import Picture, take_picture
from service.replan.settle import Standing, hold_cases, look, running_labels, settle
from service.replan.shifts import Held, Rows, Shift, shifts_between, side_of, stops, when, wish
from service.replan.words import words
from service.year.frame import frame_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change does to a year: what moves, what is held where it is, and who hears of it."""

    change: c.Change
    label: str
    reason: str
    shifts: tuple[Shift, ...]
    stops: tuple[Held, ...]
    pins: tuple[Held, ...]
    stuck: tuple[Held, ...]
    done: int
    before: Picture
    after: Picture
    digest: str

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing moves and nobody has to look at anything."""
        return not (self.shifts or self.stuck or any(pin.warning for pin in self.pins))


def hold_year(session: Session, school_id: UUID, label: str) -> list[str]:
    """Keep other re-plans and the night from a school's running years; return which years those are."""
    years = select(Year).where(Year.school_id == school_id).order_by(col(Year.id)).with_for_update()
    session.exec(years, execution_options={"populate_existing": True}).all()
    labels = sorted({*running_labels(session, school_id), label})
    hold_cases(session, school_id, labels)
    return labels


def carry_out(
    session: Session, school: School, label: str, change: c.Change, *, actor_id: UUID | None, at: datetime
) -> Outcome:
    """Make a change, let every running year of the school follow, and return what came of it."""
    labels = hold_year(session, school.id, label)
    m = Making(session, school, label, actor_id, at, words(session, change))
    before = take_picture(session, school, labels)
    procedure = _procedure_of(session, change)
    standing = [look(replace(m, label=each), procedure) for each in labels]
    make(m, change)
    stuck = [s for year in standing for s in settle(replace(m, label=year.label), year, procedure)]
    after = take_picture(session, school, labels)
    tell_changed(session, before, after, at)
    return _outcome(m, change, before, after, standing, stuck)


def _procedure_of(session: Session, change: c.Change) -> str | None:
    """Return the procedure whose work itself may change, and not only its dates."""
    if isinstance(change, c.RuleSwitched):
        rule = session.get(LayerRule, change.rule_id)
        return rule.procedure if rule else None
    if isinstance(change, c.RuleAdded | c.RuleChanged | c.NewestVersion | c.ProcedureOn):
        return change.procedure
    return None


def tell_changed(session: Session, before: Picture, after: Picture, at: datetime) -> None:
    """Send the calendar updates of the meetings that changed."""
    for meeting_id, now in after.meetings.items():
        asked = before.asked.get(meeting_id), after.asked[meeting_id]
        if before.meetings.get(meeting_id) != now or asked[0] != asked[1]:
            tell(session, session.get_one(Meeting, meeting_id), at)


def _outcome(
    m: Making,
    change: c.Change,
    before: Picture,
    after: Picture,
    standing: Sequence[Standing],
    stuck: Iterable[Stuck],
) -> Outcome:
    rows = Rows.of(m.session, after)
    shifts = tuple(shifts_between(before, after, rows))
    held = tuple(_stuck(each, after, rows) for each in stuck)
    return Outcome(
        change=change,
        label=m.label,
        reason=m.reason,
        shifts=shifts,
        stops=tuple(stops(before, after, rows)),
        pins=tuple(_pins(m, before, after, rows, standing)),
        stuck=held,
        done=sum(fields["state"] in CLOSED_STATES for fields in before.tasks.values()),
        before=before,
        after=after,
        digest=_digest(change, m.label, shifts, held),
    )


def _stuck(stuck: Stuck, after: Picture, rows: Rows) -> Held:
    hour = when(side_of(after.tasks[stuck.task_id], after.meetings[stuck.meeting_id]))
    if stuck.by_hand:
        text = f"blijft op {hour}, want met de hand gekozen; maar {stuck.why}"
    else:
        text = (
            f"staat nog op {hour}, maar {stuck.why}; er is geen ander moment waarop de voorzitter en een "
            "leerkracht er zijn en vrij zijn. Verzet het zelf, of zeg het af"
        )
    return rows.held(stuck.task_id, text, warning=True)


def _pins(
    m: Making, before: Picture, after: Picture, rows: Rows, standing: Sequence[Standing]
) -> Iterator[Held]:
    """Yield the days that people chose: those that would have moved, and those without school now."""
    then = {each.label: each.calendar for each in standing}
    now = {each.label: frame_of(m.session, m.school, each.label).calendar for each in standing}
    for task_id, fields in after.tasks.items():
        was, day = before.tasks.get(task_id), fields["target_on"]
        if not (was and fields["pinned"] and day) or fields["state"] in CLOSED_STATES:
            continue
        label = rows.cases[fields["case_id"]].school_year
        stays = f"blijft op {day_nl(day)}, want vastgezet"
        wanted = wish(fields["derivation"])
        if then[label].is_school_day(day) and not now[label].is_school_day(day):
            yield rows.held(task_id, f"{stays}; let op: dan is er geen school", warning=True)
        elif wanted and wanted != wish(was["derivation"]):
            yield rows.held(task_id, f"{stays}; zou anders naar {day_nl(wanted)} gaan")


def _digest(change: c.Change, label: str, shifts: Iterable[Shift], stuck: Iterable[Held]) -> str:
    """Return what two previews have in common when they say the same."""
    told = [
        label,
        c.as_json(change),
        [
            [str(s.task_id), s.what, *map(str, (s.new.target, s.new.latest, s.new.hour, s.new.owner))]
            for s in shifts
        ],
        [[str(held.task_id), held.text] for held in stuck],
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
