"""The pages in a real browser: with and without scripts, wide and narrow."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine, update
from sqlmodel import col, select

from models import Feed, School, TaskState
from models.database import reading, unit_of_work
from tests.browser import chromium, served
from tests.quick_password import PASSWORD
from tests.web.conftest import World

pytestmark = pytest.mark.acceptance


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def address(world: World) -> Iterator[str]:
    """The pages, served on a port of this test alone."""
    with served(world.engine) as address:
        yield address


def log_in(page: Page, world: World, address: str, name: str) -> None:
    page.goto(f"{address}/login")
    page.fill("[name=email]", world.wilgenhof.people[name].email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url(f"{address}/vandaag")


@contextmanager
def holding(engine: Engine) -> Iterator[None]:
    """Let nobody else write meanwhile; what is asked waits."""
    with unit_of_work(engine) as session:
        session.exec(update(School).values(name=col(School.name)))
        yield


def click(page: Page, button: str, times: int) -> None:
    """Click as a hand does, on what is there, while what was sent is on its way."""
    box = page.get_by_role("button", name=button).bounding_box()
    assert box
    for _ in range(times):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(300)


def test_completing_and_undoing_happen_in_place(browser: Browser, world: World, address: str) -> None:
    page = browser.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    log_in(page, world, address, "laila")
    loads: list[str] = []
    page.on("request", lambda r: loads.append(r.url) if r.is_navigation_request() else None)
    task = world.task("seo:g5", "voorbereiding")
    row = page.locator(f"#t-{task.id}")

    row.get_by_role("button", name="Afronden").click()
    page.get_by_role("button", name="Ongedaan maken").click()
    row.wait_for()

    assert (world.now(task).state, loads, told) == (TaskState.RESERVED, [], [])
    page.close()


def test_everything_works_without_scripts(browser: Browser, world: World, address: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    log_in(page, world, address, "laila")
    task = world.task("seo:g5", "voorbereiding")
    row = page.locator(f"#t-{task.id}")

    row.locator(".why summary").click()
    assert row.locator(".why p").is_visible()
    row.locator(".more summary").click()
    row.locator("[name=to]").fill("2026-11-30")
    row.locator("[name=reason]").fill("ik was ziek")
    row.get_by_role("button", name="Verzetten").click()
    page.get_by_text("Verzet: Bereid de bespreking voor").wait_for()

    assert str(world.now(task).target_on) == "2026-11-30"
    page.context.close()


def test_a_double_click_on_a_form_makes_one(browser: Browser, world: World, address: str) -> None:
    page = browser.new_page()
    log_in(page, world, address, "laila")
    page.goto(f"{address}/mijn")
    page.fill("form[action='/mijn/agenda'] [name=name]", "telefoon")

    with holding(world.engine):  # so that the first click has no answer yet
        click(page, "Maak een agenda-adres", times=2)
    page.get_by_text("Dit is het adres voor telefoon").wait_for()

    with reading(world.engine) as session:
        assert session.exec(select(Feed.name)).all() == ["telefoon"]
    page.close()


@pytest.mark.parametrize("name", ["ineke", "laila", "amira"])
def test_no_page_is_wider_than_a_small_phone(browser: Browser, world: World, address: str, name: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    log_in(page, world, address, name)
    case = world.task("seo:g5", "bespreking").case_id
    pages = ["/vandaag", "/trajecten", "/trajecten/nieuw", f"/trajecten/{case}", "/bestaat-niet"]

    widths = {}
    for path in pages:
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
        widths[path] = page.evaluate("document.documentElement.scrollWidth")

    assert widths == dict.fromkeys(pages, 360)
    page.close()
