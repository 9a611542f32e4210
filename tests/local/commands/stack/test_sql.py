"""`python -m local sql` queries the kept stack."""

import pytest
from click.testing import CliRunner

from local.commands.cli import main


def test_without_a_kept_stack_it_names_the_command_that_starts_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a kept stack the error names `python -m local up`."""
    monkeypatch.setattr("local.stack.driver.kept_stack", lambda: None)
    done = CliRunner().invoke(main, ["sql", "SELECT 1"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "error: no stack is up; start one with: python -m local up\n"
