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
from tests.views.conftest import View, Viewed, placed

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


def on(day: int, clock: str) -> datetime:
    """Return an instant of November 2025."""
    return datetime.fromisoformat(f"2025-11-{day}T{clock}:00Z")


def looked(slot: datetime, day: int, action: str = "SKIP", **tips: datetime) -> dict[str, Any]:
    """Return the row of a decision that looked at the games of a day, by id and tip-off."""
    games = ",".join(
        f'["{game}","MIL","CHA",{int((tip - slot).total_seconds())},2,0]'
        for game, tip in tips.items()
    )
    named = {"decision_id": f"of-{slot:%d-%H}", "slot": slot, "decision_time": slot}
    return {**named, "action": action, "inputs": f'{{"2025-11-{day}":[{games}]}}'}


def brought(
    name: str, at: datetime, game: str | None, decision: str | None = None, **more: Any
) -> dict[str, Any]:
    """Return the row of a scrape, whose object is named by its scraper and hour."""
    row = {"scraper_name": name, "triggered_at": at, "game_id": game, "decision_id": decision}
    return {**row, "outcome": "SUCCESS", "gcs_path": f"{name}-{at:%H}", **more}


FEW = placed(
    workflow_decisions=[
        looked(on(12, "20:00"), 12, "RUN", one=on(13, "00:30"), two=on(13, "01:00"))
        | {"scrapers": ["espn_boxscore"], "game_ids": ["one", "two"]},
        looked(on(12, "23:00"), 12, one=on(13, "00:00"), two=on(13, "01:00"), moved=on(13, "02:00"))
        | {"scrapers": ["oddsa_game_lines"], "game_ids": ["moved"]},
        looked(on(13, "12:00"), 13, moved=on(14, "00:00")),
    ],
    scraper_execution_log=[
        brought("espn_boxscore", on(13, "04:00"), None, "of-12-20"),
        brought("nbac_boxscore", on(13, "05:00"), "one"),
        brought("nbac_boxscore", on(13, "03:00"), "one"),
        brought("nbac_boxscore", on(13, "02:00"), "one", outcome="FAILED"),
        brought("nbac_boxscore", on(13, "06:00"), "two"),
        brought("nbac_play_by_play", on(13, "02:00"), "moved"),
    ],
)


IN_ORDER = "SELECT * FROM {}.game_coverage ORDER BY due_at"
"""Another text than that of the empty view: the emulator keeps what a text has been compiled to."""


@pytest.mark.parametrize(("seconds", "state"), [(0, "waiting"), (1, "missing")])
def test_a_game_has_the_first_of_what_came_and_its_last_look_alone(
    view: View, seconds: int, state: str
) -> None:
    """What was scraped for a date is of its run's games; a moved game is of its new day alone.

    Only what a RUN has asked for is expected, by its own name where another stood in.
    """
    due = on(14, "11:30")
    rows = view(FEW).ask(due + timedelta(seconds=seconds), IN_ORDER)
    assert len(rows) == len(FEW["workflow_decisions"])
    told = {row["game_id"]: tuple(row[name] for name in HAS) for row in rows}
    assert {row["scraper_name"] for row in rows} == {"nbac_boxscore"}
    assert told == {
        "one": (on(12, "00:00").date(), on(13, "00:00"), on(13, "11:30"), *own("03:00")),
        "two": (on(12, "00:00").date(), on(13, "01:00"), on(13, "12:30"), *other("04:00")),
        "moved": (on(13, "00:00").date(), on(14, "00:00"), due, None, None, None, state),
    }


HAS = ("game_date", "tip_off", "due_at", "first_success", "brought_by", "gcs_path", "state")


def own(clock: str, name: str = "nbac_boxscore") -> tuple[Any, ...]:
    """Return what a row tells of a box score that came in time."""
    return on(13, clock), name, f"{name}-{clock[:2]}", "there"


def other(clock: str) -> tuple[Any, ...]:
    """Return the same of one that another scraper brought."""
    return own(clock, "espn_boxscore")
