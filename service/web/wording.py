"""What the closed lists of the tables are called on the screen; Dutch, translated where they are shown."""

from models import CaseState, ProposalState, TaskState

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
PROPOSAL_STATES = {
    ProposalState.WAITING: "Wacht op zijn beurt",
    ProposalState.RUNNING: "Wordt gezocht",
    ProposalState.DRAFT: "Voorstel",
    ProposalState.APPLIED: "Overgenomen",
    ProposalState.STOPPED: "Voorstel, gestopt",
    ProposalState.FAILED: "Mislukt",
    ProposalState.DISCARDED: "Weggelegd",
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
    "answer_placed": "zette een antwoord uit de mail bij het overleg",
    "moved": "verzette het overleg",
    "law_passed": "zag dat de wettelijke dag voorbij is",
    "moved_group": "verhuisde dit naar de nieuwe groep",
    "called_off": "zegde het overleg af",
    "left": "zette een fase terug",
    "arranged": "belegde dit overleg",
    "answered": "antwoordde:",
    "answered_outside": "kreeg een antwoord van buiten:",
    "countered": "stelde een ander moment voor:",
    "countered_outside": "kreeg van buiten een ander moment voorgesteld:",
    "counter_declined": "hield het moment zoals het was, en niet",
    "people_changed": "veranderde wie erbij is",
    "place_changed": "veranderde de plaats van het overleg",
    "locked": "zette het uur vast",
    "unlocked": "liet het uur weer los",
    "reminded": "herinnerde met de hand",
    "stopped": "stopte met herinneren: nu helpt een gesprek",
    "talk_asked": "vroeg om een gesprek",
}

# What somebody answers to an invitation (RFC 5545 PARTSTAT).
ANSWERS = {
    "NEEDS-ACTION": "nog geen antwoord",
    "ACCEPTED": "ja",
    "TENTATIVE": "misschien",
    "DECLINED": "nee",
    "DELEGATED": "stuurt een ander",
}
