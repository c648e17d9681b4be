"""What the log says of an error: its kind and where, never what a library quoted."""

from service.mishap import told


def test_of_errors_that_came_together_the_first_is_told() -> None:
    inner = ExceptionGroup("inner", [ConnectionRefusedError(111, "Connection refused"), ValueError("Jan")])

    said = told(ExceptionGroup("outer", [inner]))

    assert said == "ConnectionRefusedError: Connection refused (buiten Jaarritme)"


def test_the_words_of_a_library_are_not_repeated() -> None:
    assert told(ValueError("no such pupil: Jan")) == "ValueError (buiten Jaarritme)"
