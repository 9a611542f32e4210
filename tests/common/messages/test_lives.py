"""What travels between the functions, field by field."""

import pytest

from tests.kit.lives import SCENES, assert_told_as_held


@pytest.mark.parametrize("scene", SCENES)
def test_a_life_is_told_as_it_was_written_down(scene: str) -> None:
    """Every message, attribute, label and object name is as last looked at."""
    assert_told_as_held(scene)
