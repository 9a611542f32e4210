"""Random weeks with faults hold every rule, and a failing history shrinks to its cause."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

from common.configuration.topology import load_topology
from common.errors import OrchestrationError
from common.handlers import cleanup_processor
from common.settings import ROOT, Settings
from local.commands.cli import main
from local.commands.develop.shrunk import report_broken
from local.commands.develop.soak import FAULTS
from local.fake_sources.season import load_season
from local.records.coverage import GameCoverage
from local.simulator import histories
from local.simulator.chance import Fired
from local.simulator.fault_spec import SERVICES, parse_faults
from local.simulator.histories import Search, live, live_all, shrunk, tally
from local.simulator.invariants import InvariantError
from local.simulator.run import BrokenError, Outcome, SimulateOptions
from local.simulator.world import ROUTES
from tests.kit.crash_points import passed
from tests.kit.seasons import season_of, write_season
from tests.kit.situations import DAY, game

REAL = ROOT.parent / "shared" / "data" / "schedule-2024-25.json"
needs_real = pytest.mark.skipif(not REAL.exists(), reason=f"{REAL} is not here")
SEEDS = (1,)


@needs_real
def test_random_days_of_a_real_season_hold_every_rule() -> None:
    """A seed with every kind of fault breaks no rule; `make soak-weeks` lives through weeks."""
    lived = []
    search = Search(REAL, FAULTS, 3, outages=True)
    failed = live_all(search, SEEDS, lambda one, *_: lived.append(one))
    assert [(one.seed, one.wrong) for one in failed] == []
    happened = tally([fault for one in lived for fault in one.fired])
    kinds = {name.split(" ", 1)[0] for name in happened}
    assert kinds == {part.partition("=")[0] for part in FAULTS.split(",")}


@pytest.fixture
def season(tmp_path: Path) -> Path:
    """Write two made-up weeks."""
    first = date(2031, 12, 1)
    chance = Random(7)
    days = {
        first + timedelta(days=n): [chance.choice(("13:00", "19:00", "22:30"))]
        * chance.randrange(4)
        for n in range(14)
    }
    return write_season(tmp_path / "season.json", season_of(days))


def test_every_other_week_has_an_outage(season: Path) -> None:
    """It hits any function or service on any day for 1 to 12 hours, the same for a seed."""
    weeks = [Search(season, FAULTS, 7, outages=True).week(seed) for seed in range(200)]
    assert weeks[7] == Search(season, FAULTS, 7, outages=True).week(7)
    drawn = [week.faults.rpartition("outage=")[2] for week in weeks if "outage=" in week.faults]
    assert 70 < len(drawn) < 130
    assert {text.partition(":")[0] for text in drawn} == {*ROUTES, *SERVICES}
    assert {int(text.rpartition("/")[2][:-1]) for text in drawn} == {*range(1, 13)}
    assert "outage=" not in Search(season, FAULTS, 7).week(7).faults
    topology = load_topology(Settings().topology_file)
    outages = [(week, parse_faults(week.faults, topology).outages) for week in weeks]
    starts = [(one.start, week.first) for week, found in outages for one in found]
    assert {(start.date() - first).days for start, first in starts} == {*range(7)}
    hours = {start.hour for start, _ in starts}
    assert len(hours) > 18
    assert hours & {0, 1, 2}
    assert hours & {21, 22, 23}


def test_faults_are_counted_by_kind_and_crashes_by_their_point() -> None:
    """Of the others the point does not count."""
    when = datetime(2025, 11, 12, tzinfo=UTC)
    said = ("drop a", "drop b", "crash a", "crash a", "crash b")
    fired = [Fired(*text.split(), "about", when) for text in said]
    assert tally(fired) == {"drop": 2, "crash a": 2, "crash b": 1}


def test_a_seed_is_one_history(season: Path) -> None:
    """A seed always has the same faults and end; another seed has others."""
    search = Search(season, FAULTS, 1)
    found = live(search, 3)
    assert found == live(search, 3)
    assert found.fired != live(search, 4).fired


@contextmanager
def no_healing() -> Iterator[None]:
    """Replace the healing of objects by nothing."""
    held = cleanup_processor.heal_objects
    cleanup_processor.heal_objects = lambda *_, **__: None  # type: ignore[assignment] # put back
    try:
        yield
    finally:
        cleanup_processor.heal_objects = held


def test_a_broken_history_shrinks_to_the_fault_that_matters(season: Path) -> None:
    """Without healing one lost event breaks a rule, and shrinking finds such an event."""
    search = Search(season, "drop=2%", 1)
    with no_healing():
        lived = next(found for seed in range(3, 20) if (found := live(search, seed)).wrong)
        assert "was finalized and never logged" in lived.wrong
        assert f"seed {lived.seed}" in lived.wrong
        needed = shrunk(search.week(lived.seed), lived.fired)
    assert len(lived.fired) > 10
    assert len(needed) <= 3
    assert ("drop", "scraper_logger") in {(fault.kind, fault.point) for fault in needed}
    assert live(search, lived.seed).wrong == ""


def broken(text: str) -> BrokenError:
    """Make the error of a rule broken in a history."""
    return BrokenError(InvariantError(text), ())


def ended(**lacking: tuple[str, ...]) -> Outcome:
    """Make the outcome of a history with one game."""
    options = SimulateOptions(REAL, DAY, DAY)
    got = {"no_lines": (), "missing": (), "twice": (), **lacking}
    covered = GameCoverage(game(), **got, complete=None)
    nothing: dict[str, Any] = {"tables": {}, "lacking": (), "missed_windows": ()}
    nothing |= {"needless_runs": (), "events": 0, "refused": 0, "dead_letters": 0}
    return Outcome(options, games=(covered,), **nothing, days=1, wall_seconds=0)


@pytest.mark.parametrize(
    ("whole", "without"),
    [
        (broken("R6 at noon: no row"), broken("R5 at noon: no slot")),
        (broken("R6 at noon: no row"), BrokenError(OrchestrationError("R6 at noon"), ())),
        (ended(missing=("a",)), ended(twice=("a",))),
        (ended(twice=("a",)), ended()),
    ],
    ids=["another rule", "another class", "another kind", "nothing"],
)
def test_what_fails_otherwise_is_not_the_same_failure_made_smaller(
    monkeypatch: pytest.MonkeyPatch, whole: Outcome | BrokenError, without: Outcome | BrokenError
) -> None:
    """A fault is needed when another rule breaks without it."""
    fired = [Fired("drop", name, "", datetime(2025, 11, 12, tzinfo=UTC)) for name in "abc"]
    needed = {fault.key for fault in fired[:2]}

    def run(options: SimulateOptions) -> Outcome:
        found = whole if options.only is None or needed <= options.only else without
        if isinstance(found, BrokenError):
            raise found
        return found

    monkeypatch.setattr("local.simulator.histories.run", run)
    assert shrunk(SimulateOptions(REAL, DAY, DAY), fired) == fired[:2]


FIRED = (Fired("drop", "a", "", datetime(2025, 11, 12, tzinfo=UTC)),)
WRONG = replace(
    ended(missing=("a", "b"), twice=("c",)), events=7, refused=6, dead_letters=2, fired=FIRED
)
LETTERS = "2 messages ended as dead letters"
SOUND = replace(ended(no_lines=("a",)), events=7, fired=FIRED)


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (SOUND, ("", (), FIRED, 7)),
        (
            WRONG,
            (
                f"{LETTERS}; game 0022500001 lacks a, b; game 0022500001 has c twice",
                ("dead letters", "lacks", "twice"),
                FIRED,
                7,
            ),
        ),
        (
            BrokenError(InvariantError("R6 at noon: no row"), FIRED),
            ("InvariantError: R6 at noon: no row", ("InvariantError: R6",), FIRED, 0),
        ),
    ],
    ids=["sound", "wrong at the end", "broken"],
)
def test_a_history_is_told_with_all_that_went_wrong(
    season: Path,
    monkeypatch: pytest.MonkeyPatch,
    end: Outcome | BrokenError,
    told: tuple[object, ...],
) -> None:
    """Missing lines are not wrong; of many seeds those that are wrong are returned, in order."""

    def run(options: SimulateOptions) -> Outcome:
        if options.seed == 3:
            return SOUND
        if isinstance(end, BrokenError):
            raise end
        return end

    monkeypatch.setattr(histories, "run", run)
    monkeypatch.setattr(histories, "ProcessPoolExecutor", ThreadPoolExecutor)
    search, reported = Search(season, "drop=1%", 2), list[tuple[int, int]]()
    lived = live(search, 1)
    assert (lived.seed, lived.first) == (1, search.week(1).first)
    assert (lived.wrong, lived.kinds, lived.fired, lived.events) == told
    failed = live_all(search, [1, 3, 2], lambda one, n, _: reported.append((one.seed, n)))
    assert [one.seed for one in failed] == ([1, 2] if told[0] else [])
    assert reported == [(1, 1), (3, 2), (2, 3)]


def test_a_week_is_of_the_season_and_has_its_days(season: Path) -> None:
    """It begins on any date from the first to the last game, and keeps its faults."""
    weeks = [Search(season, "drop=1%", 3).week(seed) for seed in range(200)]
    played = [date(2031, 12, day) for day in range(1, 15)]
    begins = {week.first for week in weeks}
    assert begins <= set(played)
    days = [one.game_date for one in load_season(season).slate.games]
    assert (min(begins), max(begins)) == (min(days), max(days))
    assert len(begins) == (max(days) - min(days)).days + 1
    assert {(week.last - week.first).days for week in weeks} == {2}
    assert {(week.faults, week.schedule) for week in weeks} == {("drop=1%", season)}
    assert [week.seed for week in weeks] == [*range(200)]


def test_what_fails_without_any_fault_blames_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler's bug in a sound world is not blamed on a fault."""

    def run(_: SimulateOptions) -> Outcome:
        raise broken("R6 at noon: no row")

    monkeypatch.setattr("local.simulator.histories.run", run)
    fired = [Fired("drop", "a", "", datetime(2025, 11, 12, tzinfo=UTC))]
    assert shrunk(SimulateOptions(REAL, DAY, DAY), fired) == []


def test_a_broken_history_is_told_with_its_seed_and_faults(
    season: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`simulate` prints the broken rule and the faults it needs; the exit status is 2."""
    monkeypatch.setattr(histories, "shrunk", lambda _, fired: fired[-1:])
    given = ["--schedule", str(season), "--from", "2031-12-01", "--to", "2031-12-01"]
    command = ["simulate", *given, "--out", str(tmp_path / "out"), "--faults", "drop=1%"]
    with no_healing():
        found = CliRunner().invoke(main, [*command, "--seed", "4"])
    assert found.exit_code == 2
    assert found.stderr.startswith("seed 4: InvariantError: R6 at ")
    assert re.search(r"seed 4: \d+ faults happened; .*\nit needs only\n.*drop .*\n", found.stderr)
    assert found.stderr.splitlines()[-1].startswith("error: InvariantError: R6 at ")


def test_a_history_broken_without_a_fault_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a fault no list of faults is printed."""
    report_broken(SimulateOptions(REAL, DAY, DAY, seed=3), broken("R2 at noon"))
    what, *more = capsys.readouterr().err.splitlines()
    assert what == "seed 3: InvariantError: R2 at noon"
    assert more == ["seed 3: no fault happened; it breaks without any"]


def test_soak_tells_what_happened_and_fails_when_a_rule_broke(
    season: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It prints progress and counts by kind; the exit status is 1, and broken seeds are shrunk."""
    command = ["soak", "--schedule", str(season), "--days", "1", "--seeds"]
    monkeypatch.setattr("local.commands.develop.soak.PROGRESS_SECONDS", 0)
    found = CliRunner().invoke(main, [*command, "1", "--from-seed", "7"])
    assert (found.exit_code, found.stdout.splitlines()[-1][:12]) == (0, "1 histories,")
    assert re.fullmatch(r"1 of 1 seeds, \d+ s\n", found.stderr)
    assert re.search(r"^ +\d+ crash \w+ (before|after) ", found.stdout, re.MULTILINE)
    monkeypatch.setattr("local.commands.develop.soak.SHRUNK_HISTORIES_MAX", 1)
    shown: list[int] = []
    monkeypatch.setattr(
        "local.commands.develop.soak.report_needed", lambda week, _: shown.append(week.seed)
    )
    with no_healing():
        broken = CliRunner().invoke(main, [*command, "2", "--from-seed=3", "--faults", "drop=2%"])
    assert broken.exit_code == 1
    seeds = [int(seed) for seed in re.findall(r"^seed (\d+) ", broken.stdout, re.MULTILINE)]
    assert len(seeds) > 1
    assert shown == seeds[:1]
    assert f"{len(seeds)} broke a rule" in broken.stdout


def test_every_crash_point_is_documented(season: Path) -> None:
    """docs/simulator.md names every write of each function."""
    text = (ROOT / "docs" / "simulator.md").read_text()
    documented = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|[^|]+\|$", text, re.MULTILINE))
    found = passed(season, date(2031, 12, 1), date(2031, 12, 5))
    assert len(found) == 7
    for function, points in found.items():
        assert points, function
        assert set(points) <= set(documented[function].split(", ")), function


def test_every_fault_is_documented() -> None:
    """docs/simulator.md lists each key and each kind."""
    from local.simulator import fault_spec as faults  # noqa: PLC0415 - its table of keys is looked at only here

    text = (ROOT / "docs" / "simulator.md").read_text()
    for key in faults.READERS:
        assert f"| `{key}` |" in text
    for kind in {*faults.STORAGE, *faults.BIGQUERY, *faults.PUBSUB, *faults.SOURCE}:
        assert f"`{kind}`" in text
