"""Answers of the rules that count from something else, and that join or choose between several."""

from collections import ChainMap, Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from calendars.derivation import Step, day_nl
from calendars.resolve.counting import amount_nl, move, skipped, span_step
from calendars.resolve.dated import Anchor, Context, Dated, NoDateYetError, Period
from calendars.resolve.refer import FIXED, edge_of, refer, refer_end
from calendars.rules import (
    EACH_TIME,
    Each,
    EachTime,
    Earliest,
    Event,
    Halfway,
    Latest,
    Offset,
    OneOf,
    Open,
    Pick,
    Ref,
    Within,
)
from calendars.schoolyear import DAY


def offset(rule: Offset, context: Context) -> Dated:
    """Answer ``offset``: counts in the unit that the rule names."""
    back = rule.after is None
    start, named = edge_of(rule.beside, context, back=back)
    if not rule.count and rule.until is None:
        return Dated.on(start, named or (Step("rule", FIXED, start),))
    day = move(start, rule.unit, rule.count, context)
    bound = start - DAY if back and rule.count else None
    if rule.until is not None:
        return _range(rule, start, day, named, context).before(bound)
    side = "vóór" if back else "na"
    passed = skipped(rule.unit, start, day, context.calendar)
    text = f"{amount_nl(rule.unit, rule.number)} {side} {day_nl(start)}"
    return Dated.on(day, (*named, Step("offset", text, day, passed))).before(bound)


def _range(rule: Offset, start: date, day: date, named: Iterable[Step], context: Context) -> Dated:
    back, until = rule.after is None, rule.until or 0
    other = move(start, rule.unit, -until if back else until, context)
    first, last = min(day, other), max(day, other)
    text = f"{rule.number} tot {amount_nl(rule.unit, until)} {'vóór' if back else 'na'} {day_nl(start)}"
    passed = skipped(rule.unit, start, other, context.calendar)
    step = Step("offset", f"{text}, van {day_nl(first)} tot en met", last, passed)
    return Dated.span(first, last, (*named, step))


def within(rule: Within, context: Context) -> Dated:
    """Answer ``within``: counts in the unit that the rule names."""
    back = rule.after is None
    start, named = edge_of(rule.beside, context, back=back)
    end = move(start, rule.unit, rule.count, context)
    text = f"binnen {amount_nl(rule.unit, rule.number)} {'vóór' if back else 'na'} {day_nl(start)}"
    passed = skipped(rule.unit, start, end, context.calendar)
    step = Step("offset", f"{text}, dus {'vanaf' if back else 'uiterlijk'}", end, passed)
    if not back:
        return Dated.span(start, end, (*named, step))
    last = max(start - DAY, end)
    return Dated.span(end, last, (*named, step)).before(last)


def event(rule: Event, context: Context) -> Dated:
    """Answer ``event``: the calendar days of something else."""
    return refer(rule.name, context)


def earliest(rule: Earliest, context: Context) -> Dated:
    """Answer ``earliest``: compares calendar days."""
    found, unknown = _known(rule.of, context)
    chosen = min(found, key=_end)
    begins = [p.first for one in found for p in one.periods[:1] if p.first and p.first <= _end(chosen)]
    if len(chosen.periods) == 1 and chosen.periods[0].first is None and begins:
        chosen = replace(chosen, periods=(replace(chosen.periods[0], first=max(begins)),))
    limits = [one.limit for one in found if one.limit]
    return replace(_chosen(chosen, "de vroegste telt", unknown), limit=min(limits, default=None))


def latest(rule: Latest, context: Context) -> Dated:
    """Answer ``latest``: compares calendar days."""
    return _chosen(max((refer(part, context) for part in rule.of), key=_end), "de laatste telt", ())


def _end(dated: Dated) -> date:
    return dated.anchor_last


def _chosen(dated: Dated, why: str, more: tuple[Step, ...]) -> Dated:
    return dated.saying(Step("choice", why, dated.anchor_last), *more)


def one_of(rule: OneOf, context: Context) -> Dated:
    """Answer ``one-of``: the calendar days of each."""
    found = _joined(*_known(rule.of, context))
    return replace(found.saying(Step("choice", "één hiervan, naar keuze")), choice=True)


def each(rule: Each, context: Context) -> Dated:
    """Answer ``each``: the calendar days of each."""
    return _joined(*_known(rule.of, context))


def _known(parts: Iterable[Ref], context: Context) -> tuple[list[Dated], tuple[Step, ...]]:
    """Return what is known, and what isn't yet; raise ``NoDateYetError`` when nothing is."""
    found, unknown = [], []
    for part in parts:
        try:
            found.append(refer(part, context))
        except NoDateYetError as reason:
            unknown.append(reason)
    if not found:
        raise unknown[0]
    return found, tuple(Step("open", f"telt nog niet mee: {reason}") for reason in unknown)


def _joined(parts: Iterable[Dated], unknown: tuple[Step, ...]) -> Dated:
    """Return all periods of several, in order, each with its own steps and the limit that one of them has."""
    found = sorted(parts, key=_end)
    periods = [replace(p, steps=p.steps or one.steps) for one in found for p in one.periods]
    steps = dict.fromkeys(step for one in found for step in one.steps)
    return Dated(_told_apart(periods), tuple(steps)).saying(*unknown)


def _told_apart(periods: Sequence[Period]) -> tuple[Period, ...]:
    """Return periods of which no two have the same label: "keer 2" is the second of them all."""
    twice = {label for label, times in Counter(p.label for p in periods).items() if label and times > 1}
    return tuple(replace(p, label=f"keer {n}") if p.label in twice else p for n, p in enumerate(periods, 1))


def each_time(rule: EachTime, context: Context) -> Dated:
    """Answer ``each-time``: in the units of the rule inside."""
    parts, known = [], dict(context.anchors)
    dated = refer(rule.of, context).periods
    times = [(period, day) for period in dated if (day := period.last or period.first)]
    for number, (period, day) in enumerate(times, 1):
        time = {EACH_TIME: Anchor(day, _title(period, number), period.first)}
        inside = replace(context, anchors=ChainMap(time, known))
        parts.append(_numbered(refer(rule.do, inside), number, period))
    return _joined(parts, ())


def _title(period: Period, number: int) -> str:
    """Return what one time is called, without its days: what counts from it tells these itself."""
    said = period.steps[0].text if period.steps else period.label or f"keer {number}"
    if period.first is None or period.last is None:
        return said
    return said.removesuffix(span_step("", period.first, period.last).text)


def _numbered(dated: Dated, number: int, time: Period) -> Dated:
    periods = [
        replace(_kept_in(time, p), label=p.label or f"keer {number}", time=number) for p in dated.periods
    ]
    return replace(dated, periods=tuple(periods))


def _kept_in(time: Period, period: Period) -> Period:
    """Return a day that lies in a longer time, such as a month, as one that isn't moved out of that."""
    if period.bound or not time.first or not time.last or not period.last:
        return period
    lies_in_it = time.first < time.last and time.first <= period.last <= time.last
    return replace(period, bound=time.last) if lies_in_it else period


def pick(rule: Pick, context: Context) -> Dated:
    """Answer ``pick``: counts occurrences."""
    found = refer(rule.of, context)
    numbered = _beside(rule, [*enumerate(found.periods, 1)], context)
    index = rule.nth - 1 if rule.nth > 0 else rule.nth
    if not rule.nth or not -len(numbered) <= index < len(numbered):
        raise NoDateYetError(f"er is geen {rule.nth}e keer")
    number, period = numbered[index]
    return Dated((period,), period.steps or found.steps).saying(Step("choice", f"keer {number}"))


def _beside(rule: Pick, times: list[tuple[int, Period]], context: Context) -> list[tuple[int, Period]]:
    """Return the times after something, or those before it: the nearest first."""
    if rule.after is not None:
        end = refer(rule.after, context).anchor_last
        return [(n, p) for n, p in times if (day := p.first or p.last) and day > end]
    if rule.before is not None:
        begin = refer_end(rule.before, context).anchor_first
        return [(n, p) for n, p in reversed(times) if (day := p.last or p.first) and day < begin]
    return times


def halfway(rule: Halfway, context: Context) -> Dated:
    """Answer ``halfway``."""
    first, last = refer(rule.first, context).anchor_first, refer_end(rule.last, context).anchor_last
    count = context.calendar.count_school_days(first - DAY, last)
    if not count:
        raise NoDateYetError(f"tussen {day_nl(first)} en {day_nl(last)} is er geen schooldag")
    day = context.calendar.add_school_days(first - DAY, (count + 1) // 2)
    return Dated.on(day, (Step("rule", f"halverwege {day_nl(first)} en {day_nl(last)}", day),))


def open_(rule: Open, context: Context) -> Dated:
    """Answer ``open``: never a date."""
    del context
    raise NoDateYetError(rule.why or "er is geen moment genoemd")


ANSWERS = {
    Offset: offset,
    Within: within,
    Event: event,
    Earliest: earliest,
    Latest: latest,
    OneOf: one_of,
    Each: each,
    EachTime: each_time,
    Pick: pick,
    Halfway: halfway,
    Open: open_,
}
