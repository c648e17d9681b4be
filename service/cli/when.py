"""`when`: what a file of rules says, for a region and a school year."""


def when() -> None:
    """Zeg van een bestand met regels welke datums eruit komen, en waarom."""
