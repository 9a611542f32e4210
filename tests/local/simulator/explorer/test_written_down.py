"""The scenes of the explorer, and its limits, are as they were last looked at."""

from tests.kit.declared import assert_declared_as_held
from tests.kit.scenes import FILE, lines


def test_what_can_meet_changes_only_on_purpose() -> None:
    """Each scene publishes, holds back and lets meet what is written down, at its time."""
    held = FILE.read_text().splitlines()
    assert lines() == held, "write it anew: python -m tests.kit.scenes"


def test_what_the_modules_declare_changes_only_on_purpose() -> None:
    """Each is a line of `tests/kit/declared.txt`, so that a change of one is seen."""
    assert_declared_as_held("local/simulator/explorer")
