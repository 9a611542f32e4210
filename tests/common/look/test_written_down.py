"""What `common/look` promises by value, as written down."""

from tests.kit.declared import assert_declared_as_held
from tests.kit.screens import assert_shown_as_held


def test_limits_formats_codes_and_defaults_change_only_on_purpose() -> None:
    """Each is a line of `tests/kit/declared.txt`, so that a change of one is seen."""
    assert_declared_as_held("common/look")


def test_what_is_shown_of_a_day_that_went_wrong_changes_only_on_purpose() -> None:
    """Each command's screen stands in `tests/kit/screens/look.txt`."""
    assert_shown_as_held("look")
