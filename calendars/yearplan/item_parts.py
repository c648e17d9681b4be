"""Parts of an item of a year plan: whom it is about, whether it holds, and when on the day."""

from datetime import date, datetime, time
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from calendars.rules import EACH_TIME, Ref, Strict
from calendars.rules.words import Day, is_full

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
Half = Literal["ochtend", "middag", "avond", "na-schooltijd", "onder-schooltijd"]


class Pupils(Strict):
    """Which pupils an item is about; who meets any one of the ways in is meant, all limits must hold.

    Ways in: ``flagged_in`` another item, ``newcomers`` since a day (or this year), ``chosen`` by hand,
    ``fact`` recorded about them. Limits: born, entered or turning an age within days, both included, or with
    a birthday in a holiday or other period.
    """

    flagged_in: str | None = None
    newcomers: bool = False
    chosen: bool = False
    fact: tuple[str, ...] = ()
    born_from: Day | None = None
    born_until: Day | None = None
    entered_from: Day | None = None
    entered_until: Day | None = None
    turns: int | None = Field(default=None, ge=3, le=20)
    by: Day | None = None
    since: Day | None = None
    birthday_in: Ref | None = None

    @model_validator(mode="after")
    def _its_days_name_a_year_or_not(self) -> Self:
        for first, last in ((self.born_from, self.born_until), (self.entered_from, self.entered_until)):
            if first and last and is_full(first) != is_full(last):
                raise ValueError(f"{first!r} en {last!r}: noem bij allebei het jaar, of bij geen van beide")
        return self

    @model_validator(mode="after")
    def _age_has_a_day(self) -> Self:
        if (self.turns is None) != (self.by is None):
            raise ValueError(
                "turns en by horen bij elkaar: 'wordt 6 uiterlijk 1 oktober' is turns = 6, by = \"10-01\""
            )
        return self


class Condition(Strict):
    """An item holds only if this does: a recorded fact, an outcome of another item, or someone's judgement.

    A judgement is work itself, for the one named in ``by``. ``unless`` turns it around. One time of an item
    is "toets.2"; of what comes after each time of another, "each.time" is that time.
    """

    fact: str | None = None
    item: str | None = None
    outcome: str | None = None
    judgement: str | None = None
    by: str | None = None
    unless: bool = False

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if sum(x is not None for x in (self.fact, self.item, self.judgement)) != 1:
            raise ValueError("noem precies één van fact, item en judgement")
        if self.outcome is not None and self.item is None:
            raise ValueError("outcome hoort bij item: de uitkomst van welk item?")
        if (self.by is None) != (self.judgement is None):
            raise ValueError("judgement en by horen bij elkaar: wie beoordeelt dit?")
        return self

    @property
    def key(self) -> str | None:
        """Return the key of the item that it hangs on, without which time of it; none for "each.time"."""
        return None if self.item in {None, EACH_TIME} else str(self.item).partition(".")[0]


class Clocktime(Strict):
    """When on the day: hours on the wall, or a part of the day; minutes per talk, or at most so many."""

    at: time | None = None
    until: time | None = None
    part: Half | None = None
    minutes: int | None = Field(default=None, ge=1, le=600)
    at_most: bool = False

    @model_validator(mode="after")
    def _goes_on(self) -> Self:
        if self.at and self.until and self.until <= self.at:
            raise ValueError("until is later op de dag dan at")
        if self.at_most and self.minutes is None:
            raise ValueError("at_most hoort bij minutes: hoeveel minuten ten hoogste?")
        return self

    def on(self, day: date) -> datetime | None:
        """Return the moment on a day in Amsterdam: the hour on the wall, also when the clock is changed."""
        return datetime.combine(day, self.at, AMSTERDAM) if self.at else None
