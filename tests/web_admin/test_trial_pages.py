"""The pages of the trial year: who may come, planning, keeping, walking, comparing, activating."""

import re
from datetime import date
from html import unescape
from uuid import UUID

import pytest
from sqlmodel import col, func, select

from models import Case, Closure, Message, Pupil, School, Task, Trial, Year
from models.database import reading, unit_of_work
from service.trial.plan import keep, outcome_kept
from service.trial.wishes import DaysOff, Wishes
from tests.cast import moment
from tests.web_admin.conftest import House

pytestmark = pytest.mark.acceptance  # each page plans a school year; the verbs are tried elsewhere

HERE = "/proefjaar"
LABEL = "2026-2027"
ALL = ("test-calendar", "group-discussions", "plan-reviews", "exit-pupils", "external-referrals")
LESS = [key for key in ALL if key != "exit-pupils"]
FORM = {"jaar": LABEL, "name": "Met kamp", "doet": LESS}
KAMP = {"vrij_naam": ["Kamp", ""], "vrij_eerste": ["2027-06-02", ""], "vrij_laatste": ["2027-06-04", ""]}
NOBODY = "0c1c2f3a-0000-4000-8000-000000000000"


def trial_of(house: House, brin: str = "99ZW", name: str = "Proef", without: tuple[str, ...] = ()) -> UUID:
    with unit_of_work(house.engine) as session:
        school = session.exec(select(School).where(School.brin == brin)).one()
        wishes = Wishes(name=name, without=without)
        return keep(session, school, LABEL, wishes, actor_id=None, at=moment("2026-11-20")).id


def kept(house: House) -> list[Trial]:
    with reading(house.engine) as session:
        return list(session.exec(select(Trial).order_by(Trial.name)))


def hidden(page: str) -> str:
    found = re.search(r'name="wensen" value="([^"]*)"', page)
    assert found
    return unescape(found[1])


@pytest.mark.parametrize("role", ["teacher", "administrator", "isb", "administration"])
def test_only_managers_have_these_pages(house: House, role: str) -> None:
    trial = trial_of(house)
    client = house.client(role)

    asked = ["", "/nieuw", "/vergelijken", f"/{trial}", f"/{trial}/weken", f"/{trial}/afdrukken"]
    told = [
        *(client.get(HERE + path).status_code for path in (*asked, f"/{trial}/activeren")),
        client.post(f"{HERE}/nieuw", data=FORM).status_code,
        client.post(f"{HERE}/bewaren", data={"jaar": LABEL, "wensen": "{}", "naam": "X"}).status_code,
        client.post(f"{HERE}/{trial}/activeren").status_code,
        client.post(f"{HERE}/{trial}/verwijderen").status_code,
    ]

    assert set(told) == {404}
    assert [t.id for t in kept(house)] == [trial]


def test_a_trial_of_another_school_does_not_exist(house: House) -> None:
    trial = trial_of(house, "99KM")
    mine = trial_of(house)
    client = house.client("ib")

    told = [
        client.get(f"{HERE}/{trial}").status_code,
        client.get(f"{HERE}/{trial}/weken").status_code,
        client.get(f"{HERE}/{trial}/afdrukken").status_code,
        client.get(f"{HERE}/nieuw?van={trial}").status_code,
        client.get(f"{HERE}/vergelijken?a={mine}&b={trial}").status_code,
        client.get(f"{HERE}/{trial}/activeren").status_code,
        client.post(f"{HERE}/{trial}/activeren").status_code,
        client.post(f"{HERE}/{trial}/verwijderen").status_code,
    ]

    assert set(told) == {404}
    assert len(kept(house)) == 2


def test_without_trials_the_page_says_what_they_are_for(house: House) -> None:
    page = house.client("ib").get(f"{HERE}?jaar=2027-2028").text

    assert "Nog geen proefjaar" in page
    assert "/proefjaar/nieuw?jaar=2027-2028" in page


def test_the_next_year_is_shown_when_this_one_runs(house: House) -> None:
    page = house.client("director").get(HERE).text

    assert re.search(r"<h1>Proefjaar <span[^>]*>2027-2028", page)


def test_planning_on_trial_keeps_nothing(house: House) -> None:
    page = house.client("ib").post(f"{HERE}/nieuw", data={**FORM, **KAMP, "vrij_groep": ["0:8"]})

    assert page.status_code == 200
    assert "Er is niets bewaard en niets verstuurd." in page.text
    assert "Schoolverlaters" in page.text  # as what does not take part
    assert "Kamp" in page.text
    assert kept(house) == []


def test_what_was_planned_is_kept_under_a_name(house: House) -> None:
    client = house.client("ib")
    page = client.post(f"{HERE}/nieuw", data={**FORM, **KAMP, "vrij_groep": ["0:8"]})
    data = {"jaar": LABEL, "wensen": hidden(page.text), "naam": "Met kamp en meer"}

    answer = client.post(f"{HERE}/bewaren", data=data)

    [trial] = kept(house)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}/{trial.id}")
    assert (trial.name, trial.made_by) == ("Met kamp en meer", house.person_id("ib"))
    assert trial.wishes["without"] == ["exit-pupils"]
    assert trial.wishes["closures"] == [
        {"name": "Kamp", "first": "2027-06-02", "last": "2027-06-04", "groups": ["8"]}
    ]


def test_going_back_to_the_form_keeps_what_was_filled_in(house: House) -> None:
    client = house.client("ib")
    who = str(house.person_id("ib"))
    week = {"wie": [who], "vanaf": ["2027-01-01"], "dagdeel": ["0:3-am", "0:3-pm"]}
    page = client.post(f"{HERE}/nieuw", data={**FORM, **KAMP, **week, "vrij_groep": ["0:8"]})

    form = client.post(f"{HERE}/aanpassen", data={"jaar": LABEL, "wensen": hidden(page.text)}).text

    assert 'value="Met kamp"' in form
    assert 'value="2027-06-02"' in form
    assert re.search(r'value="0:8"\s+checked', form)
    assert re.search(r'value="0:3-am"\s+checked', form)
    assert re.search(rf'value="{who}"\s+selected', form)
    assert not re.search(r'value="exit-pupils"\s+checked', form)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"vrij_naam": ["Kamp"], "vrij_eerste": [""], "vrij_laatste": [""]}, "Kies bij elke vrije dag"),
        (
            {"vrij_naam": ["<b>"], "vrij_eerste": ["2027-06-04"], "vrij_laatste": ["2027-06-02"]},
            "&lt;b&gt;: de",
        ),
        ({"wie": [NOBODY], "vanaf": ["2027-01-01"], "dagdeel": ["0:1-am"]}, "werkt hier niet"),
        (
            {"wie": [NOBODY], "vanaf": ["2027-01-01"], "dagdeel": ["0:x-am"]},
            "Kies een persoon en de dagdelen",
        ),
        ({"wie": ["ik"], "vanaf": ["2027-01-01"], "dagdeel": ["0:1-am"]}, "Kies een persoon en de dagdelen"),
        ({"wie": [NOBODY], "vanaf": ["ooit"]}, "vanaf wanneer ze gelden"),
    ],
)
def test_what_can_not_be_planned_is_said_with_the_form_as_it_was(
    house: House, wrong: dict[str, list[str]], words: str
) -> None:
    page = house.client("ib").post(f"{HERE}/nieuw", data={**FORM, **wrong})

    assert (page.status_code, words in page.text) == (422, True), page.text[:3000]
    assert 'value="Met kamp"' in page.text


@pytest.mark.parametrize("wishes", ["", "{", '{"name": 3}', '{"pupil": "x"}', "[]"])
def test_wishes_that_were_tampered_with_keep_nothing(house: House, wishes: str) -> None:
    answer = house.client("ib").post(f"{HERE}/bewaren", data={"jaar": LABEL, "wensen": wishes, "naam": "X"})

    assert answer.status_code == 422
    assert kept(house) == []


def test_a_trial_without_a_name_is_asked_for_one(house: House) -> None:
    answer = house.client("ib").post(f"{HERE}/bewaren", data={"jaar": LABEL, "wensen": "{}", "naam": " "})

    assert (answer.status_code, "Geef het proefjaar een naam" in answer.text) == (422, True)


def test_a_kept_trial_shows_totals_people_and_load(house: House) -> None:
    trial = trial_of(house)

    page = house.client("ib").get(f"{HERE}/{trial}").text

    assert "Ineke Bergsma" in page
    assert "<svg" in page
    assert "25 uur per 200 leerlingen" in page
    assert "Een taak, voor wie haar doet: 30 minuten" in page


def test_the_load_of_another_person_has_no_norm_of_the_ib(house: House) -> None:
    trial = trial_of(house)
    teacher = house.person_id("teacher")

    page = house.client("ib").get(f"{HERE}/{trial}?wie={teacher}").text

    assert "Werk per week van Laila Tahiri" in page
    assert "25 uur per 200 leerlingen" not in page


def test_the_walk_goes_from_the_first_week_to_the_last(house: House) -> None:
    trial = trial_of(house)
    client = house.client("ib")
    address: str | None = f"{HERE}/{trial}/weken?week=2026-08-31"
    seen = []

    while address:
        page = client.get(address).text
        seen.append(re.search(r"<h1>(.*?)</h1>", page, re.DOTALL).group(1))  # type: ignore[union-attr]
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found.group(1) if found else None

    assert seen[0] == "maandag 31 augustus – vrijdag 4 september"
    assert len(seen) == len(set(seen)) == 46


def test_a_holiday_week_shows_its_holiday(house: House) -> None:
    trial = trial_of(house)

    page = house.client("ib").get(f"{HERE}/{trial}/weken?week=2026-12-21").text

    assert "Kerstvakantie" in page


@pytest.mark.parametrize("week", ["", "morgen", "1999-01-04"])
def test_a_week_that_is_none_shows_the_week_of_today(house: House, week: str) -> None:
    trial = trial_of(house)

    page = house.client("ib").get(f"{HERE}/{trial}/weken?week={week}").text

    assert "<h1>maandag 23 november" in page


def test_a_trial_beside_the_school_as_it_is(house: House) -> None:
    trial = trial_of(house, without=("exit-pupils",))

    page = house.client("ib").get(f"{HERE}/vergelijken?a=nu&b={trial}").text

    assert "Alleen in De school zoals nu" in page
    assert "Schoolverlaters" in page


@pytest.mark.parametrize("sides", ["a=nu&b=morgen", f"a={NOBODY}&b=nu"])
def test_what_is_no_trial_is_not_compared(house: House, sides: str) -> None:
    assert house.client("ib").get(f"{HERE}/vergelijken?{sides}").status_code == 404


def test_before_two_years_are_chosen_the_page_asks_for_them(house: House) -> None:
    page = house.client("ib").get(f"{HERE}/vergelijken?jaar={LABEL}")

    assert (page.status_code, "Bewaar eerst een proefjaar" in page.text) == (200, True)


def test_the_paper_has_every_week_and_no_menu(house: House) -> None:
    trial = trial_of(house)

    page = house.client("ib").get(f"{HERE}/{trial}/afdrukken").text

    assert page.count('<section class="one-week">') >= 46
    assert 'class="top"' not in page


def test_no_pupil_is_named_on_any_page_of_a_trial(house: House) -> None:
    trial = trial_of(house)
    client = house.client("ib")
    with reading(house.engine) as session:
        names = set(session.exec(select(Pupil.last_name).where(Pupil.school_id == house.school_id())))

    paths = (f"/{trial}", f"/{trial}/afdrukken", f"/{trial}/activeren", f"/vergelijken?a=nu&b={trial}")
    text = "".join(client.get(HERE + path).text for path in paths)

    staff = ("Bergsma", "Tahiri", "Elzinga", "Haddou", "Schaik")
    assert len(names) > 50
    assert [n for n in names if n not in staff and re.search(rf"\b{re.escape(n)}\b", text)] == []


def test_a_trial_is_thrown_away_and_the_year_stays(house: House) -> None:
    trial = trial_of(house)

    answer = house.client("ib").post(f"{HERE}/{trial}/verwijderen")

    assert (answer.status_code, kept(house)) == (303, [])
    with reading(house.engine) as session:
        assert session.exec(select(func.count()).select_from(Task)).one() > 0


def test_a_running_year_is_not_activated_over(house: House) -> None:
    trial = trial_of(house)
    client = house.client("ib")

    page, answer = client.get(f"{HERE}/{trial}/activeren"), client.post(f"{HERE}/{trial}/activeren")

    assert "/herplannen" in page.text
    assert "Activeer dit jaar" not in page.text
    assert (answer.status_code, "is al geopend" in answer.text) == (422, True)
    assert kept(house)[0].activated_at is None


def test_activating_shows_first_and_then_opens_the_year_it_showed(house: House) -> None:
    client = house.client("other administrator")  # a director too
    with unit_of_work(house.engine) as session:
        school = session.exec(select(School).where(School.brin == "99KM")).one()
        kamp = DaysOff(name="Kamp", first=date(2027, 6, 2), last=date(2027, 6, 4))
        wishes = Wishes(name="Zo", without=("exit-pupils",), closures=(kamp,))
        trial = keep(session, school, LABEL, wishes, actor_id=None, at=moment("2026-11-20"))

    page = client.get(f"{HERE}/{trial.id}/activeren").text
    answer = client.post(f"{HERE}/{trial.id}/activeren")

    lines = outcome_kept(trial).lines
    with reading(house.engine) as session:
        mine = house.school_id("99KM")
        tasks = session.exec(select(Task.id, col(Task.target_on)).where(Task.school_id == mine)).all()
        year = session.exec(select(Year).where(Year.school_id == mine)).one()
        own = session.exec(select(Closure.name).where(Closure.school_id == mine)).all()
    assert "Kamp wordt een echte vrije dag of periode" in page
    assert "Schoolverlaters doet dit jaar niet mee." in page
    assert (answer.status_code, answer.headers["location"]) == (303, f"/jaarplanner?jaar={LABEL}")
    assert set(tasks) == {(line.id, line.day) for line in lines}
    assert (year.without, year.opened_by) == (["exit-pupils"], house.person_id("other administrator"))
    assert "Kamp" in own


def test_nothing_is_sent_by_planning_keeping_and_looking(house: House) -> None:
    with reading(house.engine) as session:
        before = session.exec(select(func.count()).select_from(Message)).one()
        cases = session.exec(select(func.count()).select_from(Case)).one()
    client = house.client("ib")
    page = client.post(f"{HERE}/nieuw", data=FORM)
    client.post(f"{HERE}/bewaren", data={"jaar": LABEL, "wensen": hidden(page.text), "naam": "X"})
    client.get(f"{HERE}/{kept(house)[0].id}/activeren")

    with reading(house.engine) as session:
        assert session.exec(select(func.count()).select_from(Message)).one() == before
        assert session.exec(select(func.count()).select_from(Case)).one() == cases


def test_the_planner_leads_to_the_trial_year(house: House) -> None:
    assert f"/proefjaar?jaar={LABEL}" in house.client("ib").get("/jaarplanner").text
    assert "/proefjaar" not in house.client("teacher").get("/jaarplanner").text


@pytest.mark.parametrize(
    "path", ["", "/nieuw", "/{}", "/{}/weken", "/{}/afdrukken", "/vergelijken?a=nu&b={}"]
)
def test_in_english_no_page_is_broken(house: House, path: str) -> None:
    trial = trial_of(house)
    client = house.client("ib")
    client.post("/taal", data={"language": "en"})

    page = client.get(HERE + path.format(trial))

    assert page.status_code == 200
    assert ("rial" in page.text, "Proefjaar" in page.text) == (True, False)


def test_on_a_phone_every_table_folds_or_scrolls(house: House) -> None:
    trial = trial_of(house)
    client = house.client("ib")
    paths = (
        "",
        "/nieuw",
        f"/{trial}",
        f"/{trial}/weken",
        f"/{trial}/afdrukken",
        f"/vergelijken?a=nu&b={trial}",
    )

    pages = [client.get(HERE + path).text for path in (*paths, f"/{trial}/activeren")]

    narrow = ("stack", "half-days", "sides")
    tables = [(page, found) for page in pages for found in re.finditer(r'<table class="([^"]+)"', page)]
    wide = [
        f[1] for page, f in tables if not set(f[1].split()) & set(narrow) and not _scrolls(page, f.start())
    ]
    assert wide == []
    assert all('name="viewport" content="width=device-width, initial-scale=1"' in page for page in pages)


def _scrolls(page: str, place: int) -> bool:
    before = page[max(0, place - 250) : place]
    return "overflow-auto" in before and 'tabindex="0"' in before
