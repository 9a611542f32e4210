"""The Odds API's credits: read from answers, kept for all, never overdrawn."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from common.scrapers import get
from common.scrapers.model import Call, Target
from common.sources.errors import QuotaError
from common.sources.quota import Credits, Usage, cost_of, read_usage
from common.state.names import ODDS_QUOTA
from tests.kit.state import new_state

NOW = datetime(2025, 11, 12, 18, 30, tzinfo=UTC)
GOOD = {"remaining": 0, "used": None, "last": None, "seen": NOW.isoformat()}
TARGET = Target("x", date(2025, 11, 12), "2025-26", event_ids=("a", "b", "c"))


def calls(scraper: str) -> list[Call]:
    """Return a scraper's calls."""
    return list(get(scraper).calls(TARGET, NOW))


def usage(remaining: int, seen: datetime = NOW) -> Usage:
    """Return credits as an answer reports them."""
    return Usage(remaining, 20_000 - remaining, 3, seen)


def test_headers_report_the_credits() -> None:
    """The headers report what is left, what is used, and what the answer cost."""
    headers = {"x-requests-remaining": "17", "x-requests-used": "483", "x-requests-last": "3"}
    assert read_usage(headers, NOW) == Usage(17, 483, 3, NOW)


@pytest.mark.parametrize("text", ["", "many", "-1", "1e9"])
def test_headers_without_credits(text: str) -> None:
    """Without the header, or with other content in it, no credits are known."""
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


@pytest.mark.parametrize(("path", "cost"), [("/v4/historical/x", 60), ("/v4/x/historical/", 6)])
def test_a_past_snapshot_costs_ten_times_as_much(path: str, cost: int) -> None:
    """Three markets in two regions, of then and of now."""
    params = {"markets": "h2h,spreads,totals", "regions": "us,eu"}
    assert cost_of([Call("odds_api", path, params, "x")]) == cost


@pytest.mark.parametrize(
    ("text", "known"), [(" 17 ", 17), ("0", 0), ("9" * 12, 10**12 - 1), ("9" * 13, None)]
)
def test_a_count_is_a_number_of_up_to_twelve_digits(text: str, known: int | None) -> None:
    """A header may be padded; a longer number is no count of credits."""
    found = read_usage({"x-requests-remaining": text}, NOW)
    assert (found and found.remaining) == known


def test_only_calls_of_the_odds_api_cost_credits() -> None:
    """Two markets in two regions cost four; another source's calls cost nothing."""
    params = {"markets": "h2h,totals", "regions": "us,eu"}
    here, there = (replace(call, params=params) for call in calls("oddsa_game_lines")[:1] * 2)
    assert cost_of([here]) == 4
    assert cost_of([replace(there, source="nba_stats")]) == 0


@pytest.mark.parametrize(("remaining", "reserve"), [(12, 0), (22, 10)])
def test_credits_are_spent_down_to_the_reserve(remaining: int, reserve: int) -> None:
    """Credits are spent down to the reserve."""
    held = new_state(now=NOW)
    Credits(held).keep(usage(remaining))
    Credits(held).check(calls("oddsa_player_props"), NOW, reserve=reserve)


@pytest.mark.parametrize(("remaining", "reserve"), [(11, 0), (21, 10)])
def test_a_task_that_cannot_be_paid_whole_is_not_begun(remaining: int, reserve: int) -> None:
    """A task that costs too much is refused in every instance; the error states what to do."""
    one = new_state(now=NOW)
    Credits(one).keep(usage(remaining))
    other = new_state(one.storage, now=NOW)
    later = NOW + timedelta(minutes=5)
    with pytest.raises(QuotaError) as caught:
        Credits(other).check(calls("oddsa_player_props"), later, reserve=reserve)
    assert str(caught.value).startswith(
        f"The Odds API has {remaining} credits left at 2025-11-12 18:30 UTC; this needs 12, and "
        f"{reserve} are kept back (NBA_ODDS_API_RESERVE); they come back with the plan's next month"
    )


def test_the_count_is_read_once_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """And by a task that costs nothing only where it has a count to store."""
    held, reads = new_state(now=NOW), list[str]()
    read = held.storage.read

    def counted(bucket: str, name: str) -> object:
        reads.append(name)
        return read(bucket, name)

    monkeypatch.setattr(held.storage, "read", counted)
    credit = Credits(held)
    credit.check(calls("oddsa_events"), NOW, reserve=0)
    assert reads == []
    credit.check(calls("oddsa_game_lines"), NOW, reserve=0)
    credit.keep(usage(50))
    assert reads == [ODDS_QUOTA]


def test_a_free_call_is_always_made() -> None:
    """A list of events is asked for without any credits."""
    held = new_state(now=NOW)
    Credits(held).keep(usage(0))
    Credits(held).check(calls("oddsa_events"), NOW, reserve=100)


def test_an_old_count_is_not_believed() -> None:
    """A count older than a day is ignored."""
    held = new_state(now=NOW)
    Credits(held).keep(usage(0, NOW - timedelta(hours=25)))
    Credits(held).check(calls("oddsa_game_lines"), NOW, reserve=0)


def test_a_count_is_believed_for_a_day() -> None:
    """A count is used for exactly 24 hours."""
    held = new_state(now=NOW)
    Credits(held).keep(usage(0, NOW - timedelta(hours=24)))
    with pytest.raises(QuotaError):
        Credits(held).check(calls("oddsa_game_lines"), NOW, reserve=0)
    Credits(held).check(calls("oddsa_game_lines"), NOW + timedelta(seconds=1), reserve=0)


def test_of_two_counts_at_once_the_first_is_kept() -> None:
    """Of two counts of the same instant the first stays."""
    held = new_state(now=NOW)
    for remaining in (50, 40):
        Credits(held).keep(usage(remaining))
    found = held.storage.read(held.bucket, ODDS_QUOTA)
    assert found is not None
    assert b'"remaining": 50' in found[0]


def test_the_latest_count_is_kept() -> None:
    """An answer that arrives late does not replace a later count."""
    held = new_state(now=NOW)
    for remaining, minutes in ((50, 0), (40, 2), (47, 1)):
        Credits(held).keep(usage(remaining, NOW + timedelta(minutes=minutes)))
    found = held.storage.read(held.bucket, ODDS_QUOTA)
    assert found is not None
    assert b'"remaining": 40' in found[0]


def test_a_second_writer_at_once_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two instances that write at once, the second leaves the first one's count."""
    one = new_state(now=NOW)
    Credits(one).keep(usage(50))
    stale = one.storage.read(one.bucket, ODDS_QUOTA)
    Credits(one).keep(usage(40, NOW + timedelta(seconds=1)))
    monkeypatch.setattr(one.storage, "read", lambda *_: stale)
    Credits(one).keep(usage(45, NOW + timedelta(seconds=2)))
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
        json.dumps({**GOOD, "remaining": "5"}).encode(),
        json.dumps({**GOOD, "seen": 7}).encode(),
        json.dumps({**GOOD, "seen": "2025-11-12T18:30:00"}).encode(),
    ],
)
def test_a_count_that_cannot_be_read_is_unknown_and_replaced(body: bytes) -> None:
    """A count that cannot be read is ignored, and the next answer replaces it."""
    held = new_state(now=NOW)
    held.storage.create(held.bucket, ODDS_QUOTA, body)
    Credits(held).check(calls("oddsa_game_lines"), NOW, reserve=0)
    Credits(held).keep(usage(0))
    with pytest.raises(QuotaError, match="0 credits"):
        Credits(held).check(calls("oddsa_game_lines"), NOW, reserve=0)


def test_a_count_with_a_field_of_a_later_release_is_read() -> None:
    """A count with an unknown field is read, because two releases may run together."""
    held = new_state(now=NOW)
    body = json.dumps({**GOOD, "more": 1}).encode()
    held.storage.create(held.bucket, ODDS_QUOTA, body)
    with pytest.raises(QuotaError, match="0 credits"):
        Credits(held).check(calls("oddsa_game_lines"), NOW, reserve=0)
