"""What the commands show of a day that went partly wrong, as it was written down."""

import pytest

from tests.kit.declared import assert_declared_as_held
from tests.kit.screens import SCREENS, assert_shown_as_held


@pytest.mark.parametrize("group", SCREENS)
def test_a_screen_changes_only_on_purpose(group: str) -> None:
    """Each stands in `tests/kit/screens/`, with its exit status and what it has published."""
    assert_shown_as_held(group)


def test_limits_and_options_change_only_on_purpose() -> None:
    """Each is a line of `tests/kit/declared.txt`, so that a change of one is seen."""
    assert_declared_as_held("local/commands")
