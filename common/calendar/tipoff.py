"""The tip-off of a listed game, from its UTC field, its Eastern field and its text."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from common.calendar.game_ids import broken
from common.calendar.playing import clock_text, is_called_off, status_text
from common.eastern import EASTERN
from common.errors import BadInputError

APART_MAX = timedelta(days=1)
"""How far a tip-off may be from the date that the game is listed under."""


def tipoff_of(game_id: str, day: date, raw: dict[str, Any], warnings: list[str]) -> datetime | None:
    """Return the UTC field; None while the time is to be determined.

    It warns if the Eastern field or the text of the status contradicts it (T10), and where a time
    is of another day altogether, or a game that is called off has none: both are left out.

    Raises:
        BadInputError: a game that is to be played has no time; the text names game and field.
    """
    text = status_text(raw)
    if text == "TBD":
        return None
    try:
        tipoff = _instant(game_id, raw, "gameDateTimeUTC")
        # The Eastern field also ends in Z; the suffix is wrong and is replaced.
        eastern = _instant(game_id, raw, "gameDateTimeEst").replace(tzinfo=EASTERN)
    except BadInputError as error:
        if not is_called_off(raw):
            raise
        warnings.append(f"{error}; it is called off and keeps no time")
        return None
    if abs(tipoff.date() - day) > APART_MAX or abs(eastern.date() - day) > APART_MAX:
        warnings.append(
            f"game {game_id}: listed under {day}, but gameDateTimeUTC is {tipoff}; it counts as "
            "to be determined"
        )
        return None
    warnings += _contradictions(game_id, day, raw, tipoff, eastern)
    return tipoff


def _contradictions(
    game_id: str, day: date, raw: dict[str, Any], tipoff: datetime, eastern: datetime
) -> list[str]:
    text, found = status_text(raw), []
    if eastern != tipoff:
        found.append(
            f"game {game_id}: gameDateTimeUTC {raw['gameDateTimeUTC']} is not "
            f"gameDateTimeEst {raw['gameDateTimeEst']} read as Eastern; the UTC field is used"
        )
    elif text.endswith(" ET") and text != clock_text(eastern):
        found.append(
            f"game {game_id}: gameStatusText {text!r} is not the tip-off {clock_text(eastern)!r}"
        )
    if eastern.date() != day:
        found.append(f"game {game_id}: listed under {day}, but gameDateTimeEst is {eastern}")
    return found


def _instant(game_id: str, raw: dict[str, Any], name: str) -> datetime:
    value = raw.get(name)
    try:
        return datetime.fromisoformat(value).replace(tzinfo=UTC)  # type: ignore[arg-type]  # caught
    except (TypeError, ValueError):
        raise broken(game_id, name, value, "a time such as 2025-11-13T00:00:00Z") from None
