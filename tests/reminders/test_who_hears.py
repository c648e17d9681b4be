"""Who hears: the owner, whose queue it is, who guards, each at each school, and nobody who left."""

from datetime import date

from models import (
    Channel,
    Membership,
    Role,
    TaskState,
)
from service.clock import local
from tests.cast import Cast, read_cast
from tests.reminders.mornings import (
    days,
    digests,
    heard,
    morning,
    mornings,
    told,
    work,
)


def test_at_two_schools_the_ib_hears_of_each_on_its_own_days(cast: Cast) -> None:
    there = read_cast(cast.session, "99HK")
    for number, day in enumerate(days("2026-11-23", "2026-11-27")):
        work(cast, "ineke", day.isoformat(), title=f"Hier {number}", role=Role.IB)
        work(there, "ineke", day.isoformat(), title=f"Daar {number}", role=Role.IB, group="6")

    for day in days("2026-11-16", "2026-12-11"):
        for hour in (7, 13):
            morning(cast, day, hour)
            morning(there, day, hour)

    here, over_there = digests(cast, "ineke"), digests(there, "ineke")
    assert {local(m.made_at).weekday() for m in here} == {1, 2}
    assert {local(m.made_at).weekday() for m in over_there} == {3}
    assert not any("Daar" in m.body for m in here)
    assert not any("Hier" in m.body for m in over_there)


def test_who_has_left_hears_nothing(cast: Cast) -> None:
    work(cast, "hanneke", "2026-11-25")
    work(cast, "joris", "2026-11-25")
    cast.people["joris"].active = False
    cast.leaves("hanneke", date(2026, 11, 20))

    mornings(cast, "2026-11-23", "2026-12-18")

    assert heard(cast, "hanneke") == []
    assert heard(cast, "joris") == []


def test_what_nobody_has_is_told_to_everyone_whose_it_could_be(cast: Cast) -> None:
    task = work(cast, None, "2026-11-25", title="Lever het plan in")

    mornings(cast, "2026-11-24", "2026-11-25")
    task.owner_id, task.state = cast.id("joris"), TaskState.RESERVED
    mornings(cast, "2026-11-26", "2026-12-02")

    assert heard(cast, "laila") == ["2026-11-24"]
    assert heard(cast, "joris") == ["2026-11-25", "2026-11-27"]
    assert heard(cast, "hanneke") == []
    assert "nog van niemand" in digests(cast, "joris")[0].body


def test_who_takes_over_half_way_hears_from_where_it_is(cast: Cast) -> None:
    task = work(cast, "laila", "2026-11-24")
    mornings(cast, "2026-11-16", "2026-11-24")
    task.owner_id = cast.id("joris")

    mornings(cast, "2026-11-25", "2026-11-26")

    assert told(cast, "joris") == [("op-de-dag", "2026-11-25"), ("vraag", "2026-11-26")]


def test_a_chat_channel_gets_the_same_words_by_its_own_way(cast: Cast) -> None:
    for name, active in (("telefoon", True), ("oud", False)):
        row = Channel(
            school_id=cast.school.id,
            person_id=cast.id("hanneke"),
            name=name,
            secret_url="x",
            active=active,
        )
        cast.session.add(row)
    work(cast, "hanneke", "2026-11-25")

    morning(cast, "2026-11-25")

    by_mail, by_chat = sorted(digests(cast, "hanneke"), key=lambda m: m.channel_id is not None)
    assert (by_mail.to_address, by_chat.to_address) == ("hanneke.achterberg@wilgenhof.example", "telefoon")
    assert (by_mail.body, by_mail.subject) == (by_chat.body, by_chat.subject)


def test_a_digest_tells_own_work_apart_from_what_is_guarded(cast: Cast) -> None:
    work(cast, "hanneke", "2026-11-18", title="Van Hanneke")

    morning(cast, "2026-11-20")
    work(cast, "ineke", "2026-11-25", title="Van Ineke", role=Role.IB)
    morning(cast, "2026-11-25")

    (digest,) = digests(cast, "ineke")
    own, _, guarded = digest.body.partition("Let op bij een ander")
    assert ("Van Ineke" in own, "Van Hanneke" in own, "Van Hanneke" in guarded) == (True, False, True)
    assert digest.subject == "Jaarritme, woensdag 25 november: 1 taak"


def test_a_role_that_has_ended_guards_nothing(cast: Cast) -> None:
    ended = cast.session.get(Membership, cast.role("ineke", Role.IB).id)
    assert ended
    ended.valid_until = date(2026, 11, 30)
    work(cast, "hanneke", "2026-11-25")

    mornings(cast, "2026-12-01", "2026-12-16")

    assert heard(cast, "ineke") == []
