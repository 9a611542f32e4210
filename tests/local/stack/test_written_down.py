"""What `local/stack` promises by value, as written down."""

from tests.kit.declared import assert_declared_as_held


def test_limits_formats_codes_and_defaults_change_only_on_purpose() -> None:
    """Each is a line of `tests/kit/declared.txt`, so that a change of one is seen."""
    assert_declared_as_held("local/stack")
