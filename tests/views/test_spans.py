"""How far the views and alerts look back: nothing else bounds what they read and show."""

import re
from collections import Counter

import pytest

from common.settings import ROOT

SPANS = {
    "config/views/freshness.sql": {"90 DAY": 4, "1 DAY": 1, "1 HOUR": 1, "15 MINUTE": 1},
    "config/views/game_coverage.sql": {"90 DAY": 2},
    "config/views/incidents.sql": {"90 DAY": 6},
    "config/views/run_flow.sql": {},
    "config/incidents.sql": {},
    "config/alerts/abort.sql": {"30 MINUTE": 1},
    "config/alerts/failing-executions.sql": {"168 HOUR": 1, "30 MINUTE": 1},
    "config/alerts/late-data.sql": {"30 MINUTE": 1},
    "config/alerts/missing-files.sql": {"30 MINUTE": 1},
    "config/alerts/no-cleanup.sql": {"24 HOUR": 1, "30 MINUTE": 1},
    "config/alerts/no-decision.sql": {"2 HOUR": 1, "24 HOUR": 1},
    "config/alerts/no-plan.sql": {"1 DAY": 2, "48 HOUR": 1},
    "config/alerts/run-without-execution.sql": {
        "10 MINUTE": 1,
        "2 HOUR": 1,
        "26 HOUR": 1,
        "27 HOUR": 2,
    },
}
"""The spans of each file, and how often each is there; docs/views.md and operations.md say why."""


@pytest.mark.parametrize("file", SPANS)
def test_a_span_is_what_its_page_says(file: str) -> None:
    """Another number of days shows more or less, and no row of a test is that old."""
    found = re.findall(r"INTERVAL (\d+ [A-Z]+)", (ROOT / file).read_text(encoding="utf-8"))
    assert Counter(found) == SPANS[file]


def test_every_view_and_alert_is_compared() -> None:
    """A new one needs its line above."""
    found = [*ROOT.glob("config/views/*.sql"), *ROOT.glob("config/alerts/*.sql")]
    assert {str(path.relative_to(ROOT)) for path in found} <= SPANS.keys()
