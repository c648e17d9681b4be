"""A pupil's name in words that go out is seen in whichever form Dutch gives it."""

import pytest

from service.meetings.names import NamesPupilError, refuse_names
from tests.cast import Cast


@pytest.mark.parametrize(
    "words", ["{n}'s kamer", "{n}\u2019s kamer", "{n}s kamer", "{n}-gesprek", "kamer_{n}", "{N}"]
)
def test_a_first_name_is_seen_in_every_form(cast: Cast, words: str) -> None:
    cast.add_pupil("1901", "Zoë Wolkenveld", "5")

    with pytest.raises(NamesPupilError):
        refuse_names(cast.session, cast.school.id, words.format(n="Zoë", N="ZOE\u0308"))


@pytest.mark.parametrize("words", ["lokaal 3", "zoeken", "de aula's kant", "wolken", "veld"])
def test_words_that_are_no_name_pass(cast: Cast, words: str) -> None:
    cast.add_pupil("1901", "Zoë Wolkenveld", "5")

    refuse_names(cast.session, cast.school.id, words)
