"""The timers: what each is called on the screen, when it runs and which verb it carries out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial

from sqlalchemy import Engine

from service.rhythm import work
from service.rhythm.report import Report
from service.rhythm.slots import Daily, Every, Schedule, next_slot

Work = Callable[[Engine, datetime], Report]


@dataclass(frozen=True)
class Timer:
    """Something that happens at its hour, or every few minutes."""

    name: str
    title: str
    what: str
    tags: tuple[str, ...]
    run: Work
    schedule: Schedule

    @property
    def is_daily(self) -> bool:
        """Tell whether the timer runs once a day."""
        return isinstance(self.schedule, Daily)

    @property
    def patience(self) -> timedelta:
        """Return after how long a run that says nothing has broken off."""
        return timedelta(minutes=15 if self.is_daily else 5)


def _rhythm(name: str, title: str, what: str, minute: int) -> Timer:
    run = partial(work.sweep_procedure, name)
    return Timer(name, title, what, ("ritme",), run, Daily(time(5, minute)))


def _service(name: str, title: str, what: str, run: Work, when: Schedule) -> Timer:
    return Timer(name, title, what, ("dienst",), run, when)


# What is missed runs in this order: what the year has, then its rhythms, then what people are told.
_IN_ORDER = (
    _service(
        "open-year",
        "Jaar bijwerken",
        "Plant in elk geopend schooljaar wat er sindsdien bijkwam: nieuwe groepen en leerlingen.",
        work.extend_years,
        Daily(time(4, 45)),
    ),
    _rhythm(
        "test-calendar", "Toetskalender", "Opent de toetsrondes, zet taken klaar en bewaakt de perioden.", 0
    ),
    _rhythm(
        "group-discussions",
        "Groepsbesprekingen",
        "Opent de rondes en nodigt uit voor de groepsbesprekingen.",
        5,
    ),
    _rhythm(
        "plan-reviews", "Evaluatie van plannen", "Zet klaar wanneer plannen worden bekeken en bijgesteld.", 10
    ),
    _rhythm(
        "exit-pupils", "Uitstroom en vertrek", "Bewaakt de adviezen en de overdracht van wie vertrekt.", 15
    ),
    _rhythm(
        "external-referrals",
        "Externe verwijzingen",
        "Bewaakt toestemming, termijnen en antwoord bij verwijzingen.",
        20,
    ),
    _service(
        "remind",
        "Herinneren",
        "Schrijft per collega op wat aan de beurt is, op diens eigen werkdag en uur.",
        work.remind,
        Every(5),
    ),
    _service(
        "publish-calendars",
        "Agenda's bijwerken",
        "Werkt de agenda-abonnementen bij van wie iets is veranderd.",
        work.publish_calendars,
        Every(5),
    ),
    _service(
        "read-replies",
        "Antwoorden lezen",
        "Leest de mailbox van de school: antwoorden op uitnodigingen en mail die niet aankwam.",
        work.read_replies,
        Every(5),
    ),
    _service(
        "deliver",
        "Bezorgen",
        "Verstuurt wat in de uitgaande post ligt en noteert wat aankwam.",
        work.deliver_post,
        Every(1),
    ),
    _service(
        "push-calendars",
        "Agenda's op een server",
        "Schrijft gewijzigde afspraken in de agenda's op een server van de school.",
        work.push_calendars,
        Every(15),
    ),
    _service(
        "keep-house",
        "Opruimen",
        "Laat leerlingen gaan na hun laatste dag; ruimt oude aanmeldingen, bestanden en logregels op.",
        work.keep_house,
        Daily(time(3, 30)),
    ),
)

TIMERS: dict[str, Timer] = {timer.name: timer for timer in _IN_ORDER}


def next_round(procedure: str, at: datetime) -> datetime:
    """Return when a procedure has its next round; one without a rhythm goes along with the year."""
    return next_slot(TIMERS.get(procedure, TIMERS["open-year"]).schedule, at)
