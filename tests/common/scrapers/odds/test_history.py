"""Past snapshots of The Odds API are asked for by an instant, and held against it."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from common.eastern import EASTERN
from common.scrapers import get
from common.scrapers.model import ContractError
from common.scrapers.odds.live import LINE_MARKETS
from common.sources.quota import cost_of
from tests.kit.samples import bodies, target
from tests.kit.spoilt import read_spoilt, spoil

NAMES = ["oddsa_events_his", "oddsa_game_lines_his", "oddsa_player_props_his"]
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", NAMES)
def test_the_snapshot_is_of_noon_unless_an_instant_is_named(name: str) -> None:
    """Noon is Eastern, in winter and in summer time; the request's instant comes first."""
    asked = target(name)
    summer = replace(asked, target_date=date(2025, 10, 22))
    named = replace(asked, instant=datetime(2025, 11, 12, 22, 30, tzinfo=UTC))
    eastern = replace(asked, instant=datetime(2025, 11, 12, 17, 30, tzinfo=EASTERN))
    every = (asked, summer, named, eastern)
    assert [get(name).calls(each, NOW)[0].params["date"] for each in every] == [
        *("2025-11-12T17:00:00Z", "2025-10-22T16:00:00Z"),
        *("2025-11-12T22:30:00Z", "2025-11-12T22:30:00Z"),
    ]


@pytest.mark.parametrize(("name", "cost"), [(NAMES[0], 0), (NAMES[1], 30), (NAMES[2], 40)])
def test_a_past_snapshot_costs_tenfold(name: str, cost: int) -> None:
    """Odds cost ten credits a market, region and event."""
    assert cost_of(get(name).calls(target(name), NOW)) == cost


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timestamp", "2025-11-12T17:05:38Z"),
        ("next_timestamp", "2025-11-12T16:58:00Z"),
    ],
)
def test_a_snapshot_of_another_instant_breaks_the_contract(
    name: str, field: str, value: str
) -> None:
    """One taken later, and one that another had replaced by then, are not what was asked for."""
    held = {"timestamp": "2025-11-12T16:55:38Z", "next_timestamp": "2025-11-12T17:00:38Z"}
    held[field] = value
    with pytest.raises(ContractError) as caught:
        read_spoilt(name, (field,), value)
    assert str(caught.value) == (
        f"{name}: the snapshot is of {held['timestamp']} and the next of "
        f"{held['next_timestamp']}, asked was 2025-11-12T17:00:00Z"
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_live_answer_breaks_the_contract(name: str) -> None:
    """An answer that is no snapshot has no instant."""
    with pytest.raises(ContractError, match=f"{name}: timestamp"):
        get(name).parse(bodies(name.removesuffix("_his")), target(name))


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        (("id",), "f" * 32, "id is f{32}, asked were"),
        (("bookmakers", 0, "markets", 0, "key"), "h2h_q1", r"markets are \['h2h_q1'\]"),
        (
            ("bookmakers", 0, "markets", 0, "outcomes", 0, "price"),
            -120,
            "price is -120, asked were decimal odds",
        ),
    ],
)
@pytest.mark.parametrize("name", NAMES[1:])
def test_odds_that_were_not_asked_for_break_the_contract(
    name: str, path: tuple[str | int, ...], value: object, text: str
) -> None:
    """Event, markets and the form of the odds are those of the question."""
    with pytest.raises(ContractError, match=f"{name}.*{text}"):
        read_spoilt(name, ("data", *path), value)


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        (("timestamp",), "2025-11-12T17:05:38Z", "the snapshot is of 2025-11-12T17:05:38Z"),
        (("data", "bookmakers", 0, "markets", 0, "key"), "h2h_q1", "markets are ['h2h_q1']"),
        (("data", "bookmakers", 1, "markets", 0, "key"), "h2h_q1", "markets are ['h2h_q1']"),
        (("data", "bookmakers", 0, "markets", 1, "key"), "h2h_q1", "markets are ['h2h_q1']"),
    ],
)
def test_each_event_book_and_market_is_held_against_the_question(
    path: tuple[str | int, ...], value: object, text: str
) -> None:
    """The last as well as the first."""
    name, (first,) = NAMES[1], map(json.loads, bodies(NAMES[1]))
    second = json.loads(json.dumps(first).replace(first["data"]["id"], "b" * 32))
    for answer in (first, second):
        answer["data"]["bookmakers"].append({**answer["data"]["bookmakers"][0], "key": "another"})
    second = json.loads(json.dumps(second))
    ids = (first["data"]["id"], "b" * 32)
    asked = replace(target(name), event_ids=ids)

    def read() -> int:
        answers = [json.dumps(each).encode() for each in (first, second)]
        return get(name).parse(answers, asked).count

    assert read() == 2
    spoil(second, path, value)
    if "markets" in text:
        text = f"event {'b' * 32}: {text}, asked was {LINE_MARKETS.split(',')}".replace("[", r"\[")
    with pytest.raises(ContractError, match=f"^{name}: {text}"):
        read()


@pytest.mark.parametrize("name", NAMES[1:])
def test_an_exchange_s_own_market_is_taken(name: str) -> None:
    """`h2h_lay` comes beside `h2h` although nobody asks for it."""
    (answer,) = map(json.loads, bodies(name))
    market = answer["data"]["bookmakers"][0]["markets"][0]
    market["key"] += "_lay"
    changed = [json.dumps(answer).encode()]
    assert get(name).parse(changed, target(name)).count == 1


@pytest.mark.parametrize("name", NAMES[1:])
def test_odds_of_an_event_that_was_moved_are_left_out(name: str) -> None:
    """An event that has another date by now is left out with a warning (FS09)."""
    found = read_spoilt(name, ("data", "commence_time"), "2025-11-14T00:10:00Z")
    assert found.count == 0
    assert "of 2025-11-13; asked was 2025-11-12" in found.warnings[0]


@pytest.mark.parametrize(
    ("field", "value", "right"),
    [
        ("timestamp", "2025-11-12T17:00:00Z", True),
        ("next_timestamp", "2025-11-12T17:00:01Z", True),
        ("next_timestamp", "2025-11-12T17:00:00Z", False),
    ],
)
def test_a_snapshot_holds_from_its_instant_until_the_next(
    field: str, value: str, *, right: bool
) -> None:
    """The one of this very instant is right, and one that another replaces at it is not."""
    if right:
        assert read_spoilt(NAMES[0], (field,), value).count == 2
        return
    with pytest.raises(ContractError, match="asked was"):
        read_spoilt(NAMES[0], (field,), value)


@pytest.mark.parametrize("field", ["timestamp", "next_timestamp"])
def test_an_instant_without_a_time_zone_breaks_the_contract(field: str) -> None:
    """The error names the field."""
    with pytest.raises(ContractError, match=f"{field} is .*without a time zone"):
        read_spoilt(NAMES[0], (field,), "2025-11-12T16:55:00")


def test_the_latest_snapshot_has_no_next_one() -> None:
    """Without a later snapshot the last one is right."""
    assert read_spoilt(NAMES[0], ("next_timestamp",), None).count == 2


def test_events_of_other_dates_are_left_out() -> None:
    """A snapshot lists the days after it too; only the target date's events lead to odds."""
    found = get(NAMES[0]).parse(bodies(NAMES[0]), target(NAMES[0]))
    assert [event["home_team"] for event in found.records] == [
        "Charlotte Hornets",
        "New York Knicks",
    ]
    assert found.warnings == ()


def test_a_time_that_is_none_breaks_the_contract() -> None:
    """The error gives the field and its value."""
    with pytest.raises(ContractError, match="commence_time is 'soon', not an instant"):
        read_spoilt(NAMES[0], ("data", 0, "commence_time"), "soon")
