"""Put our calendars in a Radicale server, which is not ours, and read back what it kept."""

from collections.abc import Iterator
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from tests.acceptance.emitted import HARD, lived
from tests.acceptance.judges import radicale_server
from tests.acceptance.test_calendars_by_javascript import in_order
from tests.acceptance.understood import understood
from tests.cast import Cast

pytestmark = pytest.mark.acceptance

_DIRECT = build_opener(ProxyHandler({}))


@pytest.fixture(scope="module")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Radicale of this test alone, where everyone may write."""
    rules = {"--auth-type": "none", "--rights-type": "authenticated"}
    with radicale_server(tmp_path_factory.mktemp("radicale"), rules) as address:
        yield f"{address}judge"


def put(address: str, data: bytes) -> int:
    """Replace a whole collection; Radicale knows it by the name that a user gives."""
    head = {"Content-Type": "text/calendar; charset=utf-8", "Authorization": "Basic anVkZ2U6anVkZ2U="}
    asked = Request(address, data, head, method="PUT")  # noqa: S310 -- the Radicale of this test
    with _DIRECT.open(asked, timeout=60) as answer:
        return int(answer.status)


def got(address: str) -> bytes:
    head = {"Authorization": "Basic anVkZ2U6anVkZ2U="}
    asked = Request(address, headers=head)  # noqa: S310 -- the Radicale of this test
    with _DIRECT.open(asked, timeout=60) as answer:
        return bytes(answer.read())


def test_a_feed_that_was_put_in_radicale_comes_back_equal(radicale: str, light: Cast) -> None:
    feeds = {name: data for name, data in lived(light).items() if name.startswith("feed")} | {
        "feed": HARD["feed"]
    }

    for number, (name, data) in enumerate(feeds.items()):
        address = f"{radicale}/{number}/"
        code = put(address, data)

        back = in_order(understood(got(address)))
        assert code == 201, name
        assert back["events"] == in_order(understood(data))["events"], name

    assert sum(data.count(b"BEGIN:VEVENT") for data in feeds.values()) > 20
