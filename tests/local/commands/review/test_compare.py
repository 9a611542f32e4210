"""`python -m local compare` compares the folder named first with the other."""

import pytest

from tests.local.commands.command_line import run


def test_what_only_one_has_is_told_of_the_folders_as_they_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first folder is the one before, and the second the one after."""
    monkeypatch.setattr("local.records.compare.read_folder", lambda folder: f"tables of {folder}")
    monkeypatch.setattr("local.records.compare.differences", lambda *given: given)
    done = run("compare", "before", "after")
    assert (done.returncode, done.stdout) == (1, "tables of before\ntables of after\n")
