"""`python -m local diff` says how far it is."""

import itertools

import pytest

from common.settings import ROOT
from tests.local.commands.command_line import run

SHIPPED = "config/workflows.yaml"
DATES = ("--from", "2025-11-12", "--to", "2025-11-12")


@pytest.mark.parametrize("step", [0.0, 1.0])
def test_a_line_of_progress_comes_every_ten_seconds(
    step: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On standard error, beside the result; a short comparison prints none."""
    monkeypatch.chdir(ROOT)
    ticks = itertools.count(0, step)
    monkeypatch.setattr("time.monotonic", lambda: next(ticks))
    season = ("--schedule", "config/slates/2025-11.json")
    done = run("diff", *season, *DATES, SHIPPED, SHIPPED)
    assert done.returncode == 0
    assert done.stdout.startswith("No changes: ")
    told = done.stderr.splitlines()
    assert bool(told) is bool(step)
    assert all(line.startswith(f"{SHIPPED}: 2025-11-1") for line in told)
    assert all(line.endswith(f", {number}0 s") for number, line in enumerate(told, 1))
