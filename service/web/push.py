"""What makes a phone able to keep Jaarritme as an app and to receive its push messages."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from service.web.page import FOLDER, static

router = APIRouter()
_ICONS = (
    ("icon-192.png", 192, "any"),
    ("icon-512.png", 512, "any"),
    ("icon-maskable-512.png", 512, "maskable"),
)


@router.get("/manifest.webmanifest", include_in_schema=False)
def manifest() -> Response:
    """Describe the app to the browser that installs it; the same for everyone, so without a login."""
    icons = [
        {"src": static(name), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for name, size, purpose in _ICONS
    ]
    said = {
        "id": "/",
        "name": "Jaarritme",
        "short_name": "Jaarritme",
        "description": "Het jaarritme van de intern begeleider",
        "lang": "nl",
        "start_url": "/vandaag",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#268891",
        "icons": icons,
    }
    headers = {"Cache-Control": "public, max-age=3600"}
    return JSONResponse(said, media_type="application/manifest+json", headers=headers)


@router.get("/service-worker.js", include_in_schema=False)
def service_worker() -> Response:
    """Give the script that shows push messages; from the root, so that it may open every page."""
    script = (FOLDER / "static" / "service-worker.js").read_bytes()
    return Response(script, media_type="text/javascript", headers={"Cache-Control": "no-cache"})
