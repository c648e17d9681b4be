"""Whom an item is about and whether it holds: groups, pupils and conditions, with what isn't known yet."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from calendars.items import GROUPS, Condition, PlanItem, Pupils, RuleFile, TriedPupil
from calendars.resolve.absolute import in_year
from calendars.resolve.pupil import birthday
from calendars.rules import anchors_of
from calendars.schoolyear import SchoolYear

_PUPIL_RULES = ('"rule":"age"', '"rule":"instruction"')


def groups_of(item: PlanItem, file: RuleFile, label: str) -> tuple[str, ...]:
    """Return the year groups that an item is about this year: not those with another in its place."""
    replaced = {
        group
        for other in _replacing(item, file, label)
        if other.pupils is None  # another item for some pupils leaves this one to the rest of the group
        for group in other.groups
    }
    gone = {*item.except_groups, *replaced}
    if "school" in gone:
        return ()
    groups = GROUPS if gone and "school" in item.groups else item.groups
    return tuple(group for group in groups if group not in gone)


def others_instead(item: PlanItem, file: RuleFile, label: str) -> tuple[PlanItem, ...]:
    """Return the items that come in the place of this one for some pupils only."""
    return tuple(other for other in _replacing(item, file, label) if other.pupils is not None)


def _replacing(item: PlanItem, file: RuleFile, label: str) -> Iterator[PlanItem]:
    return (other for other in file.item if other.instead_of == item.key and other.is_in(label))


def is_per_pupil(item: PlanItem, label: str = "") -> bool:
    """Tell whether an item has a day of its own for each pupil (by its usual rule, without a year)."""
    rule = item.rule(label)
    if any(name.startswith("pupil.") for name in anchors_of(rule)):
        return True
    text = rule if isinstance(rule, str) else rule.model_dump_json()
    return item.per == "pupil" or any(part in text for part in _PUPIL_RULES)


def matches(
    item: PlanItem,
    pupil: TriedPupil,
    groups: Sequence[str],
    year: SchoolYear,
    instead: Iterable[PlanItem] = (),
) -> bool:
    """Tell whether a pupil is one of those that an item is about, by what is known of that pupil now.

    Not those for whom another item comes ``instead``.
    """
    if any(matches(other, pupil, other.groups, year) for other in instead):
        return False
    if "school" not in groups and pupil.group is not None and pupil.group not in groups:
        return False
    wanted = item.pupils
    return wanted is None or (_comes_in(wanted, item, pupil, year) and _is_within(wanted, pupil, year))


def _comes_in(wanted: Pupils, item: PlanItem, pupil: TriedPupil, year: SchoolYear) -> bool:
    if not (wanted.flagged_in or wanted.newcomers or wanted.chosen or wanted.fact):
        return True
    since = in_year(wanted.since, year) if wanted.since else year.first_day
    return (
        (wanted.flagged_in is not None and wanted.flagged_in in pupil.flagged_in)
        or (wanted.newcomers and pupil.started is not None and pupil.started >= since)
        or (wanted.chosen and item.key in pupil.chosen_for)
        or bool(set(wanted.fact) & set(pupil.facts))
    )


def _is_within(wanted: Pupils, pupil: TriedPupil, year: SchoolYear) -> bool:
    if wanted.turns is not None and wanted.by is not None:
        if pupil.born is None or birthday(pupil.born, wanted.turns * 12) > in_year(wanted.by, year):
            return False
        if wanted.since and birthday(pupil.born, wanted.turns * 12) < in_year(wanted.since, year):
            return False
    born = _falls(pupil.born, wanted.born_from, wanted.born_until, year)
    return born and _falls(pupil.started, wanted.entered_from, wanted.entered_until, year)


def _falls(day: date | None, first: str | None, last: str | None, year: SchoolYear) -> bool:
    """Tell whether a day lies between two others; two days without a year mean any year."""
    if first is None and last is None:
        return True
    if day is None:
        return False
    full = len("2027-03-24")
    if all(edge is None or len(edge) == full for edge in (first, last)):
        return (first or "") <= day.isoformat() <= (last or "9999")
    begin, end = first or "08-01", last or "07-31"
    inside = f"{day:%m-%d}"
    del year
    return begin <= inside <= end if begin <= end else inside >= begin or inside <= end


def unmet(item: PlanItem, file: RuleFile, pupil: str | None = None) -> tuple[list[str], list[str]]:
    """Return in words the conditions of an item that don't hold, and those of which it isn't known yet.

    Facts are those of the file, and of the pupil that it is about.
    """
    facts = {*file.facts, *(fact for one in file.pupil if one.key == pupil for fact in one.facts)}
    false, unknown = [], []
    for condition in item.only_if:
        holds = _holds(condition, item, facts, file.done)
        if holds is None:
            unknown.append(words_of(condition))
        elif holds is condition.unless:
            false.append(words_of(condition))
    return false, unknown


def _holds(
    condition: Condition, item: PlanItem, facts: Collection[str], done: Mapping[str, date | str]
) -> bool | None:
    if condition.fact is not None:
        return True if condition.fact in facts else None
    key = condition.item or judgement_key(item)
    outcome = done.get(key)
    if outcome is None:
        return None
    wanted = condition.outcome or ("ja" if condition.judgement else None)
    return wanted is None or outcome == wanted


def judgement_key(item: PlanItem) -> str:
    """Return the key of the work of judging whether an item holds."""
    return f"{item.key}-oordeel"


def words_of(condition: Condition) -> str:
    """Return a condition in Dutch."""
    start = "tenzij" if condition.unless else "als"
    if condition.fact is not None:
        return f"{start} vastligt: {condition.fact.replace('-', ' ')}"
    if condition.item is not None:
        how = f"de uitkomst {condition.outcome!r} heeft" if condition.outcome else "gedaan is"
        return f"{start} {condition.item!r} {how}"
    return f"{start} {condition.by} dit vindt: {condition.judgement}"


def pupils_nl(wanted: Pupils | None) -> str:
    """Return in Dutch whom a selection of pupils is about; empty for everyone."""
    return ", ".join(_pupils_nl(wanted)) if wanted else ""


def _pupils_nl(wanted: Pupils) -> Iterator[str]:
    ways = [
        f"wie opviel bij {wanted.flagged_in!r}" if wanted.flagged_in else "",
        "nieuwe leerlingen" if wanted.newcomers else "",
        "wie met de hand gekozen is" if wanted.chosen else "",
        *(f"wie {fact.replace('-', ' ')} heeft" for fact in wanted.fact),
    ]
    yield " en ".join(way for way in ways if way) or "leerlingen"
    if wanted.turns is not None:
        yield f"die {wanted.turns} {_span_nl(wanted.since, wanted.by)} worden"
    if wanted.born_from or wanted.born_until:
        yield f"geboren {_span_nl(wanted.born_from, wanted.born_until)}"
    if wanted.entered_from or wanted.entered_until:
        yield f"ingestroomd {_span_nl(wanted.entered_from, wanted.entered_until)}"


def _span_nl(first: str | None, last: str | None) -> str:
    parts: Iterable[str] = (f"vanaf {first}" if first else "", f"tot en met {last}" if last else "")
    return " ".join(part for part in parts if part)
