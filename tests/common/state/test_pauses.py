"""Which workflows are paused is one object, written only as it was read."""

import pytest

from common.state import names
from common.state.pauses import Pause, read_pauses, write_pauses
from local.simulator.world import World
from tests.kit.world import SLOT, slate

HELD = Pause(by="ann", since=SLOT, why="no credits")


def test_what_was_written_is_read() -> None:
    """Who, since when and why come back, and the generation that a change needs."""
    state = World(slate(), SLOT).runtime.state
    assert read_pauses(state) == ({}, 0)
    assert write_pauses(state, {"betting_lines": HELD}, 0)
    found, generation = read_pauses(state)
    assert found == {"betting_lines": HELD}
    assert write_pauses(state, {}, generation)
    assert read_pauses(state)[0] == {}


def test_of_two_writers_the_second_is_refused() -> None:
    """Neither loses the other's pause."""
    state = World(slate(), SLOT).runtime.state
    assert write_pauses(state, {"betting_lines": HELD}, 0)
    assert not write_pauses(state, {"injury_discovery": HELD}, 0)
    assert [*read_pauses(state)[0]] == ["betting_lines"]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"workflows": {"x": {"by": ""}}}', b'{"paused": 1}']
)
def test_a_spoilt_object_pauses_nothing(body: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """The controller goes on, and a WARNING names the object."""
    world = World(slate(), SLOT)
    state = world.runtime.state
    world.storage.create(state.bucket, names.PAUSES, body)
    found, generation = read_pauses(state)
    assert (found, generation > 0) == ({}, True)
    assert '"object": "pauses.json"' in capsys.readouterr().err
