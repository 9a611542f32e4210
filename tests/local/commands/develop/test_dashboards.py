"""`python -m local dashboards` names what it wrote."""

import pytest

from common.settings import ROOT
from tests.local.commands.command_line import run


def test_each_file_that_was_written_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line has the path of one dashboard in the project."""
    files = [ROOT / "dashboards" / name for name in ("a.json", "b.json")]
    monkeypatch.setattr("local.dashboards.model.write", lambda: files)
    done = run("dashboards")
    assert (done.returncode, done.stdout) == (0, "dashboards/a.json\ndashboards/b.json\n")
