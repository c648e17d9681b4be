"""The first steps of a new school: what is done comes from the data, and each step can be left."""

import re

import pytest
from sqlmodel import select

from models import School, Trial, Year
from models.database import reading, unit_of_work
from service.trial.plan import keep
from service.trial.wishes import Wishes
from tests.cast import moment
from tests.web_admin.conftest import House

HERE = "/begin"
LABEL = "2026-2027"


def states(page: str) -> list[str]:
    return re.findall(r'<h2>[^<]+<span class="state[^>]*>([^<]+)</span>', page)


@pytest.mark.parametrize("role", ["teacher", "isb", "administration"])
def test_only_keepers_have_the_first_steps(house: House, role: str) -> None:
    client = house.client(role)

    told = [
        client.get(HERE),
        client.post(f"{HERE}/regio", data={}),
        client.post(f"{HERE}/onderdelen", data={}),
    ]

    assert {answer.status_code for answer in told} == {404}


def test_a_school_that_runs_has_most_steps_done(house: House) -> None:
    page = house.client("ib").get(f"{HERE}?jaar={LABEL}").text

    assert states(page) == ["klaar", "klaar", "klaar", "klaar", "niet nodig", "klaar"]


def test_a_year_that_is_open_stays_here_and_says_what_goes_by_itself(house: House) -> None:
    page = house.client("ib").get(HERE).text

    assert "Dit jaar is geopend" in page
    assert {"/vandaag", f"/jaarplanner?jaar={LABEL}", "/begin?jaar=2027-2028"} <= set(
        re.findall(r'href="([^"]+)"', page.partition('id="now"')[2].partition("</section>")[0])
    )


def test_a_year_that_is_not_open_yet_promises_nothing(house: House) -> None:
    page = house.client("other administrator").get(HERE).text

    assert "Beginnen met schooljaar" in page
    assert "Dit jaar is geopend" not in page


def test_a_school_that_begins_has_one_step_that_is_next(house: House) -> None:
    page = house.client("other administrator").get(f"{HERE}?jaar={LABEL}").text

    assert states(page).count("nu aan de beurt") == 1
    assert page.count('aria-current="step"') == 1


def test_a_year_without_known_holidays_says_so(house: House) -> None:
    page = house.client("ib").get(f"{HERE}?jaar=2079-2080")

    assert (page.status_code, "nog niet te plannen" in page.text) == (200, True)


def test_the_administrator_sets_region_board_and_partnership(house: House) -> None:
    data = {"regio": "zuid", "bestuur": "Stichting De Stroom", "verband": "Passend Verzonnen", "jaar": LABEL}

    answer = house.client("administrator").post(f"{HERE}/regio", data=data)

    with reading(house.engine) as session:
        school = session.get_one(School, house.school_id())
    assert answer.status_code == 303
    assert (school.region, school.board, school.partnership) == (
        "zuid",
        "Stichting De Stroom",
        "Passend Verzonnen",
    )


def test_an_ib_er_does_not_set_the_region(house: House) -> None:
    client = house.client("ib")

    answer = client.post(f"{HERE}/regio", data={"regio": "zuid", "jaar": LABEL})

    assert answer.status_code == 404
    assert "De beheerder kan dit wijzigen." in client.get(HERE).text


def test_a_region_that_is_none_is_refused_on_the_page(house: House) -> None:
    answer = house.client("administrator").post(f"{HERE}/regio", data={"regio": "oost", "jaar": LABEL})

    assert (answer.status_code, "Kies een regio" in answer.text) == (422, True)


def test_what_takes_part_is_kept_and_shown_again(house: House) -> None:
    client = house.client("other administrator")
    doet = ["test-calendar", "group-discussions", "plan-reviews", "external-referrals"]

    answer = client.post(f"{HERE}/onderdelen", data={"doet": doet, "jaar": LABEL})

    page = client.get(f"{HERE}?jaar={LABEL}").text
    with reading(house.engine) as session:
        year = session.exec(select(Year).where(Year.school_id == house.school_id("99KM"))).one()
    assert answer.status_code == 303
    assert (year.without, year.opened_at) == (["exit-pupils"], None)
    assert "Doet niet mee: Schoolverlaters." in page
    assert not re.search(r'value="exit-pupils"\s+checked', page)


def test_what_takes_part_in_a_running_year_is_not_changed_here(house: House) -> None:
    client = house.client("ib")

    answer = client.post(f"{HERE}/onderdelen", data={"doet": [], "jaar": LABEL})

    assert (answer.status_code, "/herplannen" in answer.text) == (422, True)
    with reading(house.engine) as session:
        assert session.exec(select(Year).where(Year.school_id == house.school_id())).one().without == []


def test_a_choice_made_here_is_where_a_trial_starts(house: House) -> None:
    client = house.client("other administrator")
    client.post(f"{HERE}/onderdelen", data={"doet": ["test-calendar"], "jaar": LABEL})

    form = client.get(f"/proefjaar/nieuw?jaar={LABEL}").text

    assert re.search(r'value="test-calendar"\s+checked', form)
    assert not re.search(r'value="exit-pupils"\s+checked', form)


def test_from_the_first_step_to_a_year_that_runs(house: House) -> None:
    client = house.client("other administrator")
    client.post("/beheer/school/vrije-dagen", data={"name": "Studiedag", "first": "2027-02-01"})
    client.post(f"{HERE}/onderdelen", data={"doet": ["test-calendar", "group-discussions"], "jaar": LABEL})
    with unit_of_work(house.engine) as session:
        school = session.exec(select(School).where(School.brin == "99KM")).one()
        wishes = Wishes(name="Eerste", without=("plan-reviews", "exit-pupils", "external-referrals"))
        keep(session, school, LABEL, wishes, actor_id=None, at=moment("2026-11-20"))
    with reading(house.engine) as session:
        trial = session.exec(select(Trial)).one()

    before = states(client.get(f"{HERE}?jaar={LABEL}").text)
    client.post(f"/proefjaar/{trial.id}/activeren")
    after = states(client.get(f"{HERE}?jaar={LABEL}").text)

    assert (before[0], before[1], before[3], before[4], after[5]) == ("klaar",) * 5
    assert before[5] != "klaar"
