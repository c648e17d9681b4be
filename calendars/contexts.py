"""What the rules of a plan may count from: the year, every occurrence's window, and a case's opening."""

from collections.abc import Sequence

from calendars.planned import Frame, PlannedCase
from calendars.procedure import Occurrence, Procedure
from calendars.resolve import Anchor, Context, NoDateYetError, resolve
from calendars.schoolyear import OutsideCalendarError


def base_context(procedures: Sequence[Procedure], frame: Frame) -> Context:
    """Return what rules may count from everywhere: the year's edges and every occurrence's window."""
    year = frame.year
    edges = {
        "year.first": Anchor(year.first_day, "de eerste schooldag"),
        "year.last": Anchor(year.last_day, "de laatste schooldag"),
    }
    context = Context(frame.calendar, year, frame.legal, edges)
    waiting = [(p.key, o) for p in procedures for o in p.occurrence]
    while True:
        # A window may count from another one, in whatever order the files come.
        found = {
            f"{key}.{o.key}.{edge}": a for key, o in waiting for edge, a in window_of(o, context).items()
        }
        if not found:
            return context
        context = context.with_anchors(found)
        waiting = [(key, o) for key, o in waiting if f"{key}.{o.key}.first" not in found]


def case_context(case: PlannedCase, context: Context) -> Context:
    """Return the context inside one case: its opening and its window."""
    opening = {"opening": Anchor(case.opens_on, "het begin van dit traject")}
    return with_window(case.occurrence, context).with_anchors(opening)


def with_window(occurrence: Occurrence, context: Context) -> Context:
    """Return a context that knows the window of an occurrence as "window.first" and "window.last"."""
    found = window_of(occurrence, context)
    return context.with_anchors({f"window.{edge}": anchor for edge, anchor in found.items()})


def window_of(occurrence: Occurrence, context: Context) -> dict[str, Anchor]:
    """Return the first and last school day of an occurrence's window, or nothing while unknown."""
    if occurrence.window is None:
        return {}
    try:
        first = context.calendar.on_or_after(resolve(occurrence.window.first, context).day)
        last = context.calendar.on_or_before(resolve(occurrence.window.last, context).day)
    except (NoDateYetError, OutsideCalendarError):
        return {}
    title = occurrence.title.nl
    return {
        "first": Anchor(first, f'de eerste dag van "{title}"'),
        "last": Anchor(max(first, last), f'de laatste dag van "{title}"'),
    }
