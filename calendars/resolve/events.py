"""Answers of the rules that count from something else, and that join or choose between several."""

from collections.abc import Iterable, Sequence
from datetime import date

from calendars.derivation import Step, day_nl
from calendars.resolve.counting import amount_nl, distance, move, skipped
from calendars.resolve.dated import Context, Dated, NoDateYetError, Period
from calendars.resolve.refer import refer
from calendars.rules import (
    Clock,
    Each,
    Earliest,
    Event,
    Latest,
    Offset,
    OneOf,
    Open,
    Pause,
    Pick,
    Ref,
    Within,
)


def offset(rule: Offset, context: Context) -> Dated:
    """Answer ``offset``."""
    found = refer(rule.beside, context)
    back = rule.after is None
    start = found.anchor_first if back else found.anchor_last
    if not rule.count and rule.until is None:
        return Dated.on(start, found.steps)
    day = move(start, rule.unit, rule.count, context)
    side = "vóór" if back else "na"
    passed = skipped(rule.unit, start, day, context.calendar)
    if rule.until is None:
        text = f"{amount_nl(rule.unit, rule.number)} {side} {day_nl(start)}"
        return Dated.on(day, (*found.steps, Step("offset", text, day, passed)))
    other = move(start, rule.unit, -rule.until if back else rule.until, context)
    first, last = min(day, other), max(day, other)
    text = f"{rule.number} tot {amount_nl(rule.unit, rule.until)} {side} {day_nl(start)}"
    passed = skipped(rule.unit, start, other, context.calendar)
    steps = (*found.steps, Step("offset", text, first, passed), Step("window", "tot en met", last))
    return Dated.span(first, last, steps)


def within(rule: Within, context: Context) -> Dated:
    """Answer ``within``."""
    found = refer(rule.beside, context)
    back = rule.after is None
    start = found.anchor_first if back else found.anchor_last
    end = move(start, rule.unit, rule.count, context)
    text = f"binnen {amount_nl(rule.unit, rule.number)} {'vóór' if back else 'na'} {day_nl(start)}"
    passed = skipped(rule.unit, start, end, context.calendar)
    step = Step("offset", f"{text}, dus {'vanaf' if back else 'uiterlijk'}", end, passed)
    return Dated.span(min(start, end), max(start, end), (*found.steps, step))


def event(rule: Event, context: Context) -> Dated:
    """Answer ``event``."""
    return refer(rule.name, context)


def clock(rule: Clock, context: Context) -> Dated:
    """Answer ``clock``."""
    found = refer(rule.after, context)
    start = found.anchor_last
    end = move(start, rule.unit, rule.number, context)
    text = f"{amount_nl(rule.unit, rule.number)} na {day_nl(start)}"
    steps = [*found.steps, Step("offset", text, end, skipped(rule.unit, start, end, context.calendar))]
    end = _paused(rule, start, end, steps, context)
    end = _extended(rule, end, steps, context)
    if rule.then:
        steps.append(Step("consequence", f"daarna: {rule.then}"))
    return Dated.span(start, end, steps)


def _paused(rule: Clock, start: date, end: date, steps: list[Step], context: Context) -> date:
    """Give back the time of every pause that began before the clock ran out."""
    for since, until, why in _merged(_pauses(rule.pause, context)):
        if since > end:
            break
        because = f" ({why})" if why else ""
        if until is None:
            raise NoDateYetError(f"de termijn staat stil sinds {day_nl(since)}{because}")
        stood = distance(max(since, start), until, rule, context.calendar)
        in_school_days = rule.unit.startswith("school") or rule.unit == "working_days"
        unit = "school_days" if in_school_days else "calendar_days"
        end = move(end, unit, stood, context)
        text = f"de termijn stond {amount_nl(unit, stood)} stil vanaf {day_nl(since)}{because}"
        steps.append(Step("pause", text, end))
    return end


def _pauses(pauses: Sequence[Pause], context: Context) -> Iterable[tuple[date, date | None, str]]:
    for pause in pauses:
        since = _known(pause.since, context)
        if since is not None:
            until = _known(pause.until, context)
            yield since, until if until is None or until >= since else since, pause.why


def _merged(pauses: Iterable[tuple[date, date | None, str]]) -> list[tuple[date, date | None, str]]:
    """Join pauses that overlap, so that no day is given back twice."""
    found: list[tuple[date, date | None, str]] = []
    for since, until, why in sorted(pauses, key=lambda p: (p[0], p[1] or date.max)):
        last = found[-1] if found else None
        if last and (last[1] is None or since <= last[1]):
            end = None if last[1] is None or until is None else max(last[1], until)
            found[-1] = (last[0], end, last[2] or why)
        else:
            found.append((since, until, why))
    return found


def _extended(rule: Clock, end: date, steps: list[Step], context: Context) -> date:
    """Give more time once, if something said so before the clock ran out."""
    if rule.extend is None:
        return end
    said = _known(rule.extend.when, context)
    if said is None:
        return end
    if said > end:
        steps.append(
            Step("warning", f"verlengd op {day_nl(said)}, toen de termijn al voorbij was: telt niet")
        )
        return end
    end = move(end, rule.extend.unit, rule.extend.number, context)
    more = amount_nl(rule.extend.unit, rule.extend.number)
    steps.append(Step("extension", f"eenmaal verlengd met {more}: {rule.extend.why}", end))
    return end


def _known(said: Ref, context: Context) -> date | None:
    try:
        return refer(said, context).anchor_last
    except NoDateYetError:
        return None


def earliest(rule: Earliest, context: Context) -> Dated:
    """Answer ``earliest``."""
    found, unknown = [], []
    for part in rule.of:
        try:
            found.append(refer(part, context))
        except NoDateYetError as reason:
            unknown.append(reason)
    if not found:
        raise unknown[0]
    steps = tuple(Step("open", f"telt nog niet mee: {reason}") for reason in unknown)
    return _chosen(min(found, key=_end), "de vroegste telt", steps)


def latest(rule: Latest, context: Context) -> Dated:
    """Answer ``latest``."""
    return _chosen(max((refer(part, context) for part in rule.of), key=_end), "de laatste telt", ())


def _end(dated: Dated) -> date:
    return dated.anchor_last


def _chosen(dated: Dated, why: str, more: tuple[Step, ...]) -> Dated:
    step = Step("choice", why, dated.anchor_last)
    return Dated(dated.periods, (*dated.steps, step, *more), dated.choice)


def one_of(rule: OneOf, context: Context) -> Dated:
    """Answer ``one-of``."""
    found = _all(rule.of, context)
    return Dated(found.periods, (*found.steps, Step("choice", "één hiervan, naar keuze")), choice=True)


def each(rule: Each, context: Context) -> Dated:
    """Answer ``each``."""
    return _all(rule.of, context)


def _all(parts: Iterable[Ref], context: Context) -> Dated:
    found = sorted((refer(part, context) for part in parts), key=_end)
    periods = tuple(period for one in found for period in one.periods)
    return Dated(periods, tuple(step for one in found for step in one.steps))


def pick(rule: Pick, context: Context) -> Dated:
    """Answer ``pick``."""
    found = refer(rule.of, context)
    index = rule.number - 1 if rule.number > 0 else rule.number
    if not rule.number or not -len(found.periods) <= index < len(found.periods):
        raise NoDateYetError(f"er is geen {rule.number}e keer")
    period: Period = found.periods[index]
    day = period.last or period.first
    return Dated(
        (period,), (*_of(found, period), Step("choice", f"keer {index % len(found.periods) + 1}", day))
    )


def _of(found: Dated, period: Period) -> Iterable[Step]:
    """Return the steps that are about one period; all of them when none names its days."""
    days = {period.first, period.last}
    return [s for s in found.steps if s.day is None or s.day in days] or found.steps


def open_(rule: Open, context: Context) -> Dated:
    """Answer ``open``: never a date."""
    del context
    raise NoDateYetError(rule.why or "er is geen moment genoemd")


ANSWERS = {
    Offset: offset,
    Within: within,
    Event: event,
    Clock: clock,
    Earliest: earliest,
    Latest: latest,
    OneOf: one_of,
    Each: each,
    Pick: pick,
    Open: open_,
}
