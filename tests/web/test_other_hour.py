"""Another hour that somebody proposed is decided on its page, after a look at who hears what."""

from uuid import UUID

from models import Attendee, CounterProposal, CounterState, Meeting
from models.database import reading, unit_of_work
from service.meetings.counter import propose
from tests.cast import moment
from tests.web.conftest import World
from tests.web.test_meetings import WHO, asked, meeting, plain, post_of, send_all, text


def proposed(world: World, of: Meeting) -> UUID:
    """Let Laila propose another hour."""
    with unit_of_work(world.engine) as session:
        laila = session.get_one(Attendee, asked(world, of)["laila"].id)
        kept = propose(
            session,
            laila,
            starts_at=moment("2027-02-16", 9),
            ends_at=moment("2027-02-16", 9, 45),
            location="",
            comment="dan past het",
            sequence=of.sequence,
            inbound_id=None,
            at=moment("2026-11-25", 8),
        )
        return kept.id


def state_of(world: World, counter: UUID) -> CounterState:
    with reading(world.engine) as session:
        return session.get_one(CounterProposal, counter).state


def test_another_hour_that_was_proposed_is_decided_on_the_page(world: World) -> None:
    of = meeting(world)
    counter = proposed(world, of)
    client = world.client("ineke")
    assert "Laila Tahiri liever" in text(client, "/overleg")
    led = {
        n: f'href="/overleg/{of.id}">Laila Tahiri stelt' in world.client(n).get("/vandaag").text for n in WHO
    }
    refused = world.client("joris").post(f"/overleg/{of.id}/voorstel/{counter}/aannemen").status_code

    look = client.post(f"/overleg/{of.id}/voorstel/{counter}/aannemen", data={"step": "bekijken"})
    assert "Joris Kamphuis krijgt" in plain(look.text)
    assert meeting(world).starts_at == of.starts_at

    client.post(f"/overleg/{of.id}/voorstel/{counter}/aannemen", data={"step": "versturen"})

    assert state_of(world, counter) == CounterState.ACCEPTED
    assert (refused, led) == (404, {"ineke": True, "joris": False, "bram": False})
    assert meeting(world).starts_at == moment("2027-02-16", 9)


def test_declining_another_hour_shows_first_who_hears_it(world: World) -> None:
    of = meeting(world)
    send_all(world)
    counter, before = proposed(world, of), len(post_of(world, of))
    client, address = world.client("ineke"), f"/overleg/{of.id}/voorstel/{counter}/afwijzen"

    looks = [client.post(address, data=data) for data in ({"step": "bekijken"}, {})]
    back = client.post(address, data={"step": "terug"})

    for look in looks:
        said = plain(look.text)
        assert "Blijft staan: <strong>woensdag 10 februari</strong>" in said
        assert "Laila Tahiri krijgt bericht dat het moment blijft" in said
        assert "voor Joris Kamphuis verandert niets" in said
    assert back.headers["location"] == f"/overleg/{of.id}"
    assert (state_of(world, counter), len(post_of(world, of))) == (CounterState.OPEN, before)

    client.post(address, data={"step": "versturen"})

    [told] = post_of(world, of)[before:]
    assert (told.calendar_method, told.to_name) == ("DECLINECOUNTER", "Laila Tahiri")
    assert (state_of(world, counter), meeting(world).starts_at) == (CounterState.DECLINED, of.starts_at)
