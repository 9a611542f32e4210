"""NBA.com's schedule as served: the recorded season, and small documents of a few games."""

import json
from typing import Any

import pytest

from tests.kit.situations import SEASON


def real_season() -> dict[str, Any]:
    """Return the recorded season 2024-25 as served."""
    if not SEASON.exists():
        pytest.skip(f"no recorded season at {SEASON}")
    document: dict[str, Any] = json.loads(SEASON.read_bytes())
    return document


def game(**changes: Any) -> dict[str, Any]:
    """Return one scheduled game as served."""
    return {
        "gameId": "0022500213",
        "gameStatus": 1,
        "gameStatusText": "7:00 pm ET",
        "gameDateTimeEst": "2025-11-12T19:00:00Z",
        "gameDateTimeUTC": "2025-11-13T00:00:00Z",
        "postponedStatus": "N",
        "awayTeam": {"teamTricode": "MIL", "score": 0},
        "homeTeam": {"teamTricode": "CHA", "score": 0},
        **changes,
    }


def scored(**changes: Any) -> dict[str, Any]:
    """Return the same game after it was played."""
    sides = {
        "awayTeam": {"teamTricode": "MIL", "score": 100},
        "homeTeam": {"teamTricode": "CHA", "score": 111},
    }
    return game(**{"gameStatus": 3, "gameStatusText": "Final", **sides, **changes})


def document(*games: dict[str, Any], day: str = "11/12/2025 00:00:00") -> dict[str, Any]:
    """Return a schedule of one date as served."""
    days = [{"gameDate": day, "games": list(games)}]
    return {"leagueSchedule": {"seasonYear": "2025-26", "gameDates": days}}
