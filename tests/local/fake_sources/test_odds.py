"""The Odds API's events of other dates, and its snapshots of the past."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from common.scrapers import get
from common.scrapers.model import Target
from local.fake_sources.answers import answer
from local.fake_sources.asked import as_json
from local.fake_sources.odds import event_id, events, strays
from local.fake_sources.slate import Slate
from tests.local.fake_sources.test_collected import BEFORE, GAME_ID, OVER, SLATE

GAME = SLATE.by_id[GAME_ID]
DAYS = [date(2025, 10, 21) + timedelta(days=number) for number in range(170)]
KEYED = {"apiKey": "k", "regions": "us"}
HISTORY = "/v4/historical/sports/basketball_nba/events"


def evenings(day: date) -> Slate:
    """Make a slate of two evenings of one game each, from a date on."""
    assert GAME.tipoff is not None
    ahead = day - GAME.game_date
    first = replace(GAME, game_date=day, tipoff=GAME.tipoff + ahead)
    second = replace(
        GAME,
        game_id="0022500999",
        game_date=day + timedelta(days=1),
        tipoff=GAME.tipoff + ahead + timedelta(days=1),
    )
    return Slate((first, second), "2025-26")


def test_one_date_in_ten_has_a_stray_event() -> None:
    """The share of such dates in a season is about a tenth."""
    assert 0.05 < sum(map(strays, DAYS)) / len(DAYS) < 0.15


@pytest.mark.parametrize("has_stray", [False, True])
def test_a_stray_event_is_warned_of_and_not_counted(*, has_stray: bool) -> None:
    """The deployed scraper leaves the event of the next date out, with one warning."""
    day = next(each for each in DAYS if strays(each) == has_stray)
    slate, scraper = evenings(day), get("oddsa_events")
    now = BEFORE + (day - GAME.game_date)
    target = Target("oddsa_events", day, "2025-26")
    served = events(slate, scraper.calls(target, now)[0].params, now)
    parsed = scraper.parse([as_json(served).body], target)
    assert len(served) == 1 + has_stray
    assert (parsed.count, len(parsed.warnings)) == (1, has_stray)


def test_a_snapshot_of_the_future_is_refused() -> None:
    """A question for an instant that has not been is a 422."""
    found = answer(HISTORY, {**KEYED, "date": "2025-11-13T12:00:00Z"}, SLATE, OVER)
    assert found.status == 422


def test_a_snapshot_costs_ten_times_the_credits() -> None:
    """One market of one event costs ten credits; an event that was not listed costs none."""
    asked = {**KEYED, "markets": "h2h", "date": "2025-11-12T17:00:00Z"}
    found = answer(f"{HISTORY}/{event_id(GAME_ID)}/odds", asked, SLATE, OVER)
    assert (found.status, found.headers["x-requests-last"]) == (200, "10")
    assert answer(f"{HISTORY}/{'0' * 32}/odds", asked, SLATE, OVER).status == 404
