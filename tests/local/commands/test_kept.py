"""One stack stays up at a time."""

from pathlib import Path

import pytest

from common.errors import OrchestrationError
from local.commands.kept import keeping, require_kept


class Stack:
    """A kept stack that counts how often its emulators were looked at."""

    looked = 0

    def require_emulators(self) -> None:
        """Count a look."""
        self.looked += 1


def test_while_a_stack_starts_no_second_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The place is taken before anything is up, and free again when nothing was kept."""
    monkeypatch.setattr(
        "local.stack.driver.KEPT_FILE", tmp_path / "checkout" / ".local" / "kept.json"
    )
    with (
        keeping(),
        pytest.raises(OrchestrationError, match="another command is starting a stack"),
        keeping(),
    ):
        pytest.fail("two places")
    with keeping():
        pass


def test_beside_a_stack_that_is_up_no_place_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stack that is up keeps its place, and a file of one that has died keeps none."""
    kept = tmp_path / "kept.json"
    kept.write_text("{}")
    monkeypatch.setattr("local.stack.driver.KEPT_FILE", kept)
    monkeypatch.setattr("local.stack.driver.kept_stack", Stack)
    with pytest.raises(OrchestrationError, match="up already; stop it with"), keeping():
        pytest.fail("two stacks")
    monkeypatch.setattr("local.stack.driver.kept_stack", lambda: None)
    with keeping():
        pass


def test_a_stack_that_is_needed_is_up_with_all_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command gets the kept stack after a look at its emulators."""
    stack = Stack()
    monkeypatch.setattr("local.stack.driver.kept_stack", lambda: stack)
    found: object = require_kept()
    assert (found, stack.looked) == (stack, 1)


def test_without_a_stack_the_user_reads_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the command that starts one, and then what may be done instead."""
    monkeypatch.setattr("local.stack.driver.kept_stack", lambda: None)
    with pytest.raises(OrchestrationError, match=r"python -m local up, or give --project$"):
        require_kept(", or give --project")
