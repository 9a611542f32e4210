"""Whole seasons, real and made up, with and without faults; they take minutes (`make soak`)."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from common.eastern import EASTERN
from common.settings import ROOT
from local.bench.seasons import floor
from local.fake_sources.teams import TEAMS
from local.simulator.run import Outcome, SimulateOptions, run
from tests.kit.seasons import season_of, write_season

pytestmark = pytest.mark.soak
REAL = ROOT.parent / "shared" / "data" / "schedule-2024-25.json"
needs_real = pytest.mark.skipif(not REAL.exists(), reason=f"{REAL} is not here")
FIRST, LAST = date(2024, 10, 22), date(2025, 6, 22)
OF_DATE = "nbac_player_boxscore"
"""One file holds all games of a date."""
SHIFT = timedelta(days=38)
"""Puts the season over other changes of the clocks, and games on other days of the week."""
FLOORS_MAX = 50
TIPS = ("12:00", "13:00", "15:30", "17:00", "19:00", "19:30", "20:00", "21:00", "22:00", "22:30")


def assert_perfect(found: Outcome, games: int) -> None:
    """Assert that every game was collected, once, and that nothing else ran."""
    assert len(found.games) == games
    assert found.lacking == ()
    assert (found.missed_windows, found.needless_runs, found.dead_letters) == ((), (), 0)


def assert_asked_again_only_after_a_failure(found: Outcome) -> None:
    """A run with nothing to collect of any game follows a failed box score of its date.

    The log tells which run a date's file is of, not which games are in it; so a file that had them
    all already may be fetched once more, though never without a failure just before it.
    """
    log = found.tables["scraper_execution_log"]
    per_game = {row["scraper_name"] for row in log if row["game_id"]}
    tried = sorted((row for row in log if row["scraper_name"] == OF_DATE), key=itemgetter("slot"))
    assert tried
    for made in _runs(found):
        dated = OF_DATE in made["scrapers"] and per_game.isdisjoint(made["scrapers"])
        if f"{made['slot']:%Y-%m-%dT%H:%MZ} {made['workflow_name']}" in found.needless_runs:
            assert dated, made
        if dated:
            same = [row for row in tried if row["target_date"] == made["target_date"]]
            before = [row["status"] for row in same if row["slot"] < made["slot"]]
            assert before[-1:] == ["FAILED"], made


def _runs(found: Outcome) -> list[Mapping[str, Any]]:
    return [row for row in found.tables["workflow_decisions"] if row["action"] == "RUN"]


@needs_real
def test_a_real_season_and_its_summer_cost_little_more_than_their_rows() -> None:
    """365 days: all 1,321 games and no other one, in under 50 times the floor of the same run.

    The floor is measured after each simulated day, so that a machine that is slower, or busy for a
    while, slows both. Three runs on two busy cores (2026-11-26, load 2.5 to 5) took 98, 103 and
    111 s of CPU, and 32.0, 33.0 and 34.1 floors; the bound is one and a half times the largest.
    """
    floors: list[float] = []
    began = time.process_time()
    found = run(
        SimulateOptions(REAL, FIRST, FIRST + timedelta(days=364)),
        lambda _: floors.append(floor()),
    )
    spent = time.process_time() - began - sum(floors)
    assert len(floors) >= 365
    assert_perfect(found, 1321)
    named = {row["game_id"] for row in found.tables["scraper_execution_log"] if row["game_id"]}
    assert {game[:3] for game in named} == {"002", "004", "005", "006"}
    assert spent < FLOORS_MAX * sum(floors)


@needs_real
@pytest.mark.parametrize("seed", [0, 1])
def test_s4_a_real_season_with_late_and_failing_sources_and_an_outage(seed: int) -> None:
    """Post-game data is complete within 72 h of the outage; missed lines are listed."""
    outage = "outage=master_controller:2025-01-15T06:00/48h"
    found = run(SimulateOptions(REAL, FIRST, LAST, seed, f"source=1%,late=45h,{outage}"))
    assert [game for game in found.games if game.missing or game.twice] == []
    assert_asked_again_only_after_a_failure(found)
    assert {entry["date"] for entry in found.lacking} == {"2025-01-15", "2025-01-16"}
    back = datetime(2025, 1, 17, 6, tzinfo=EASTERN)
    before = [g.complete for g in found.games if g.game.game_date < back.date()]
    assert max(when for when in before if when) < back + timedelta(hours=72)


@needs_real
@pytest.mark.parametrize("seed", [0, 1])
def test_a_season_never_seen_here(tmp_path: Path, seed: int) -> None:
    """The real season with other dates, teams, ids and tip-offs is complete."""
    file = tmp_path / "season.json"
    file.write_text(json.dumps(moved(json.loads(REAL.read_text()), Random(seed))))
    assert_perfect(run(SimulateOptions(file, FIRST + SHIFT, LAST + SHIFT)), 1321)


@pytest.mark.parametrize("seed", range(3))
def test_a_season_made_up_of_chance(tmp_path: Path, seed: int) -> None:
    """Six random weeks of 0 to 14 games a day, over the spring change of the clocks."""
    chance, first = Random(seed), date(2032, 2, 20)
    days = {
        first + timedelta(days=n): [chance.choice(TIPS) for _ in range(chance.randrange(15))]
        for n in range(42)
    }
    file = write_season(tmp_path / "season.json", season_of(days))
    found = run(SimulateOptions(file, first, max(days)))
    assert_perfect(found, sum(map(len, days.values())))


def moved(document: dict[str, Any], chance: Random) -> dict[str, Any]:
    """Turn a season into another one of the same form, which no code can know by heart."""
    days = document["leagueSchedule"]["gameDates"]
    sides = {g[s]["teamTricode"]: g[s] for d in days for g in d["games"] for s in SIDES}
    names = sorted(TEAMS.keys() & sides.keys())
    others = dict(zip(names, chance.sample(names, len(names)), strict=True))
    ids = [game["gameId"] for day in days for game in day["games"]]
    fresh = _exchanged(ids, chance)
    for day in days:
        day["gameDate"] = f"{_later(day['gameDate'], US):{US}}"
        later = timedelta(minutes=chance.choice((-30, 0, 0, 10)))
        for game in day["games"]:
            game["gameId"] = fresh[game["gameId"]]
            game["gameStatusText"] = "Final"
            _move(game, later)
            for side in SIDES:
                if game[side]["teamTricode"] in others:
                    game[side] = sides[others[game[side]["teamTricode"]]]
    return document


SIDES = ("awayTeam", "homeTeam")
US = "%m/%d/%Y %H:%M:%S"
ISO = "%Y-%m-%dT%H:%M:%SZ"


def _exchanged(ids: list[str], chance: Random) -> Mapping[str, str]:
    """Draw new ids of the same kinds."""
    return {old: f"{old[:5]}{n:05d}" for n, old in enumerate(chance.sample(ids, len(ids)), 20_000)}


def _later(wall: str, form: str) -> datetime:
    return datetime.strptime(wall, form).replace(tzinfo=EASTERN) + SHIFT


def _move(game: dict[str, Any], later: timedelta) -> None:
    """Move a game to the same wall time on a later date, give or take some minutes."""
    wall = _later(game["gameDateTimeEst"], ISO) + later
    game["gameDateTimeEst"] = f"{wall:{ISO}}"
    game["gameDateTimeUTC"] = f"{wall.astimezone(UTC):{ISO}}"
