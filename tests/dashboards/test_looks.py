"""Colours, thresholds and units, and that the words and columns exist that they are for."""

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from common.executions.row import outcome_of
from common.messages.labels import Outcome
from local.dashboards.columns import COLOURED, UNITS, WORDS
from tests.dashboards.conftest import KEPT, Grafana

Json = dict[str, Any]
PANELS = [(name, panel) for name, kept in KEPT.items() for panel in kept["panels"]]
COLOUR = {word: colour for colour, words in WORDS.items() for word in words}


def named(title: str) -> Json:
    """Return a panel of the overview."""
    (found,) = (panel for panel in KEPT["overview"]["panels"] if panel["title"] == title)
    return dict(found)


def mapped(panel: Json) -> dict[str, str]:
    """Return the colours of a panel's words."""
    (mapping,) = panel["fieldConfig"]["defaults"]["mappings"]
    return {one.get("text", key): one["color"] for key, one in mapping["options"].items()}


def looks(panel: Json, column: str, look: str) -> list[Any]:
    """Return what a panel says of a column: Grafana takes an expression for the whole name."""
    return [
        what["value"]
        for override in panel["fieldConfig"]["overrides"]
        if re.fullmatch(override["matcher"]["options"], column)
        for what in override["properties"]
        if what["id"] == look
    ]


def test_the_cells_of_the_games_have_the_colours_of_their_states() -> None:
    """Green there, orange late, red missing, blue waiting; the game itself has none."""
    panel = named("Games and their data")
    states = {"there": "green", "late": "orange", "missing": "red", "waiting": "blue"}
    assert states.items() <= mapped(panel).items()
    assert looks(panel, "nbac_boxscore", "custom.cellOptions") == [{"type": "color-background"}]
    (first,) = (o for o in panel["fieldConfig"]["overrides"] if o["matcher"]["id"] == "byName")
    assert first["matcher"]["options"] == "game\\scraper_name"
    assert {"id": "custom.cellOptions", "value": {"type": "auto"}} in first["properties"]


def test_the_cells_of_the_grid_have_the_colours_of_the_terminal() -> None:
    """And red where there is no decision."""
    assert mapped(named("Decisions by workflow and hour")) == {
        "missing": "red",
        "SKIP": "#6e7681",
        "ABORT": "orange",
        "RUN": "green",
    }


def test_every_outcome_has_a_colour_but_an_empty_answer() -> None:
    """Of a scrape, and of an execution; NO_DATA is neither good nor bad."""
    ended = (outcome_of(tasks, failed, 0) for tasks, failed in ((0, 0), (2, 0), (2, 1), (2, 2)))
    outcomes = {*get_args(Outcome), *ended}
    assert len(outcomes) > len(get_args(Outcome))
    assert outcomes - COLOUR.keys() == {"NO_DATA"}
    assert {COLOUR[one] for one in outcomes if one in COLOUR} == {"green", "orange", "red"}


@pytest.mark.stack
def test_the_words_that_tables_show_are_known(replayed: Grafana) -> None:
    """On the replayed day; SKIP, NONE, INFO and NO_DATA are no news and stay without colour."""
    shown = set(_words(replayed))
    assert shown >= {"RUN", "there", "in time", "completed", "COMPLETED", "SUCCESS"}
    assert shown - COLOUR.keys() <= {"SKIP", "NONE", "INFO", "NO_DATA", None}


def _words(grafana: Grafana) -> Iterator[str | None]:
    for name, panel in PANELS:
        if panel["type"] == "table":
            for row in grafana.show(name, panel["title"]):
                yield from (row[column] for column in COLOURED if column in row)


@pytest.mark.stack
def test_what_is_measured_has_its_unit(replayed: Grafana) -> None:
    """Seconds, minutes and percent, by the column's name, in every table."""
    found: dict[str, set[str]] = {unit: set() for unit in UNITS.values()}
    for name, panel in PANELS:
        if panel["type"] == "table" and not panel.get("transformations"):
            for column in replayed.ask(name, panel["title"])[0]:
                for unit in looks(panel, column, "unit"):
                    found[unit].add(column)
    assert found == {
        "s": {"duration_seconds", "avg_seconds", "avg_duration", *_SWEEPS},
        "m": {"minutes_since_success", "minutes_since_decision"},
        "percent": {"pct", "success_rate_pct"},
    }


_SWEEPS = {"avg_duration_sec", "max_duration_sec"}


def test_a_number_is_red_from_where_an_alert_would_be() -> None:
    """The sweep after 30 minutes, missing files from six on, the first failed execution."""
    found = {
        panel["title"]: [(one["value"], one["color"]) for one in steps]
        for panel in KEPT["overview"]["panels"]
        if panel["type"] == "stat"
        for steps in [panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]
    }
    assert found["Since the last sweep"] == [(None, "green"), (20, "orange"), (30, "red")]
    assert found["Files found unlogged"] == [(None, "green"), (1, "orange"), (6, "red")]
    assert found["Executions failed"] == [(None, "green"), (1, "red")]
    assert found["RUN decisions"] == [(None, "green")]
    assert named("Since the last sweep")["fieldConfig"]["defaults"]["unit"] == "m"


def test_a_success_rate_is_green_from_95_percent_on() -> None:
    """In both panels of the contract that have one."""
    rated = [panel for _, panel in PANELS if looks(panel, "success_rate_pct", "thresholds")]
    assert len(rated) == 2
    for panel in rated:
        (levels,) = looks(panel, "success_rate_pct", "thresholds")
        steps = [(one["value"], one["color"]) for one in levels["steps"]]
        assert steps == [(None, "red"), (80, "orange"), (95, "green")]


def test_a_chart_says_what_its_colours_stand_for() -> None:
    """The legend shows; bars stand along the hours, which are numbers, so that must be said."""
    charts = [panel for _, panel in PANELS if panel["type"] in ("status-history", "barchart")]
    assert [panel["options"]["legend"]["showLegend"] for panel in charts] == [True, True]
    (bars,) = (panel for panel in charts if panel["type"] == "barchart")
    assert bars["options"]["xField"] == "hour_et"


def test_a_line_has_the_name_of_its_workflow() -> None:
    """And not that of the column which all lines have in common."""
    lines = [panel for _, panel in PANELS if " AS metric" in panel["targets"][0]["rawSql"]]
    names = {panel["fieldConfig"]["defaults"]["displayName"] for panel in lines}
    assert names == {"${__field.labels.metric}"}
    assert len(lines) == 3


def test_an_empty_cell_does_not_say_what_an_empty_panel_says() -> None:
    """A table's text for no rows at all would stand in every cell without a value."""
    tables = [panel for _, panel in PANELS if panel["type"] == "table"]
    assert len(tables) > 20
    assert all(looks(panel, "any_column", "noValue") == ["-"] for panel in tables)
