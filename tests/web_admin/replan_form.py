"""Going on from the preview of what moves."""

import html
import re

from fastapi.testclient import TestClient
from httpx2 import Response


def fields(page: Response) -> dict[str, str]:
    """Return the hidden fields of the preview's form."""
    form = page.text.split('action="/herplannen/toepassen"')[1].split("</form>")[0]
    found = re.findall(r'name="(\w+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found}


def go_on(client: TestClient, page: Response) -> Response:
    """Apply what a preview shows; what moved nothing was done at once."""
    if page.status_code == 303:
        return page
    assert "Wat schuift er?" in page.text, page.text
    return client.post("/herplannen/toepassen", data=fields(page))
