from datetime import UTC, datetime

import pytest
from sqlmodel import Session, col, select

from calendars.yearplan.items import PlanItem
from models import OwnItem, PlanImport
from service.school.errors import NotOfThisSchoolError, SchoolError
from service.year.frame import frame_of
from service.yearplan.draft import Draft
from service.yearplan.imports import begin, choose_style, clean_name, find_import, reviewed, reword, save
from service.yearplan.items import ItemError, item_of
from service.yearplan.own import add_item, change_item, own_rows, remove_item, restore_item
from service.yearplan.table import read_table
from service.yearplan.takeover import Taken, take_over, undo
from tests.cast import YEAR, Cast, kompas, wilgenhof

AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
LATER = datetime(2026, 9, 2, 8, tzinfo=UTC)
HEAD = "Wanneer;Wat;Groepen;Wie\n"
PLAN = HEAD + "week 3-5;M-toetsen;3-7;lk\nuiterlijk 12 februari;Invoer M-toetsen;3-7;lk\nblabla;Iets;8;IB\n"


@pytest.fixture
def cast(session: Session) -> Cast:
    """De Wilgenhof, of which nothing is planned yet, on both kinds of database in turn."""
    return wilgenhof(session)


def started(cast: Cast, text: str = PLAN, name: str = "plan.csv") -> PlanImport:
    sheets = read_table(text.encode())
    return begin(cast.session, cast.school.id, YEAR, name, sheets, actor_id=cast.id("ineke"), at=AT)


def taken(cast: Cast, kept: PlanImport) -> Taken:
    cast.session.expire_all()
    found, draft = find_import(cast.session, cast.school.id, kept.id)
    frame = frame_of(cast.session, cast.school, YEAR)
    entries = reviewed(cast.session, cast.school.id, draft, frame).entries
    return take_over(cast.session, found, draft, entries, actor_id=cast.id("ineke"), at=AT)


def titles(cast: Cast, *, active: bool = True) -> list[str]:
    cast.session.expire_all()
    return [row.definition["title"] for row in own_rows(cast.session, cast.school.id, active=active)]


def test_what_is_clear_becomes_items_and_the_rest_waits(cast: Cast) -> None:
    kept = started(cast)

    done = taken(cast, kept)

    assert done == Taken(("M-toetsen", "Invoer M-toetsen"))
    assert titles(cast) == ["M-toetsen", "Invoer M-toetsen"]
    assert kept.finished_at is None


def test_an_item_keeps_rules_and_where_it_came_from(cast: Cast) -> None:
    taken(cast, started(cast))

    row = own_rows(cast.session, cast.school.id)[0]

    assert (row.key, row.source, row.position, row.changed_by) == (
        "m-toetsen",
        "plan.csv",
        0,
        cast.id("ineke"),
    )
    assert PlanItem.model_validate(row.definition).groups == ("3", "4", "5", "6", "7")


def test_the_same_file_twice_changes_nothing(cast: Cast) -> None:
    taken(cast, started(cast))
    before = [(row.id, row.definition, row.changed_at) for row in own_rows(cast.session, cast.school.id)]

    again = taken(cast, started(cast))

    assert again == Taken(unchanged=("M-toetsen", "Invoer M-toetsen"))
    assert [
        (row.id, row.definition, row.changed_at) for row in own_rows(cast.session, cast.school.id)
    ] == before


def test_a_changed_row_changes_its_item_and_a_row_that_went_is_told(cast: Cast) -> None:
    taken(cast, started(cast))

    done = taken(cast, started(cast, HEAD + "week 4-6;M-toetsen;3-7;lk\nweek 44;Signalering;3;lk\n"))

    assert done == Taken(("Signalering",), ("M-toetsen",), (), ("Invoer M-toetsen",))
    assert sorted(titles(cast)) == ["Invoer M-toetsen", "M-toetsen", "Signalering"]


def test_what_is_answered_later_is_taken_over_later(cast: Cast) -> None:
    kept = started(cast)
    taken(cast, kept)
    found, draft = find_import(cast.session, cast.school.id, kept.id)
    line = next(
        e.line
        for e in reviewed(
            cast.session, cast.school.id, draft, frame_of(cast.session, cast.school, YEAR)
        ).entries
        if e.status == "unknown"
    )

    reword(draft, line.id, when="week 12", title="Iets", groups="8", who="IB")
    save(found, draft)
    cast.session.flush()
    done = taken(cast, kept)

    assert done == Taken(("Iets",), (), ("M-toetsen", "Invoer M-toetsen"))
    assert kept.finished_at == AT


def test_a_finished_import_keeps_no_table(cast: Cast) -> None:
    kept = started(cast, HEAD + "week 3-5;M-toetsen;3-7;lk\n")

    taken(cast, kept)

    assert Draft.model_validate(kept.lines[0]).sheets == {}


def test_an_import_is_taken_back_as_a_whole(cast: Cast) -> None:
    taken(cast, started(cast, HEAD + "week 3-5;M-toetsen;3-7;lk\n"))
    kept = started(cast, HEAD + "week 4-6;M-toetsen;3-7;lk\nweek 44;Signalering;3;lk\n")
    taken(cast, kept)

    back, since = undo(cast.session, kept, actor_id=cast.id("ineke"), at=LATER)

    assert (back, since, titles(cast), titles(cast, active=False)) == (2, [], ["M-toetsen"], ["Signalering"])
    assert own_rows(cast.session, cast.school.id)[0].definition["when"]["until"] == 5


def test_taking_back_leaves_what_was_changed_since(cast: Cast) -> None:
    kept = started(cast, HEAD + "week 3-5;M-toetsen;3-7;lk\nweek 44;Signalering;3;lk\n")
    taken(cast, kept)
    row = own_rows(cast.session, cast.school.id)[0]
    by_hand = item_of(row.key, {"title": "M-toetsen", "when": {"rule": "week", "number": 6}})
    change_item(cast.session, row, by_hand, actor_id=cast.id("ineke"), at=LATER)

    back, since = undo(cast.session, kept, actor_id=cast.id("ineke"), at=LATER)

    assert (back, since, titles(cast)) == (1, ["M-toetsen"], ["M-toetsen"])


def test_an_item_that_was_removed_comes_back_with_its_file(cast: Cast) -> None:
    taken(cast, started(cast))
    row = own_rows(cast.session, cast.school.id)[1]
    remove_item(cast.session, row, actor_id=cast.id("ineke"), at=LATER)

    done = taken(cast, started(cast))

    assert (done.added, done.unchanged) == (("Invoer M-toetsen",), ("M-toetsen",))


def test_answers_of_an_earlier_file_of_the_same_name_are_found_back(cast: Cast) -> None:
    text = HEAD + "12-11-2026;Overleg;alle;IB\n"
    kept = started(cast, text)
    _, draft = find_import(cast.session, cast.school.id, kept.id)
    choose_style(draft, "week")
    save(kept, draft)
    cast.session.flush()

    again = started(cast, text)

    assert taken(cast, again) == Taken(("Overleg",))


def test_a_file_of_another_name_begins_without_answers(cast: Cast) -> None:
    text = HEAD + "12-11-2026;Overleg;alle;IB\n"
    kept = started(cast, text)
    _, draft = find_import(cast.session, cast.school.id, kept.id)
    choose_style(draft, "week")
    save(kept, draft)
    cast.session.flush()

    assert taken(cast, started(cast, text, "ander.csv")) == Taken()


def test_a_pupil_of_the_school_is_never_taken_over(cast: Cast) -> None:
    done = taken(
        cast, started(cast, HEAD + "week 44;Gesprek Quirijn Zeewuster;5;IB\nweek 45;Gesprek Xandra;5;IB\n")
    )

    assert (done, titles(cast)) == (Taken(), [])


def test_another_school_finds_nothing(cast: Cast) -> None:
    kept = started(cast)
    taken(cast, kept)
    other = kompas(cast.session)

    assert own_rows(cast.session, other.school.id) == []
    with pytest.raises(NotOfThisSchoolError):
        find_import(cast.session, other.school.id, kept.id)


def test_a_name_of_a_pupil_can_not_be_typed_either(cast: Cast) -> None:
    item = item_of("gesprek", {"title": "Gesprek over Quirijn Zeewuster"})

    with pytest.raises(ItemError, match="naam van een leerling"):
        add_item(cast.session, cast.school.id, item, actor_id=cast.id("ineke"), at=AT)


def test_an_item_that_another_counts_from_can_not_be_removed(cast: Cast) -> None:
    taken(cast, started(cast))
    row = own_rows(cast.session, cast.school.id)[0]
    after = item_of("analyse", {"title": "Analyse", "when": {"rule": "after", "day": "item.m-toetsen"}})
    add_item(cast.session, cast.school.id, after, actor_id=cast.id("ineke"), at=AT)

    with pytest.raises(ItemError, match='"Analyse"'):
        remove_item(cast.session, row, actor_id=cast.id("ineke"), at=LATER)


def test_a_removed_item_can_be_put_back(cast: Cast) -> None:
    taken(cast, started(cast))
    row = own_rows(cast.session, cast.school.id)[1]

    remove_item(cast.session, row, actor_id=cast.id("ineke"), at=LATER)
    without = titles(cast)
    restore_item(cast.session, row, actor_id=cast.id("ineke"), at=LATER)

    assert (without, titles(cast)) == (["M-toetsen"], ["M-toetsen", "Invoer M-toetsen"])


def test_an_item_can_not_count_from_itself(cast: Cast) -> None:
    taken(cast, started(cast))
    row = own_rows(cast.session, cast.school.id)[0]
    around = item_of(row.key, {"title": "M-toetsen", "when": {"rule": "after", "day": "item.m-toetsen"}})

    with pytest.raises(SchoolError, match="zichzelf"):
        change_item(cast.session, row, around, actor_id=cast.id("ineke"), at=LATER)


def test_items_of_a_school_have_keys_of_their_own(cast: Cast) -> None:
    taken(cast, started(cast, HEAD + "week 44;Toets;3;lk\nweek 45;Toets;4;lk\n"))

    keys = cast.session.exec(select(OwnItem.key).order_by(col(OwnItem.key))).all()

    assert list(keys) == ["toets", "toets-2"]


@pytest.mark.parametrize(
    ("given", "name"),
    [("C:\\Users\\ib\\plan.xlsx", "plan.xlsx"), ("../../etc/plan.csv", "plan.csv"), ("", "geplakte tabel")],
)
def test_a_file_is_known_by_its_name_alone(given: str, name: str) -> None:
    assert clean_name(given) == name
