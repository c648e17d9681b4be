"""Push messages in a real Chromium; its push service is out of reach, so one on this machine stands in."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, CDPSession, Page

from service.notices.delivery import deliver
from service.notices.post_office import standard_post_office
from service.notices.push_keys import public_key
from service.settings import settings
from tests.browser import chromium as launched
from tests.browser import served
from tests.notices.push_service import Browser, PushService
from tests.quick_password import PASSWORD
from tests.web_admin.conftest import NOW, WHO, House

pytestmark = pytest.mark.acceptance

# What a browser gives when its push service answers; the keys are those of the test, that can read with them.
STAND_IN = """
PushManager.prototype.subscribe = async function (options) {
  window.asked = { visible: options.userVisibleOnly, key: Array.from(options.applicationServerKey) };
  return { toJSON: () => (%s) };
};
"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with launched() as chromium:
        yield chromium


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    service = PushService(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(service.authority))
    yield service
    service.close()


@pytest.fixture
def address(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The pages of a demo, in which a push service may be on this machine."""
    monkeypatch.setenv("JAARRITME_DEMO", "1")
    settings.cache_clear()
    with served(house.engine) as address:
        yield address


@pytest.fixture
def context(chromium: Chromium, address: str) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    context.grant_permissions(["notifications"], origin=address)
    context.set_default_timeout(15_000)
    yield context
    context.close()


def open_page(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(f"{address}/login")
    page.fill("[name=email]", WHO["teacher"])
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url(f"{address}/vandaag")
    page.goto(f"{address}/mijn/meldingen")
    return page


def turn_on(page: Page) -> None:
    page.get_by_label("Naam van dit apparaat").fill("telefoon")
    page.get_by_role("button", name="Zet meldingen hier aan").click()


def worker_key(session: CDPSession, page: Page) -> str:
    """Return the key under which Chromium knows our service worker."""
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(each["registrationId"] for each in told["registrations"]),
    )
    session.send("ServiceWorker.enable")
    awake = "async () => (await navigator.serviceWorker.ready).active.state === 'activated'"
    while not (found and page.evaluate(awake)):
        page.wait_for_timeout(50)
    return found[0]


def shown(page: Page) -> list[dict[str, str]]:
    """Return the notifications that stand on the device, once there are any."""
    found: list[dict[str, str]] = []
    for _ in range(100):
        found = page.evaluate(
            "async () => (await (await navigator.serviceWorker.ready).getNotifications())"
            ".map(n => ({title: n.title, body: n.body, tag: n.tag, url: n.data.url}))"
        )
        if found:
            break
        page.wait_for_timeout(100)
    return found


def test_a_reminder_travels_from_the_outbox_to_the_screen_of_a_device(
    context: BrowserContext, house: House, address: str, service: PushService
) -> None:
    phone = Browser(f"{service.origin}/wpush/fluisterwoord")
    context.add_init_script(STAND_IN % phone.subscription)
    page = open_page(context, address)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))

    turn_on(page)
    page.get_by_role("button", name="Proefbericht telefoon").click()
    page.get_by_text("ligt klaar, en gaat binnen een minuut weg").wait_for()
    deliver(house.engine, NOW + timedelta(minutes=1), standard_post_office())
    page.get_by_text("aangekomen op").wait_for()  # without a reload
    [pushed] = service.got
    arrived = phone.read(pushed.body)
    session = context.new_cdp_session(page)
    key = worker_key(session, page)
    for _ in range(2):  # a push service may deliver twice
        session.send(
            "ServiceWorker.deliverPushMessage", {"origin": address, "registrationId": key, "data": arrived}
        )
    shown(page)
    page.wait_for_timeout(500)
    notifications = shown(page)

    assert service.claims(pushed, public_key(house.home))["aud"] == service.origin
    assert [n["title"] for n in notifications] == ["Proefbericht van Jaarritme"]
    assert notifications[0]["body"] == "Open Jaarritme om te zien wat er klaarstaat."
    assert (notifications[0]["url"], notifications[0]["tag"]) == ("/vandaag", json.loads(arrived)["tag"])
    assert told == []


def test_a_tap_opens_our_own_page_and_no_other(
    context: BrowserContext, address: str, service: PushService
) -> None:
    context.add_init_script(STAND_IN % Browser(f"{service.origin}/x").subscription)
    page = open_page(context, address)
    turn_on(page)
    page.get_by_role("button", name="Proefbericht telefoon").wait_for()
    [worker] = context.service_workers

    opened = worker.evaluate(
        """async () => {
          const opened = [];
          self.clients.openWindow = async (url) => { opened.push(url); };
          for (const url of ["/vandaag", "https://elders.example/x", "//elders.example/x"]) {
            await self.registration.showNotification("x", { data: { url }, tag: url });
          }
          for (const notification of await self.registration.getNotifications()) {
            self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
          }
          await new Promise((done) => setTimeout(done, 300));
          return [opened, (await self.registration.getNotifications()).length, (await caches.keys()).length];
        }"""
    )

    assert opened == [[f"{address}/vandaag"], 0, 0]


def test_a_message_that_cannot_be_read_still_shows_something(
    context: BrowserContext, address: str, service: PushService
) -> None:
    context.add_init_script(STAND_IN % Browser(f"{service.origin}/x").subscription)
    page = open_page(context, address)
    turn_on(page)
    page.get_by_role("button", name="Proefbericht telefoon").wait_for()
    session = context.new_cdp_session(page)

    session.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": address, "registrationId": worker_key(session, page), "data": "geen json"},
    )

    assert [n["title"] for n in shown(page)] == ["Jaarritme"]


def test_a_browser_whose_push_service_is_out_of_reach_says_so(context: BrowserContext, address: str) -> None:
    page = open_page(context, address)

    turn_on(page)

    page.get_by_text("de meldingendienst van je browser is niet te bereiken").wait_for()
    assert page.get_by_role("button", name="Zet meldingen hier aan").is_enabled()


def test_someone_who_says_no_reads_how_to_come_back(chromium: Chromium, address: str) -> None:
    context = chromium.new_context()
    context.add_init_script("Notification.requestPermission = async () => 'denied';")
    page = open_page(context, address)

    turn_on(page)

    page.get_by_text("Je browser houdt meldingen van Jaarritme tegen").wait_for()
    context.close()


def test_the_manifest_is_one_that_chromium_can_install(context: BrowserContext, address: str) -> None:
    page = open_page(context, address)
    session = context.new_cdp_session(page)

    told = session.send("Page.getAppManifest")

    assert told["errors"] == []
    assert told["url"] == f"{address}/manifest.webmanifest"
    assert json.loads(told["data"])["name"] == "Jaarritme"


def test_without_scripts_the_page_says_that_this_needs_them(chromium: Chromium, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = open_page(context, address)

    assert page.locator("noscript p").is_visible()
    assert "kan alleen in een browser met scripts aan" in page.locator("noscript p").inner_text()
    assert not page.get_by_role("button", name="Zet meldingen hier aan").is_visible()
    context.close()
