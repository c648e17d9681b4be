"""A new column with words asks for an answer: may a pupil's name stand in it, and does it leave?"""

from tests.privacy.columns import INSIDE, LEAVES, OURS, said, with_words


def test_of_every_column_with_words_it_is_said_whether_it_leaves() -> None:
    there = {(table.name, column.name) for table, column in with_words()}

    told = [said(INSIDE), said(LEAVES), said(OURS)]

    assert set().union(*told) == there
    assert sum(map(len, told)) == len(there)
