"""Rules that count from something else, and that join or choose between several."""

from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from calendars.rules.words import Amount, Name, Strict

if TYPE_CHECKING:
    from calendars.rules import Ref


class _Beside(Amount):
    after: "Ref | None" = None
    before: "Ref | None" = None

    @model_validator(mode="after")
    def _has_one_side(self) -> Self:
        if (self.after is None) == (self.before is None):
            raise ValueError("noem precies één van after en before")
        return self

    @property
    def beside(self) -> "Ref":
        """Return what is counted from."""
        return self.before if self.after is None else self.after  # type: ignore[return-value]  # one is given

    @property
    def anchor(self) -> str:
        """Return the name of what is counted from; empty when it is a rule itself."""
        return self.beside if isinstance(self.beside, str) else ""

    @property
    def count(self) -> int:
        """Return how many units, negative before the anchor."""
        return self.number if self.after is not None else -self.number


class Offset(_Beside):
    """A number of one unit after the last day of something, or before its first; nought is that day itself.

    With ``until`` it is all days from the one number until the other ("vier tot zes weken na").
    """

    rule: Literal["offset"]
    until: int | None = Field(default=None, ge=1, le=999)

    @model_validator(mode="after")
    def _goes_on(self) -> Self:
        if self.until is not None and self.until <= self.number:
            raise ValueError("until is het grootste van de twee aantallen")
        return self


class Within(_Beside):
    """Somewhere in a number of one unit after something ("binnen zes weken na"), or before it.

    What is done before something is done before its day.
    """

    rule: Literal["within"]


class Event(Strict):
    """Something that has a day of its own: an item, task, stage, meeting, decision or outside fact."""

    rule: Literal["event"]
    name: Name


class Pause(Strict):
    """A clock stands still from the day of one thing until the day of another."""

    since: "Ref"
    until: "Ref"
    why: str = ""


class Extension(Amount):
    """A clock gets more time, once, from the day that something says so; only with a reason."""

    when: "Ref"
    why: str = Field(min_length=3)


class Clock(Amount):
    """A term that runs from the day of something, stands still in its pauses, and may be extended once.

    A pause is given back in the clock's own unit (calendar weeks and months in calendar days, school weeks in
    school days): it lasts from its first day until, not including, the day on which the term goes on.
    ``then`` is what happens when the term runs out.
    """

    rule: Literal["clock"]
    after: "Ref"
    pause: tuple[Pause, ...] = ()
    extend: Extension | None = None
    then: str = ""


class Earliest(Strict):
    """The first of several dates ("binnen zes weken en uiterlijk 12 mei"); unknown ones don't count yet.

    A limit without a begin takes the begin of another.
    """

    rule: Literal["earliest"]
    of: tuple["Ref", ...] = Field(min_length=2)


class Latest(Strict):
    """The last of several dates ("als beide deskundigen geantwoord hebben"); all must be known."""

    rule: Literal["latest"]
    of: tuple["Ref", ...] = Field(min_length=2)


class OneOf(Strict):
    """One of several will do ("29 of 30 mei"); a person chooses."""

    rule: Literal["one-of"]
    of: tuple["Ref", ...] = Field(min_length=2)


class Each(Strict):
    """Each of several, an occurrence of its own; unknown ones don't count yet."""

    rule: Literal["each"]
    of: tuple["Ref", ...] = Field(min_length=2)


class EachTime(Strict):
    """Something again for every occurrence of another ("na elke afname"); ``do`` counts from "each.time"."""

    rule: Literal["each-time"]
    of: "Ref"
    do: "Ref"


class Pick(Strict):
    """One occurrence of a rule that has several; from the end when negative.

    With ``after`` it is the first that begins after the last day of something (or the second, with its
    number), with ``before`` the last that ends before its first day.
    """

    rule: Literal["pick"]
    number: int | None = Field(default=None, ge=-99, le=99)
    of: "Ref"
    after: "Ref | None" = None
    before: "Ref | None" = None

    @model_validator(mode="after")
    def _has_one_side(self) -> Self:
        beside = [side for side in (self.after, self.before) if side is not None]
        if len(beside) > 1 or (not beside and self.number is None):
            raise ValueError("noem number (de hoeveelste keer), after of before")
        if beside and self.nth < 1:
            raise ValueError("met after of before telt number vanaf 1")
        return self

    @property
    def nth(self) -> int:
        """Return which occurrence; the first when only a side is named."""
        return 1 if self.number is None else self.number


class Halfway(Strict):
    """The school day in the middle of the school days from one thing until another."""

    rule: Literal["halfway"]
    first: "Ref"
    last: "Ref"


class Open(Strict):
    """No moment stated: "nog te plannen", with who or what will say it."""

    rule: Literal["open"]
    why: str = ""
