"""How far the views and alerts look back: nothing else bounds what they read and show."""

import re
from collections import Counter

import pytest

from common.configuration.step import STEPS_MAX
from common.configuration.workflows import CatchUp
from common.settings import ROOT
from tests.kit.situations import WORKFLOWS

SPANS = {
    "config/views/freshness.sql": {"90 DAY": 4, "1 DAY": 1, "1 HOUR": 1, "15 MINUTE": 1},
    "config/views/game_coverage.sql": {"90 DAY": 2},
    "config/views/incidents.sql": {
        "1 DAY": 3,
        "10 MINUTE": 1,
        "12 HOUR": 1,
        "2 HOUR": 2,
        "30 MINUTE": 1,
        "90 DAY": 4,
    },
    "config/views/run_flow.sql": {},
    "config/watchdog.sql": {"26 HOUR": 2, "30 MINUTE": 1, "48 HOUR": 1},
}
"""The spans of each file, and how often each is there; docs/views.md and operations.md say why."""


@pytest.mark.parametrize("file", SPANS)
def test_a_span_is_what_its_page_says(file: str) -> None:
    """Another number of days shows more or less, and no row of a test is that old."""
    found = re.findall(r"INTERVAL (\d+ [A-Z]+)", (ROOT / file).read_text(encoding="utf-8"))
    assert Counter(found) == SPANS[file]


def test_a_plan_is_missed_where_a_decision_knows_of_games() -> None:
    """Each code that is given for a date with games to come, and none of the others."""
    text = (ROOT / "config/views/incidents.sql").read_text(encoding="utf-8")
    (codes,) = re.findall(r"reason_code IN \(([^)]*)\)", text)
    assert {*re.findall(r"'([A-Z_]+)'", codes)} == {
        *("IN_WINDOW", "READY", "NO_SEASON_FILE", "NOT_FOUND_YET", "TOO_EARLY")
    }


def test_every_step_that_a_run_may_have_can_come_back() -> None:
    """The last one too, where cleanup had given it up."""
    text = (ROOT / "config/views/incidents.sql").read_text(encoding="utf-8")
    assert f"UNNEST(GENERATE_ARRAY(0, {STEPS_MAX - 1})) AS step" in text


def test_late_data_is_waited_for_as_long_as_catch_up_asks_for_it() -> None:
    """Hours that are an expression: what else has not been seen again is given up in a week."""
    spans = {flow.span_hours for flow in WORKFLOWS.values() if isinstance(flow, CatchUp)}
    (given_up,) = re.findall(
        r"INTERVAL IF\(rule = 'late-data', (\d+), (\d+)\) HOUR",
        (ROOT / "config/views/incidents.sql").read_text(encoding="utf-8"),
    )
    assert (spans, given_up) == ({int(given_up[0])}, ("72", str(7 * 24)))


def test_every_view_and_alert_is_compared() -> None:
    """A new one needs its line above."""
    found = [*ROOT.glob("config/views/*.sql"), *ROOT.glob("config/*.sql")]
    assert {str(path.relative_to(ROOT)) for path in found} <= SPANS.keys()
