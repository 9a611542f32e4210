"""`python -m local` from its first line on."""

from pathlib import Path

import pytest

from tests.local.commands.command_line import start


@pytest.mark.parametrize("module", ["click", "pydantic"])
def test_ctrl_c_while_the_imports_are_under_way_ends_it_in_silence(
    module: str, tmp_path: Path
) -> None:
    """With the exit status that a shell expects, as later on."""
    (tmp_path / f"{module}.py").write_text("raise KeyboardInterrupt\n")
    done = start("--help", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
