"""What a web process remembers of the calendars it served, also after weeks."""

import pytest

from service.feeds import shelf
from service.feeds.shelf import Shelf
from service.feeds.tokens import hashed
from tests.feeds.conftest import World


def test_memory_that_is_full_of_forms_keeps_serving_the_newest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [hashed(world.subscribe(name)) for name in ("laila", "hanneke", "joris")]
    remembered = Shelf(world.engine)
    stamp = remembered.stamp()
    sizes = [len(found.body) for key in keys if (found := remembered.look_up(key, stamp, pack=False))]
    monkeypatch.setattr(shelf, "_FORMS", 2)
    monkeypatch.setattr(shelf, "_ROOM", 3 * max(sizes))

    for key in [*keys * 4, *keys]:
        remembered.look_up(key, stamp, pack=False)

    assert all(remembered.at_hand(key, stamp, pack=False) for key in keys[1:])
