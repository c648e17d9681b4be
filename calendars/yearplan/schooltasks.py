"""The tasks of an item of a school's own year plan: one for each time, its rules in a procedure's names."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter

from calendars.derivation import joined
from calendars.planned import Frame
from calendars.procedure import OwnerRole, TaskRule, Text
from calendars.resolve.counting import amount_nl
from calendars.rules import Clock, Earliest, Edge, Legal, Pick, Ref, Rule, Span, Within, is_day
from calendars.yearplan.happened import FAMILIES
from calendars.yearplan.items import PlanItem, RuleFile
from calendars.yearplan.owners import role_of
from calendars.yearplan.results import Result
from calendars.yearplan.selection import pupils_nl, words_of

_RULE: TypeAdapter[Rule] = TypeAdapter(Rule)
_DEADLINES = (Within, Clock, Edge, Earliest)  # done on or before their last day, not all along
_SIDES = {"first": "from", "last": "until"}  # of an item, as the day to count from
_ROLES = ("teacher", "ib", "director", "coordinator", "isb", "rt", "administration", "administrator")
_WHO = {
    "ib": "de IB'er",
    "isb": "de ISB'er",
    "rt": "de RT'er",
    "team": "het hele team",
    "leerkracht-volgend-jaar": "de leerkracht van volgend jaar",
    "nieuwe-leerkracht": "de leerkracht van volgend jaar",
    **{word: f"de {word}" for word in ("leerkracht", "directie", "leerling", "administratie", "beheerder")},
}
_PARTS = {
    "na-schooltijd": "na schooltijd",
    "onder-schooltijd": "onder schooltijd",
    "ochtend": "in de ochtend",
    "middag": "in de middag",
}


class Names:
    """What the items of a plan are called as tasks: every time of an item is a task of its own."""

    def __init__(self, planned: Mapping[str, Sequence[Result]], file: RuleFile) -> None:
        self.file = file
        self._keys = {key: _keys(key, found, planned) for key, found in planned.items()}

    def of(self, key: str) -> list[str]:
        """Return the keys of the tasks of an item, one for each time."""
        return self._keys[key]

    def rule(self, said: Ref) -> Rule:
        """Return a rule of an item with tasks for items; what is not planned is still to be planned."""
        data = self._said(
            said.model_dump(mode="json", exclude_none=True) if isinstance(said, BaseModel) else said
        )
        if isinstance(data, str):
            data = {"rule": "date", "day": data} if is_day(data) else {"rule": "event", "name": data}
        return _RULE.validate_python(data)

    def _said(self, part: Any) -> Any:
        if isinstance(part, dict):
            found = {name: self._said(value) for name, value in part.items()}
            return found["name"] if isinstance(found.get("name"), dict) else found
        if isinstance(part, list):
            return [self._said(one) for one in part]
        return self._name(part) if isinstance(part, str) else part

    def _name(self, text: str) -> Any:
        family, _, rest = text.partition(".")
        if family == "item" and rest:
            return self._task(*rest.split("."))
        return f"fact.{family}-{rest}" if rest and family in FAMILIES and family != "fact" else text

    def _task(self, key: str, time: str = "", edge: str = "") -> Any:
        if time in _SIDES:
            return {"rule": _SIDES[time], "day": self._task(key)}
        if edge:
            return {"rule": _SIDES[edge], "day": self._task(key, time)}
        keys = self._keys.get(key, [])
        if time == "overflow" and keys:
            return f"task.{overflow_key(key)}"
        wanted = keys[int(time) - 1 : int(time)] if time.isdigit() and int(time) else keys
        if not wanted:
            return {"rule": "open", "why": f"{key.replace('-', ' ')!r} staat dit jaar niet in de planning"}
        names = [f"task.{one}" for one in wanted]
        return names[0] if len(names) == 1 else {"rule": "each", "of": names}


def overflow_key(key: str) -> str:
    """Return the key of the catch-up time of an item."""
    return f"{key}-uitloop"


def _keys(key: str, found: Sequence[Result], planned: Mapping[str, object]) -> list[str]:
    times = range(2, _times(found[0]) + 1)
    return [key, *(f"{key}-keer-{n}" if f"{key}-{n}" in planned else f"{key}-{n}" for n in times)]


def _times(result: Result) -> int:
    return 1 if result.choice else max(1, len(result.placed))


def tasks_of(found: Sequence[Result], names: Names, frame: Frame) -> Iterator[TaskRule]:
    """Yield the tasks of an item that is planned, and of its catch-up time."""
    result, item = found[0], found[0].item
    said = item.rule(frame.year.label)
    rule, keys = names.rule(said), names.of(item.key)
    shared = _shared(result, names, frame)
    for number, key in enumerate(keys, 1):
        one = rule if len(keys) == 1 else Pick(rule="pick", number=number, of=rule)
        when = {"window": Span(first=one, last=one)} if _is_window(result, rule, number) else {"due": one}
        title = f"{item.title}{_which(result, number, len(keys))}"
        yield TaskRule.model_validate({**shared, **when, "key": key, "title": Text(nl=title, en=title)})
    if item.overflow is not None and any(r.overflow for r in found):
        title = f"{item.title} (uitloop)"
        more = {"due": names.rule(item.overflow), "latest": None, "law": None, "required": False}
        names_it = {"key": overflow_key(item.key), "title": Text(nl=title, en=title)}
        yield TaskRule.model_validate({**shared, **more, **names_it})


def _is_window(result: Result, rule: Rule, number: int) -> bool:
    """Tell whether something goes on for a period, and is not a deadline or a choice of days."""
    if not result.placed or result.choice or result.item.margin or isinstance(rule, _DEADLINES):
        return False
    placed = result.placed[number - 1]
    return placed.first is not None and placed.last is not None and placed.first != placed.last


def _which(result: Result, number: int, times: int) -> str:
    if times == 1:
        return ""
    label = result.placed[number - 1].label
    return f" ({label})" if label and not label.startswith("keer ") else f" ({number} van {times})"


def _shared(result: Result, names: Names, frame: Frame) -> dict[str, Any]:
    """Return what all times of an item have in common."""
    item = result.item
    role = next((role for word in item.owner if (role := _role(word))), None)
    fields: dict[str, Any] = {
        "role": role or "ib",
        "roll": item.roll,
        "remarks": tuple(_remarks(item, role, names.file)),
    }
    fields["required"] = item.obliges and not item.only_if
    fields |= _limit(item, names, frame)
    if item.per != "school" and (role == "teacher" or item.per == "group"):
        fields["repeat_over"] = "group"
        fields["year_groups"] = () if "school" in result.groups else result.groups
    return fields


def _role(word: str) -> OwnerRole | None:
    role = role_of(word)
    return cast("OwnerRole", role) if role in _ROLES else None


def _limit(item: PlanItem, names: Names, frame: Frame) -> dict[str, Any]:
    limit = item.latest if item.latest is not None else _legal_in(item.rule(frame.year.label))
    if limit is None:
        return {}
    known = frame.legal.get(limit.key) if isinstance(limit, Legal) else None
    return {"latest": names.rule(limit), "law": item.law or (known.source if known else "de wet")}


def _legal_in(said: Ref) -> Legal | None:
    """Return the legal date that a rule ends on, itself or as one of its limits."""
    if isinstance(said, Legal):
        return None if said.edge == "first" else said
    if isinstance(said, Edge) and said.rule in {"until", "on"}:
        return _legal_in(said.day)
    if isinstance(said, Earliest):
        return next((found for part in said.of if (found := _legal_in(part))), None)
    return None


def _remarks(item: PlanItem, role: OwnerRole | None, file: RuleFile) -> Iterator[str]:
    """Yield what is told with the date: conditions, for whom, at what hour, by whom outside the school."""
    if item.only_if:
        yield f"geldt alleen {joined([words_of(condition, file) for condition in item.only_if])}"
    if whom := pupils_nl(item.pupils):
        yield f"gaat over {whom}"
    if item.margin:
        yield f"ongeveer: {amount_nl(item.margin.unit, item.margin.number)} eerder of later kan ook"
    if item.time and item.time.at:
        yield f"om {item.time.at:%H:%M} uur"
    elif item.time and item.time.part:
        yield _PARTS.get(item.time.part, f"in de {item.time.part}")
    if item.place:
        yield f"plaats: {', '.join(item.place)}{' (om de beurt)' if len(item.place) > 1 else ''}"
    if item.owner and role is None:
        yield f"door {_who(item.owner)}; de IB'er bewaakt het"
    if item.also:
        yield f"samen met {_who(item.also)}"


def _who(words: Sequence[str]) -> str:
    return joined([_WHO.get(word, word.replace("-", " ")) for word in words])
