"""What an execution writes and publishes, call by call."""

import pytest

from tests.kit.lives import SCENES, assert_told_as_held


@pytest.mark.parametrize("scene", SCENES)
def test_a_life_is_told_as_it_was_written_down(scene: str) -> None:
    """Manifest, requests, results and the terminal row are, field by field, as last looked at."""
    assert_told_as_held(scene)
