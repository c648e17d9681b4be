"""The import of a year plan in a real browser: without scripts, with the keyboard, and on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlmodel import select

from models import OwnItem
from models.database import reading
from tests.browser import chromium, served
from tests.quick_password import PASSWORD
from tests.web_admin.conftest import WHO, House

pytestmark = pytest.mark.acceptance
PLAN = (
    "Wanneer;Wat;Groepen;Wie\nweek 3-5;M-toetsen;3-7;lk\nuiterlijk 29 januari;Invoer M-toetsen;3-7;lk\n"
    "ma 12 nov;Overleg;alle;IB\nblabla;Iets;8;IB\n"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def address(house: House) -> Iterator[str]:
    with served(house.engine) as address:
        yield address


def log_in(page: Page, address: str) -> None:
    page.goto(f"{address}/login")
    page.fill("[name=email]", WHO["ib"])
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url(f"{address}/vandaag")


def sent(page: Page, address: str, tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text(PLAN, encoding="utf-8")
    page.goto(f"{address}/jaarplan/inlezen")
    page.set_input_files("[name=file]", tmp_path / "plan.csv")
    page.get_by_role("button", name="Lees de tabel").click()
    page.get_by_role("button", name="Verder: nakijken").click()


def count(house: House) -> int:
    with reading(house.engine) as session:
        return len(session.exec(select(OwnItem)).all())


def test_a_plan_is_read_without_scripts(browser: Browser, house: House, address: str, tmp_path: Path) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    log_in(page, address)
    sent(page, address, tmp_path)

    page.get_by_role("button", name="Zo doen").click()
    page.get_by_role("button", name='binnen 5 schooldagen na "M-toetsen"').click()
    page.get_by_role("button", name="maandag 9 november").click()
    page.get_by_role("button", name="Zet op nog te plannen").click()
    page.get_by_text("4 van 4 klaar").wait_for()
    page.get_by_role("button", name="Neem over").click()

    page.get_by_role("heading", name="Overgenomen").wait_for()
    assert count(house) == 4
    page.context.close()


def test_with_scripts_an_answer_does_not_reload_the_page(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    page = browser.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    log_in(page, address)
    sent(page, address, tmp_path)
    page.get_by_text("1 van 4 klaar").wait_for()
    loads: list[str] = []
    page.on("request", lambda r: loads.append(r.url) if r.is_navigation_request() else None)

    page.get_by_role("button", name='binnen 5 schooldagen na "M-toetsen"').focus()
    page.keyboard.press("Enter")
    page.get_by_text("2 van 4 klaar").wait_for()

    assert (loads, told) == ([], [])
    page.close()


def test_what_words_become_is_seen_while_typing(browser: Browser, address: str) -> None:
    page = browser.new_page()
    log_in(page, address)
    page.goto(f"{address}/jaarplan/nieuw")

    page.locator("[name=when]").press_sequentially("tweede woensdag van november")

    page.locator("#meaning").get_by_text("woensdag 11 november").first.wait_for()
    page.close()


def test_no_page_of_the_year_plan_is_wider_than_a_phone(
    browser: Browser, house: House, address: str, tmp_path: Path
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    log_in(page, address)
    sent(page, address, tmp_path)
    page.get_by_text("1 van 4 klaar").wait_for()
    here = page.url.split("#")[0].removeprefix(address)
    page.get_by_role("button", name="Neem over").click()
    page.get_by_role("heading", name="Overgenomen").wait_for()
    pages = [here, f"{here}/kolommen", "/jaarplan", "/jaarplan/nieuw", "/jaarplan/inlezen"]

    widths = {}
    for path in pages:
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
        widths[path] = page.evaluate("document.documentElement.scrollWidth")

    assert count(house) == 1
    assert widths == dict.fromkeys(pages, 360)
    page.close()
