"""Makes the status of ESPN's games.

Only final games are recorded. The words of the other states are those that collectors quote from
answers of the same API: Scheduled with its `Thu, December 26th at 7:30 PM EST`, Postponed as `post`
and not completed.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from common.calendar.games import FINAL, LIVE, Game
from common.eastern import EASTERN
from local.fake_sources.counts import PERIODS

Payload = dict[str, Any]


class _Kind(NamedTuple):
    """A kind of status: ESPN's number, name, state and words."""

    number: str
    name: str
    state: str
    words: str


_SCHEDULED = _Kind("1", "STATUS_SCHEDULED", "pre", "Scheduled")
_LIVE = _Kind("2", "STATUS_IN_PROGRESS", "in", "In Progress")
_FINAL = _Kind("3", "STATUS_FINAL", "post", "Final")
_POSTPONED = _Kind("6", "STATUS_POSTPONED", "post", "Postponed")


def told_status(game: Game, state: int) -> Payload:
    """Make the status of a game: pre, in or post; a postponed game is post and not completed."""
    if game.postponed:
        return _told(_POSTPONED)
    if state == FINAL:
        return _told(_FINAL, period=PERIODS)
    if state == LIVE:
        told = _told(_LIVE, "6:00 - 2nd Quarter", "6:00 - 2nd", period=2)
        return told | {"clock": 360.0, "displayClock": "6:00"}
    return _told(_SCHEDULED, *_when(game))


def _told(kind: _Kind, detail: str = "", short: str = "", period: int = 0) -> Payload:
    about = {
        "id": kind.number,
        "name": kind.name,
        "state": kind.state,
        "completed": kind is _FINAL,
        "description": kind.words,
        "detail": detail or kind.words,
        "shortDetail": short or kind.words,
    }
    return {"clock": 0.0, "displayClock": "0.0", "period": period, "type": about}


def _when(game: Game) -> tuple[str, str]:
    """Write the tip-off in ESPN's two forms, with the zone behind the Eastern time."""
    if game.tipoff is None:
        return "TBD", "TBD"
    local = game.tipoff.astimezone(EASTERN)
    clock = f"{local:%I:%M %p %Z}".lstrip("0")
    endings = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
    day = f"{local.day}{endings.get(local.day, 'th')}"
    return f"{local:%a, %B} {day} at {clock}", f"{local.month}/{local.day} - {clock}"


def instant(moment: datetime) -> str:
    """Write an instant as ESPN does, in UTC and without seconds."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
