"""`web`: serve the pages."""

import uvicorn

from service.settings import settings


def serve() -> None:
    """Open de pagina's op 127.0.0.1, met de terugvalwekker ernaast."""
    uvicorn.run(
        "service.app:create_app",
        factory=True,
        host="127.0.0.1",
        port=settings().port,
        access_log=False,  # addresses of calendars hold a secret
        server_header=False,
        timeout_graceful_shutdown=5,
    )
