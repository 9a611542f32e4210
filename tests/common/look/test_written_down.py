"""What `common/look` promises by value, as written down."""

import pytest

from tests.kit.declared import assert_declared_as_held
from tests.kit.screens import assert_shown_as_held


def test_limits_formats_codes_and_defaults_change_only_on_purpose() -> None:
    """Each is a line of `tests/kit/declared.txt`, so that a change of one is seen."""
    assert_declared_as_held("common/look")


@pytest.mark.parametrize("group", ["look", "weekend", "pages"])
def test_what_is_shown_changes_only_on_purpose(group: str) -> None:
    """Each command's screen and each page stands in `tests/kit/screens/`."""
    assert_shown_as_held(group)
