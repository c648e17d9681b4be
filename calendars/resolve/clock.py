"""The answer of a term that runs, stands still and may be extended once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from calendars.derivation import Step, day_nl
from calendars.resolve.counting import amount_nl, move, paused, skipped
from calendars.resolve.dated import Context, Dated, NoDateYetError
from calendars.resolve.refer import edge_of, refer
from calendars.rules import Clock, Pause


@dataclass(frozen=True, slots=True)
class _Still:
    """A pause: from its first day until, not including, the day on which the term goes on (None: still)."""

    since: date
    until: date | None
    why: str


def clock(rule: Clock, context: Context) -> Dated:
    """Answer ``clock``: counts, and gives pauses back, in the unit that the rule names."""
    start, named = edge_of(rule.after, context, back=False)
    end = move(start, rule.unit, rule.number, context)
    text = f"{amount_nl(rule.unit, rule.number)} na {day_nl(start)}"
    steps = [*named, Step("offset", text, end, skipped(rule.unit, start, end, context.calendar))]
    pauses = iter(_merged(_pauses(rule.pause, start, context)))
    end, waiting = _stood(rule, pauses, end, steps, context)
    longer = _extended(rule, end, steps, context)
    if longer != end and waiting:
        # What began after the first end may still begin before the extended one.
        longer, _ = _stood(rule, iter([waiting, *pauses]), longer, steps, context)
    if rule.then:
        steps.append(Step("consequence", f"daarna: {rule.then}"))
    return Dated.span(start, longer, steps)


def _stood(
    rule: Clock, pauses: Iterator[_Still], end: date, steps: list[Step], context: Context
) -> tuple[date, _Still | None]:
    """Give back the time of every pause that began before the term ran out; return the first after it."""
    for pause in pauses:
        if pause.since > end:
            return end, pause
        because = f" ({pause.why})" if pause.why else ""
        if pause.until is None:
            raise NoDateYetError(f"de termijn staat stil sinds {day_nl(pause.since)}{because}")
        unit, number = paused(pause.since, pause.until, rule, context)
        end = move(end, unit, number, context)
        text = f"de termijn stond {amount_nl(unit, number)} stil vanaf {day_nl(pause.since)}{because}"
        steps.append(Step("pause", text, end))
    return end, None


def _pauses(pauses: Iterable[Pause], start: date, context: Context) -> Iterator[_Still]:
    """Return the pauses of which the begin is known, for as far as they lie after the start."""
    for pause in pauses:
        since, until = _day(pause.since, context, last=False), _day(pause.until, context, last=True)
        if since is None or (until is not None and until <= max(since, start)):
            continue
        yield _Still(max(since, start), until, pause.why)


def _merged(pauses: Iterable[_Still]) -> list[_Still]:
    """Join pauses that overlap, so that no day is given back twice."""
    found: list[_Still] = []
    for pause in sorted(pauses, key=lambda p: (p.since, p.until or date.max)):
        last = found[-1] if found else None
        if last is None or (last.until is not None and pause.since > last.until):
            found.append(pause)
            continue
        until = max(last.until, pause.until) if last.until and pause.until else None
        why = ", ".join(dict.fromkeys(w for w in (last.why, pause.why) if w))
        found[-1] = _Still(last.since, until, why)
    return found


def _extended(rule: Clock, end: date, steps: list[Step], context: Context) -> date:
    """Give more time once, if something said so before the term ran out."""
    said = _day(rule.extend.when, context, last=True) if rule.extend else None
    if rule.extend is None or said is None:
        return end
    if said > end:
        text = f"verlengd op {day_nl(said)}, toen de termijn al voorbij was: telt niet"
        steps.append(Step("warning", text))
        return end
    end = move(end, rule.extend.unit, rule.extend.number, context)
    more = amount_nl(rule.extend.unit, rule.extend.number)
    steps.append(Step("extension", f"eenmaal verlengd met {more}: {rule.extend.why}", end))
    return end


def _day(said: object, context: Context, *, last: bool) -> date | None:
    try:
        found = refer(said, context)  # type: ignore[arg-type]  # a pause and an extension hold only these
    except NoDateYetError:
        return None
    return found.anchor_last if last else found.anchor_first


ANSWERS = {Clock: clock}
