"""Limits, times and defaults of the ports in memory are those that are written down."""

from tests.kit.declared import assert_declared_as_held


def test_what_the_modules_declare_changes_only_on_purpose() -> None:
    """Each is a line of `tests/kit/declared.txt`, so that a change of one is seen."""
    assert_declared_as_held("local/simulator/ports")
