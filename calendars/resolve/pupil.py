"""Answers of the rules on a pupil's own clock."""

from datetime import date

from calendars.derivation import Step
from calendars.resolve.counting import add_months, month_end
from calendars.resolve.dated import Context, Dated, NoDateYetError
from calendars.rules import Age, Instruction
from calendars.schoolyear import DAY

_LEAP_DAY = (2, 29)
_HOLIDAY_MONTHS = {7, 8}  # a school year counts ten months of instruction


def age(rule: Age, context: Context) -> Dated:
    """Answer ``age``: counts in calendar months."""
    born = context.pupil.born if context.pupil else None
    if born is None:
        raise NoDateYetError("dit hangt af van de geboortedatum van de leerling")
    day, name = birthday(born, rule.least), _age_nl(rule.years, rule.months)
    step = Step("rule", f"de leerling is {name}", day)
    if rule.until_years is None:
        return Dated.on(day, (step,))
    last = birthday(born, rule.most) - DAY
    until = f"tot de leerling {_age_nl(rule.until_years, rule.until_months)} is"
    return Dated.span(day, last, (step, Step("window", until, last)))


def birthday(born: date, months: int) -> date:
    """Return the day on which someone is so many months old."""
    day = add_months(born, months)
    if (born.month, born.day) == _LEAP_DAY and not months % 12 and (day.month, day.day) != _LEAP_DAY:
        return day + DAY
    return day


def _age_nl(years: int, months: int) -> str:
    more = f" en {months} maand{'en' if months != 1 else ''}" if months else ""
    return f"{years} jaar{more}"


def instruction(rule: Instruction, context: Context) -> Dated:
    """Answer ``instruction``: counts in months with reading lessons."""
    since = context.pupil.reading_since if context.pupil else None
    if since is None:
        raise NoDateYetError("dit hangt af van wanneer de leerling in groep 3 begon")
    month, left = since.replace(day=1), rule.months
    while True:
        if month.month not in _HOLIDAY_MONTHS:
            left -= 1
        if not left:
            day = month_end(month)
            return Dated.on(day, (Step("rule", f"na {rule.months} maanden leesonderwijs", day),))
        month = add_months(month, 1)


ANSWERS = {Age: age, Instruction: instruction}
