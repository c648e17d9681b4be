"""Mistakes that show beside other rows: results due too early, forms before talks, an early registration."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from calendars.derivation import day_nl
from calendars.phrases import Choice, Problem
from calendars.plan import Frame
from service.yearplan.rows import Dated

_ENTERING = re.compile(r"invoer|inlever|verwerk|resultat|uitslag|score|analyse", re.IGNORECASE)
_FORMS = re.compile(r"formulier", re.IGNORECASE)
_TALKS = re.compile(r"gesprek", re.IGNORECASE)
_REGISTERING = re.compile(r"aanmeld|inschrijv", re.IGNORECASE)
_SECONDARY = re.compile(r"\bvo\b|voortgezet|brugklas|middelbar|vervolgonderwijs", re.IGNORECASE)
_OTHER = re.compile(r"toets|kleuter|instroom|formulier|gesprek", re.IGNORECASE)
_ADVICE = re.compile(r"definitie\w* .*advies|advies.*definitie", re.IGNORECASE)
_NEAR = timedelta(days=60)


def _within_window(row: Dated, rows: Sequence[Dated], _: Frame) -> Iterator[Problem]:
    """Find results that are due before the tests have ended."""
    day = row.last
    if day is None or not (row.is_deadline and _ENTERING.search(row.item.title)):
        return
    tests = [r for r in rows if r.item.kind == "test" and r is not row and _same_groups(row, r)]
    running = [r for r in tests if r.first and r.last and r.first <= day < r.last]
    if running:
        yield _after(
            row,
            max(running, key=lambda r: r.last or date.min),
            "deadline-in-window",
            "de toets loopt nog tot en met",
        )


def _after(row: Dated, other: Dated, code: str, words: str) -> Problem:
    last = other.last or other.first or date.min
    text = f'"{row.item.title}" is eerder dan kan: {words} {day_nl(last)} ("{other.item.title}").'
    name = f"item.{other.item.key}"
    fixes = (
        Choice(
            "within-5",
            f'binnen 5 schooldagen na "{other.item.title}"',
            {"rule": "within", "school_days": 5, "after": name},
        ),
        Choice(
            "next-day",
            f'op de eerste schooldag na "{other.item.title}"',
            {"rule": "offset", "school_days": 1, "after": name},
        ),
    )
    return Problem(code, text, fixes)


def _forms_first(row: Dated, rows: Sequence[Dated], _: Frame) -> Iterator[Problem]:
    """Find forms that are handed out before the talks that they follow."""
    day = row.last or row.first
    if day is None or not _FORMS.search(row.item.title) or _TALKS.search(row.item.title):
        return
    talks = [r for r in rows if _is_talk(r) and _same_groups(row, r)]
    later = [r for r in talks if r.first and day < r.first <= day + _NEAR]
    if later:
        yield _after(
            row,
            min(later, key=lambda r: r.first or date.max),
            "forms-first",
            "de gesprekken zijn pas tot en met",
        )


def _is_talk(row: Dated) -> bool:
    return bool(_TALKS.search(row.item.title)) and not _FORMS.search(row.item.title)


def _registers_early(row: Dated, rows: Sequence[Dated], frame: Frame) -> Iterator[Problem]:
    """Find a registration for secondary school that opens before the advice is due."""
    title, first = row.item.title, row.first
    leaves = "8" in row.item.groups or _SECONDARY.search(title)
    if first is None or not leaves or not _REGISTERING.search(title) or _OTHER.search(title):
        return
    advices = [r for r in rows if _ADVICE.search(r.item.title) and r.last and r is not row]
    dues = [advice.last for advice in advices if advice.last]
    if legal := frame.legal.get("definitief-advies"):
        dues.append(legal.last)
    if dues and first <= min(dues):
        due = day_nl(min(dues))
        text = f"De aanmelding begint op {day_nl(first)}, maar het definitieve advies is er pas op {due}."
        yield Problem("before-advice", text, tuple(_later(advices, frame))[:3])


def _later(advices: Sequence[Dated], frame: Frame) -> Iterator[Choice]:
    if "aanmelden-vo" in frame.legal:
        week = {"rule": "legal", "key": "aanmelden-vo", "edge": "both"}
        yield Choice("legal", "in de wettelijke aanmeldweek", week)
    for advice in advices:
        after = {"rule": "after", "day": f"item.{advice.item.key}"}
        yield Choice("after-advice", f'na "{advice.item.title}"', after)


def _same_groups(one: Dated, other: Dated) -> bool:
    mine, theirs = set(one.item.groups), set(other.item.groups)
    return "school" in mine | theirs or bool(mine & theirs)


TOGETHER: tuple[Callable[[Dated, Sequence[Dated], Frame], Iterator[Problem]], ...] = (
    *(_within_window, _forms_first, _registers_early),
)
