"""The calendar door: ``/f/<token>.ics`` gives the bytes as they were rendered."""

from datetime import UTC
from email.utils import format_datetime
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from models.database import reading, unit_of_work
from service.api.access_log import be_discreet
from service.clock import now
from service.feeds.read import Served, feed_bytes, note_fetch

be_discreet()  # whoever serves these addresses must not write them down
router = APIRouter(include_in_schema=False)
_ALWAYS = {
    "Cache-Control": "private, max-age=300",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


@router.api_route("/f/{token}.ics", methods=["GET", "HEAD"])
def subscription(
    request: Request,
    token: str,
    if_none_match: Annotated[str, Header()] = "",
    user_agent: Annotated[str, Header()] = "",
) -> Response:
    """Serve a subscription; a withdrawn address and an unknown one answer alike."""
    with reading(request.app.state.engine) as session:
        found = feed_bytes(session, token)
    if found is None:
        return Response(status_code=404, headers={**_ALWAYS, "Cache-Control": "no-store"})
    _note(request, found, user_agent)
    headers = _headers(found)
    if _is_known(if_none_match, found.etag):
        return Response(status_code=304, headers=headers)
    body = b"" if request.method == "HEAD" else found.body
    length = {"Content-Length": str(len(found.body))}
    return Response(body, headers={**headers, **length}, media_type="text/calendar; charset=utf-8")


def _note(request: Request, found: Served, user_agent: str) -> None:
    if found.wants_note(now()):
        with unit_of_work(request.app.state.engine) as session:
            note_fetch(session, found.feed_id, at=now(), by=user_agent)


def _headers(found: Served) -> dict[str, str]:
    changed = format_datetime(found.rendered_at.astimezone(UTC), usegmt=True)
    return {**_ALWAYS, "ETag": f'"{found.etag}"', "Last-Modified": changed}


def _is_known(if_none_match: str, etag: str) -> bool:
    """Compare weakly, as a conditional GET does (RFC 9110 §13.1.2)."""
    known = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in known or f'"{etag}"' in known
