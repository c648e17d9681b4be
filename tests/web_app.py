"""The application on a test's own database."""

from functools import cache

from fastapi import APIRouter, FastAPI
from sqlalchemy import Engine, create_engine

from service.app import create_app


@cache
def _routes() -> APIRouter:
    return create_app(create_engine("sqlite://")).router


def app_on(engine: Engine) -> FastAPI:
    """Return an application with the routes of the first: to work those out takes longer than most tests."""
    app = create_app(engine)
    app.router = _routes()
    return app
