"""The Odds API's events of other dates, and its snapshots of the past."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from common.scrapers import get
from common.scrapers.model import Target
from local.fake_sources.answers import answer
from local.fake_sources.asked import as_json
from local.fake_sources.odds import event_id, event_odds, events, lines, past_events, strays
from local.fake_sources.slate import Slate
from tests.local.fake_sources.test_collected import BEFORE, GAME_ID, OVER, SLATE

GAME = SLATE.by_id[GAME_ID]
DAYS = [date(2025, 10, 21) + timedelta(days=number) for number in range(170)]
KEYED = {"apiKey": "k", "regions": "us"}
LIVE = "/v4/sports/basketball_nba/events"
HISTORY = "/v4/historical/sports/basketball_nba/events"


def evenings(day: date) -> Slate:
    """Make a slate of two evenings of one game each, from a date on."""
    assert GAME.tipoff is not None
    ahead = day - GAME.game_date
    first = replace(GAME, game_date=day, tipoff=GAME.tipoff + ahead)
    second = replace(
        GAME,
        game_id="0022500998",
        game_date=day + timedelta(days=1),
        tipoff=GAME.tipoff + ahead + timedelta(days=1),
    )
    return Slate((first, second), "2025-26")


TIP_OFF = datetime(2025, 11, 13, tzinfo=UTC)
ALONE = Slate((GAME,), "2025-26")


@pytest.mark.parametrize(
    ("hours", "start", "end", "is_listed"),
    [
        (-14 * 24, None, None, True),
        (-14 * 24 - 1, None, None, False),
        (-14 * 24 - 1, None, 0, False),
        (2, None, None, True),
        (3, None, None, False),
        (-5, 0, None, True),
        (-5, 1, None, False),
        (-5, None, 0, True),
        (-5, None, -1, False),
    ],
)
def test_an_event_is_listed_for_two_weeks_and_within_the_bounds(
    hours: int, start: int | None, end: int | None, *, is_listed: bool
) -> None:
    """From two weeks ahead until it is over; a bound that is asked for belongs to the span."""
    asked = {"commenceTimeFrom": start, "commenceTimeTo": end}
    params = {
        name: f"{TIP_OFF + timedelta(hours=far):%Y-%m-%dT%H:%M:%SZ}"
        for name, far in asked.items()
        if far is not None
    }
    assert len(events(ALONE, params, TIP_OFF + timedelta(hours=hours))) == is_listed


@pytest.mark.parametrize(
    ("hours", "listed", "books"), [(-1, 1, 2), (0, 0, 0), (2, 0, 0), (3, 0, None)]
)
def test_bookmakers_close_at_the_tip_off(hours: int, listed: int, books: int | None) -> None:
    """A game that goes on has no lines, and as one event no bookmakers; then it is gone."""
    now = TIP_OFF + timedelta(hours=hours)
    assert len(lines(ALONE, {}, now)) == listed
    found = event_odds(ALONE, event_id(GAME_ID), {}, now)
    assert (found and len(found["bookmakers"])) == books


def test_an_event_without_a_tip_off_is_not_listed() -> None:
    """Bookmakers open no game whose time is not known."""
    untimed = Slate((replace(GAME, tipoff=None),), "2025-26")
    assert event_odds(untimed, event_id(GAME_ID), {}, BEFORE) is None
    assert (events(untimed, {}, BEFORE), lines(untimed, {}, BEFORE)) == ([], [])


def test_one_date_in_ten_has_a_stray_event() -> None:
    """The share of such dates is a tenth."""
    days = [DAYS[0] + timedelta(days=number) for number in range(20_000)]
    assert 0.098 < sum(map(strays, days)) / len(days) < 0.106


def test_a_stray_event_is_the_first_one_and_has_not_begun() -> None:
    """Of the next date one event is listed, and none once it has begun or two weeks before."""
    day = next(filter(strays, DAYS))
    first, second = evenings(day).games
    assert second.tipoff is not None
    slate = Slate((first, second, replace(second, game_id="0022500999")), "2025-26")
    params = {"commenceTimeFrom": f"{day}T17:00:00Z", "commenceTimeTo": f"{day}T17:30:00Z"}
    for hours, number in ((-14 * 24 - 1, 0), (-14 * 24, 1), (-1, 1), (0, 0)):
        served = events(slate, params, second.tipoff + timedelta(hours=hours))
        assert [each["id"] for each in served] == [event_id(second.game_id)] * number


def test_a_snapshot_is_the_last_one_before_its_instant() -> None:
    """There is one every five minutes; it names those beside it, and has what was known then."""
    ends = TIP_OFF + timedelta(hours=2, minutes=30)
    slate = Slate((replace(GAME, tipoff=TIP_OFF + timedelta(minutes=2)),), "2025-26")
    for minutes, listed in ((4, 1), (5, 0)):
        found = past_events(
            slate, {"date": f"{ends + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"}
        )
        taken = ends + timedelta(minutes=minutes // 5 * 5)
        told = (f"{taken + timedelta(minutes=apart):%Y-%m-%dT%H:%M:%SZ}" for apart in (0, -5, 5))
        names = ("timestamp", "previous_timestamp", "next_timestamp")
        assert {name: found[name] for name in names} == dict(zip(names, told, strict=True))
        assert len(found["data"]) == listed


def test_an_event_whose_tip_off_is_not_known_strays_nowhere() -> None:
    """Nor does the one after it: only the first of the next date is looked at."""
    day = next(filter(strays, DAYS))
    first, second = evenings(day).games
    assert first.tipoff is not None
    untimed = replace(second, game_id="0022500997", tipoff=None)
    served = events(
        Slate((first, untimed, second), "2025-26"),
        {"commenceTimeFrom": f"{day}T17:00:00Z", "commenceTimeTo": f"{day}T17:30:00Z"},
        first.tipoff - timedelta(hours=9),
    )
    assert served == []


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


ODDS = f"/{event_id(GAME_ID)}/odds"
PAST = "2025-11-12T17:00:00Z"
LACKING = {
    "MISSING_KEY": ("apiKey", "regions", "date"),
    "MISSING_REGION": ("regions", "date"),
    "INVALID_HISTORICAL_TIMESTAMP": ("date",),
}
"""Of which absences each refusal is the one that is told."""


@pytest.mark.parametrize(
    ("path", "codes", "cost"),
    [
        (LIVE, ("MISSING_KEY", None, None), 0),
        ("/v4/sports/basketball_nba/odds", ("MISSING_KEY", "MISSING_REGION", None), 1),
        (f"{LIVE}{ODDS}", ("MISSING_KEY", "MISSING_REGION", None), 1),
        (HISTORY, ("MISSING_KEY", None, "INVALID_HISTORICAL_TIMESTAMP"), 1),
        (f"{HISTORY}{ODDS}", ("MISSING_KEY", "MISSING_REGION", "INVALID_HISTORICAL_TIMESTAMP"), 10),
    ],
)
def test_each_question_wants_its_own_parameters(
    path: str, codes: tuple[str | None, ...], cost: int
) -> None:
    """A key, a region or books, an instant of the past; without a market it is about `h2h`."""
    asked = {**KEYED, "date": PAST}
    for name, code in zip(("apiKey", "regions", "date"), codes, strict=True):
        without = {field: text for field, text in asked.items() if field != name}
        found = answer(path, without, SLATE, BEFORE)
        assert json.loads(found.body).get("error_code") == code if code else found.status == 200
    for code in filter(None, codes):
        without = {name: text for name, text in asked.items() if name not in LACKING[code]}
        assert json.loads(answer(path, without, SLATE, BEFORE).body)["error_code"] == code
    books = {**asked, "regions": "", "bookmakers": "fanduel"}
    assert answer(path, books, SLATE, BEFORE).status == 200
    found = answer(path, asked, SLATE, BEFORE)
    assert [found.headers[f"x-requests-{what}"] for what in ("last", "used", "remaining")] == [
        *(str(cost), str(cost), str(20_000 - cost))
    ]


@pytest.mark.parametrize(
    ("asked", "markets"),
    [({}, ["h2h"]), ({"markets": "totals,h2h,player_none"}, ["totals", "h2h"])],
    ids=["none", "some"],
)
@pytest.mark.parametrize(
    "path", ["/v4/sports/basketball_nba/odds", f"{LIVE}{ODDS}", f"{HISTORY}{ODDS}"]
)
def test_odds_are_of_the_markets_that_are_asked_for(
    path: str, asked: dict[str, str], markets: list[str]
) -> None:
    """In that order, and of `h2h` where none is named; a market that nobody has is left out."""
    found: Any = json.loads(answer(path, {**KEYED, "date": PAST, **asked}, ALONE, BEFORE).body)
    event = found[0] if isinstance(found, list) else found.get("data", found)
    shown = [[market["key"] for market in book["markets"]] for book in event["bookmakers"]]
    assert shown == [markets, markets]


@pytest.mark.parametrize(
    ("seconds", "status"), [(0, 200), (1, 422)], ids=["of this instant", "of the future"]
)
def test_a_snapshot_is_of_the_past(seconds: int, status: int) -> None:
    """A question for an instant that has not been is a 422; so is one without a time zone."""
    asked = f"{OVER + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"
    assert answer(HISTORY, {**KEYED, "date": asked}, SLATE, OVER).status == status
    assert answer(HISTORY, {**KEYED, "date": asked.removesuffix("Z")}, SLATE, OVER).status == 422


def test_a_snapshot_costs_ten_times_the_credits() -> None:
    """One market of one event costs ten credits; an event that was not listed costs none."""
    asked = {**KEYED, "markets": "h2h", "date": "2025-11-12T17:00:00Z"}
    found = answer(f"{HISTORY}/{event_id(GAME_ID)}/odds", asked, SLATE, OVER)
    assert (found.status, found.headers["x-requests-last"]) == (200, "10")
    assert answer(f"{HISTORY}/{'0' * 32}/odds", asked, SLATE, OVER).status == 404
