import pytest
from fastapi.testclient import TestClient

from tests.web.conftest import World

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_site_cannot_send_our_forms(world: World, headers: dict[str, str]) -> None:
    client = world.client("ineke")

    answer = client.post("/uitloggen", headers=headers)

    assert answer.status_code == 403
    assert client.get("/vandaag").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://testserver"}, {}],
)
def test_our_own_forms_arrive(world: World, headers: dict[str, str]) -> None:
    answer = world.client("ineke").post("/uitloggen", headers=headers)

    assert answer.headers["location"] == "/login"


@pytest.mark.parametrize("path", ["/login", "/vandaag", "/bestaat-niet", "/static/school.css"])
def test_every_answer_carries_the_headers_that_protect_it(world: World, path: str) -> None:
    headers = world.anonymous().get(path).headers

    assert headers["content-security-policy"].startswith(POLICY)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_pages_are_not_kept_by_browsers_and_our_own_files_are(world: World) -> None:
    client = world.client("ineke")

    assert client.get("/vandaag").headers["cache-control"] == "no-store"
    assert "immutable" in client.get("/static/school.css").headers["cache-control"]


def test_a_form_that_is_too_large_is_refused_before_it_is_read(world: World) -> None:
    answer = world.anonymous().post("/login", content=b"", headers={"Content-Length": str(26 * 2**20)})

    assert answer.status_code == 413


def test_a_form_that_lies_about_its_size_is_cut_off(world: World) -> None:
    def endless() -> object:
        for _ in range(27):
            yield b"x" * 2**20

    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = world.anonymous().post("/login", content=endless(), headers=kind)

    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_no_machine_made_pages_tell_what_there_is(world: World, path: str) -> None:
    assert world.client("ineke").get(path).status_code == 404


def test_a_fault_shows_no_more_than_that_there_was_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = world.client("ineke")
    monkeypatch.setattr("service.web.today.inbox", _break)
    silent = TestClient(client.app, raise_server_exceptions=False, cookies=dict(client.cookies))

    answer = silent.get("/vandaag")

    assert (answer.status_code, "Quirijn Zeewuster" in answer.text) == (500, False)
    assert "Dat ligt aan ons, niet aan jou." in answer.text


def _break(*_: object) -> None:
    raise RuntimeError("Quirijn Zeewuster")


def test_an_htmx_request_without_a_login_leads_the_whole_page_to_it(world: World) -> None:
    answer = world.anonymous().get("/vandaag", headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/login")


@pytest.mark.parametrize("typed", [{"email": "ineke\0@wilgenhof.example"}, {"em\0ail": "x"}])
def test_a_sign_that_no_database_keeps_is_refused_before_anything_is_done(
    world: World, typed: dict[str, str]
) -> None:
    answer = world.anonymous().post("/login", data=typed | {"password": "zomaar"})

    assert answer.status_code == 422
    assert "Er is niets veranderd" in answer.text
