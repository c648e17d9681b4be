"""What every page needs: who asks, one transaction, and the frame around the content."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from babel.dates import format_date
from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sqlmodel import Session

from calendars.derivation import sentence
from models import Person, Role, School
from models.database import reading, unit_of_work
from service import clock, i18n
from service.access import sessions
from service.access.actor import Actor, actor_for
from service.feeds.read import program_name
from service.settings import settings
from service.web import wording

FOLDER = Path(__file__).parent
_AUGUST = 8
_DEMO_IDLE = timedelta(hours=8)
_EVERYONE = frozenset(Role)
_KEEPERS = frozenset({Role.ADMINISTRATOR, Role.IB, Role.DIRECTOR})
_UNDO = {
    "task": "/taken/{}/heropenen",
    "address": "/mijn/agenda/{}/aanzetten",
    "school address": "/beheer/school/jaaragenda/{}/aanzetten",
}


class LoginNeededError(Exception):
    """Log eerst in."""


@dataclass(frozen=True, slots=True)
class Me:
    """Who is logged in, at which school, and what they are there today."""

    actor: Actor
    person: Person
    school: School
    schools: tuple[School, ...]
    token: str

    def say(self, words: str, **values: object) -> str:
        """Return Dutch words in this person's language."""
        return i18n.say(self.person.language, words, **values)


def _reading(request: Request) -> Iterator[Session]:
    with reading(request.app.state.engine) as session:
        yield session


def _writing(request: Request) -> Iterator[Session]:
    with unit_of_work(request.app.state.engine) as session:
        yield session


# Scope "function": the transaction ends before the answer leaves, so that nobody sees "done" that isn't.
Reading = Annotated[Session, Depends(_reading, scope="function")]
Writing = Annotated[Session, Depends(_writing, scope="function")]


def real_now() -> datetime:
    """Return the real time: a login must not end because the demo's clock was moved."""
    return datetime.now(UTC)


def cookie_name(kind: str = "sid") -> str:
    """Return the name of our cookie; over http with the port, for browsers share cookies between ports."""
    return f"__Host-{kind}" if is_https() else f"{kind}_{settings().port}"


def is_https() -> bool:
    """Tell whether browsers reach us over https."""
    return settings().base_url.startswith("https://")


def find_me(request: Request) -> Me:
    """Return who asks; raise ``LoginNeededError`` when nobody is logged in."""
    token = request.cookies.get(cookie_name(), "")
    at, idle = real_now(), _DEMO_IDLE if settings().demo else sessions.IDLE
    with reading(request.app.state.engine) as session:
        found = sessions.who(session, token, at, idle=idle) if token else None
        if found is None:
            raise LoginNeededError
        person, school_id = found
        actor = actor_for(session, person.id, school_id, clock.today())
        if actor is None:
            raise LoginNeededError
        schools = tuple(sessions.schools_of(session, person.id, clock.today()))
        school = session.get_one(School, school_id)
        stale = sessions.needs_touch(session, token, at)
    if stale:
        with unit_of_work(request.app.state.engine) as session:
            sessions.touch(session, token, at)
    request.state.me = Me(actor, person, school, schools, token)
    return request.state.me  # type: ignore[no-any-return]  # request.state holds anything


LoggedIn = Annotated[Me, Depends(find_me)]


def render(request: Request, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """Return a page in the reader's language; ``me`` and the flash message come along by themselves."""
    me: Me | None = getattr(request.state, "me", None)
    flash = _read_flash(request)
    frame = {
        "request": request,
        "me": me,
        "flash": flash,
        "language": language_of(request),
        "nav": _nav(me.actor) if me else (),
        "today": clock.today(),
        "year_day": _year_day(clock.today()),
        "demo": settings().demo,
        "clock_shifted": clock.shifted(),
    }
    html = environment(str(frame["language"])).get_template(template).render(frame | context)
    response = HTMLResponse(html, status)
    if flash:
        response.delete_cookie(cookie_name("flash"), path="/", secure=is_https(), httponly=True)
    return response


def language_of(request: Request) -> str:
    """Return the language of who asks: of the person, or of the browser before anybody is logged in."""
    me: Me | None = getattr(request.state, "me", None)
    language = me.person.language if me else request.cookies.get(cookie_name("language"), "nl")
    return language if language in i18n.LANGUAGES else "nl"


def go(to: str, said: str = "", *, undo: UUID | None = None, undo_of: str = "task") -> RedirectResponse:
    """Send the browser on after a POST, and say there what was done; ``undo`` is a task to reopen, or so."""
    response = RedirectResponse(to, 303)
    if said:
        text = json.dumps({"text": said, "undo": str(undo) if undo else None, "of": undo_of}).encode()
        response.set_cookie(
            cookie_name("flash"),
            base64.urlsafe_b64encode(text).decode(),
            max_age=60,
            path="/",
            secure=is_https(),
            httponly=True,
            samesite="lax",
        )
    return response


def _read_flash(request: Request) -> Mapping[str, str | None] | None:
    try:
        kept = base64.urlsafe_b64decode(request.cookies.get(cookie_name("flash"), ""))
        flash = json.loads(kept)
        undo = _UNDO[flash["of"]].format(UUID(flash["undo"])) if flash["undo"] else None
        return {"text": str(flash["text"]), "undo": undo}
    except (ValueError, KeyError, TypeError):
        return None


def local_path(address: str | None, otherwise: str = "/vandaag") -> str:
    """Return an address if it stays within our own pages."""
    text = address or ""
    # A browser leaves out a tab or line break, so that what follows it counts as the second character.
    inside = text.startswith("/") and text[1:2] not in {"/", "\\"} and text.isprintable()
    return text if inside else otherwise


def login_address(request: Request) -> str:
    """Return the login page that leads back to what was asked."""
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/login?next={quote(asked)}" if request.method == "GET" and asked != "/" else "/login"


def _year_day(day: date) -> int:
    """Return how many calendar days ago the school year began, on the first of August."""
    return (day - date(day.year - (day.month < _AUGUST), _AUGUST, 1)).days


def _nav(actor: Actor) -> list[tuple[str, str]]:
    items = [
        ("/vandaag", "Vandaag", _EVERYONE),
        ("/trajecten", "Trajecten", _EVERYONE - {Role.ADMINISTRATOR}),
        ("/overleg", "Overleggen", _EVERYONE),
        ("/jaarplanner", "Jaarplanner", _EVERYONE),
        ("/beheer/stromen", "Beheer: stromen", frozenset({Role.ADMINISTRATOR})),
        ("/beheer/school", "Beheer: school", _KEEPERS),
    ]
    return [(address, words) for address, words, roles in items if actor.roles & roles]


@cache
def environment(language: str) -> Environment:
    """Return the templates of one language, with our filters."""
    env = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    words = i18n.translations(language)
    env.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]  # by the extension
    env.filters |= _filters(language)
    env.globals |= {
        "static": static,
        "live": live,
        "languages": i18n.LANGUAGES,
        "states": wording.TASK_STATES,
        "case_states": wording.CASE_STATES,
        "roles": wording.ROLES,
        "phases": wording.PHASES,
    }
    return env


def _filters(language: str) -> dict[str, Callable[..., Any]]:
    words = i18n.translations(language)

    def written(pattern: str) -> Callable[[date], str]:
        return lambda day: format_date(day, pattern, locale=language)

    return {
        "day": written("EEEE d MMMM"),
        "long_day": written("EEEE d MMMM y"),
        "short_day": written("d MMM"),
        "local": clock.local,
        "hour": lambda moment: f"{clock.local(moment):%H:%M}",
        "moment": lambda moment: (
            f"{format_date(clock.local(moment), 'EEE d MMM', locale=language)} {clock.local(moment):%H:%M}"
        ),
        "t": lambda text: words.gettext(str(text)) if str(text) else "",
        "why": sentence,
        "program": program_name,
    }


def live(address: str) -> Markup:
    """Return the attributes by which a form of this page answers without a full reload."""
    return Markup('hx-post="{}" hx-target="#content" hx-select="#content" hx-swap="outerHTML"').format(
        address
    )


@cache
def static(name: str) -> str:
    """Return the address of one of our own files, new whenever its content is."""
    digest = hashlib.sha256((FOLDER / "static" / name).read_bytes()).hexdigest()[:8]
    return f"/static/{name}?v={digest}"
