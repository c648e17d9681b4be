"""What the pages of meetings say about people: who may be chosen, who hears what, who answered what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session, col, select

from models import Meeting, Membership, Person
from service import clock
from service.access.actor import holds_on
from service.clock import local
from service.meetings.concerns import concerns, is_closed
from service.meetings.preview import Hears, What
from service.web.page import Me

_COUNTED = (
    ("ACCEPTED", "%(n)s ja"),
    ("DECLINED", "%(n)s nee"),
    ("TENTATIVE", "%(n)s misschien"),
    ("DELEGATED", "%(n)s stuurt een ander"),
    ("NEEDS-ACTION", "%(n)s nog niet"),
)
_ONE: dict[What, str] = {
    "invited": "%(name)s krijgt een uitnodiging",
    "updated": "%(name)s krijgt een bijgewerkte uitnodiging",
    "off": "%(name)s krijgt een afzegging",
    "stays": "%(name)s krijgt bericht dat het moment blijft",
    "withdrawn": "%(name)s hoort niets: de eerdere mail was nog niet weg en vervalt",
    "nothing": "voor %(name)s verandert niets",
    "silent": "%(name)s krijgt geen mail",
}
_MANY: dict[What, str] = {
    "invited": "%(name)s krijgt %(n)s uitnodigingen",
    "updated": "%(name)s krijgt %(n)s bijgewerkte uitnodigingen",
    "off": "%(name)s krijgt %(n)s afzeggingen",
    "stays": "%(name)s krijgt bericht dat het moment blijft",
    "withdrawn": "%(name)s hoort niets",
    "nothing": "voor %(name)s verandert niets",
    "silent": "%(name)s krijgt geen mail",
}
_YOU: dict[What, str] = {
    "invited": "jij krijgt een uitnodiging",
    "updated": "jij krijgt een bijgewerkte uitnodiging",
    "off": "jij krijgt een afzegging",
    "stays": "jij krijgt bericht dat het moment blijft",
    "withdrawn": "jij hoort niets",
    "nothing": "jij krijgt geen mail: het staat in je agenda van Jaarritme",
    "silent": "jij krijgt geen mail: je weet het al",
}
_CONCERNS = {
    "off": "%(name)s werkt dan niet.",
    "busy": "%(name)s heeft dan al een ander overleg.",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What one person hears, in words, and which kind of news that is."""

    what: What
    text: str


def answered(me: Me, counts: Mapping[str, int]) -> str:
    """Return answers at a glance: "2 ja, 1 nee"."""
    return ", ".join(me.say(words, n=counts[key]) for key, words in _COUNTED if counts.get(key))


def hearings(me: Me, found: Iterable[Hears], quiet: What = "nothing") -> list[Said]:
    """Return who hears what, in words; ``quiet`` is how no news is said, and who looks comes last."""
    found = [replace(hears, what=quiet) if hears.what == "nothing" else hears for hears in found]
    said = [(hears.person_id == me.person.id, Said(hears.what, _words(me, hears))) for hears in found]
    return [one for _, one in sorted(said, key=lambda pair: pair[0])]


def _words(me: Me, hears: Hears) -> str:
    if hears.person_id == me.person.id:
        return me.say(_YOU[hears.what])
    name = hears.name if hears.person_id else f"{me.say(hears.name)} ({hears.mail})"
    if hears.count > 1:
        return me.say(_MANY[hears.what], name=name, n=hears.count)
    return me.say(_ONE[hears.what], name=name)


def warnings(session: Session, me: Me, meeting: Meeting, people: Iterable[UUID]) -> list[str]:
    """Return what may be wrong with a day, and with an hour for whom is asked."""
    closed = is_closed(session, me.school.id, local(meeting.starts_at).date())
    found = concerns(session, me.school.id, people, meeting.starts_at, meeting.ends_at, but=meeting.id)
    names = {person.id: person.name for person in colleagues(session, me)}
    said = [me.say(_CONCERNS[what], name=names[id_]) for id_, what in found if id_ in names]
    return [me.say("Op die dag is er geen school."), *said] if closed else said


def colleagues(session: Session, me: Me) -> Sequence[Person]:
    """Return who works at the school now, by name."""
    here = select(Membership.person_id).where(
        Membership.school_id == me.school.id,
        holds_on(col(Membership.valid_from), col(Membership.valid_until), clock.today()),
    )
    query = select(Person).where(col(Person.id).in_(here), col(Person.active).is_(True))
    return session.exec(query.order_by(Person.name)).all()
