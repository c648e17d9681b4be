"""The words of a digest from rows: whose a task is, and who would like to help."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from calendars.derivation import joined
from models import Case, Person, Role, School, Task
from service.reminders import texts
from service.reminders.ladder import Scene
from service.settings import settings


def line_of(session: Session, scene: Scene, reader: UUID, task: Task, case: Case, kind: str) -> texts.Line:
    """Return the line of a task for a reader, told by a kind of step of its ladder."""
    owner = session.get(Person, task.owner_id) if task.owner_id else None
    return texts.Line(task, case, owner.name if owner else None, reader in scene.owners(task), kind)


def words_of(
    session: Session,
    school: School,
    scene: Scene,
    person: Person,
    lines: Sequence[texts.Line],
    news: Sequence[texts.News] = (),
) -> texts.Digest:
    """Return the words of a person's digest on the day of a scene."""
    week = scene.presence(person.id).week(scene.today)
    return texts.write(
        person,
        lines,
        scene.today,
        base_url=settings().base_url,
        workplace=f"{school.name} ({week})" if week else school.name,
        news=news,
        helper=_helper(session, scene, person.id),
    )


def _helper(session: Session, scene: Scene, reader: UUID) -> str:
    """Return who would like to help: the IB'ers by name, the reader left out."""
    ids = sorted(scene.in_role(Role.IB) - {reader}, key=str)
    return joined([session.get_one(Person, id_).name for id_ in ids])
