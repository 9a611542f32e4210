"""NBA.com's scoreboards."""

import json
from typing import Any

import pytest

from local.fake_sources.answers import answer
from tests.kit.situations import et
from tests.local.fake_sources.test_collected import OVER, SLATE, collect

TODAYS = "/static/json/liveData/scoreboard/todaysScoreboard_00.json"


@pytest.mark.parametrize(
    ("clock", "day", "count"),
    [("11:59", "2025-11-11", 6), ("12:00", "2025-11-12", 12), ("23:59", "2025-11-12", 12)],
)
def test_todays_file_has_the_night_before_until_noon(clock: str, day: str, count: int) -> None:
    """At noon Eastern the live file turns to the games of its date."""
    found: Any = json.loads(answer(TODAYS, {}, SLATE, et(f"2025-11-12 {clock}")).body)
    board = found["scoreboard"]
    assert (board["gameDate"], len(board["games"])) == (day, count)


def test_the_scraper_waits_for_noon() -> None:
    """In the morning the deployed scraper finds the day's games not ready."""
    found = collect("nbac_scoreboard", et("2025-11-12 09:00"))
    assert (found.outcome, found.records) == ("NOT_READY", 0)


def test_a_date_of_another_form_is_refused() -> None:
    """The answer to a date that is none is a 400."""
    assert answer("/stats/scoreboardv3", {"GameDate": "12.11.2025"}, SLATE, OVER).status == 400
