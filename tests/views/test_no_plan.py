"""`incidents` on mornings without a plan: a day that needs none has no incident."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from common.cloud.ports import Row
from common.eastern import at
from tests.alerts.days import Rows, lived, postponed
from tests.kit.seasons import season_of, write_season
from tests.views.conftest import View

pytestmark = pytest.mark.stack
SUMMER = date(2032, 7, 20)
AFTER = SUMMER + timedelta(days=1)
LATE, EARLY = ["22:30"], ["13:00", "14:30"]
SQL = "SELECT rule, key, opened, detail FROM {}.incidents WHERE rule != 'test'"


def on(clock: str) -> datetime:
    """Return an Eastern wall time of the day after."""
    return at(AFTER, time.fromisoformat(clock))


def days(folder: Path, tips: list[str]) -> Rows:
    """Live through a day with games at some times, and the day after, which has none."""
    return lived(write_season(folder / "schedule.json", season_of({SUMMER: tips})), SUMMER)


def late_decision(decided: list[Row]) -> Row:
    """Return the last decision before 05:30 as one of an earlier slot, made later: no games."""
    last = max((row for row in decided if row["slot"] < on("05:30")), key=lambda row: row["slot"])
    made, slot = last["decision_time"] + timedelta(minutes=1), last["slot"] - timedelta(minutes=1)
    return {**last, "decision_time": made, "slot": slot, "inputs": f'{{"{SUMMER}":[]}}'}


def test_a_late_game_without_a_plan_is_told_before_the_first_tick(
    view: View, tmp_path: Path
) -> None:
    """The decision of the last slot about yesterday's games still contains it; it is due at 05:30.

    One of an earlier slot that was made later, of a tick that came late, does not count.
    Today's games, of which the first tick tells, are no incident of their own.
    """
    schedule = write_season(tmp_path / "schedule.json", season_of({SUMMER: LATE, AFTER: ["19:00"]}))
    held = lived(schedule, SUMMER)
    held["workflow_decisions"].append(late_decision(held["workflow_decisions"]))
    viewed = view({**held, "daily_expected_schedule": []})
    assert viewed.ask(on("05:29"), SQL) == []
    (row,) = viewed.ask(on("05:35"), SQL)
    assert (row["rule"], row["key"], row["opened"]) == ("no-plan", f"{AFTER}", on("05:30"))
    assert row["detail"].endswith("1 game(s) of yesterday are left to collect")
    (row,) = viewed.ask(on("06:05"), SQL)
    assert (row["opened"], "today has games" in row["detail"]) == (on("05:30"), True)


@pytest.mark.parametrize(("tips", "planned"), [(EARLY, False), (LATE, True)])
def test_the_day_after_the_last_game_has_no_incident(
    view: View, tmp_path: Path, tips: list[str], *, planned: bool
) -> None:
    """A break begins with an empty plan, or with a plan for a late game."""
    viewed = view(days(tmp_path, tips))
    plan = f"SELECT * FROM {{}}.daily_expected_schedule WHERE date = '{AFTER}'"
    assert bool(viewed.ask(on("06:00"), plan)) is planned
    for clock in ("05:35", "06:05"):
        assert viewed.ask(on(clock), SQL) == [], clock


@pytest.mark.parametrize(
    ("scraper", "told"), [("nbac_boxscore", False), ("nbac_play_by_play", True)]
)
def test_a_game_counts_as_asked_for_once_its_box_score_is(
    view: View, tmp_path: Path, scraper: str, *, told: bool
) -> None:
    """A run for the same game that brings something else leaves it to be collected."""
    held = days(tmp_path, EARLY)
    asking = [row for row in held["workflow_decisions"] if "nbac_boxscore" in row["scrapers"]]
    for row in asking:
        row["scrapers"] = [scraper]
    viewed = view({**held, "daily_expected_schedule": []})
    assert any(row["action"] == "RUN" and row["game_ids"] for row in asking)
    assert bool(viewed.ask(on("05:35"), SQL)) is told


def test_the_day_after_a_postponed_game_has_no_incident(view: View) -> None:
    """No post-game run asks for its box score, and yet nothing is left to collect."""
    held = postponed(season_of({SUMMER: ["19:00"]}), SUMMER)
    assert any(row["action"] == "RUN" and row["game_ids"] for row in held["workflow_decisions"])
    assert view(held).ask(on("05:35"), SQL) == []


def test_a_day_with_games_and_no_plan_is_told_with_its_first_tick(
    view: View, tmp_path: Path
) -> None:
    """Where only today has games the first sign is the 06:00 tick."""
    schedule = write_season(tmp_path / "schedule.json", season_of({AFTER: ["19:00"]}))
    viewed = view({**lived(schedule, SUMMER), "daily_expected_schedule": []})
    assert viewed.ask(on("05:55"), SQL) == []
    (row,) = viewed.ask(on("06:05"), SQL)
    assert (row["rule"], row["opened"]) == ("no-plan", on("06:00"))
    assert row["detail"].endswith("today has games")
