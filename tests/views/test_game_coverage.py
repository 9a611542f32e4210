"""`game_coverage`: what each game has of the data that its steps want by a time."""

from collections import Counter
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.stack.views import create_views
from tests.alerts.days import DATASET, PROJECT, Rows
from tests.kit.situations import WORKFLOWS
from tests.kit.world import slate
from tests.views.conftest import View, Viewed

pytestmark = pytest.mark.stack
NIGHT = datetime(2025, 11, 13, 9, tzinfo=UTC)
"""04:00 ET: games of the evening have ended, none of their limits has passed."""
LATER = datetime(2025, 11, 14, 17, tzinfo=UTC)
"""Noon of the day after: every limit has passed."""
OF_DAY = "SELECT * FROM {}.game_coverage WHERE game_date = '2025-11-12'"
SCRAPERS = {
    *("oddsa_player_props", "oddsa_game_lines"),
    *("nbac_player_boxscore", "nbac_boxscore", "nbac_play_by_play", "nbac_gamebook_pdf"),
}
LOST, STOOD_IN, LATE, BY_HAND, POSTPONED, FINE = (f"00225002{number}" for number in range(13, 19))


THEIRS = "0022500219"
DUE = {game.game_id: game.tipoff + timedelta(minutes=690) for game in slate().games if game.tipoff}
"""Nine hours after a game is over, by config/workflows.yaml."""


def troubled(days: Rows) -> Rows:
    """Return the good days with a trouble for each of some games, and without game lines."""
    rows = deepcopy(days)
    for row in rows["scraper_execution_log"]:
        _spoil(row)
        if row["game_id"] == THEIRS:
            row["game_id"] = "espn-401"
    for row in rows["workflow_decisions"]:
        if row["decision_time"] > datetime(2025, 11, 12, 17, tzinfo=UTC) and row["inputs"]:
            before, found, after = row["inputs"].partition(f'["{POSTPONED}",')
            row["inputs"] = before + after.partition("],")[2] if found else row["inputs"]
        row["inputs"] = row["inputs"] and row["inputs"].replace(THEIRS, "espn-401")
    return rows


def _spoil(row: dict[str, Any]) -> None:
    match row["scraper_name"], row["game_id"]:
        case ("nbac_boxscore", game) if game == LOST:
            row["outcome"] = "FAILED"
        case ("nbac_boxscore", game) if game == STOOD_IN:
            row["scraper_name"] = "espn_boxscore"
        case ("nbac_play_by_play", game) if game == LATE:
            row["triggered_at"] = DUE[LATE] + timedelta(seconds=1)
        case ("nbac_play_by_play", game) if game == FINE:
            row["triggered_at"] = DUE[FINE]
        case ("nbac_gamebook_pdf", game) if game == BY_HAND:
            row["outcome"] = "UPLOADED"
        case ("oddsa_game_lines", _):
            row["outcome"] = "FAILED"


@pytest.fixture(scope="module")
def spoilt(view: View, good_days: Rows) -> Viewed:
    """The dataset of the troubled days."""
    return view(troubled(good_days))


def test_every_game_of_a_good_day_has_everything_in_time(good: Viewed) -> None:
    """A row for each of 12 games and 6 scrapers, with who brought it, when and where."""
    rows = good.ask(LATER, OF_DAY)
    assert {row["scraper_name"] for row in rows} == SCRAPERS
    assert Counter(row["state"] for row in rows) == {"there": 12 * len(SCRAPERS)}
    (box,) = (r for r in rows if (r["game_id"], r["scraper_name"]) == (LOST, "nbac_boxscore"))
    assert (box["away"], box["home"], box["brought_by"]) == ("MIL", "CHA", "nbac_boxscore")
    assert box["tip_off"] == datetime(2025, 11, 13, 0, tzinfo=UTC)
    assert box["due_at"] == datetime(2025, 11, 13, 11, 30, tzinfo=UTC)
    assert LOST in box["gcs_path"]


def test_each_trouble_shows_at_its_game_alone(spoilt: Viewed) -> None:
    """An alternative stands in, an upload does not; a postponed game is gone."""
    rows = spoilt.ask(LATER, OF_DAY)
    about = {(row["game_id"], row["scraper_name"]): row for row in rows}
    assert about[LOST, "nbac_boxscore"]["state"] == "missing"
    assert about[STOOD_IN, "nbac_boxscore"]["brought_by"] == "espn_boxscore"
    assert about[STOOD_IN, "nbac_boxscore"]["state"] == "there"
    assert about[LATE, "nbac_play_by_play"]["state"] == "late"
    assert about[BY_HAND, "nbac_gamebook_pdf"]["state"] == "missing"
    assert {row["state"] for row in rows if row["game_id"] == "espn-401"} == {"there", "missing"}
    assert POSTPONED not in {row["game_id"] for row in rows}
    assert {row["state"] for row in rows if row["scraper_name"] == "oddsa_game_lines"} == {
        "missing"
    }
    assert [about[FINE, name]["state"] for name in SCRAPERS - {"oddsa_game_lines"}] == ["there"] * 5


def test_a_slot_to_come_that_was_forced_is_no_last_look(view: View, good_days: Rows) -> None:
    """A game that is listed by it alone, such as one that was postponed since, is none."""
    rows = deepcopy(good_days)
    looked = next(row for row in reversed(rows["workflow_decisions"]) if FINE in row["inputs"])
    ahead = {"slot": looked["slot"] + timedelta(days=5), "decision_id": "by-hand", "forced": True}
    inputs = looked["inputs"].replace(FINE, "0022509999")
    ahead |= {"decision_time": ahead["slot"], "inputs": inputs, "action": "SKIP", "game_ids": []}
    rows["workflow_decisions"].append({**looked, **ahead})
    found = {row["game_id"] for row in view(rows).ask(LATER, OF_DAY)}
    assert FINE in found
    assert len(found) == 12


def test_what_is_not_due_yet_is_waited_for(spoilt: Viewed) -> None:
    """Until its limit has passed a box score is not missing, while lines are."""
    rows = spoilt.ask(NIGHT, f"{OF_DAY} AND game_id = '{LOST}'")
    states = {row["scraper_name"]: row["state"] for row in rows}
    assert states["nbac_boxscore"] == "waiting"
    assert states["oddsa_game_lines"] == "missing"


def test_without_a_limit_nothing_is_expected(good: Viewed) -> None:
    """A workflow file in which no step says by when leaves the view empty."""
    endpoint = good.emulator.endpoint
    create_views(endpoint, PROJECT, DATASET, {})
    try:
        assert good.ask(LATER, "SELECT * FROM {}.game_coverage") == []
    finally:
        create_views(endpoint, PROJECT, DATASET, WORKFLOWS)
