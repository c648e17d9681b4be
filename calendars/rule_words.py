"""Words that people write where the rule language has another."""

import re
from difflib import get_close_matches

from calendars.derivation import MONTHS_NL
from calendars.rules.words import WEEKDAYS

_RULES = (
    ("week", "woche weken kalenderweek isoweek iso-week weeks"),
    ("date", "datum dag day tag op fixed"),
    ("dates", "datums data dagen days"),
    ("week-of", "week-van weekof week-vanaf"),
    ("month", "maand monat"),
    ("months", "maanden monate"),
    ("period", "periode zeitraum range venster tussen between window"),
    ("from", "vanaf ab from-date"),
    ("after", "na nach"),
    ("until", "tot tot-en-met uiterlijk bis deadline no-later-than by"),
    ("before", "voor vóór vor"),
    ("on", "tijdens bij during"),
    ("year", "jaar schooljaar jahr school-year"),
    ("school-day", "schooldag schultag schoolday"),
    ("school-week", "schoolweek schulwoche lesweek werkweek"),
    ("phase", "fase seizoen trimester kwartaal season"),
    ("holiday", "vakantie ferien feestdag vacation holidays"),
    ("legal", "wet wettelijk gesetz law statutory"),
    ("weekday", "weekdag wochentag nth-weekday"),
    ("full-week", "volle-week fullweek ganze-woche"),
    ("offset", "plus verschuiving dagen-na later versatz"),
    ("within", "binnen innerhalb"),
    ("event", "gebeurtenis ereignis moment"),
    ("clock", "klok termijn uhr frist timer"),
    ("earliest", "vroegste eerste min first fruehestens"),
    ("latest", "laatste max last spätestens"),
    ("one-of", "een-van een oneof of keuze choice"),
    ("each", "elk ieder alle jedes all"),
    ("each-time", "elke-keer per-keer telkens na-elke"),
    ("ongoing", "doorlopend continu always"),
    ("pick", "kies n-de keuze-uit nth"),
    ("open", "onbekend geen none unknown tbd"),
    ("times", "keer frequentie mal aantal n-per-year"),
    ("every", "elke iedere alle-weken herhaal repeat jede"),
    ("age", "leeftijd alter verjaardag birthday"),
    ("instruction", "leesonderwijs instructie"),
)
_KEYS = (
    ("number", "nummer nr num weeknummer nummers"),
    ("day", "dag datum date tag"),
    ("days", "dagen datums dates"),
    ("month", "maand monat"),
    ("months", "maanden monate"),
    ("weekday", "weekdag dag-van-de-week wochentag"),
    ("until", "tot tot-en-met eind bis to"),
    ("first", "begin eerste start van from vanaf"),
    ("last", "einde laatste eind"),
    ("after", "na nach vanaf"),
    ("before", "voor vóór vor"),
    ("name", "naam"),
    ("nth", "hoeveelste welke n"),
    ("count", "aantal keer times"),
    ("within", "binnen venster window"),
    ("apart", "tussentijd afstand"),
    ("years", "jaren jaar leeftijd"),
    ("phase", "fase"),
    ("edge", "kant rand"),
    ("part", "deel"),
    ("title", "titel wat what naam"),
    ("key", "sleutel id"),
    ("groups", "groepen groep group leerjaren"),
    ("except_groups", "behalve zonder-groepen"),
    ("pupils", "leerlingen leerling"),
    ("owner", "wie eigenaar verantwoordelijke actors actor who"),
    ("also", "ook met with with_ erbij"),
    ("when", "wanneer datum date due wann"),
    ("when_in", "wanneer-in due_in"),
    ("latest", "uiterlijk deadline"),
    ("law", "wet source bron"),
    ("asked_by", "op-verzoek-van gevraagd-door"),
    ("need", "verplicht required modality"),
    ("only_if", "alleen-als als if voorwaarde condition"),
    ("margin", "marge ongeveer approx"),
    ("tolerance", "tolerantie speling"),
    ("roll", "schuif"),
    ("time", "tijd uur uhrzeit"),
    ("overflow", "uitloop inhaal"),
    ("instead_of", "in-plaats-van vervangt"),
    ("only_years", "alleen-jaren"),
    ("not_in_years", "niet-in-jaren"),
    ("every_years", "elke-jaren"),
    ("next_year", "volgend-jaar"),
    ("outcomes", "uitkomsten"),
    ("outcome", "uitkomst"),
    ("note", "opmerking notitie"),
    ("kind", "soort type"),
    ("item", "items taak taken"),
    ("facts", "feiten fact"),
    ("done", "klaar gedaan"),
    ("presence", "aanwezig werkdagen aanwezigheid"),
    ("closure", "sluiting vakantie vrij closures"),
    ("pupil", "leerling leerlingen pupils"),
    ("born", "geboren geboortedatum"),
    ("started", "gestart instroom"),
    ("at", "om van"),
    ("by", "door uiterlijk wie"),
    ("why", "waarom reden"),
    ("since", "sinds vanaf"),
    ("chosen", "gekozen"),
    ("newcomers", "nieuw nieuwe-leerlingen"),
    ("role", "rol wie"),
    ("due", "wanneer streefdatum when"),
    ("school_days", "schooldagen schooldag dagen days lesdagen"),
    ("weekdays", "werkdagen doordeweekse-dagen"),
    ("do", "doe dan wat"),
    ("calendar_days", "dagen kalenderdagen days"),
    ("calendar_weeks", "weken kalenderweken weeks week"),
    ("school_weeks", "schoolweken lesweken werkweken weken weeks"),
    ("months", "maanden"),
)
_VALUES = (
    ("maandag", "ma maa monday montag"),
    ("dinsdag", "di din tuesday dienstag"),
    ("woensdag", "wo woe wednesday mittwoch"),
    ("donderdag", "do don thursday donnerstag"),
    ("vrijdag", "vr vrij friday freitag"),
    ("first", "eerste begin"),
    ("last", "laatste einde"),
    ("next", "volgende later erna"),
    ("previous", "vorige eerder ervoor"),
    ("keep", "laat-staan blijf"),
    ("test", "toets"),
    ("observation", "observatie"),
    ("discussion", "bespreking overleg"),
    ("meeting", "vergadering"),
    ("parent-talk", "oudergesprek gesprek"),
    ("report", "rapport"),
    ("required", "verplicht"),
    ("target", "streef streven"),
    ("preferred", "liefst bij-voorkeur"),
    ("optional", "zo-nodig mag"),
    ("on-request", "op-verzoek"),
    ("begin", "start"),
    ("week-before", "week-ervoor"),
    ("week-after", "week-erna"),
    ("first-day-after", "eerste-dag-erna"),
    ("last-day-before", "laatste-dag-ervoor"),
    ("nation", "land landelijk"),
    ("region", "regio"),
    ("board", "bestuur"),
)
_MONTH = "|".join(MONTHS_NL)
_PARTS = {"begin": "begin", "midden": "midden", "half": "midden", "halverwege": "midden", "eind": "eind"}


def _table(rows: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for right, others in rows:
        for other in others.split():
            found.setdefault(_plain(other), []).append(right)
    return found


def _plain(word: str) -> str:
    return word.strip().casefold().replace("_", "-").replace(" ", "-")


_SYNONYMS = {"rule": _table(_RULES), "key": _table(_KEYS), "value": _table(_VALUES)}


def meant(word: str, allowed: list[str], kind: str) -> list[str]:
    """Return which of the allowed words may be meant, the likeliest first; ``kind``: rule, key or value."""
    plain = _plain(word)
    same = [one for one in allowed if _plain(one) == plain]
    known = [one for one in _SYNONYMS[kind].get(plain, ()) if one in allowed]
    close = get_close_matches(plain, [_plain(one) for one in allowed], n=2, cutoff=0.6)
    near = [one for one in allowed if _plain(one) in close]
    return list(dict.fromkeys([*same, *known] or near))


def moment_for(text: str, items: list[str]) -> str:
    """Return how to write a moment that was written as plain Dutch or as a wrong day."""
    said = text.strip().casefold()
    if items_meant := meant(said.removeprefix("item"), items, "key") if items else []:
        return f'Schrijf "item.{items_meant[0]}".'
    for pattern, answer in _MOMENTS:
        if found := re.fullmatch(pattern, said):
            return answer(*found.groups())
    return (
        'Schrijf een dag ("03-24"), een naam ("item.<key>", "fact.<naam>") of een regel ({ rule = "week", '
        "number = 46 }). Weet je het moment niet? Laat de regel dan weg."
    )


def _day(day: str, month: str, year: str = "") -> str:
    number = MONTHS_NL.index(month) + 1 if month in MONTHS_NL else int(month)
    return f'Schrijf eerst de maand: "{f"{year}-" if year else ""}{number:02}-{int(day):02}".'


def _month(part: str | None, name: str) -> str:
    more = f', part = "{_PARTS[part]}"' if part else ""
    return f'Een maand schrijf je zo: {{ rule = "month", month = {MONTHS_NL.index(name) + 1}{more} }}.'


_MOMENTS = (
    (rf"(?:in )?(begin|midden|half|halverwege|eind)?\s*({_MONTH})", _month),
    (r"week\s*(\d+)", lambda n: f'Schrijf {{ rule = "week", number = {n} }}.'),
    (rf"(\d{{1,2}}) ({_MONTH})(?: (\d{{4}}))?", lambda d, m, y: _day(d, m, y or "")),
    (r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", _day),
    (r"(1[3-9]|2\d|3[01])-(\d{1,2})", _day),
    (r"(\d{4})-(\d{1,2})-(\d{1,2})", lambda y, m, d: f'Schrijf "{y}-{int(m):02}-{int(d):02}".'),
    (
        r"(?:.*\W)?(herfst|kerst|voorjaars|mei|zomer)vakantie",
        lambda n: f'Schrijf {{ rule = "holiday", name = "{n}" }}.',
    ),
    (
        rf"(?:op )?({'|'.join(WEEKDAYS)})",
        lambda w: f'Schrijf {{ rule = "weekday", weekday = "{w}", month = 11 }}.',
    ),
    (
        r"op (?:verzoek|afroep|aanvraag)|zo nodig|indien nodig",
        lambda: 'Laat when weg en schrijf need = "on-request" of need = "optional".',
    ),
)
