"""One stack stays up at a time."""

from pathlib import Path

import pytest

from common.errors import OrchestrationError
from local.commands.kept import keeping


def test_while_a_stack_starts_no_second_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The place is taken before anything is up, and free again when nothing was kept."""
    monkeypatch.setattr("local.stack.driver.KEPT_FILE", tmp_path / ".local" / "kept.json")
    with (
        keeping(),
        pytest.raises(OrchestrationError, match="another command is starting a stack"),
        keeping(),
    ):
        pytest.fail("two places")
    with keeping():
        pass
