"""What `local/traces` promises by value, and makes of a weekend, as written down."""

from tests.kit.declared import assert_declared_as_held
from tests.kit.screens import assert_shown_as_held


def test_limits_formats_codes_and_defaults_change_only_on_purpose() -> None:
    """Each is a line of `tests/kit/declared.txt`, so that a change of one is seen."""
    assert_declared_as_held("local/traces")


def test_a_span_or_event_changes_only_on_purpose() -> None:
    """One of each name stands in `tests/kit/screens/traces.txt`, and how many there are."""
    assert_shown_as_held("traces")
