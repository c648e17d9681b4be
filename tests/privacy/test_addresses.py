"""Behind the login names may be read; in an address, a header or a file name none stands."""

import re
from collections import deque
from html import unescape

import time_machine
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import select

from models import Pupil
from models.database import reading, unit_of_work
from service.access.passwords import hash_password
from service.cases.open import open_case
from tests.cast import moment, read_cast
from tests.privacy.net import Net
from tests.web_app import app_on

NOW = moment("2026-11-25", 9)
PASSWORD = "zon op de speelplaats"
MOST = 40  # pages
_ADDRESS = re.compile(r"""(?:href|src|action|hx-[a-z]+)=["']([^"']*)["']""")


def test_no_name_is_in_an_address_of_the_pages(opened_light: Engine) -> None:
    with unit_of_work(opened_light) as session:
        cast = read_cast(session, "99WH")
        ineke = cast.people["ineke"]
        ineke.password_hash = hash_password(PASSWORD)
        session.add(ineke)
        chosen = {"occurrence": "tlv", "pupil_id": cast.pupils["1001"].id}
        open_case(session, actor=cast.actor("ineke", NOW), at=NOW, procedure="external-referrals", **chosen)
    with reading(opened_light) as session:
        net = Net.of(session.exec(select(Pupil)))

    with time_machine.travel(NOW, tick=False), TestClient(app_on(opened_light)) as client:
        client.post("/login", data={"email": ineke.email, "password": PASSWORD})
        addresses, headers, shown = walk(client)

    assert net.names_in("\n".join(addresses), "\n".join(headers)) == []
    assert shown >= 3  # where names are, so that there was something to give away
    assert len(addresses) > 100


def walk(client: TestClient) -> tuple[set[str], set[str], int]:
    """Follow the links of the pages; return every address, every header and how many pages showed a name."""
    waiting, addresses, headers, shown = (
        deque(["/vandaag", "/trajecten?state=all"]),
        set[str](),
        set[str](),
        0,
    )
    for _ in range(MOST):
        if not waiting:
            break
        answer = client.get(waiting.popleft())
        headers |= {str(answer.url), *(f"{name}: {value}" for name, value in answer.headers.items())}
        shown += "Zeewuster" in answer.text
        new = {unescape(hit) for hit in _ADDRESS.findall(answer.text)} - addresses
        addresses |= new
        waiting += sorted(a for a in new if a.startswith("/") and not a.startswith(("/static", "/uitloggen")))
    return addresses, headers, shown
