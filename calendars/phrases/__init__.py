"""What schools write in the cells of a year plan, and what it means as a rule; pure."""

from calendars.phrases.in_words import in_words
from calendars.phrases.proposal import STYLES, Choice, Problem, Proposal, Style
from calendars.phrases.reading import rule_of
from calendars.phrases.who import GroupsSaid, WhoSaid, groups_of, spans_nl, who_of

__all__ = [
    "STYLES",
    "Choice",
    "GroupsSaid",
    "Problem",
    "Proposal",
    "Style",
    "WhoSaid",
    "groups_of",
    "in_words",
    "rule_of",
    "spans_nl",
    "who_of",
]
