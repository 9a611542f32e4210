"""What the seven functions do in a life of a RUN, call by call."""

import pytest

from tests.kit.lives import SCENES, assert_told_as_held


@pytest.mark.parametrize("scene", SCENES)
def test_a_life_is_told_as_it_was_written_down(scene: str) -> None:
    """Every row, object, message, log line and answer of the handlers is as last looked at."""
    assert_told_as_held(scene)
