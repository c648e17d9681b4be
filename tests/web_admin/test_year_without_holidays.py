"""From August 2030 on no official holidays are known: work goes on, and what needs them says so."""

from datetime import date

import pytest
import time_machine
from sqlmodel import Session

from models import School
from models.database import reading, unit_of_work
from service.cases.errors import NotOpenableError
from service.cases.open import open_case
from service.meetings.arrange import Wish, arrange
from service.procedures import MEETINGS
from service.school.checks import checks
from service.school.closures import Wanted, add_closure
from tests.cast import Cast, moment
from tests.web_admin.conftest import House

THEN = moment("2030-10-01")
WORDS = "nog geen vakanties bekend"
PLANS = (
    *(f"/{page}?jaar=2030-2031" for page in ("jaarplanner", "proefjaar")),
    "/jaarplan",
    "/jaarplan/nieuw",
)


@pytest.mark.parametrize("role", ["ib", "teacher", "administrator", "director"])
def test_today_goes_on(house: House, role: str) -> None:
    with time_machine.travel(THEN):
        page = house.client(role).get("/vandaag")

    assert (page.status_code, WORDS in page.text) == (200, False)


@pytest.mark.parametrize("path", [*PLANS, "/jaarplanner/openen", "/proefjaar/nieuw"])
def test_a_page_that_needs_the_year_says_what_to_do(house: House, path: str) -> None:
    with time_machine.travel(THEN):
        page = house.client("ib").get(path).text

    assert "Dit schooljaar is nog niet te plannen" in page
    assert f"{WORDS}. Vul ten minste de Zomervakantie in" in page


def test_what_a_person_opens_waits_for_the_holidays(cast: Cast) -> None:
    ineke = cast.actor("ineke", THEN)
    team = frozenset({cast.id("joris")})
    wish = Wish(occurrence="team", starts_at=moment("2030-10-08", 14), minutes=30, staff=team)

    with pytest.raises(NotOpenableError, match=WORDS):
        open_case(cast.session, actor=ineke, at=THEN, procedure=MEETINGS, occurrence="team")
    with pytest.raises(NotOpenableError, match=WORDS):
        arrange(cast.session, wish, actor=ineke, at=THEN)


def told(session: Session, school: School, on: date) -> list[str]:
    return [text for text in checks(session, school, on, has_mail=True) if WORDS in text]


def test_the_administrator_hears_it_a_year_ahead_until_the_summer_is_filled_in(house: House) -> None:
    with reading(house.engine) as session:
        school = session.get_one(School, house.school_id())
        early, ahead = (told(session, school, date(year, 9, 3)) for year in (2028, 2029))
    with unit_of_work(house.engine) as session:
        summer = Wanted(name="Zomervakantie", first_day=date(2031, 7, 19), last_day=date(2031, 8, 31))
        add_closure(session, house.school_id(), summer, actor_id=None, at=THEN)
        after = told(session, session.get_one(School, house.school_id()), date(2029, 9, 3))

    assert (early, len(ahead), after) == ([], 1, [])
    assert ahead[0].startswith("Van schooljaar 2030-2031")
