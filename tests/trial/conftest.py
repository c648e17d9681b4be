"""A trial year of the invented school, planned without a database."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import pytest

from calendars.people import Facts, Overrides
from calendars.plan import Frame, Plan
from calendars.schoolyear import Closed
from service.procedures import read_all
from service.trial.wishes import Wishes, alter
from service.year.open import Inputs
from tests.calendars.invented_school import STUDY_DAYS, frame, people

Try = Callable[..., "Year"]


@dataclass(frozen=True)
class Year:
    """A planned year with what it was planned from."""

    inputs: Inputs
    plan: Plan

    @property
    def frame(self) -> Frame:
        return self.inputs.frame


@cache
def base(own: tuple[Closed, ...] = STUDY_DAYS) -> Inputs:
    return Inputs(tuple(read_all()), frame("midden", own=own), people(5), Facts(), Overrides())


@pytest.fixture
def inputs() -> Inputs:
    return base()


@pytest.fixture
def tried() -> Try:
    """Plan the invented school's year with wishes, and with other facts or overrides."""

    def tried(wishes: Wishes | None = None, **changes: object) -> Year:
        made = alter(replace(base(), **changes), wishes or Wishes())  # type: ignore[arg-type]
        return Year(made, made.planned())

    return tried
