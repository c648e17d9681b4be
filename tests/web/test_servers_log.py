import logging
import socket
import threading
import urllib.error
import urllib.request

import pytest
import uvicorn

from service.app import create_app
from tests.web.conftest import World


def test_an_unexpected_error_is_told_without_its_text(world: World, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(world.engine)

    @app.get("/kapot/{key}")
    def broken(key: str) -> None:
        raise LookupError(key, "Amélie Sijtsma")

    answer = _code_of(app, "/kapot/leerling-17")

    assert answer == 500
    assert "GET /kapot/{key}: LookupError" in caplog.text
    assert [word for word in ("Amélie", "leerling-17") if word in caplog.text] == []


def _code_of(app: object, path: str) -> int:
    """Ask a real web server, for only that one writes what the application lets fall."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, log_level=logging.ERROR))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            with direct.open(f"http://127.0.0.1:{listener.getsockname()[1]}{path}", timeout=20) as found:
                return int(found.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        finally:
            server.should_exit = True
            thread.join()
