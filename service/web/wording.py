"""What the closed lists of the tables are called on the screen; Dutch, translated where they are shown."""

from models import CaseState, TaskState

TASK_STATES = {
    TaskState.PLANNED: "Nog niet aan de beurt",
    TaskState.READY: "Te verdelen",
    TaskState.RESERVED: "Open",
    TaskState.IN_PROGRESS: "Bezig",
    TaskState.SUSPENDED: "In de wacht",
    TaskState.IN_REVIEW: "Ter controle",
    TaskState.COMPLETED: "Afgerond",
    TaskState.SKIPPED: "Overgeslagen",
    TaskState.MISSED: "Gemist",
    TaskState.CANCELLED: "Ingetrokken",
}
CASE_STATES = {
    CaseState.PLANNED: "Gepland",
    CaseState.ACTIVE: "Loopt",
    CaseState.COMPLETED: "Afgerond",
    CaseState.CANCELLED: "Ingetrokken",
}
ROLES = {
    "ib": "IB'er",
    "teacher": "leerkracht",
    "director": "directie",
    "administrator": "beheerder",
    "isb": "ISB'er",
    "coordinator": "bouwcoördinator",
    "administration": "administratie",
    "rt": "RT'er",
}
PHASES = {
    "signaleren": "Signaleren",
    "analyseren": "Analyseren",
    "voorbereiden": "Voorbereiden",
    "uitvoeren": "Uitvoeren",
    "evalueren": "Evalueren",
}
# The actor's name, or "Jaarritme", stands before it.
VERBS = {
    "planned": "zette dit in het jaarplan",
    "opened": "begon dit traject",
    "entered": "begon een nieuwe fase:",
    "completed": "rondde af",
    "skipped": "sloeg over",
    "missed": "zette op gemist",
    "claimed": "pakte op",
    "released": "gaf vrij",
    "assigned": "wees toe",
    "rescheduled": "verzette de datum",
    "redated": "schoof de datum mee",
    "reopened": "heropende",
    "cancelled": "trok in",
    "closed": "sloot het traject af",
    "consent_given": "legde toestemming vast",
    "consent_refused": "legde vast dat er geen toestemming is",
    "consent_withdrawn": "legde vast dat de toestemming is ingetrokken",
    "moved": "verzette het overleg",
    "law_passed": "zag dat de wettelijke dag voorbij is",
    "moved_group": "verhuisde dit naar de nieuwe groep",
    "called_off": "zegde het overleg af",
    "left": "zette een fase terug",
    "reminded": "herinnerde met de hand",
    "stopped": "stopte met herinneren: nu helpt een gesprek",
    "talk_asked": "vroeg om een gesprek",
}
