"""What `local/traces` makes of a weekend, as written down."""

from tests.kit.screens import assert_shown_as_held


def test_a_span_or_event_changes_only_on_purpose() -> None:
    """One of each name stands in `tests/kit/screens/traces.txt`, and how many there are."""
    assert_shown_as_held("traces")
