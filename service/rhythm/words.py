"""What a run did, in words of the screen: counts and ids, never a name."""

from models import RunState, TimerRun
from service.clock import local
from service.rhythm.timers import TIMERS

_STATES = {RunState.RUNNING: "loopt", RunState.DONE: "gedaan", RunState.FAILED: "mislukt"}
COUNTS = {
    "absences": "afwezigheidsberichten",
    "already": "had het vandaag al gehoord",
    "answers": "antwoorden verwerkt",
    "asked_again": "uitnodigingen opnieuw gestuurd op verzoek",
    "at_once": "collega's meteen iets gezegd",
    "bounced": "mails die niet aankwamen",
    "cases": "trajecten nagekeken",
    "changed": "agenda's bijgewerkt",
    "countered": "andere momenten voorgesteld",
    "due": "collega's met iets dat aan de beurt is",
    "entered": "fasen begonnen",
    "expired": "verlopen",
    "failed": "niet gelukt",
    "known": "waren al eerder verstuurd",
    "login_failures": "oude mislukte aanmeldingen verwijderd",
    "mails": "mails gelezen",
    "new_cases": "trajecten erbij",
    "new_items": "taken erbij",
    "new_meetings": "afspraken erbij",
    "off": "vandaag vrij, op de eerstvolgende werkdag",
    "old_mail": "regels van oude mail verwijderd",
    "opened": "trajecten geopend",
    "other_mails": "andere mails",
    "overdue_by_law": "taken voorbij de wettelijke datum",
    "paused": "collega's die even niets willen horen",
    "pupils_left": "leerlingen uitgeschreven van wie de laatste dag voorbij is",
    "pushed": "afspraken op een server gezet",
    "quiet": "wacht tot na de rusttijd",
    "redated": "taken opnieuw gedateerd",
    "reminded": "collega's herinnerd",
    "runs": "oude logregels verwijderd",
    "seen_before": "mails die al gelezen waren",
    "sent": "verstuurd",
    "sessions": "verlopen aanmeldingen verwijderd",
    "stopped": "gestopt: er wacht een gesprek",
    "suppressed": "niet meer nodig",
    "taken_away": "afspraken van een server gehaald",
    "to_place": "mails waar iemand naar moet kijken",
    "told": "uitnodigingen en wijzigingen geschreven",
    "unchanged": "agenda's ongewijzigd",
    "uploads": "vergeten leerlingbestanden weggegooid",
    "waiting": "wacht nog",
}


def counts_in_words(run: TimerRun) -> list[tuple[str, int]]:
    """Return each count with its words; one without words under its own key."""
    return [(in_words(key), int(count)) for key, count in run.counts.items()]


def in_words(key: str) -> str:
    """Return what a count counts."""
    return COUNTS.get(key, key.replace("_", " "))


def as_markdown(run: TimerRun) -> str:
    """Return a page about one run that an administrator can read."""
    timer = TIMERS[run.timer]
    lines = [
        f"## {timer.title}: {_STATES[run.state]}",
        "",
        timer.what,
        "",
        f"Begonnen {local(run.started_at):%d-%m-%Y %H:%M:%S} · {_tally(run)} · logregel `{run.id}`",
        "",
    ]
    if run.counts:
        rows = [f"| {words} | {count} |" for words, count in counts_in_words(run)]
        lines += ["| wat | aantal |", "| --- | ---: |", *rows, ""]
    else:
        lines += ["Er was niets te doen.", ""]
    return "\n".join([*lines, f"**Melding:** {run.error}", ""] if run.error else lines)


def _tally(run: TimerRun) -> str:
    return f"verwacht {run.expected} · gedaan {run.done} · niet gelukt {run.failed}"
