"""What a person can do wrong; each docstring is the message on the screen."""


class CaseError(Exception):
    """Dit kan nu niet."""

    def __str__(self) -> str:
        """Return the given message, or the docstring."""
        return super().__str__() or (self.__doc__ or "").strip()


class TaskClosedError(CaseError):
    """Deze taak is al klaar. Vernieuw de pagina om te zien wie dat deed."""


class NotYoursError(CaseError):
    """Deze taak is niet van jou. Vraag de IB'er om haar aan jou toe te wijzen."""


class GateClosedError(CaseError):
    """Er moet eerst iets anders klaar zijn."""


class ConsentMissingError(GateClosedError):
    """Er is nog geen geldige toestemming vastgelegd. Leg die eerst vast bij het traject."""


class OutcomeNeededError(CaseError):
    """Kies eerst hoe deze taak is afgelopen."""


class ReasonNeededError(CaseError):
    """Schrijf er kort bij waarom."""


class BeyondLawError(CaseError):
    """Later dan de wet toestaat kan niet."""


class StaleError(CaseError):
    """Iemand anders heeft deze taak net veranderd. Bekijk de nieuwe stand en probeer het opnieuw."""


class NotSkippableError(CaseError):
    """Deze taak is verplicht en kan niet worden overgeslagen."""


class NotOpenableError(CaseError):
    """Dit traject kun je niet openen."""
