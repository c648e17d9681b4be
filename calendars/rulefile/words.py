"""Words that people write where the rule language has another."""

import re
from difflib import get_close_matches
from itertools import zip_longest
from typing import Any

_RULES = (
    ("week", "woche weken kalenderweek isoweek iso-week weeks weeknummer weeknr wk week-nummer"),
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
    ("phase", "fase seizoen trimester kwartaal season helft semester"),
    ("holiday", "vakantie ferien feestdag vacation holidays vrije-dag studiedag"),
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
    ("ongoing", "doorlopend continu always hele-jaar"),
    ("pick", "kies n-de keuze-uit nth"),
    ("open", "onbekend geen none unknown tbd"),
    ("times", "keer frequentie mal aantal n-per-year"),
    ("every", "elke iedere alle-weken herhaal repeat jede wekelijks maandelijks om-de"),
    ("age", "leeftijd alter verjaardag birthday oud"),
    ("instruction", "leesonderwijs instructie"),
)
_KEYS = (
    ("number", "nummer nr num weeknummer nummers"),
    ("day", "dag datum date tag"),
    ("days", "dagen datums dates"),
    ("month", "maand monat"),
    ("months", "maanden monate"),
    ("weekday", "weekdag dag-van-de-week wochentag op dag"),
    ("until", "tot tot-en-met eind bis to tm t/m einde"),
    ("first", "begin eerste start van from vanaf"),
    ("last", "einde laatste eind tot tot-en-met t/m end to"),
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
    ("title", "titel wat what naam activiteit name omschrijving"),
    ("key", "sleutel id naam name code"),
    ("groups", "groepen groep group leerjaren klas klassen grade grades leerjaar voor"),
    ("except_groups", "behalve zonder-groepen"),
    ("pupils", "leerlingen leerling"),
    ("owner", "wie eigenaar verantwoordelijke actors actor who door uitvoerder owners rol"),
    ("also", "ook met with with_ erbij betrokken betrokkenen"),
    ("when", "wanneer datum date due wann data dag moment periode"),
    ("when_in", "wanneer-in due_in"),
    ("latest", "uiterlijk deadline"),
    ("law", "wet source bron"),
    ("asked_by", "op-verzoek-van gevraagd-door"),
    ("need", "verplicht required modality moet prioriteit"),
    ("only_if", "alleen-als als if voorwaarde condition mits indien"),
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
    ("note", "opmerking notitie toelichting opmerkingen comment remark"),
    ("kind", "soort type"),
    ("item", "items taak taken"),
    ("facts", "feiten fact"),
    ("done", "klaar gedaan"),
    ("presence", "aanwezig werkdagen aanwezigheid"),
    ("closure", "sluiting vakantie vrij closures"),
    ("pupil", "leerling leerlingen pupils"),
    ("born", "geboren geboortedatum"),
    ("unless", "tenzij behalve-als"),
    ("minutes", "duur minuten lengte"),
    ("judgement", "oordeel vraag beoordeling als"),
    ("started", "gestart instroom"),
    ("at", "om van start vanaf begin"),
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
    ("last", "laatste einde eind slot"),
    ("eind", "einde end slot laatste laatste-weken"),
    ("midden", "half halverwege medio"),
    ("najaar", "herfst autumn fall"),
    ("voorjaar", "lente spring"),
    ("zomer", "summer"),
    ("jaar", "hele-jaar schooljaar heel"),
    ("helft", "half semester"),
    ("next", "volgende later erna vooruit volgend volgend-jaar"),
    ("this", "dit dit-jaar deze huidig"),
    ("previous", "vorige eerder ervoor terug"),
    ("keep", "laat-staan blijf niet nee geen vast none no"),
    ("test", "toets toetsen afname citotoets"),
    ("observation", "observatie"),
    ("discussion", "bespreking groepsbespreking leerlingbespreking"),
    ("meeting", "vergadering overleg teamvergadering studiedag"),
    ("parent-talk", "oudergesprek gesprek oudergesprekken ouderavond tienminutengesprek"),
    ("report", "rapport rapporten"),
    ("deadline", "inleveren inlevermoment"),
    ("plan-write", "plan handelingsplan groepsplan"),
    ("plan-evaluate", "evaluatie evalueren"),
    ("consent", "toestemming"),
    ("transfer", "overdracht"),
    ("referral-step", "verwijzing"),
    ("other", "anders overig overige"),
    ("required", "verplicht moet must true ja"),
    ("target", "streef streven streefdatum wens"),
    ("preferred", "liefst bij-voorkeur"),
    ("optional", "zo-nodig mag kan false nee optioneel facultatief indien-nodig"),
    ("on-request", "op-verzoek op-afroep op-aanvraag"),
    ("begin", "start"),
    ("during", "tijdens in vakantie"),
    ("week-before", "week-ervoor ervoor voor before week-voor"),
    ("week-after", "week-erna erna na after week-na"),
    ("first-day-after", "eerste-dag-erna direct-na eerste-dag dag-erna"),
    ("last-day-before", "laatste-dag-ervoor laatste-dag dag-ervoor direct-voor"),
    ("nation", "land landelijk"),
    ("region", "regio"),
    ("board", "bestuur"),
    ("pupil", "leerling kind leerlingen"),
    ("group", "groep klas"),
    ("school", "hele-school alle"),
    ("na-schooltijd", "na-school einde-dag"),
    ("ochtend", "morgen 's-ochtends"),
    ("middag", "'s-middags"),
    ("avond", "'s-avonds"),
)


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


def same_word(word: str, allowed: list[str], kind: str) -> list[str]:
    """Return which of the allowed words are this one or mean the same; not those that only look like it."""
    plain = _plain(word)
    same = [one for one in allowed if _plain(one) == plain]
    return list(dict.fromkeys([*same, *(one for one in _SYNONYMS[kind].get(plain, ()) if one in allowed)]))


_NUMBERS = "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf".split()
_ORDER = "eerste tweede derde vierde vijfde zesde zevende achtste negende tiende".split()
_FROM_THE_END = {"laatste": -1, "voorlaatste": -2, "op-een-na-laatste": -2}


def number_meant(value: Any) -> Any:
    """Return the whole number that somebody wrote in another way ("3x", "drie", "week 44"); else the same."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, str):
        return value
    plain = _plain(value).replace("één", "een")
    for number, names in enumerate(zip_longest(_NUMBERS, ["", *_ORDER])):
        if plain and plain in names:
            return number
    if plain in _FROM_THE_END:
        return _FROM_THE_END[plain]
    found = re.fullmatch(r"(?:week-?|wk-?|groep-?)?(-?\d{1,4})(?:e|de|ste|x|-?keer|-?weken|-?dagen)?", plain)
    return int(found[1]) if found else value


def age_meant(value: Any) -> tuple[int, int] | None:
    """Return the years and months of an age as people write it: "3;9", "3,9", "3 jaar en 9 maanden"."""
    found = re.fullmatch(
        r"(\d{1,2})(?:\s*[;,.:/]\s*|\s*jaar(?:\s*en)?\s*)(\d{1,2})(?:\s*maanden|\s*mnd)?", str(value)
    )
    if found and int(found[2]) < len(_NUMBERS) - 1:
        return int(found[1]), int(found[2])
    number = number_meant(str(value).removesuffix(" jaar"))
    return (number, 0) if isinstance(number, int) else None
