"""For which school year a table was written: by its heading, by the years in its dates, by its weekdays."""

import re
from collections import Counter
from collections.abc import Sequence

from calendars.derivation import WEEKDAYS_NL
from calendars.phrases import rule_of
from calendars.schoolyear import is_year_label
from service.yearplan.draft import Draft, Line

_LABEL = re.compile(r"(?<!\d)(20\d\d)\s?[-/\u2013]\s?(20)?(\d\d)(?!\d)")
_DAY = re.compile(r"(?:(20\d\d)-(\d\d)-(\d\d)|(\d{1,2})[-/.](\d{1,2})[-/.](20\d\d))")
_ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_YEAR = re.compile(r"(?<=\d)[-/.]20\d\d\b|(?<=[a-z]) 20\d\d\b", re.IGNORECASE)
_FEW, _SHARE, _AUGUST = 3, 0.6, 8


def written_years(draft: Draft, lines: Sequence[Line], label: str) -> str:
    """Return the other school year for which a table seems to be written; empty when it is this one."""
    by_dates = Counter(of for line in lines for of in _labels(line.when))
    if by_dates:
        likely, count = by_dates.most_common(1)[0]
        is_clear = count >= _FEW or count == len(by_dates) == sum(by_dates.values())
        if likely != label and count >= _SHARE * sum(by_dates.values()) and is_clear:
            return likely
        return ""
    heading = _heading(draft)
    if heading and heading != label:
        return heading
    return _by_weekdays(lines, label)


def without_years(when: str) -> str:
    """Return a phrase without the calendar years in its dates: those were not meant."""
    even = _ISO.sub(lambda match: f"{int(match[3])}-{int(match[2])}", when)
    return _YEAR.sub("", even)


def _labels(when: str) -> list[str]:
    found = []
    for match in _DAY.finditer(when):
        year, month, _, _, other_month, other_year = match.groups()
        starts = int(year or other_year) - (int(month or other_month) < _AUGUST)
        found.append(f"{starts}-{starts + 1}")
    return found


def _heading(draft: Draft) -> str:
    """Return the school year that stands above the table, or in the name of its sheet."""
    above = [cell for row in draft.rows()[: max(0, draft.head)] for cell in row if cell]
    for text in (*above, draft.sheet, draft.file_name):
        for match in _LABEL.finditer(text):
            label = f"{match[1]}-20{match[3]}"
            if is_year_label(label):
                return label
    return ""


def _by_weekdays(lines: Sequence[Line], label: str) -> str:
    """Return the year before, when its weekdays agree with the dates and this year's don't."""
    before = f"{int(label[:4]) - 1}-{label[:4]}"
    named = [line.when for line in lines if _names_weekday(line.when)]
    wrong = sum(_is_wrong(when, label) for when in named)
    right = sum(not _is_wrong(when, before) for when in named)
    return before if wrong >= _FEW and wrong >= _SHARE * len(named) and right > _SHARE * len(named) else ""


def _names_weekday(when: str) -> bool:
    even = when.casefold()
    short = {day[:2] for day in WEEKDAYS_NL}
    return any(day in even for day in WEEKDAYS_NL) or even[:2] in short


def _is_wrong(when: str, label: str) -> bool:
    return any(problem.code == "weekday" for problem in rule_of(when, label=label).problems)
