"""The Odds API's credits: read from answers, kept for all, never overdrawn."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from common.scrapers import get
from common.scrapers.model import Call, Target
from common.sources.errors import QuotaError
from common.sources.quota import Usage, check_quota, cost_of, keep_usage, read_usage
from common.state.names import ODDS_QUOTA
from tests.kit.state import new_state

NOW = datetime(2025, 11, 12, 18, 30, tzinfo=UTC)
GOOD = {"remaining": 0, "used": None, "last": None, "seen": NOW.isoformat()}
TARGET = Target("x", date(2025, 11, 12), "2025-26", event_ids=("a", "b", "c"))


def calls(scraper: str) -> list[Call]:
    """A scraper's calls."""
    return list(get(scraper).calls(TARGET, NOW))


def usage(remaining: int, seen: datetime = NOW) -> Usage:
    """Credits as an answer tells them."""
    return Usage(remaining, 20_000 - remaining, 3, seen)


def test_headers_tell_the_credits() -> None:
    """Remaining, used, and what the answer cost."""
    headers = {"x-requests-remaining": "17", "x-requests-used": "483", "x-requests-last": "3"}
    assert read_usage(headers, NOW) == Usage(17, 483, 3, NOW)


@pytest.mark.parametrize("text", ["", "many", "-1", "1e9"])
def test_headers_that_tell_nothing(text: str) -> None:
    """An answer without the header, or with another content, is passed over."""
    assert read_usage({"x-requests-remaining": text}, NOW) is None
    assert read_usage({}, NOW) is None


@pytest.mark.parametrize(
    ("scraper", "cost"),
    [
        ("oddsa_events", 0),
        ("oddsa_game_lines", 3),
        ("oddsa_player_props", 12),
        ("nbac_player_list", 0),
    ],
)
def test_a_call_costs_its_markets_times_its_regions(scraper: str, cost: int) -> None:
    """Lists of events are free; props cost per event."""
    assert cost_of(calls(scraper)) == cost


def test_only_calls_of_the_odds_api_cost_credits() -> None:
    """Two markets in two regions are four; another source's parameters of that name are none."""
    params = {"markets": "h2h,totals", "regions": "us,eu"}
    here, there = (replace(call, params=params) for call in calls("oddsa_game_lines")[:1] * 2)
    assert cost_of([here]) == 4
    assert cost_of([replace(there, source="nba_stats")]) == 0


@pytest.mark.parametrize(("remaining", "reserve"), [(12, 0), (22, 10)])
def test_what_suffices_is_spent(remaining: int, reserve: int) -> None:
    """Down to the last credit that is not kept back."""
    held = new_state(now=NOW)
    keep_usage(held, usage(remaining))
    check_quota(held, calls("oddsa_player_props"), NOW, reserve=reserve)


@pytest.mark.parametrize(("remaining", "reserve"), [(11, 0), (21, 10)])
def test_a_task_that_cannot_be_paid_whole_is_not_begun(remaining: int, reserve: int) -> None:
    """The error says what is left, what is needed and what to do; also in another instance."""
    one = new_state(now=NOW)
    keep_usage(one, usage(remaining))
    other = new_state(one.storage, now=NOW)
    with pytest.raises(QuotaError, match=rf"{remaining} credits .* needs 12, .*RESERVE.*month"):
        check_quota(other, calls("oddsa_player_props"), NOW, reserve=reserve)


def test_what_is_free_is_always_asked() -> None:
    """The list of events sees when the credits are back."""
    held = new_state(now=NOW)
    keep_usage(held, usage(0))
    check_quota(held, calls("oddsa_events"), NOW, reserve=100)


def test_an_old_count_is_not_believed() -> None:
    """The plan may have been renewed since."""
    held = new_state(now=NOW)
    keep_usage(held, usage(0, NOW - timedelta(hours=25)))
    check_quota(held, calls("oddsa_game_lines"), NOW, reserve=0)


def test_a_count_is_believed_for_a_day() -> None:
    """To the second."""
    held = new_state(now=NOW)
    keep_usage(held, usage(0, NOW - timedelta(hours=24)))
    with pytest.raises(QuotaError):
        check_quota(held, calls("oddsa_game_lines"), NOW, reserve=0)
    check_quota(held, calls("oddsa_game_lines"), NOW + timedelta(seconds=1), reserve=0)


def test_of_two_counts_at_once_the_first_is_kept() -> None:
    """Nothing tells which is later, and one write is saved."""
    held = new_state(now=NOW)
    for remaining in (50, 40):
        keep_usage(held, usage(remaining))
    found = held.storage.read(held.bucket, ODDS_QUOTA)
    assert found is not None
    assert b'"remaining": 50' in found[0]


def test_the_latest_count_is_kept() -> None:
    """An answer that arrives late does not bring back what was spent."""
    held = new_state(now=NOW)
    for remaining, minutes in ((50, 0), (40, 2), (47, 1)):
        keep_usage(held, usage(remaining, NOW + timedelta(minutes=minutes)))
    found = held.storage.read(held.bucket, ODDS_QUOTA)
    assert found is not None
    assert b'"remaining": 40' in found[0]


def test_a_writer_that_came_second_lets_it_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two instances at once: no error, and one of the two counts stays."""
    one = new_state(now=NOW)
    keep_usage(one, usage(50))
    stale = one.storage.read(one.bucket, ODDS_QUOTA)
    keep_usage(one, usage(40, NOW + timedelta(seconds=1)))
    monkeypatch.setattr(one.storage, "read", lambda *_: stale)
    keep_usage(one, usage(45, NOW + timedelta(seconds=2)))
    monkeypatch.undo()
    found = one.storage.read(one.bucket, ODDS_QUOTA)
    assert found is not None
    assert b'"remaining": 40' in found[0]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        json.dumps(GOOD).encode()[:-9],
        b"[]",
        b"{}",
        json.dumps({**GOOD, "remaining": "none"}).encode(),
        json.dumps({**GOOD, "seen": 7}).encode(),
        json.dumps({**GOOD, "seen": "2025-11-12T18:30:00"}).encode(),
    ],
)
def test_a_count_that_cannot_be_read_is_unknown_and_replaced(body: bytes) -> None:
    """A task is begun as if nothing were known; the next answer is kept in its place."""
    held = new_state(now=NOW)
    held.storage.create(held.bucket, ODDS_QUOTA, body)
    check_quota(held, calls("oddsa_game_lines"), NOW, reserve=0)
    keep_usage(held, usage(0))
    with pytest.raises(QuotaError, match="0 credits"):
        check_quota(held, calls("oddsa_game_lines"), NOW, reserve=0)


def test_a_count_with_a_field_of_a_later_release_is_read() -> None:
    """Two releases run side by side while one is rolled out."""
    held = new_state(now=NOW)
    body = json.dumps({**GOOD, "more": 1}).encode()
    held.storage.create(held.bucket, ODDS_QUOTA, body)
    with pytest.raises(QuotaError, match="0 credits"):
        check_quota(held, calls("oddsa_game_lines"), NOW, reserve=0)
