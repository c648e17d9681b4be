"""Put the doors on the service."""

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine
from starlette.responses import Response
from starlette.types import Scope

from models.database import connect
from service.api import feeds, health
from service.settings import settings
from service.web import admin, case, cases, errors, page, password, session, tasks, today
from service.web.security import Guard, refuse_what_no_database_keeps

_PAGES = (
    session.router,
    password.router,
    today.router,
    tasks.router,
    cases.router,
    case.router,
    *admin.ROUTERS,
)


class _Files(StaticFiles):
    """Our own files; their address changes with their content, so a browser may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def create_app(engine: Engine | None = None) -> FastAPI:
    """Build the ASGI application; without its own machine-made documentation pages."""
    app = FastAPI(title="Jaarritme", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.engine = engine or connect(settings().database_url)
    app.add_middleware(Guard, https=page.is_https())
    app.add_middleware(feeds.FeedDoor, engine=app.state.engine)  # outermost: asked day and night
    app.mount("/static", _Files(directory=page.FOLDER / "static"), name="static")
    errors.put_on(app)
    app.include_router(health.router)
    for router in _PAGES:
        app.include_router(router, dependencies=[Depends(refuse_what_no_database_keeps)])
    return app
