"""What is said of the faults that broke a history."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from common.errors import ConfigError
from local.commands.develop.shrunk import report_broken
from local.simulator.chance import Fired
from local.simulator.run import BrokenError, SimulateOptions
from tests.kit.situations import DAY, et

ONE, OTHER = (Fired("drop", "publish", about, et("2025-11-12 13:00")) for about in ("a", "b"))
WEEK = SimulateOptions(Path("season.json"), DAY, DAY, seed=7)


@pytest.mark.parametrize(
    ("needed", "said"),
    [
        ([OTHER], ["it needs only", f"  {OTHER}"]),
        ([ONE, OTHER], ["it needs only", f"  {ONE}", f"  {OTHER}"]),
        ([], ["it needs none of them"]),
    ],
)
def test_the_faults_that_a_history_needs_are_listed(
    needed: list[Fired],
    said: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The error comes first, then how many faults there were, and then those that remain."""
    asked: list[tuple[SimulateOptions, Sequence[Fired]]] = []

    def shrink(options: SimulateOptions, fired: Sequence[Fired]) -> list[Fired]:
        asked.append((options, fired))
        return needed

    monkeypatch.setattr("local.simulator.histories.shrunk", shrink)
    error = BrokenError(ConfigError("rule R6"), (ONE, OTHER))
    report_broken(WEEK, error)
    printed = capsys.readouterr()
    assert printed.err.splitlines() == [
        f"seed 7: {error}",
        "seed 7: 2 faults happened; leaving out those it does not need",
        *said,
    ]
    assert (printed.out, asked) == ("", [(WEEK, (ONE, OTHER))])
