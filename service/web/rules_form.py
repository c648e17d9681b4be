"""The form to say something else about a task: what was typed, and what it means as a rule of a layer."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from calendars.phrases import rule_of
from calendars.procedure import Procedure, TaskRule
from calendars.rules import UNITS
from models import Layer
from service.rules.look import counted
from service.rules.said import Said
from service.school.errors import SchoolError
from service.web.keepers import Word, wanted_day
from service.web.page import Me
from service.web.wording import ROLES

_ENDLESS, _UNBEGUN = ("from", "after"), ("until", "before", "within")


@dataclass(frozen=True, slots=True)
class Typed:
    """What someone typed in the form, to show it again."""

    round: str = ""
    whom: str = ""
    what: str = "aantal"
    number: str = ""
    unit: str = ""
    moment: str = ""
    role: str = ""
    minutes: str = ""
    always: str = ""
    reason: str = ""


def typed_in(  # noqa: PLR0913 -- the fields of one form
    *,
    ronde: Word = "",
    voor: Word = "",
    wat: Word = "aantal",
    aantal: Word = "",
    eenheid: Word = "",
    moment: Word = "",
    wie: Word = "",
    minuten: Word = "",
    altijd: Word = "",
    reden: Word = "",
) -> Typed:
    """Read the fields of the form."""
    return Typed(ronde, voor, wat, aantal, eenheid, moment, wie, minuten, altijd, reden)


def said_by(me: Me, label: str, procedure: Procedure, task: TaskRule, typed: Typed) -> Said:
    """Return what the form says; raise ``SchoolError`` for what can't be read."""
    if typed.what not in _MEANT:
        raise SchoolError("Kies wat er anders wordt.")
    definition = _MEANT[typed.what](procedure, task, typed, label)
    if not typed.reason.strip():
        raise SchoolError("Schrijf erbij waarom; dat staat later bij de datum.")
    if typed.round:
        definition["occurrence"] = typed.round
    layer, scope = (Layer.GROUP, typed.whom) if typed.whom else (Layer.SCHOOL, str(me.school.id))
    return Said(
        layer=layer,
        scope=scope,
        procedure=procedure.key,
        task=task.key,
        definition=definition,
        school_year="" if typed.always else label,
        reason=typed.reason,
    )


def window_said(
    me: Me, label: str, procedure: str, occurrence: str, *, first: str, last: str, reason: str
) -> Said:
    """Return what a form says about the days of a round, which hold this year only."""
    begin, end = wanted_day(first, "de eerste dag"), wanted_day(last, "de laatste dag")
    if end < begin:
        raise SchoolError("De laatste dag ligt voor de eerste dag.")
    if not date(int(label[:4]), 8, 1) <= begin <= end <= date(int(label[-4:]), 7, 31):
        raise SchoolError(f"Deze dagen liggen niet in schooljaar {label}.")
    if not reason.strip():
        raise SchoolError("Schrijf erbij waarom; dat staat later bij de datum.")
    window = {name: {"rule": "date", "day": f"{day}"} for name, day in (("first", begin), ("last", end))}
    definition = {"occurrence": occurrence, "window": window}
    return Said(
        layer=Layer.SCHOOL,
        scope=str(me.school.id),
        procedure=procedure,
        task="",
        definition=definition,
        school_year=label,
        reason=reason,
    )


def _count(procedure: Procedure, task: TaskRule, typed: Typed, _: str) -> dict[str, Any]:
    rounds = [typed.round] if typed.round else [o.key for o in procedure.occurrence if task.is_in(o.key)]
    counts = [counted(task, key) for key in rounds]
    due = counts[0] if counts else None
    if due is None or any(other is None or other.anchor != due.anchor for other in counts):
        raise SchoolError("Deze taak telt niet overal vanaf hetzelfde. Kies één ronde, of noem een moment.")
    if typed.unit not in UNITS:
        raise SchoolError("Kies waarin je telt.")
    side = "after" if due.after is not None else "before"
    return {
        "due": {"rule": "offset", side: due.anchor, typed.unit: _number(typed.number, "een aantal", 0, 400)}
    }


def _moment(_: Procedure, task: TaskRule, typed: Typed, label: str) -> dict[str, Any]:
    found = rule_of(typed.moment, label=label, style="date" if typed.always else "once")
    if not found.recognised or found.rule["rule"] == "open":
        raise SchoolError(
            "Dit moment begrijpen we niet. Schrijf bijvoorbeeld: week 45, of uiterlijk 1 maart."
        )
    if found.problems:
        raise SchoolError(found.problems[0].text)
    span = task.meeting.within if task.meeting else task.window
    if span is None:
        if found.rule["rule"] in _ENDLESS:
            raise SchoolError("Dit begint wel, maar heeft geen einde. Schrijf er een uiterste dag bij.")
        return {"due": found.rule}
    window = {"first": found.rule, "last": found.rule}  # of a period its first and its last day
    if found.rule["rule"] in _ENDLESS:
        window["last"] = span.last.model_dump(mode="json", exclude_defaults=True)
    elif found.rule["rule"] in _UNBEGUN:
        window["first"] = span.first.model_dump(mode="json", exclude_defaults=True)
    return {"window": window}


def _limit(_: Procedure, __: TaskRule, typed: Typed, label: str) -> dict[str, Any]:
    found = rule_of(typed.moment, label=label, style="date" if typed.always else "once")
    if not found.recognised or found.rule["rule"] == "open":
        raise SchoolError("Deze grens begrijpen we niet. Schrijf bijvoorbeeld: uiterlijk 1 maart.")
    return {"latest": found.rule, "law": typed.reason.strip()[:200] or "afspraak van de school"}


def _who(_: Procedure, __: TaskRule, typed: Typed, ___: str) -> dict[str, Any]:
    if typed.role not in ROLES:
        raise SchoolError("Kies wie dit doet.")
    return {"role": typed.role}


def _minutes(_: Procedure, task: TaskRule, typed: Typed, __: str) -> dict[str, Any]:
    if not task.meeting:
        raise SchoolError("Dit is geen overleg.")
    return {"minutes": _number(typed.minutes, "hoeveel minuten het overleg duurt", 10, 240)}


def _number(text: str, what: str, least: int, most: int) -> int:
    if text.isdecimal() and least <= int(text) <= most:
        return int(text)
    raise SchoolError(f"Schrijf {what}: {least} tot en met {most}.")


def _off(_: Procedure, __: TaskRule, ___: Typed, ____: str) -> dict[str, Any]:
    return {"off": True}


_MEANT = {
    "aantal": _count,
    "moment": _moment,
    "grens": _limit,
    "wie": _who,
    "minuten": _minutes,
    "uit": _off,
}
