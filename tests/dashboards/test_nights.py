"""The overview in two nights: a good one at 03:00, and one with a controller that is dead."""

from copy import deepcopy
from datetime import time, timedelta
from typing import Any

import pytest

from common.cloud.tables import NAMES
from common.eastern import at, eastern
from tests.alerts.days import DAY, FIRST, Emulator, Rows
from tests.dashboards.conftest import KEPT, Grafana, Span
from tests.kit.situations import WORKFLOWS

pytestmark = pytest.mark.stack
NIGHT = at(DAY + timedelta(days=1), time(3))
DIED = at(DAY, time(15, 30))
GRID, FRESH, SWEEP = (
    "Decisions by workflow and hour",
    "Last success, and what is due now",
    "Since the last sweep",
)
DAY_BEFORE = (NIGHT - timedelta(hours=24), NIGHT)
"""What the grid shows at night: `last: 24h`."""
MISSING, SKIP, ABORT, RUN = range(4)
Cells = dict[tuple[str, int], int]


@pytest.fixture(scope="module")
def dead(emulator: Emulator, two_days: Rows) -> Grafana:
    """The overview at 03:00, with a controller that is dead since 15:30 ET of the day before.

    So are the sweeps. A workflow was taken out of the file at noon, which at 09:00 had not been
    decided, and another one put in; a scraper has failed that day.
    """
    rows = deepcopy(two_days)
    noon = at(DAY, time(12))
    kept = [row for row in rows["workflow_decisions"] if row["decision_time"] < DIED]
    like = [row for row in kept if row["workflow_name"] == "betting_lines"]
    out = [{**row, "workflow_name": "taken_out"} for row in like if row["slot"] < noon]
    out = [row for row in out if row["slot"] != at(DAY, time(9))]
    new = [{**row, "workflow_name": "put_in"} for row in like if row["slot"] >= noon]
    rows["workflow_decisions"] = kept + out + new
    sweeps = rows["cleanup_operations"]
    rows["cleanup_operations"] = [row for row in sweeps if row["cleanup_time"] < DIED]
    for row in rows["scraper_execution_log"]:
        if row["scraper_name"] == "nbac_player_list" and eastern(row["triggered_at"]).date() == DAY:
            row["outcome"] = "FAILED"
    return Grafana(emulator, rows, NIGHT)


def cells(grafana: Grafana, span: Span) -> Cells:
    """Return the grid by workflow and Eastern hour."""
    rows = grafana.show("overview", GRID, span)
    return {(row["metric"], eastern(row["time"]).hour): row["decision"] for row in rows}


def test_the_grid_shows_each_decision_as_the_table_has_it(
    replayed: Grafana, two_days: Rows
) -> None:
    """At 03:00 the last 24 hours are those of the day before, and none of them is missing."""
    codes = {"SKIP": SKIP, "ABORT": ABORT, "RUN": RUN}
    decided = {
        (row["workflow_name"], eastern(row["slot"]).hour): codes[row["action"]]
        for row in two_days["workflow_decisions"]
        if eastern(row["slot"]).date() == DAY
    }
    assert len(decided) == 18 * len(WORKFLOWS)
    assert cells(replayed.at(NIGHT), DAY_BEFORE) == decided


def test_the_grid_covers_the_24_hours_before_now() -> None:
    """And not the day so far, in which at 03:00 nothing was to be decided."""
    (grid,) = (panel for panel in KEPT["overview"]["panels"] if panel["title"] == GRID)
    assert grid["timeFrom"] == "24h"
    (mapping,) = grid["fieldConfig"]["defaults"]["mappings"]
    words = {int(code): one["text"] for code, one in mapping["options"].items()}
    assert words == {MISSING: "missing", SKIP: "SKIP", ABORT: "ABORT", RUN: "RUN"}


def test_where_the_controller_is_dead_hours_are_missing(dead: Grafana) -> None:
    """Of each workflow that is in the file, until 23:00; of one that was, until it was out."""
    found = cells(dead, DAY_BEFORE)
    missing = {cell for cell, code in found.items() if code == MISSING}
    assert missing == {
        *((name, hour) for name in (*WORKFLOWS, "put_in") for hour in range(16, 24)),
        ("taken_out", 9),
    }
    assert {hour for name, hour in found if name == "taken_out"} == set(range(6, 12))
    assert {hour for name, hour in found if name == "put_in"} == set(range(12, 24))


def test_a_day_on_every_hour_is_missing(dead: Grafana) -> None:
    """At 10:00 of the next day, yesterday's names are known, and 10:00 has 15 minutes yet."""
    tomorrow = DAY + timedelta(days=1)
    today = (at(tomorrow, time()), at(tomorrow, time(10, 5)))
    found = cells(dead.at(today[1]), today)
    assert set(found.values()) == {MISSING}
    assert {hour for _, hour in found} == {6, 7, 8, 9}
    later = today[1] + timedelta(minutes=11)
    assert ("betting_lines", 10) in cells(dead.at(later), (today[0], later))


def test_a_workflow_that_ran_by_hand_keeps_the_others_in_the_grid(
    emulator: Emulator, two_days: Rows
) -> None:
    """A forced decision is in its cell, stronger than the SKIP there, and is no slot of all."""
    rows = deepcopy(two_days)
    last = max(row["slot"] for row in rows["workflow_decisions"])
    (skip,) = (
        row
        for row in rows["workflow_decisions"]
        if row["slot"] == last and row["workflow_name"] == "betting_lines"
    )
    forced = {**skip, "forced": True, "action": "RUN", "slot": last + timedelta(minutes=40)}
    later = {**forced, "slot": at(DAY + timedelta(days=1), time(6))}
    rows["workflow_decisions"] += [forced, later]
    end = at(DAY + timedelta(days=1), time(6, 30))
    found = cells(Grafana(emulator, rows, end), (end - timedelta(hours=24), end))
    assert found["betting_lines", 23] == RUN
    assert found["morning_operations", 23] == SKIP
    assert {name for (name, hour), code in found.items() if hour == 6 and code == MISSING} == (
        set(WORKFLOWS) - {"betting_lines"}
    )


def test_at_night_nothing_is_due(replayed: Grafana) -> None:
    """Just after midnight nothing is; at 03:00 every workflow is in time, four hours undecided."""
    night = replayed.at(NIGHT - timedelta(hours=3, minutes=-1))
    states = {row["name"]: row["state"] for row in night.show("overview", FRESH)}
    assert set(states) > set(WORKFLOWS)
    assert set(states.values()) == {"in time"}
    at_three = {row["name"]: row for row in replayed.at(NIGHT).show("overview", FRESH)}
    assert {at_three[name]["state"] for name in WORKFLOWS} == {"in time"}
    assert {at_three[name]["minutes_since_decision"] for name in WORKFLOWS} == {240}


def test_a_dead_controller_is_due_on_top_at_night(dead: Grafana) -> None:
    """With what else is due; nothing of it depends on the time range."""
    rows = dead.show("overview", FRESH)
    due = {row["name"] for row in rows if row["state"] == "due"}
    assert due == {*WORKFLOWS, "put_in", "nbac_player_list"}
    assert [row["state"] for row in rows] == sorted(row["state"] for row in rows)
    assert dead.show("overview", FRESH, (at(FIRST, time()), at(FIRST, time(1)))) == rows


def test_last_evenings_games_are_there_at_night(replayed: Grafana) -> None:
    """And those of the day before not; in the long table what is missing is on top."""
    today = (at(DAY + timedelta(days=1), time()), NIGHT)
    rows = replayed.at(NIGHT).show("overview", "Games and their data", today)
    games = {row["game"] for row in rows}
    assert len(games) == 12
    assert {game.split(" ")[0] for game in games} == {f"{DAY:%m-%d}"}
    listed = replayed.at(NIGHT).show("scrapers", "Data of games, and by when", today)
    assert {(row["game"], row["scraper_name"], row["state"]) for row in listed} == {
        (row["game"].split(" ")[2], row["scraper_name"], row["state"]) for row in rows
    }
    evening = replayed.at(NIGHT + timedelta(hours=20))
    states = [row["state"] for row in evening.show("scrapers", "Data of games, and by when", today)]
    assert states == sorted(states, key=["missing", "late", "there"].index)
    assert states[0] == "missing"


def test_an_incident_is_open_until_it_is_over(emulator: Emulator, two_days: Rows) -> None:
    """Three runs of a workflow fail and the next one completes: open before it, not after it."""
    rows = deepcopy(two_days)
    for row in rows["workflow_executions"]:
        at_hour = eastern(row["execution_time"])
        if row["workflow_name"] == "betting_lines" and at_hour.date() == DAY:
            row["status"] = "failed" if at_hour.hour in (15, 17, 19) else "completed"
    grafana = Grafana(emulator, rows, NIGHT)

    def shown(hour: int) -> list[str]:
        span = (at(DAY, time()), at(DAY, time(hour)))
        return [row["key"] for row in grafana.show("overview", "Open incidents", span)]

    assert [shown(hour) for hour in (14, 20, 22)] == [[], ["betting_lines"], []]


def test_a_sweep_is_listed_for_each_thing_that_it_did_or_could_not_do(
    emulator: Emulator, two_days: Rows
) -> None:
    """What was sent again, given up or not looked at; a quiet sweep is none of them."""
    quiet = {"status": "OK", "republished_count": 0, "republished": [], "quarantined": []}
    done: list[dict[str, Any]] = [
        {},
        {"status": "STORM"},
        {"republished_count": 1, "republished": ["a"]},
        {"quarantined": ["b"]},
    ]
    like = two_days["cleanup_operations"][0]
    sweeps = [
        {**like, **quiet, **one, "cleanup_time": NIGHT - timedelta(minutes=n)}
        for n, one in enumerate(done, start=1)
    ]
    rows: Rows = {name: [] for name in NAMES} | {"cleanup_operations": sweeps}
    title = "What was sent again, given up, or not looked at"
    shown = Grafana(emulator, rows, NIGHT).show("cleanup", title, DAY_BEFORE)
    assert [(row["status"], row["republished"], row["quarantined"]) for row in shown] == [
        ("STORM", "", ""),
        ("OK", "a", ""),
        ("OK", "", "b"),
    ]


def test_the_age_of_the_last_sweep_is_told_until_it_is_a_week(dead: Grafana) -> None:
    """Across midnight; then there is no number, which is shown in red."""
    today = at(DAY + timedelta(days=1), time())
    (row,) = dead.show("overview", SWEEP, (today, NIGHT))
    assert row["minutes"] == (NIGHT - DIED) // timedelta(minutes=1) + 15
    week = NIGHT + timedelta(days=7)
    assert dead.at(week).show("overview", SWEEP, (week, week)) == [{"minutes": None}]
    (panel,) = (one for one in KEPT["overview"]["panels"] if one["title"] == SWEEP)
    (mapping,) = panel["fieldConfig"]["defaults"]["mappings"]
    assert mapping["options"]["match"] == "null"
    assert mapping["options"]["result"] == {"text": "none for seven days", "color": "red"}


def test_a_time_range_that_is_not_over_does_not_age_the_sweep(dead: Grafana) -> None:
    """At 15:40 the last one was 25 minutes ago, though the day has hours to come."""
    whole_day = (at(DAY, time()), at(DAY + timedelta(days=1), time()))
    (row,) = dead.at(at(DAY, time(15, 40))).show("overview", SWEEP, whole_day)
    assert row["minutes"] == 25
