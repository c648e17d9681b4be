"""The words of the mail with a link to choose a password; nothing of the school's work stands in it."""

from dataclasses import dataclass
from datetime import datetime
from html import escape

from babel.dates import format_date

from models import Person, School
from service.clock import local
from service.i18n import say


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one mail."""

    subject: str
    text: str
    html: str


def write(person: Person, school: School, *, address: str, until: datetime) -> Words:
    """Write the mail in the language of who gets it; ``until`` is when the link ends."""
    language = person.language
    day = format_date(local(until), "EEEE d MMMM", locale=language)
    before = [
        say(language, "Dag %(name)s,", name=person.name.split()[0]),
        say(
            language,
            "Met deze link kies je zelf je wachtwoord voor Jaarritme van %(school)s:",
            school=school.name,
        ),
    ]
    after = [
        say(
            language,
            "De link werkt één keer, tot %(day)s om %(hour)s. Geef hem aan niemand door.",
            day=day,
            hour=f"{local(until):%H:%M}",
        ),
        say(language, "Verwachtte je deze mail niet? Dan hoef je niets te doen: er verandert niets."),
    ]
    link = f'<p><a href="{escape(address)}">{escape(say(language, "Kies je wachtwoord"))}</a></p>'
    return Words(
        say(language, "Kies je wachtwoord voor Jaarritme"),
        "\n\n".join([*before, address, *after]) + "\n",
        _html(before) + link + _html(after),
    )


def _html(paragraphs: list[str]) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
