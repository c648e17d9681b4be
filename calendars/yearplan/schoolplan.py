"""A school's own year plan as one more procedure: its items become tasks of one case for the whole school."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from calendars.ladder import STANDARD
from calendars.planned import Frame
from calendars.procedure import Occurrence, Procedure, Stage, TaskRule, Text
from calendars.resolve import Anchor
from calendars.rules import YearEdge, anchors_of
from calendars.yearplan.evaluate import Result, RuleFileError, World, evaluate
from calendars.yearplan.items import PlanItem, RuleFile
from calendars.yearplan.schooltasks import Names, tasks_of
from calendars.yearplan.selection import judgement_key, pupil_items

OWN = "eigen-jaarplan"
_TITLE = Text(nl="Eigen jaarplan", en="Own year plan")


@dataclass(frozen=True, slots=True)
class OwnPlan:
    """A school's own plan in one school year; ``left_out`` says in words what is not planned, and why."""

    procedure: Procedure | None
    left_out: tuple[str, ...] = ()


def procedure_of(
    items: Sequence[PlanItem], frame: Frame, anchors: Mapping[str, Anchor] | None = None
) -> Procedure | None:
    """Return a school's own items as a procedure for one school year; nothing when none is planned."""
    return own_plan(items, frame, anchors).procedure


def own_plan(items: Sequence[PlanItem], frame: Frame, anchors: Mapping[str, Anchor] | None = None) -> OwnPlan:
    """Turn a school's own items into tasks of one school year; ``anchors`` are the rounds of procedures.

    An item of single pupils is opened by a person, one on request when somebody asks: they are left out.
    """
    label = frame.year.label
    whole, left_out = _sound(items)
    file = RuleFile.model_construct(item=whole, facts={}, done={}, presence={}, closure=(), pupil=())
    world = World(frame.calendar, frame.year, frame.legal, {}, anchors=anchors or {})
    try:
        results = evaluate(file, world)
    except RuleFileError as error:
        return OwnPlan(None, (*left_out, f"het eigen jaarplan wordt niet gepland: {error}"))
    single = pupil_items([item for item in whole if item.is_in(label)], label)
    planned: dict[str, list[Result]] = {}
    for result in results:
        item = result.item
        if item.key in single or item.per == "pupil":
            left_out.append(f'"{item.title}" is per leerling: open het bij de leerling zelf')
        elif result.status != "not-this-year" and item.need != "on-request":
            planned.setdefault(item.key, []).append(result)
    names = Names(planned, file)
    tasks = [task for found in planned.values() for task in tasks_of(found, names, frame)]
    return OwnPlan(_procedure(tasks) if tasks else None, tuple(dict.fromkeys(left_out)))


def _sound(items: Iterable[PlanItem]) -> tuple[tuple[PlanItem, ...], list[str]]:
    """Leave out, again and again, what counts from an item that isn't there, or in a circle."""
    left, why = {item.key: item for item in items}, []
    while broken := _broken(left):
        for key, reason in broken.items():
            why.append(f'"{left.pop(key).title}" wordt niet gepland: {reason}')
    return tuple(left.values()), why


def _broken(items: Mapping[str, PlanItem]) -> dict[str, str]:
    # The work of judging whether an item holds goes before it, and comes along with it.
    judging = {name: key for key, item in items.items() for name in _judgements(item)}
    named = {key: {judging.get(name, name) for name in _named(item)} for key, item in items.items()}
    if lost := {key: keys - items.keys() for key, keys in named.items() if keys - items.keys()}:
        return {key: f"het hangt aan iets dat er niet is ({', '.join(sorted(k))})" for key, k in lost.items()}
    try:
        TopologicalSorter({key: keys - {key} for key, keys in named.items()}).prepare()
    except CycleError as error:
        return dict.fromkeys(error.args[1], "het telt in een kring vanaf zichzelf")
    return {}


def _judgements(item: PlanItem) -> list[str]:
    judged = [condition for condition in item.only_if if condition.judgement]
    return [judgement_key(item, number) for number in range(1, len(judged) + 1)]


def _named(item: PlanItem) -> set[str]:
    """Return the keys of the items that one refers to."""
    said = [item.when, item.latest, item.overflow, *item.when_in.values()]
    names = set[str]().union(*(anchors_of(rule) for rule in said if rule is not None))
    also = (item.instead_of, item.pupils.flagged_in if item.pupils else None, *(c.key for c in item.only_if))
    return {name.split(".")[1] for name in names if name.startswith("item.")} | {key for key in also if key}


def _procedure(tasks: Sequence[TaskRule]) -> Procedure:
    year = Occurrence(
        key="jaar",
        title=Text(nl="dit schooljaar", en="this school year"),
        per="school",
        opens=YearEdge(rule="year", edge="first"),
    )
    stage = Stage(
        key="jaarplan",
        title=Text(nl="Jaarplan", en="Year plan"),
        phase="uitvoeren",
        task=tuple(_in_order(tasks)),
    )
    return Procedure(key=OWN, title=_TITLE, occurrence=(year,), stage=(stage,), remind=STANDARD)


def _in_order(tasks: Sequence[TaskRule]) -> Iterator[TaskRule]:
    """Yield tasks after those that they count from, else in the order of the plan."""
    by_key = {task.key: task for task in tasks}
    waits = {
        task.key: {
            name.removeprefix("task.")
            for rule in task.rules("")
            for name in anchors_of(rule)
            if name.startswith("task.")
        }
        for task in tasks
    }
    for key in TopologicalSorter(waits).static_order():
        yield by_key[key]
