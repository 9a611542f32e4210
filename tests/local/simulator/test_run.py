"""Stretches of a season through all handlers: what is collected, when, and how often."""

import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from common.calendar.slots import parse_cron, slots_on
from common.cloud.tables import NAMES
from common.configuration.topology import load_topology
from common.decisions.decide import decide
from common.eastern import eastern_date
from common.errors import BadInputError
from common.handlers.situation_reader import read_situation
from common.logs import silent
from common.settings import ROOT, Settings
from local.fake_sources.season import load_season
from local.simulator.fault_spec import parse_faults
from local.simulator.ports.intercepted import Call, Do
from local.simulator.run import (
    Outcome,
    SimulateOptions,
    live_day,
    make_simulation,
    run,
)
from local.simulator.summary import summary_of, write_outcome
from tests.kit.breaks import tapped
from tests.kit.counted import calls
from tests.kit.seasons import season_of, write_season
from tests.kit.world import REFRESHES

REAL = ROOT.parent / "shared" / "data" / "schedule-2024-25.json"
needs_real = pytest.mark.skipif(not REAL.exists(), reason=f"{REAL} is not here")
FIRST, LAST = date(2031, 12, 21), date(2031, 12, 28)
DAYS: Mapping[date, Sequence[str]] = {
    date(2031, 12, 19): ["001 19:00", "003 20:00"],
    date(2031, 12, 21): ["12:00", "15:30", "18:00", "22:30"],
    date(2031, 12, 22): ["001 12:30", "19:00", "19:30", "21:00", "22:00"],
    date(2031, 12, 23): ["09:00", "13:00", "003 20:00"],
    date(2031, 12, 25): ["12:00", "14:30", "17:00", "20:00", "22:30"],
    date(2031, 12, 26): ["006 20:30"],
    date(2031, 12, 27): ["005 19:00", "005 22:00"],
    date(2031, 12, 28): ["004 15:00", "004 19:00", "004 23:00", "004 TBD"],
}
"""Sunday matinees, Christmas, a noon game overseas, a Cup final, an off day, a time unknown."""
PLAYED = 21
BEFORE_CHRISTMAS, PLAYED_BEFORE = date(2031, 12, 23), 10


@cache
def simulated(faults: str = "", seed: int = 0, last: date = LAST) -> Outcome:
    """Simulate the made-up week, or its first days; the outcome is only read from."""
    with TemporaryDirectory() as folder:
        return simulate(Path(folder), DAYS, FIRST, last, faults=faults, seed=seed)


def simulate(
    folder: Path, days: Mapping[date, Sequence[str]], first: date, last: date, **given: Any
) -> Outcome:
    """Simulate a made-up season."""
    file = write_season(folder / "season.json", season_of(days))
    return run(SimulateOptions(file, first, last, **given))


def figures(outcome: Outcome) -> dict[str, int]:
    """Select the figures of the summary that a perfect run determines."""
    summary = summary_of(outcome)
    return {
        name: summary[name]
        for name in (
            "games",
            "games_with_lines_before_tipoff",
            "games_with_every_post_game_scraper",
            "missed_windows",
            "runs_on_days_without_need",
            "duplicate_collections",
            "dead_letters",
        )
    }


def perfect(games: int) -> dict[str, int]:
    """Make the figures of a run that collects everything once and nothing else."""
    return {
        "games": games,
        "games_with_lines_before_tipoff": games,
        "games_with_every_post_game_scraper": games,
        "missed_windows": 0,
        "runs_on_days_without_need": 0,
        "duplicate_collections": 0,
        "dead_letters": 0,
    }


def test_every_game_of_a_made_up_week_gets_everything() -> None:
    """Noon, overseas, Christmas, Cup, play-in, playoff and late games are all collected."""
    assert figures(simulated()) == perfect(PLAYED)
    assert simulated().lacking == ()


def test_preseason_and_all_star_games_are_listed_and_not_collected() -> None:
    """The fetched schedule lists them, but no task, target or row concerns one."""
    with TemporaryDirectory() as folder:
        file = write_season(Path(folder) / "season.json", season_of(DAYS))
        assert {g.game_id[:3] for g in load_season(file).listed_only} == {"001", "003"}
    tables = simulated().tables
    named = {row["game_id"] for row in tables["scraper_execution_log"] if row["game_id"]}
    for name in ("daily_expected_schedule", "workflow_decisions", "workflow_executions"):
        named |= {game for row in tables[name] for game in row["game_ids"]}
    assert {game[:3] for game in named} == {"002", "004", "005", "006"}


def test_a_day_has_its_121_ticks_and_rows() -> None:
    """A day has 96 sweeps, 144 decisions and 6 refreshes, and a plan if it needs something."""
    outcome = simulated()
    tables, days = outcome.tables, outcome.days
    assert days == 9
    assert len(tables["cleanup_operations"]) == 96 * days
    assert len(tables["workflow_decisions"]) == 144 * days
    assert sum(row["workflow_name"] is None for row in tables["scraper_execution_log"]) == 6 * days
    planned = Counter(str(row["date"]) for row in tables["daily_expected_schedule"])
    assert "2031-12-24" not in planned
    assert all(5 <= planned[f"2031-12-{day}"] <= 20 for day in (21, 22, 23, 25, 27, 28))


def test_nothing_is_known_before_its_time() -> None:
    """Every per-game success comes after its game is final."""
    tipoffs = {g.game.game_id: g.game.tipoff for g in simulated().games}
    log = simulated().tables["scraper_execution_log"]
    succeeded = [row for row in log if row["game_id"] and row["outcome"] == "SUCCESS"]
    assert {row["game_id"] for row in succeeded} == tipoffs.keys()
    for row in succeeded:
        tipoff = tipoffs[row["game_id"]]
        assert tipoff is not None
        assert row["triggered_at"] >= tipoff + timedelta(hours=2, minutes=30)


def test_r1_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two runs of a seed write the same tables, whatever goes wrong in them."""
    faults = "source=10%,late=20h,duplicate=10%,reorder,storage=3%,crash=2%"
    for name in ("one", "two"):
        found = simulate(tmp_path, {FIRST: DAYS[FIRST]}, FIRST, FIRST, faults=faults, seed=3)
        write_outcome(found, tmp_path / name)
    for table in NAMES:
        one, two = (tmp_path / name / f"{table}.jsonl" for name in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


def test_r6_duplicates_and_reordering_change_no_decision() -> None:
    """With duplicates and in another order the same slots run the same scrapers."""
    plain = simulated(last=BEFORE_CHRISTMAS)
    disturbed = simulated("duplicate=20%,reorder", last=BEFORE_CHRISTMAS)
    assert figures(disturbed) == perfect(PLAYED_BEFORE)
    assert disturbed.events > plain.events

    def judged(outcome: Outcome) -> list[tuple[Any, ...]]:
        columns = ("slot", "workflow_name", "action", "reason_code", "scrapers", "game_ids")
        rows = outcome.tables["workflow_decisions"]
        return sorted(tuple(map(str, (row[name] for name in columns))) for row in rows)

    assert judged(disturbed) == judged(plain)


def test_r5_a_world_in_which_everything_is_late_comes_to_its_end(tmp_path: Path) -> None:
    """Ticks that are on their way at midnight, also the last one's, are waited for."""
    late = simulate(tmp_path, {FIRST: ["19:00"]}, FIRST, FIRST, faults="delay=100%")
    assert len(late.tables["cleanup_operations"]) == 96 * late.days


def test_r6_twice_everything_and_many_crashes_come_to_rest(tmp_path: Path) -> None:
    """Duplicates of retried deliveries do not multiply for ever."""
    one_day = simulate(tmp_path, {FIRST: ["19:00"]}, FIRST, FIRST, faults="duplicate=60%,crash=5%")
    assert one_day.dead_letters == 0


def test_s4_late_and_failing_sources_lose_nothing() -> None:
    """With 5 % of scrapes failing and data up to 45 h late every game is complete, once."""
    late = simulated("source=5%,late=45h", seed=1, last=BEFORE_CHRISTMAS)
    found = figures(late)
    assert found["games_with_every_post_game_scraper"] == PLAYED_BEFORE
    assert (found["duplicate_collections"], found["runs_on_days_without_need"]) == (0, 0)
    assert late.days > simulated(last=BEFORE_CHRISTMAS).days


def test_t3_after_an_outage_data_is_complete_and_missed_lines_are_told() -> None:
    """After 48 h without a controller the summary names the games without lines, and why."""
    outage = "late=45h,outage=master_controller:2031-12-22T06:00/48h"
    found = simulated(outage, last=BEFORE_CHRISTMAS)
    counted = figures(found)
    assert counted["games_with_every_post_game_scraper"] == PLAYED_BEFORE
    assert counted["duplicate_collections"] == 0
    assert counted["games_with_lines_before_tipoff"] == PLAYED_BEFORE - 6
    assert counted["missed_windows"] > 0
    assert {entry["date"] for entry in found.lacking} == {"2031-12-22", "2031-12-23"}
    assert all("no lines before tip-off" in entry["why"] for entry in found.lacking)
    expired = [r for r in found.tables["workflow_decisions"] if r["reason_code"] == "SLOT_EXPIRED"]
    assert expired
    assert {row["action"] for row in expired} == {"SKIP"}
    back = datetime.fromisoformat("2031-12-24T06:00-05:00")
    late = [game.complete for game in found.games if game.game.game_date < back.date()]
    assert late
    assert all(when is not None and when < back + timedelta(hours=72) for when in late)


@pytest.mark.parametrize(
    ("what", "hours"),
    [
        *(("workflow_executor", 20), ("scraper_runner", 12), ("execution_tracker", 20)),
        *(("scraper_logger", 20), ("scraper_logger", 44), ("cleanup_processor", 20)),
        *(("pubsub", 10), ("storage", 5), ("bigquery", 5)),
    ],
)
def test_r6_after_an_outage_no_game_is_collected_twice_and_all_is_logged(
    tmp_path: Path, what: str, hours: int
) -> None:
    """Also after an outage longer than Pub/Sub's 100 attempts, thanks to cleanup."""
    days = {date(2031, 12, 22): ["19:00", "22:00"], date(2031, 12, 23): ["13:00"]}
    outage = f"outage={what}:2031-12-22T20:00/{hours}h"
    found = simulate(tmp_path, days, min(days), max(days), faults=outage)
    counted = figures(found)
    assert counted["games_with_every_post_game_scraper"] == counted["games"] == 3
    assert (counted["duplicate_collections"], counted["runs_on_days_without_need"]) == (0, 0)
    statuses = {row["status"] for row in found.tables["cleanup_operations"]}
    assert statuses
    assert "STORM" not in statuses


@pytest.mark.parametrize("day", [date(2032, 3, 14), date(2031, 11, 2)], ids=["spring", "autumn"])
def test_t8_the_days_on_which_clocks_change(tmp_path: Path, day: date) -> None:
    """With 92 or 100 sweeps every game is complete, and the plan is what ran."""
    days = {
        day - timedelta(days=1): ["19:00", "22:30"],
        day: ["12:00", "15:30", "22:00"],
        day + timedelta(days=1): ["19:00"],
    }
    found = simulate(tmp_path, days, min(days), max(days))
    assert figures(found) == perfect(6)
    cron = parse_cron(load_topology(Settings().topology_file).cron_for("tick-cleanup-processor"))
    sweeps = Counter(eastern_date(row["slot"]) for row in found.tables["cleanup_operations"])
    assert sweeps[day] == len(slots_on(cron, day)) != 96


def test_o3_off_season_only_the_games_are_asked_for_with_one_read_a_tick(tmp_path: Path) -> None:
    """Without a game within 14 days nothing else runs, and no tick reads the history."""
    days = {date(2032, 6, 20): ["20:30"], date(2032, 10, 20): ["19:30"]}
    file = write_season(tmp_path / "season.json", season_of(days))
    first = date(2032, 7, 10)
    simulation = make_simulation(SimulateOptions(file, first, first))
    world, asked = simulation.world, []

    def note(call: Call, do: Do) -> Any:
        asked.append(f"{call.name} {call.subject}")
        return do()

    with silent():
        live_day(simulation, first)
        now = world.clock.now()
        with tapped(world, note):
            found = read_situation(world.runtime, now, now)
    assert [call for call in asked if not call.startswith("read ")] == ["list nbac-schedule-api/"]
    assert found.history is not None
    scraped = [row["scraper_name"] for row in world.rows["scraper_execution_log"]]
    assert scraped == REFRESHES
    assert {row["action"] for row in world.rows["workflow_decisions"]} == {"SKIP"}
    assert world.rows["daily_expected_schedule"] == []


def test_o3_a_summer_before_the_first_game_can_be_simulated_alone(tmp_path: Path) -> None:
    """Games after `--to` are listed and not collected, so that the schedule is not empty."""
    found = simulate(tmp_path, DAYS, date(2031, 8, 1), date(2031, 8, 3))
    assert {row["action"] for row in found.tables["workflow_decisions"]} == {"SKIP"}
    assert found.games == ()


def test_a_late_day_costs_what_an_early_one_does(tmp_path: Path) -> None:
    """Of two days with the same slate one has half as much past again, and as many calls."""
    first = date(2031, 12, 1)
    days = {first + timedelta(days=n): ["19:00"] for n in range(6)}
    file = write_season(tmp_path / "season.json", season_of(days))
    simulation = make_simulation(SimulateOptions(file, first, max(days)))
    early, late = date(2031, 12, 4), max(days)
    made = {}
    with silent():
        for day in days:
            if day not in (early, late):
                live_day(simulation, day)
                continue
            made[day] = calls(partial(live_day, simulation, day))
    assert made[late] < made[early] * 1.05


def test_a_decision_costs_little() -> None:
    """Its workflows cost some 2,600 function calls a slot (1 ms), twice as many at most."""
    with TemporaryDirectory() as folder, silent():
        file = write_season(Path(folder) / "season.json", season_of(DAYS))
        simulation = make_simulation(SimulateOptions(file, FIRST, LAST))
        for number in range(3):
            live_day(simulation, FIRST + timedelta(days=number))
        slot = datetime.fromisoformat("2031-12-23T23:00-05:00")
        situation = read_situation(simulation.world.runtime, slot, slot)
    flows = simulation.world.runtime.workflows
    assert len(flows) == 8
    assert calls(lambda: [decide(name, flow, situation) for name, flow in flows.items()]) < 5200


def test_a_slate_of_ours_can_be_simulated() -> None:
    """The days of config/slates work without a league's document."""
    file = ROOT / "config" / "slates" / "2025-11.json"
    found = run(SimulateOptions(file, date(2025, 11, 12), date(2025, 11, 12)))
    assert figures(found) == perfect(12)


def test_a_range_that_cannot_be_is_refused(tmp_path: Path) -> None:
    """The last date is before the first one, or the file is missing."""
    file = write_season(tmp_path / "season.json", season_of(DAYS))
    with pytest.raises(BadInputError, match="swap"):
        run(SimulateOptions(file, LAST, FIRST))
    with pytest.raises(BadInputError, match=r"none\.json"):
        run(SimulateOptions(tmp_path / "none.json", FIRST, LAST))
    with pytest.raises(BadInputError, match="2035-01-01 to 2035-01-02: no games known"):
        run(SimulateOptions(file, date(2035, 1, 1), date(2035, 1, 2)))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("sauce=1%", "known are duplicate, reorder"),
        ("bigquery=418:1%", "no kind '418'; known are 429"),
        ("delay=1h", "percentage"),
        ("source=1", "percentage"),
        ("source=101%", "percentage"),
        ("late=45", "span"),
        ("late=99999999999999h", "span"),
        ("duplicate=\N{ARABIC-INDIC DIGIT FIVE}%", "percentage"),
        ("outage=master_controller", "NAME:START/SPAN"),
        ("outage=nobody:2025-01-15T06:00/48h", "known are bigquery, cleanup_processor"),
        ("outage=master_controller:soon/48h", "isoformat"),
        ("crash=2%", "crash is given twice; leave one of them out"),
    ],
)
def test_a_fault_that_cannot_be_is_refused(text: str, wanted: str) -> None:
    """One line names the wrong part and what to write instead."""
    with pytest.raises(BadInputError, match=wanted) as caught:
        parse_faults(f"crash=1%,bigquery=429:1%,{text}", load_topology(Settings().topology_file))
    assert text in str(caught.value)


def test_the_command_writes_tables_and_summary(tmp_path: Path) -> None:
    """It writes five tables and summary.json, and its progress to standard error."""
    file = write_season(tmp_path / "season.json", season_of({FIRST: ["22:30"]}))
    command = [sys.executable, "-m", "local", "simulate", "--schedule", str(file), "--progress"]
    command += ["--from", f"{FIRST}", "--to", f"{FIRST}", "--out", str(tmp_path / "out")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "games with lines before tipoff: 1" in done.stdout
    assert f"{FIRST}  day 1 of 1" in done.stderr
    assert f"{FIRST + timedelta(days=1)}  1 after the last" in done.stderr
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == sorted(["summary.json", *(f"{name}.jsonl" for name in NAMES)])
    refused = subprocess.run(
        [*command, "--faults", "x=1%"], check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)


@needs_real
def test_the_first_days_of_a_real_season() -> None:
    """From 2024-10-22 to 2024-10-24 all games are complete."""
    found = run(SimulateOptions(REAL, date(2024, 10, 22), date(2024, 10, 24)))
    assert figures(found) == perfect(len(found.games))
    assert len(found.games) > 12
