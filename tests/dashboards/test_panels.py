"""Every panel's query, expanded as Grafana does, answers on the tables of a replayed day."""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from common.eastern import at
from common.settings import ROOT
from local.dashboards.source import Panel, sources
from local.day.seed_queries import TODAY, bind, statements
from local.records.refusals import refusals
from tests.alerts.days import DATASET, DAY, FIRST, PROJECT, Rows
from tests.dashboards.conftest import END, START, Grafana, queries
from tests.dashboards.spoilt import PANELS as FAILING
from tests.dashboards.spoilt import spoilt
from tests.dashboards.written_down import SPOILT, form, held, told

pytestmark = pytest.mark.stack
ADOPTED_DAY = at(DAY - timedelta(days=100), time())
ADOPTED = (ADOPTED_DAY, ADOPTED_DAY + timedelta(days=1, seconds=-1))
SOURCES = dict(sources())
PANELS = [
    pytest.param(name, panel, id=f"{name}: {panel.title}")
    for name, dashboard in SOURCES.items()
    for panel in dashboard.panels
]
SEED = {one.heading: one.sql for one in statements() if not one.creates}


@pytest.fixture(scope="module")
def adopted(replayed: Grafana) -> Grafana:
    """The dashboards with a day of the previous controller, which filled the seed's columns alone.

    One run of that day was forced, two have failed, and some scrapes and objects were missed.
    """
    noon = ADOPTED_DAY + timedelta(hours=12)
    planned = [
        {"date": f"{noon:%Y-%m-%d}", "workflow_name": name, "expected_run_time": noon.isoformat()}
        for name in ("lines", "late")
    ]
    ran: list[dict[str, Any]] = [
        {
            "decision_time": (noon + timedelta(seconds=15)).isoformat(),
            "workflow_name": name,
            "action": "RUN",
        }
        for name in ("lines", "extra")
    ]
    ran.append({**ran[0], "workflow_name": "by-hand", "forced": True})
    tables = {"daily_expected_schedule": planned, "workflow_decisions": ran, **came_of_it(noon)}
    held = {table: rows + tables.get(table, []) for table, rows in replayed.rows.items()}
    return replace(replayed, rows=held)


def came_of_it(noon: datetime) -> dict[str, list[dict[str, Any]]]:
    """Rows of what ran on that day, by table."""
    counts = ("scrapers_triggered", "scrapers_succeeded", "scrapers_failed")
    execution = {"execution_time": noon.isoformat(), **dict.fromkeys(counts, 1)}
    return {
        "workflow_executions": [
            {**execution, "execution_id": f"e{number}", "workflow_name": "lines", "status": status}
            for number, status in enumerate(("failed", "completed", "failed"))
        ],
        "scraper_execution_log": [
            {"triggered_at": noon.isoformat(), "execution_id": f"s{number}", "status": status}
            for number, status in enumerate(("FAILED", "FAILED", "SUCCESS", "FAILED"))
        ],
        "cleanup_operations": [
            {
                "cleanup_time": noon.isoformat(),
                "cleanup_id": f"c{found}",
                "missing_files_found": found,
            }
            for found in (4, None, 1)
        ],
    }


@pytest.mark.parametrize(("name", "panel"), PANELS)
def test_a_panel_shows_the_replayed_day(replayed: Grafana, name: str, panel: Panel) -> None:
    """It has rows where a healthy day has some; a chart over time begins with its time column.

    Bars have a column to stand along. What it counts and measures is never negative; that and its
    look are as they were last looked at.
    """
    columns, rows = replayed.ask(name, panel.title)
    assert panel.kind != "barchart" or panel.x in columns
    assert columns
    assert rows or panel.healthy == "may be empty"
    assert len(set(columns)) == len(columns)
    assert all(value >= 0 for row in rows for value in row if isinstance(value, int | float))
    if panel.kind in ("timeseries", "status-history"):
        assert columns[0] == "time"
        assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    why = "on purpose? write it anew: python -m tests.dashboards.written_down"
    assert [form(panel), *told(columns, rows)] == held()[f"{name}: {panel.title}"], why


def test_every_query_of_the_seed_has_its_panel() -> None:
    """Each of the eleven monitoring queries has a panel with its heading."""
    shown = [panel.seed for one in SOURCES.values() for panel in one.panels if panel.seed]
    assert len(SEED) == 11
    assert sorted(shown) == sorted(SEED)
    assert all(p.title == p.seed for one in SOURCES.values() for p in one.panels if p.seed)


@pytest.fixture(scope="module")
def failing(replayed: Grafana, two_days: Rows) -> Grafana:
    """The dashboards on days of which much has failed."""
    return replace(replayed, rows=spoilt(two_days))


@pytest.mark.parametrize(("name", "title"), FAILING)
def test_a_panel_shows_what_has_failed(failing: Grafana, name: str, title: str) -> None:
    """Its rows are as they were last looked at."""
    why = "on purpose? write it anew: python -m tests.dashboards.written_down"
    assert told(*failing.ask(name, title)) == held()[SPOILT.format(name, title)], why


@pytest.mark.parametrize("heading", SEED)
def test_a_panel_of_the_seed_answers_as_its_query(failing: Grafana, heading: str) -> None:
    """Over one day the panel has the columns and rows of the seed's query bound to that day.

    Over two days it has those of the query over both.

    What the query orders by comes in its order.
    """
    (name,) = (
        name
        for name, dashboard in SOURCES.items()
        if heading in [panel.title for panel in dashboard.panels]
    )
    wanted = failing.query(bind(SEED[heading], DAY))
    shown = failing.ask(name, heading)
    assert shown[0] == wanted[0]
    assert sorted(map(repr, shown[1])) == sorted(map(repr, wanted[1])) != []
    two = SEED[heading].replace(f" = {TODAY}", f" BETWEEN DATE '{FIRST}' AND {TODAY}")
    both = failing.query(bind(two, DAY))[1]
    over_both = failing.ask(name, heading, (at(FIRST, time()), END))[1]
    assert sorted(map(repr, over_both)) == sorted(map(repr, both))
    clause = SEED[heading].rpartition("ORDER BY")[2] if "ORDER BY" in SEED[heading] else ""
    keys = [wanted[0].index(one) for one in re.findall(r"(\w+)(?: ASC| DESC)?[,;]", clause)]
    in_order = [[row[key] for key in keys] for row in wanted[1]]
    assert [[row[key] for key in keys] for row in shown[1]] == in_order


@pytest.mark.parametrize(("name", "panel"), PANELS)
def test_a_panel_follows_the_time_range(replayed: Grafana, name: str, panel: Panel) -> None:
    """A day without any row shows nothing, or zeros; only what is of now shows the same."""
    span = (START + timedelta(days=90), END + timedelta(days=90))
    _, rows = replayed.ask(name, panel.title, span)
    if panel.of == "now":
        assert rows == replayed.ask(name, panel.title)[1]
    else:
        assert all(not value for row in rows for value in row if not isinstance(value, str))


@pytest.mark.parametrize("where", ["panel", "page"])
def test_ft8_what_the_previous_controller_planned_and_ran_is_compared_too(
    adopted: Grafana, where: str
) -> None:
    """A run as planned or by force is no difference, and an unplanned one is."""
    if where == "panel":
        _, rows = adopted.ask("overview", "Plan versus actual", ADOPTED)
    else:
        text = (ROOT / "docs" / "tables.md").read_text().split("## Plan versus actual")[1]
        sql = bind(text.split("```sql")[1].split("```")[0], ADOPTED_DAY.date())
        _, rows = adopted.query(sql)
    assert [row[:2] for row in rows] == [
        ("ran, not planned", "extra"),
        ("planned, did not run", "late"),
    ]


@pytest.mark.parametrize(
    ("title", "count"),
    [
        ("Planned runs", 2),
        ("RUN decisions", 3),
        ("Executions completed", 1),
        ("Executions failed", 2),
        ("Scrapes failed", 3),
        ("Files found unlogged", 5),
    ],
)
def test_a_number_of_the_overview_is_what_its_title_says(
    adopted: Grafana, title: str, count: int
) -> None:
    """On a day on which something of each kind happened."""
    assert adopted.ask("overview", title, ADOPTED)[1] == [(count,)]


def test_ft8_planned_runs_are_those_of_the_eastern_date_in_the_evening_too(
    replayed: Grafana,
) -> None:
    """From 20:00 ET on it is tomorrow in UTC; the panel still counts today's plan alone."""
    evening = at(FIRST, time(20)), at(FIRST, time(23))
    planned = {day: _planned_on(replayed, day) for day in (FIRST, DAY)}
    assert all(planned.values())
    assert replayed.ask("overview", "Planned runs", evening)[1] == [(planned[FIRST],)]


def _planned_on(grafana: Grafana, day: date) -> int:
    sql = f"SELECT COUNT(*) FROM `{PROJECT}.{DATASET}.daily_expected_schedule` WHERE date = '{day}'"
    return int(grafana.query(sql)[1][0][0])


@pytest.mark.parametrize("panel", [p for one in SOURCES.values() for p in one.panels])
def test_a_panel_bounds_the_partitions_it_reads(panel: Panel) -> None:
    """Each panel uses the dashboard's time range, so that old tables cost no more than new ones.

    What is of now reads a view, which looks back 90 days.
    """
    assert "$__timeFilter(" in panel.sql or "$__to" in panel.sql or panel.of == "now"


@pytest.mark.parametrize("sql", queries().values(), ids=list(queries()))
def test_bigquery_would_not_refuse_a_query(sql: str) -> None:
    """None is of a form that the local stack takes and BigQuery does not."""
    assert refusals(sql) == []


@pytest.mark.parametrize(
    ("name", "title", "table", "column"),
    [
        ("scrapers", "Scrapes and uploads", "scraper_execution_log", "triggered_at"),
        ("executions", "Executions", "workflow_executions", "execution_time"),
    ],
)
def test_the_newest_rows_stand_first(
    replayed: Grafana, name: str, title: str, table: str, column: str
) -> None:
    """Of more than a table takes the oldest are left out."""
    shown = [row[column] for row in replayed.show(name, f"{title}, newest first")]
    newest = sorted((row[column] for row in replayed.rows[table]), reverse=True)
    assert shown == [one for one in newest if START <= one <= END][:500] != []
