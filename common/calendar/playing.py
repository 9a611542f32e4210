"""Whether a listed game is to be played on its date, from the letter and the text of its status.

NBA.com documents neither. What is known to mean "not played" postpones a game; what nobody has
seen yet is a warning and postpones nothing, so that a new letter never empties a season.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

AS_SCHEDULED = ("N", "A")
"""Letters of `postponedStatus` for a game that is played as scheduled; so is one without a letter.
A whole season was served with `A` for every game."""
POSTPONED = ("Y",)
_NOT_PLAYED = re.compile(
    r"\b(ppd|postponed|cancell?ed|rescheduled|suspended|abandoned)\b", re.IGNORECASE
)
_PLAYED = re.compile(
    r"""tbd | \d{1,2}:\d\d\s[ap]m\set                # before the tip-off
    | (q\d|\dq|\d(st|nd|rd|th)(\sqtr)?|ot\d*|\d*ot)(\s.*)?  # a period and its clock
    | half(time)? | (start|end)\s.* | pre-?game | delayed
    | final(/\d*ot\d*)?""",
    re.IGNORECASE | re.VERBOSE,
)


def is_called_off(game: dict[str, Any]) -> bool:
    """Return whether a listed game says in its letter or its text that it is not played."""
    return game.get("postponedStatus") in POSTPONED or bool(_NOT_PLAYED.search(status_text(game)))


def is_called_final(game: dict[str, Any]) -> bool:
    """Return whether the text of the status is final, whatever the letter is."""
    return status_text(game).casefold().startswith("final")


def unknown_fields(game: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """Yield the name and the value of each field whose meaning is not known."""
    letter = game.get("postponedStatus")
    if letter and letter not in AS_SCHEDULED + POSTPONED:
        yield "postponedStatus", letter
    text = status_text(game)
    if text and not (_NOT_PLAYED.search(text) or _PLAYED.fullmatch(text)):
        yield "gameStatusText", text


def status_text(game: dict[str, Any]) -> str:
    """Return the text of the status; empty without one."""
    return str(game.get("gameStatusText") or "").strip()


def clock_text(eastern: datetime) -> str:
    """Return the text that a scheduled game has for its tip-off, such as `7:30 pm ET`."""
    half = "am" if eastern.hour < 12 else "pm"  # noqa: PLR2004 - noon on a clock face
    return f"{eastern.hour % 12 or 12}:{eastern.minute:02d} {half} ET"
