"""What `common/configuration` promises by value, as written down."""

from tests.kit.declared import assert_declared_as_held
from tests.kit.refusals import FILE, told


def test_limits_formats_codes_and_defaults_change_only_on_purpose() -> None:
    """Each is a line of `tests/kit/declared.txt`, so that a change of one is seen."""
    assert_declared_as_held("common/configuration")


def test_what_is_refused_changes_only_on_purpose() -> None:
    """Each small change of the shipped workflow file, and what is said of it."""
    held = FILE.read_text(encoding="utf-8").splitlines()
    assert [*told()] == held, "write it anew: python -m tests.kit.refusals"
