"""The tip-off of a game, where its fields contradict each other."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from common.calendar.tipoff import tipoff_of
from common.errors import BadInputError

DAY = date(2025, 11, 12)


def read(utc: object, eastern: object, text: str = "7:00 pm ET") -> tuple[Any, list[str]]:
    """Return the tip-off of a game with these fields, and the warnings."""
    warnings: list[str] = []
    raw = {"gameDateTimeUTC": utc, "gameDateTimeEst": eastern, "gameStatusText": text}
    return tipoff_of("0022500213", DAY, raw, warnings), warnings


@pytest.mark.parametrize(
    ("utc", "eastern", "text", "hour", "said"),
    [
        ("2025-11-13T00:00:00Z", "2025-11-12T19:00:00Z", "7:00 pm ET", 24, []),
        ("2025-11-13T00:00:00Z", "2025-11-12T19:00:00Z", "Final", 24, []),
        ("2025-11-13T00:00:00Z", "2025-11-12T19:00:00Z", "8:00 pm ET", 24, ["is not the tip-off"]),
        ("2025-11-13T01:00:00Z", "2025-11-12T19:00:00Z", "7:00 pm ET", 25, ["the UTC field is"]),
        ("2025-11-13T17:00:00Z", "2025-11-13T12:00:00Z", "Final", 41, ["but gameDateTimeEst is"]),
        ("2025-11-11T17:00:00Z", "2025-11-11T12:00:00Z", "Final", -7, ["but gameDateTimeEst is"]),
        ("2025-11-14T00:00:00Z", "2025-11-12T19:00:00Z", "Final", None, ["to be determined"]),
        ("2025-11-13T00:00:00Z", "2025-11-14T19:00:00Z", "Final", None, ["to be determined"]),
        ("2025-11-10T23:00:00Z", "2025-11-11T19:00:00Z", "Final", None, ["to be determined"]),
        ("2025-11-11T23:00:00Z", "2025-11-10T19:00:00Z", "Final", None, ["to be determined"]),
        (None, None, "TBD", None, []),
        (None, "2025-11-12T19:00:00Z", "PPD", None, ["it is called off and keeps no time"]),
        ("2025-11-13T00:00:00Z", 7, "PPD", None, ["it is called off and keeps no time"]),
    ],
)
def test_the_utc_field_is_the_tip_off_and_what_contradicts_it_is_said(
    utc: object, eastern: object, text: str, hour: int | None, said: list[str]
) -> None:
    """Up to a day away it is believed; beyond that the game has no time yet."""
    found, warnings = read(utc, eastern, text)
    hours = found and (found - datetime(2025, 11, 12, tzinfo=UTC)).total_seconds() / 3600
    assert hours == hour
    assert len(warnings) == len(said)
    assert all(words in warning for words, warning in zip(said, warnings, strict=True))
    assert all("0022500213" in warning for warning in warnings)


@pytest.mark.parametrize(
    ("utc", "eastern", "field"),
    [
        ("noon", "2025-11-12T19:00:00Z", "gameDateTimeUTC"),
        ("2025-11-13T00:00:00Z", None, "gameDateTimeEst"),
    ],
)
def test_a_game_that_is_to_be_played_has_a_time(utc: object, eastern: object, field: str) -> None:
    """The error names the game and the field."""
    with pytest.raises(BadInputError, match=f"0022500213.*{field}"):
        read(utc, eastern)
