from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session, select

from models import Group, Half, Role, School, Year
from service.school.checks import checks
from service.school.pause import pause_messages
from service.school.presence import set_presence
from service.school.staff import add_person, add_teaching

AT = datetime(2026, 11, 18, 8, tzinfo=UTC)
TOLD: dict[str, Any] = {"actor_id": None, "at": AT}
AUGUST, TODAY = date(2026, 8, 1), date(2026, 11, 18)
FULL = [(day, half) for day in range(5) for half in Half]


def hire(session: Session, school: School, role: Role, halves: list[tuple[int, Half]]) -> None:
    person = add_person(
        session,
        school.id,
        name=f"Iemand {role.value}",
        email=f"{role.value}@proef.example",
        role=role,
        valid_from=AUGUST,
        **TOLD,
    )
    if halves:
        set_presence(session, school.id, person.id, halves, valid_from=AUGUST, **TOLD)
    if role is Role.TEACHER:
        group = session.exec(select(Group)).one()
        add_teaching(session, school.id, person.id, group.id, valid_from=AUGUST, **TOLD)


def test_a_school_in_order_has_nothing_to_look_at(session: Session, school: School) -> None:
    for role in (Role.IB, Role.DIRECTOR, Role.ADMINISTRATION, Role.ADMINISTRATOR, Role.TEACHER):
        hire(session, school, role, FULL)
    session.add(Year(school_id=school.id, label="2026-2027", opened_at=AT))
    session.flush()

    assert checks(session, school, TODAY, has_mail=True) == []


def test_a_group_without_a_teacher_on_a_day_is_named(session: Session, school: School) -> None:
    hire(session, school, Role.TEACHER, [half for half in FULL if half[0] != 2])

    found = checks(session, school, TODAY, has_mail=True)

    assert "Groep 8 heeft op woensdag geen leerkracht." in found


def test_what_is_missing_is_said_in_words(session: Session, school: School) -> None:
    school.mailbox = ""
    hire(session, school, Role.IB, [])

    found = checks(session, school, TODAY, has_mail=False)

    assert found == [
        "Er is geen mailserver ingesteld: berichten blijven wachten (JAARRITME_SMTP_URL).",
        "De school heeft geen postvak: niemand kan op een uitnodiging antwoorden.",
        "Schooljaar 2026-2027 is nog niet geopend; de IB'er of directie doet dat in de jaarplanner.",
        "Niemand heeft de rol directie: taken daarvoor blijven liggen.",
        "Niemand heeft de rol administratie: taken daarvoor blijven liggen.",
        "Niemand heeft de rol beheerder: taken daarvoor blijven liggen.",
        "Groep 8 heeft geen leerkracht.",
        "Van Iemand ib zijn geen werkdagen bekend; dat telt als elke dag aanwezig.",
    ]


def test_messages_are_paused_and_let_go(session: Session, school: School) -> None:
    pause_messages(session, school.id, paused=True, actor_id=school.id, at=AT)
    paused = school.messages_paused
    pause_messages(session, school.id, paused=False, actor_id=school.id, at=AT)

    assert (paused, school.messages_paused) == (True, False)
