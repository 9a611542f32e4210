"""How far the views and alerts look back: nothing else bounds what they read and show."""

import re
from collections import Counter

import pytest

from common.settings import ROOT

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


def test_every_view_and_alert_is_compared() -> None:
    """A new one needs its line above."""
    found = [*ROOT.glob("config/views/*.sql"), *ROOT.glob("config/*.sql")]
    assert {str(path.relative_to(ROOT)) for path in found} <= SPANS.keys()
