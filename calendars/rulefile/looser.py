"""Files over one another, from wide to narrow: stricter than a law's limit is fine, looser is refused.

Whether a rule is looser shows only in its days, so this is looked at in one school year.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from calendars.derivation import day_nl
from calendars.rulefile.problems import Problem, RulesError
from calendars.rulefile.reading import Typed, merged
from calendars.rules import Legal
from calendars.yearplan.evaluate import Result, World, evaluate
from calendars.yearplan.items import PlanItem, RuleFile

_MOMENTS = ("when", "when_in", "margin")


def refuse_looser(files: Sequence[Typed], world: World) -> None:
    """Raise ``RulesError`` with the law's name for every item that a narrower file makes later than it."""
    if problems := [p for n in range(1, len(files)) for p in _looser(files[: n + 1], world)]:
        raise RulesError(problems)


def _looser(files: Sequence[Typed], world: World) -> Iterator[Problem]:
    """Find what the last file makes looser than the files before it allow."""
    narrow = files[-1]
    wide = {item.key: item for item in merged([one.file for one in files[:-1]]).item}
    limited = {
        item.key for item in narrow.file.item if item.key in wide and wide[item.key].latest is not None
    }
    if not limited:
        return
    whole = merged([one.file for one in files])
    by_law = _days(_with_limits_of(whole, wide, limited), world)
    by_file = _days(whole, world)
    for n, item in enumerate(narrow.file.item):
        if item.key in limited:
            law = _law_of(wide[item.key], world)
            for place, text in _later(item, by_law[item.key], by_file[item.key]):
                write = f"Later dan de wet mag niet ({law}). Haal dit weg, of kies een eerdere dag."
                yield narrow.source.problem(("item", n, place), text, write)


def _law_of(item: PlanItem, world: World) -> str:
    """Return the name of the law that limits an item: its own, or that of the legal date of the year."""
    if item.law:
        return item.law
    known = world.legal.get(item.latest.key) if isinstance(item.latest, Legal) else None
    return f"{known.title}, {known.source}" if known else "de wettelijke grens"


def _with_limits_of(whole: RuleFile, wide: dict[str, PlanItem], keys: set[str]) -> RuleFile:
    items = (
        item.model_copy(update={"latest": wide[item.key].latest, "law": wide[item.key].law})
        if item.key in keys
        else item
        for item in whole.item
    )
    return whole.model_copy(update={"item": tuple(items)})


def _days(file: RuleFile, world: World) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = {item.key: [] for item in file.item}
    for result in evaluate(file, world):
        found.setdefault(result.item.key, []).append(result)
    return found


def _later(item: PlanItem, by_law: Sequence[Result], by_file: Sequence[Result]) -> Iterator[tuple[str, str]]:
    """Yield which key of an item is later than the law, and by how much."""
    limit = max((r.legal_on for r in by_law if r.legal_on), default=None)
    own = max((r.legal_on for r in by_file if r.legal_on), default=None)
    if limit is None:
        return
    if item.latest is not None and own is not None and own > limit:
        yield "latest", _is_after(own, limit)
    clipped = any(step.kind == "clip" for result in by_law for step in result.steps)
    if clipped and item.model_fields_set & set(_MOMENTS):
        place = next(key for key in _MOMENTS if key in item.model_fields_set)
        yield place, f"deze datum ligt na de wettelijke grens van {_dated(limit)}"


def _is_after(own: date, limit: date) -> str:
    return f"deze grens ({_dated(own)}) ligt na de wettelijke grens van {_dated(limit)}"


def _dated(day: date) -> str:
    return f"{day_nl(day)} {day.year}"
