"""What can be wrong with what a person asks of the school's own data; the text is for the screen."""


class SchoolError(Exception):
    """Dit kan niet zo worden bewaard."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text or type(self).__doc__)


class NotOfThisSchoolError(SchoolError):
    """Dit hoort niet bij deze school."""
