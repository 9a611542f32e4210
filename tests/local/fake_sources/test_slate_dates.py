"""The dates of a slate's games, and those that are far from all of them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from common.errors import BadInputError
from common.settings import ROOT
from local.fake_sources.espn.scoreboard import scoreboard
from local.fake_sources.slate import Slate, load, refuse_far
from tests.local.fake_sources.test_collected import BEFORE

OURS = ROOT / "config" / "slates" / "2025-11.json"
DAYS = tuple(date(2025, 11, day) for day in (11, 12, 13))


def put_off(day: date) -> Slate:
    """Make our slate with all games of a date postponed."""
    slate = load(OURS)
    games = (replace(game, postponed=game.game_date == day) for game in slate.games)
    return Slate(tuple(games), slate.season)


@pytest.mark.parametrize("day", DAYS)
def test_a_date_is_one_of_the_slate_though_all_its_games_are_postponed(day: date) -> None:
    """They are listed under it, and none of them is played on it."""
    slate = put_off(day)
    assert slate.days == DAYS
    assert slate.on(day) == ()
    assert slate.listed(day) == tuple(game for game in slate.games if game.game_date == day)
    others = [each for each in DAYS if each != day]
    assert all(slate.on(each) == slate.listed(each) == load(OURS).on(each) for each in others)
    assert [*slate.by_id] == [game.game_id for each in others for game in slate.on(each)]


def test_espn_s_calendar_has_the_dates_of_postponed_games() -> None:
    """From the first date to the last, each from midnight Pacific on."""
    (league,) = scoreboard(put_off(DAYS[-1]), DAYS[0], BEFORE)["leagues"]
    days = [f"2025-11-{day}T08:00Z" for day in (11, 12, 13)]
    assert league["calendar"] == days
    both = league, league["season"]
    names = (("calendarStartDate", "calendarEndDate"), ("startDate", "endDate"))
    for held, (first, last) in zip(both, names, strict=True):
        assert (held[first], held[last]) == (days[0], days[-1])


@pytest.mark.parametrize(
    ("first", "last", "known"),
    [
        ("11-01", "11-09", False),
        ("11-01", "11-10", True),
        ("11-15", "11-30", True),
        ("11-16", "11-30", False),
        ("11-16", "11-16", False),
        ("11-12", "11-12", True),
    ],
)
def test_dates_that_are_far_from_every_game_are_refused(
    first: str, last: str, *, known: bool
) -> None:
    """Two days from the first or the last of them are not."""
    listed, far = [date(2025, 11, 13), date(2025, 11, 12)], timedelta(days=2)
    span = [date.fromisoformat(f"2025-{day}") for day in (first, last)]
    refuse_far(OURS, [], span[0], span[1], far=far)
    if known:
        refuse_far(OURS, listed, span[0], span[1], far=far)
        return
    days = f"2025-{first}" if first == last else f"2025-{first} to 2025-{last}"
    said = rf"^{days}: no games known .*2025-11-12 to 2025-11-13\); pass --schedule FILE$"
    with pytest.raises(BadInputError, match=said):
        refuse_far(OURS, listed, span[0], span[1], far=far)
