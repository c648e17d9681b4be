from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import Engine
from sqlmodel import select

from models import Case, Meeting, Message, Person, ProcedureVersion, School, Task
from models.database import reading, unit_of_work
from service.notices import outbox
from service.notices.apprise_channel import AppriseCarrier
from service.notices.outbox import Letter
from service.notices.post_office import PostOffice
from service.notices.smtp import MailCarrier, MailServer
from service.notices.vault import Vault

AT = datetime(2026, 11, 25, 5, 30, tzinfo=UTC)
Office = Callable[..., PostOffice]


class World:
    """One school with one colleague, and what is in its outbox."""

    def __init__(self, engine: Engine, home: Path) -> None:
        self.engine, self.vault = engine, Vault(home)
        self.school = School(
            brin="99XX", name="De Wilgenhof", region="noord", mailbox="zorg@wilgenhof.example"
        )
        self.person = Person(name="Ineke de Boer", email="ineke@wilgenhof.example")
        with unit_of_work(engine) as session:
            session.add_all([self.school, self.person])

    def letter(self, key: str, **changes: object) -> Letter:
        facts = {
            "school_id": self.school.id,
            "person_id": self.person.id,
            "kind": "digest",
            "dedupe_key": key,
            "to_address": self.person.email,
            "subject": f"Vandaag: {key}",
            "body": "Er staan drie dingen klaar.",
            "at": AT,
            "expires_at": AT + timedelta(days=1),
        }
        return Letter(**(facts | changes))

    def post(self, key: str, **changes: object) -> UUID:
        with unit_of_work(self.engine) as session:
            message = outbox.post(session, self.letter(key, **changes))
            assert message
            return message.id

    def message(self, key: str) -> Message:
        with reading(self.engine) as session:
            return session.exec(select(Message).where(Message.dedupe_key == key)).one()

    def told(self, key: str) -> tuple[str, str | None]:
        message = self.message(key)
        return message.state.value, message.last_error

    def change(self, thing: School | Person, **values: object) -> None:
        with unit_of_work(self.engine) as session:
            row = session.get_one(type(thing), thing.id)
            for name, value in values.items():
                setattr(row, name, value)

    def meeting(self, sequence: int, code: str = "G-2026-001") -> UUID:
        with unit_of_work(self.engine) as session:
            version = ProcedureVersion(key="group-discussions", digest=code, definition={}, published_at=AT)
            session.add(version)
            session.flush()
            case = Case(
                school_id=self.school.id,
                version_id=version.id,
                school_year="2026-2027",
                procedure="group-discussions",
                occurrence="1",
                key=f"1:{code}",
                code=code,
                title="Groepsbespreking 5",
                opens_on=date(2026, 11, 1),
            )
            session.add(case)
            session.flush()
            task = Task(
                school_id=self.school.id, case_id=case.id, key="k", stage="s", title="t", role="teacher"
            )
            session.add(task)
            session.flush()
            meeting = Meeting(
                school_id=self.school.id,
                case_id=case.id,
                task_id=task.id,
                uid=f"{uuid4()}@wilgenhof.example",
                sequence=sequence,
                title="Groepsbespreking",
                starts_at=AT + timedelta(days=7),
                ends_at=AT + timedelta(days=7, hours=1),
                modified_at=AT,
            )
            session.add(meeting)
            session.flush()
            return meeting.id

    def post_office(self, url: str, *, timeout: float = 5, patience: float = 10) -> PostOffice:
        mail = MailCarrier(MailServer.read(url), timeout=timeout, patience=patience) if url else None
        return self.office_of(mail)

    def office_of(self, mail: MailCarrier | None) -> PostOffice:
        return PostOffice(mail, AppriseCarrier(allow_private=True), self.vault)
