"""What the rules of a plan may count from: the year, every occurrence's window, and a case's opening."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from calendars.planned import Frame, PlannedCase
from calendars.procedure import Occurrence, Procedure
from calendars.resolve import Anchor, Context, Dated, NoDateYetError, resolve
from calendars.rules import Rule, anchors_of
from calendars.schoolyear import OutsideCalendarError
from calendars.yearplan.happened import fact_anchors


class Answers:
    """Answers rules of one plan, each only once for the same things to count from: many tasks share them."""

    def __init__(self) -> None:
        self._names: dict[int, tuple[Rule, tuple[str, ...]]] = {}  # keeps the rules, so that ids stay theirs
        self._known: dict[tuple[object, ...], Dated | Exception] = {}

    def names(self, rule: Rule) -> tuple[str, ...]:
        """Return the names of what a rule counts from."""
        if id(rule) not in self._names:
            self._names[id(rule)] = (rule, tuple(sorted(anchors_of(rule))))
        return self._names[id(rule)][1]

    def __call__(self, rule: Rule, context: Context) -> Dated:
        """Return what a rule means, as ``calendars.resolve.resolve`` does."""
        anchors = context.anchors
        key = (id(rule), id(context.presence), *[anchors.get(name) for name in self.names(rule)])
        found = self._known.get(key)
        if found is None:
            try:
                found = resolve(rule, context)
            except (NoDateYetError, OutsideCalendarError) as reason:
                found = reason
            self._known[key] = found
        if isinstance(found, Exception):
            raise type(found)(*found.args)
        return found


def base_context(
    procedures: Sequence[Procedure], frame: Frame, outside: Mapping[str, date] | None = None
) -> Context:
    """Return what rules may count from everywhere: the year's edges, every window, the days of facts."""
    year = frame.year
    edges = {
        "year.first": Anchor(year.first_day, "de eerste schooldag"),
        "year.last": Anchor(year.last_day, "de laatste schooldag"),
    }
    context = Context(frame.calendar, year, frame.legal, edges | fact_anchors(outside or {}))
    waiting = [(p.key, o) for p in procedures for o in p.occurrence]
    while True:
        # A window may count from another one, in whatever order the files come.
        found = {
            f"{key}.{o.key}.{edge}": replace(a, title=f'{a.title} van "{o.title.nl}"')
            for key, o in waiting
            for edge, a in window_of(o, context).items()
        }
        if not found:
            return context
        context = context.with_anchors(found)
        waiting = [(key, o) for key, o in waiting if f"{key}.{o.key}.first" not in found]


def case_context(case: PlannedCase, context: Context, occurrence: Occurrence | None = None) -> Context:
    """Return the context inside one case: its opening and its window."""
    return inside_of(case, with_window(occurrence or case.occurrence, context))


def inside_of(case: PlannedCase, context: Context) -> Context:
    """Return the context inside one case, from that of its round: its opening."""
    return context.with_anchors({"opening": Anchor(case.opens_on, "het begin van dit traject")})


def with_window(occurrence: Occurrence, context: Context) -> Context:
    """Return a context that knows the window of an occurrence as "window.first" and "window.last"."""
    own = "" if occurrence.day else f' van "{occurrence.title.nl}"'
    found = window_of(occurrence, context)
    return context.with_anchors(
        {f"window.{edge}": replace(a, title=f"{a.title}{own}") for edge, a in found.items()}
    )


def window_of(occurrence: Occurrence, context: Context) -> dict[str, Anchor]:
    """Return the first and last school day of an occurrence's window, or nothing while unknown."""
    if occurrence.window is None:
        return {}
    try:
        first = context.calendar.on_or_after(resolve(occurrence.window.first, context).first)
        last = context.calendar.on_or_before(resolve(occurrence.window.last, context).day)
    except (NoDateYetError, OutsideCalendarError):
        return {}
    day = occurrence.day or "dag"
    return {
        "first": Anchor(first, f"de eerste {day}"),
        "last": Anchor(max(first, last), f"de laatste {day}"),
    }
