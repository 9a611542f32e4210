"""The scenes of the explorer are as they were last looked at."""

from tests.kit.scenes import FILE, lines


def test_what_can_meet_changes_only_on_purpose() -> None:
    """Each scene publishes, holds back and lets meet what is written down, at its time."""
    held = FILE.read_text().splitlines()
    assert lines() == held, "write it anew: python -m tests.kit.scenes"
