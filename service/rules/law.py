"""Hold what a layer says against the law, in every school and school year that it touches."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, or_, select

from calendars import layers
from calendars.layers import TaskChange
from calendars.legal import known_years
from calendars.schoolyear import OutsideCalendarError
from models import Layer, School
from service import procedures
from service.rules.look import layer_nl, layers_of
from service.rules.said import Said
from service.year.frame import frame_of, label_on


def beyond_the_law(
    session: Session, school: School, said: Said, change: TaskChange, *, at: datetime, but: UUID | None
) -> list[str]:
    """Return in words where a rule would be looser than the law, once each; nothing when it never is."""
    procedure = next(p for p in procedures.current() if p.key == said.procedure)
    mine = layers.LayerRule(
        said.layer.value, said.scope, said.procedure, said.task, change, layer_nl(said.layer, said.scope)
    )
    problems: list[str] = []
    for touched in _touched(session, school, said):
        for label in _labels(said, at):
            others = layers_of(session, touched, label, but)
            try:
                frame = frame_of(session, touched, label)
            except OutsideCalendarError:
                continue
            problems += layers.check(procedure, [*others, mine], frame)
    return list(dict.fromkeys(problems))


def _touched(session: Session, school: School, said: Said) -> Iterable[School]:
    """Return the schools for which a rule holds: a board or region speaks for all of its own."""
    if said.layer == Layer.BOARD:
        return session.exec(select(School).where(School.board == said.scope)).all()
    if said.layer == Layer.REGION:
        here = or_(col(School.region) == said.scope, col(School.partnership) == said.scope)
        return session.exec(select(School).where(here)).all()
    return [school]


def _labels(said: Said, at: datetime) -> list[str]:
    """Return the school years to look at: the one that is meant, or all to come of which the law is known."""
    if said.school_year:
        return [said.school_year]
    return [label for label in known_years() if label >= label_on(at.date())]
