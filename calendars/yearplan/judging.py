"""The work of judging whether an item holds: for whom, when, and one for every time that it comes back."""

from collections.abc import Iterator

from calendars.rules import Between, Clock, EachTime, Edge, Offset, Ref, Within
from calendars.yearplan.items import PlanItem
from calendars.yearplan.selection import is_per_pupil, judgement_key


def judgements(item: PlanItem, label: str = "") -> Iterator[PlanItem]:
    """Yield the work of judging an item, one for each judgement that it hangs on."""
    judged = [c for c in item.only_if if c.judgement and c.by]
    for number, condition in enumerate(judged, 1):
        yield PlanItem(
            key=judgement_key(item, number),
            title=f"Beoordeel: {condition.judgement}"[:200],
            kind="discussion",
            groups=item.groups,
            except_groups=item.except_groups,
            owner=(condition.by or "",),
            pupils=item.pupils,
            per="pupil" if is_per_pupil(item) else item.per,
            when=_when(item, label),
        )


def _when(item: PlanItem, label: str) -> Ref:
    rule = item.rule(label)
    if isinstance(rule, EachTime):
        return EachTime(rule="each-time", of=rule.of, do=_between(rule.do))
    own = f"item.{item.key}"
    # What runs on from something begins on its day: then it is judged before the end, not before the begin.
    return _before(_until(own) if isinstance(rule, Within | Clock) and rule.after is not None else own)


def _between(do: Ref) -> Ref:
    """Return the days from the end of what is counted from until the day before the last of what is done."""
    if not isinstance(do, Offset | Within | Clock) or do.after is None or not do.number:
        return _before(do)
    return Between(rule="period", first=_until(do.after), last=_before(_until(do)))


def _before(day: Ref) -> Edge:
    return Edge(rule="before", day=day)


def _until(day: Ref) -> Edge:
    return Edge(rule="until", day=day)
