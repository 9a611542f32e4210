"""What the commands show of a day that went partly wrong, as it was written down."""

import pytest

from tests.kit.screens import SCREENS, assert_shown_as_held


@pytest.mark.parametrize("group", SCREENS)
def test_a_screen_changes_only_on_purpose(group: str) -> None:
    """Each stands in `tests/kit/screens/`, with its exit status and what it has published."""
    assert_shown_as_held(group)
