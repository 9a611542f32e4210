"""`python -m local soak`: which histories it asks for, and what it says of how they ended."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from local.commands.cli import main
from local.commands.develop.soak import FAULTS
from local.simulator.chance import Fired
from local.simulator.histories import Lived, Search
from local.simulator.run import SimulateOptions
from tests.kit.situations import et

SEASON = Path(__file__)
"""Any file that is there: no history is lived."""
DROP, CRASH = (Fired(kind, "publish", "a", et("2025-11-12 13:00")) for kind in ("drop", "crash"))
Asked = tuple[Search, Sequence[int]]
Ended = tuple[Lived, float]


def lived(seed: int, wrong: str = "", *fired: Fired, events: int = 0) -> Lived:
    """Return how the history of a seed ended."""
    return Lived(seed, date(2025, 11, 12), wrong, (), fired, events)


class Histories:
    """Stands in for the search: tells how given histories ended, and keeps what was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Stand in for the search, for the week of a seed, and for the shrinking."""
        self.ended: Sequence[Ended] = ()
        self.asked: list[Asked] = []
        self.shrunk: list[tuple[int, Sequence[Fired]]] = []
        monkeypatch.setattr("local.simulator.histories.live_all", self.live_all)
        monkeypatch.setattr(Search, "week", self.week)
        monkeypatch.setattr("local.commands.develop.soak.report_needed", self.needed)

    def live_all(
        self, search: Search, seeds: Sequence[int], report: Callable[[Lived, int, float], None]
    ) -> list[Lived]:
        """Tell of each history when it ended."""
        self.asked.append((search, seeds))
        for number, (one, seconds) in enumerate(self.ended, 1):
            report(one, number, seconds)
        return [one for one, _ in self.ended if one.wrong]

    def week(self, seed: int) -> SimulateOptions:
        """Return a day for the week of a seed."""
        return SimulateOptions(SEASON, date(2025, 11, 12), date(2025, 11, 12), seed)

    def needed(self, options: SimulateOptions, fired: Sequence[Fired]) -> None:
        """Keep which history was shrunk, and its faults."""
        self.shrunk.append((options.seed, fired))

    def soak(self, *ended: Ended, options: Sequence[str] = ()) -> Result:
        """Run the command over histories that end so."""
        self.ended = ended
        return CliRunner().invoke(main, ["soak", "--schedule", str(SEASON), *options])


@pytest.fixture
def histories(monkeypatch: pytest.MonkeyPatch) -> Histories:
    """Histories that are not lived."""
    return Histories(monkeypatch)


@pytest.mark.parametrize(
    ("options", "search", "seeds"),
    [
        ((), Search(SEASON, FAULTS, 7, outages=True), range(25)),
        (("--no-outages",), Search(SEASON, FAULTS, 7, outages=False), range(25)),
        (("--seeds", "1", "--days", "1"), Search(SEASON, FAULTS, 1, outages=True), range(1)),
        (
            ("--seeds", "2", "--from-seed", "40", "--faults", "reorder"),
            Search(SEASON, "reorder", 7, outages=True),
            range(40, 42),
        ),
    ],
)
def test_what_is_searched_is_what_the_options_say(
    histories: Histories, options: Sequence[str], search: Search, seeds: range
) -> None:
    """The options choose the search and its seeds; without any it is 25 weeks with outages."""
    assert histories.soak(options=options).exit_code == 0
    assert histories.asked == [(search, seeds)]


@pytest.mark.parametrize("option", ["--seeds", "--days"])
def test_nothing_at_all_is_no_search(histories: Histories, option: str) -> None:
    """A search of no history, or of no day, is refused."""
    assert histories.soak(options=(option, "0")).exit_code == 2
    assert histories.asked == []


def test_what_happened_in_all_histories_is_added_up(histories: Histories) -> None:
    """Faults are listed by name with their sums, and the last line has the deliveries of all."""
    found = histories.soak(
        (lived(0, "", DROP, DROP, events=30), 1),
        (lived(1, "R2 at noon", DROP, CRASH, events=4), 2),
        (lived(2, "R6 at noon", events=5), 3),
    )
    assert found.stdout.splitlines() == [
        "seed 1 (2025-11-12): R2 at noon",
        "seed 2 (2025-11-12): R6 at noon",
        "       1 crash publish",
        "       3 drop",
        "25 histories, 39 deliveries, 2 broke a rule",
    ]
    assert (found.stderr, found.exit_code) == ("", 1)


def test_the_first_three_that_broke_a_rule_are_shrunk(histories: Histories) -> None:
    """Each is shrunk from its own faults, also where the search began at a later seed."""
    ended = [(lived(seed, "" if seed == 8 else "R2", *[DROP] * seed), 0.0) for seed in range(7, 12)]
    assert histories.soak(*ended, options=("--from-seed", "7")).exit_code == 1
    assert histories.shrunk == [(seed, (DROP,) * seed) for seed in (7, 9, 10)]


def test_progress_is_told_every_ten_seconds(histories: Histories) -> None:
    """A line is due at ten seconds, and again ten seconds after the one before was printed."""
    seconds = (9.9, 10.0, 19.9, 35.0, 40.0, 44.9, 45.0)
    found = histories.soak(*((lived(seed), at) for seed, at in enumerate(seconds)))
    assert found.stderr.splitlines() == [
        "2 of 25 seeds, 10 s",
        "4 of 25 seeds, 35 s",
        "7 of 25 seeds, 45 s",
    ]
    assert found.exit_code == 0
