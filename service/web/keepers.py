"""What the keepers' pages share: who may come in, and reading the fields of their forms."""

from datetime import date
from typing import Annotated

from fastapi import Form

from models import Role
from service.access.scope import NotFoundError
from service.school.errors import NotOfThisSchoolError, SchoolError
from service.web.page import Me

Word = Annotated[str, Form(max_length=200)]
Day = Annotated[str, Form(max_length=10)]


def require_administrator(me: Me) -> None:
    """Let in who keeps the school's data; to others the page does not exist."""
    if not me.actor.is_administrator:
        raise NotFoundError


def require_manager(me: Me) -> None:
    """Let in the IB'er and the director; to others the page does not exist."""
    if not me.actor.is_manager:
        raise NotFoundError


def require_keeper(me: Me) -> None:
    """Let in administrators, and the IB'er and director who look along."""
    if not (me.actor.is_administrator or me.actor.is_manager):
        raise NotFoundError


def wanted_day(text: str, what: str = "een dag") -> date:
    """Read a day from a form."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise SchoolError(f"Kies {what}.") from error


def optional_day(text: str) -> date | None:
    """Read a day from a form, or nothing."""
    return wanted_day(text) if text else None


def known_or_not_found(error: SchoolError) -> SchoolError:
    """Return the error to show; one about another school is a page that does not exist."""
    if isinstance(error, NotOfThisSchoolError):
        raise NotFoundError from error
    return error


def wanted_role(text: str) -> Role:
    """Read a role from a form."""
    try:
        return Role(text)
    except ValueError as error:
        raise SchoolError("Kies een rol.") from error
