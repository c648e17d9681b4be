"""Words on the screen: Dutch is the source, other languages are catalogues compiled at start."""

import gettext
import io
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = {"nl": "Nederlands", "en": "English"}
_FOLDER = Path(__file__).parent / "locale"


@cache
def translations(language: str) -> gettext.NullTranslations:
    """Return the words of a language; Dutch, or an unknown one, gives the source itself."""
    files = sorted((_FOLDER / language / "LC_MESSAGES").glob("*.po"))
    if language not in LANGUAGES or not files:
        return gettext.NullTranslations()
    merged = Catalog(locale=language)
    for path in files:
        for message in read_po(io.BytesIO(path.read_bytes()), locale=language):
            if message.id and message.string:
                merged.add(message.id, message.string)
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def say(language: str, words: str, **values: object) -> str:
    """Return words in a language, with their ``%(name)s`` filled in."""
    text = translations(language).gettext(words)
    return text % values if values else text
