"""Pages for what goes wrong: what happened, in plain words, and the way back."""

import logging
from contextlib import suppress

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from service.access.scope import NotFoundError
from service.mishap import told
from service.web.page import LoginNeededError, find_me, login_address, render
from service.year.frame import HolidaysUnknownError

_LOG = logging.getLogger("jaarritme.web")


def put_on(app: FastAPI) -> None:
    """Give every error its page."""
    app.add_exception_handler(LoginNeededError, _login_needed)
    app.add_exception_handler(NotFoundError, _not_found)
    app.add_exception_handler(HolidaysUnknownError, _holidays_unknown)
    app.add_exception_handler(RequestValidationError, _bad_address)
    app.add_exception_handler(HTTPException, _by_status)
    app.add_exception_handler(Exception, _broken)


def _login_needed(request: Request, _: Exception) -> Response:
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"HX-Redirect": "/login"})
    return RedirectResponse(login_address(request), 303)


def _not_found(request: Request, _: Exception) -> HTMLResponse:
    return render(request, "error.html", status=404, code=404)


def _holidays_unknown(request: Request, _: Exception) -> HTMLResponse:
    return render(request, "error.html", status=404, code=404, unknown_year=True)


def _bad_address(request: Request, error: Exception) -> HTMLResponse:
    # A key in the address that can't be one is a page that doesn't exist; a form that isn't whole is 422.
    places = [e["loc"][0] for e in error.errors()] if isinstance(error, RequestValidationError) else []
    code = 404 if "path" in places else 422
    return render(request, "error.html", status=code, code=code)


def _by_status(request: Request, error: Exception) -> HTMLResponse:
    code = error.status_code if isinstance(error, HTTPException) else 500
    with suppress(LoginNeededError):  # only to show the menu
        find_me(request)
    return render(request, "error.html", status=code, code=code)


def _broken(request: Request, error: Exception) -> HTMLResponse:
    route = request.scope.get("route")
    _LOG.error("%s %s: %s", request.method, getattr(route, "path", "?"), told(error))
    return render(request, "error.html", status=500, code=500)
