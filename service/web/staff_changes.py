"""What changes about a member of staff: days, roles, groups, logging in, and leaving."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from models import Half, Teaching
from service import clock
from service.access.password_links import TooSoonError, invite_to_log_in
from service.access.scope import NotFoundError
from service.replan.changes import PresenceSet, TeacherSet
from service.school.errors import SchoolError
from service.school.leave import deactivate_person
from service.school.mail_address import change_mail_address
from service.school.presence import HalfDay, set_presence
from service.school.staff import add_membership, add_teaching, end_membership, end_teaching
from service.settings import settings
from service.web.keepers import (
    Day,
    Word,
    known_or_not_found,
    optional_day,
    require_administrator,
    wanted_day,
    wanted_role,
)
from service.web.page import LoggedIn, Me, Writing
from service.web.person_page import HERE, attempt, find_row, person_page
from service.web.replan_steps import built, opened_label, previewed

router = APIRouter(prefix=HERE)


@router.post("/{person_id}/werkdagen", response_class=HTMLResponse)
def presence(
    request: Request,
    db: Writing,
    me: LoggedIn,
    person_id: UUID,
    halves: Annotated[list[str] | None, Form()] = None,
    *,
    first: Day = "",
    last: Day = "",
) -> Response:
    """Give a person another week, from a day on."""
    require_administrator(me)
    typed = {"halves": halves or [], "first": first, "last": last}

    def change() -> PresenceSet:
        first_day, last_day = wanted_day(first, "de eerste dag"), optional_day(last)
        kept = tuple(f"{day}-{half.value}" for day, half in map(_half, halves or ()))
        told = {"person_id": person_id, "halves": kept, "first_day": first_day}
        return PresenceSet.model_validate({**told, "last_day": last_day})

    if answer := _previewed(request, db, me, person_id, change, typed):
        return answer

    def verb() -> None:
        set_presence(
            db,
            me.school.id,
            person_id,
            [_half(text) for text in halves or ()],
            valid_from=wanted_day(first, "de eerste dag"),
            valid_until=optional_day(last),
            actor_id=me.person.id,
            at=clock.now(),
        )

    return attempt(request, db, me, person_id, verb, said="De werkdagen zijn bewaard.", typed=typed)


@router.post("/{person_id}/rol", response_class=HTMLResponse)
def role_given(
    request: Request,
    db: Writing,
    me: LoggedIn,
    person_id: UUID,
    role: Word = "",
    *,
    unit: Word = "",
    first: Day = "",
    last: Day = "",
) -> Response:
    """Give a person another role."""
    require_administrator(me)

    def verb() -> None:
        find_row(db, me, person_id)
        add_membership(
            db,
            me.school.id,
            person_id,
            role=wanted_role(role),
            unit=unit,
            valid_from=wanted_day(first, "de eerste dag"),
            valid_until=optional_day(last),
            actor_id=me.person.id,
            at=clock.now(),
        )

    return attempt(request, db, me, person_id, verb, said="De rol is toegevoegd.")


@router.post("/{person_id}/rol/{membership_id}/beeindigen", response_class=HTMLResponse)
def role_ended(
    request: Request, db: Writing, me: LoggedIn, person_id: UUID, membership_id: UUID, last: Day = ""
) -> Response:
    """End a role after a day."""
    require_administrator(me)

    def verb() -> None:
        end_membership(
            db,
            me.school.id,
            membership_id,
            until=wanted_day(last, "de laatste dag"),
            actor_id=me.person.id,
            at=clock.now(),
        )

    return attempt(request, db, me, person_id, verb, said="De rol eindigt.")


@router.post("/{person_id}/groep", response_class=HTMLResponse)
def group_given(
    request: Request, db: Writing, me: LoggedIn, person_id: UUID, group: Word = "", first: Day = ""
) -> Response:
    """Give a person a group."""
    require_administrator(me)

    def change() -> TeacherSet:
        told = {"group_id": _group(group), "person_id": person_id}
        return TeacherSet.model_validate({**told, "first_day": wanted_day(first, "de eerste dag")})

    if answer := _previewed(request, db, me, person_id, change, {}):
        return answer

    def verb() -> None:
        add_teaching(
            db,
            me.school.id,
            person_id,
            _group(group),
            valid_from=wanted_day(first, "de eerste dag"),
            actor_id=me.person.id,
            at=clock.now(),
        )

    return attempt(request, db, me, person_id, verb, said="De groep is toegevoegd.")


@router.post("/{person_id}/groep/{teaching_id}/beeindigen", response_class=HTMLResponse)
def group_ended(
    request: Request, db: Writing, me: LoggedIn, person_id: UUID, teaching_id: UUID, last: Day = ""
) -> Response:
    """End a person's turn at a group after a day."""
    require_administrator(me)
    turn = db.get(Teaching, teaching_id)
    ours = turn is not None and turn.group_id in {
        group.id for _, group in find_row(db, me, person_id).teaching
    }

    def change() -> TeacherSet:
        first_day = wanted_day(last, "de laatste dag") + timedelta(days=1)
        told = {"group_id": turn.group_id if turn else None, "instead_of": person_id}
        return TeacherSet.model_validate({**told, "first_day": first_day})

    runs = turn is not None and _runs_on(turn, last)
    if ours and runs and (answer := _previewed(request, db, me, person_id, change, {})):
        return answer

    def verb() -> None:
        end_teaching(
            db,
            me.school.id,
            teaching_id,
            until=wanted_day(last, "de laatste dag"),
            actor_id=me.person.id,
            at=clock.now(),
        )

    return attempt(request, db, me, person_id, verb, said="De groep eindigt voor deze persoon.")


@router.post("/{person_id}/mailadres", response_class=HTMLResponse)
def readdressed(
    request: Request, db: Writing, me: LoggedIn, person_id: UUID, email: Word = "", *, keep_old: Word = ""
) -> Response:
    """Write to a person at another address."""
    require_administrator(me)

    def verb() -> None:
        change_mail_address(
            db,
            me.school.id,
            person_id,
            email,
            keep_old=bool(keep_old),
            actor_id=me.person.id,
            at=clock.now(),
        )

    said = "Het mailadres is gewijzigd. Komende overleggen gaan opnieuw naar dit adres."
    typed = {"email": email, "drop_old": not keep_old}
    return attempt(request, db, me, person_id, verb, said=said, typed=typed)


@router.post("/{person_id}/inloglink", response_class=HTMLResponse)
def invited(request: Request, db: Writing, me: LoggedIn, person_id: UUID) -> Response:
    """Mail a person a link to choose a password; the administrator never sees it."""
    require_administrator(me)
    row = find_row(db, me, person_id)
    if not row.person.active or row.is_gone(clock.today()):
        raise NotFoundError

    def verb() -> None:
        try:
            invite_to_log_in(db, row.person, me.school.id, at=clock.now())
        except TooSoonError as error:
            raise SchoolError(str(error)) from error

    said = "De link ligt klaar en gaat binnen een paar minuten per mail weg."
    if me.school.messages_paused or not settings().smtp_url:
        said = "De link ligt klaar, maar mail gaat nu niet weg: kijk bij Beheer: stromen."
    return attempt(request, db, me, person_id, verb, said=said)


@router.post("/{person_id}/vertrek", response_class=HTMLResponse)
def left(request: Request, db: Writing, me: LoggedIn, person_id: UUID) -> Response:
    """Let a person leave this school: roles, logins and calendar addresses end."""
    require_administrator(me)

    def verb() -> None:
        deactivate_person(db, me.school.id, person_id, actor_id=me.person.id, at=clock.now())

    said = "Deze persoon werkt hier niet meer. Open werk gaat komende nacht naar een ander."
    return attempt(request, db, me, person_id, verb, said=said)


def _runs_on(turn: Teaching, last: str) -> bool:
    """Tell whether a turn runs on after a day; only then does its end there change who has the group."""
    day = optional_day(last)
    return day is not None and turn.valid_from <= day and (turn.valid_until is None or day < turn.valid_until)


def _previewed(
    request: Request,
    db: Session,
    me: Me,
    person_id: UUID,
    build: Callable[[], PresenceSet | TeacherSet],
    typed: Mapping[str, object],
) -> Response | None:
    """Lead to what moves, when the year in which it begins is open; nothing otherwise."""
    try:
        change = built(build)
        find_row(db, me, person_id)
        label = opened_label(db, me.school.id, change.first_day)
        return previewed(request, db, me, label, change, f"{HERE}/{person_id}")
    except SchoolError as error:
        problem = me.say(str(known_or_not_found(error)))
        return person_page(request, db, me, person_id, problem=problem, typed=typed)


def _half(text: str) -> HalfDay:
    day, _, half = text.partition("-")
    try:
        return int(day), Half(half)
    except ValueError as error:
        raise SchoolError("Dit is geen dagdeel.") from error


def _group(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise SchoolError("Kies een groep.") from error
