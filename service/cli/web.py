"""`web`: serve the pages, with the fallback timer beside them."""

from threading import Event

import uvicorn

from models.database import connect
from service.app import create_app
from service.rhythm.watch import start_watch
from service.settings import settings


def serve() -> None:
    """Open de pagina's op 127.0.0.1, met de terugvalwekker ernaast."""
    engine, stop = connect(settings().database_url), Event()
    start_watch(engine, stop)
    try:
        uvicorn.run(
            create_app(engine),
            host="127.0.0.1",
            port=settings().port,
            access_log=False,  # addresses of calendars hold a secret
            server_header=False,
            timeout_graceful_shutdown=5,
        )
    finally:
        stop.set()
        engine.dispose()
