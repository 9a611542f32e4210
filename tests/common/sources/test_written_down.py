"""What `common/sources` promises by value and does in lives of a RUN, as written down."""

import pytest

from tests.kit.declared import assert_declared_as_held
from tests.kit.lives import SCENES, assert_told_as_held


def test_limits_formats_codes_and_defaults_change_only_on_purpose() -> None:
    """Each is a line of `tests/kit/declared.txt`, so that a change of one is seen."""
    assert_declared_as_held("common/sources")


@pytest.mark.parametrize("scene", SCENES)
def test_a_life_is_told_as_it_was_written_down(scene: str) -> None:
    """Requests, outcomes, and what is noted of a source, are as last looked at."""
    assert_told_as_held(scene)
