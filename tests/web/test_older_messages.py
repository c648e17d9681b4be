"""Who looks back finds every line that was sent, thirty at a time."""

import html
import re
from datetime import timedelta

from models.database import unit_of_work
from service.notices.outbox import Letter, post
from tests.web.conftest import NOW, World

HERE = "/mijn/berichten"


def sent(world: World, who: str, number: int) -> None:
    person = world.wilgenhof.people[who]
    with unit_of_work(world.engine) as session:
        for at in range(number):
            made = NOW - timedelta(days=at + 1)
            letter = Letter(
                school_id=world.wilgenhof.school.id,
                person_id=person.id,
                kind="digest",
                dedupe_key=f"{who}:{at}",
                to_address=person.email,
                subject=f"Bericht {at} van {who}.",
                body="-",
                at=made,
                expires_at=made + timedelta(hours=1),
            )
            post(session, letter)


def test_older_messages_are_a_link_away_until_the_last(world: World) -> None:
    sent(world, "laila", 35)
    sent(world, "hanneke", 1)
    client = world.client("laila")

    newest = client.get(HERE).text
    [link] = re.findall(rf'href="({HERE}\?tot=[^"]+)">Ouder<', newest)
    older = client.get(html.unescape(link)).text

    told = [re.findall(r"Bericht (\d+ van \w+)", page) for page in (newest, older)]
    assert all(told)
    assert told[0] + told[1] == [f"{number} van laila" for number in range(35)]
    assert ">Ouder<" not in older
