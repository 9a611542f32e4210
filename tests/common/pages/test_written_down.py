"""What `common/pages` promises by value, and what each page tells of a weekend, as written down."""

from tests.kit.declared import assert_declared_as_held
from tests.kit.screens import assert_shown_as_held


def test_limits_formats_codes_and_defaults_change_only_on_purpose() -> None:
    """Each is a line of `tests/kit/declared.txt`, so that a change of one is seen."""
    assert_declared_as_held("common/pages")


def test_what_a_page_tells_changes_only_on_purpose() -> None:
    """Every page, as JSON and as HTML, stands in `tests/kit/screens/pages.txt`."""
    assert_shown_as_held("pages")
