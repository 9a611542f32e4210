"""What `common/review` promises by value, and says of a weekend's decisions, as written down."""

from tests.kit.declared import assert_declared_as_held
from tests.kit.screens import assert_shown_as_held


def test_limits_formats_codes_and_defaults_change_only_on_purpose() -> None:
    """Each is a line of `tests/kit/declared.txt`, so that a change of one is seen."""
    assert_declared_as_held("common/review")


def test_how_a_decision_is_explained_changes_only_on_purpose() -> None:
    """Its rules, facts and flips stand in the pages of `tests/kit/screens/pages.txt`."""
    assert_shown_as_held("pages")
