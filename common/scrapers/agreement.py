"""Holds an answer against the question, and its parts against their total.

Every error contains both values.
"""

from collections.abc import Iterable, Sequence

from common.messages.models import GameRef
from common.scrapers.model import ContractError, MismatchError, Record


def same(field: str, served: object, asked: object, where: str) -> None:
    """Refuse an answer about something else than what was asked for.

    Raises:
        ContractError: the served value differs from the one that was asked for.
    """
    if served != asked:
        raise ContractError(f"{where}: {field} is {served!r:.80}, asked was {asked!r:.80}")


def adds_up(
    parts: str, values: Iterable[float], total: float, where: str, within: float = 0
) -> None:
    """Refuse parts that miss their total.

    Args:
        parts: names the parts in the error.
        values: the parts.
        total: what they must add up to.
        where: names the scraper and the place.
        within: the difference that rounding explains.

    Raises:
        MismatchError: the sum differs from the total, as it may while an answer is being written.
    """
    found = sum(values)
    if abs(found - total) > within:
        raise MismatchError(f"{where}: {parts} add up to {found:g}, the total is {total:g}")


def final_score(rows: Sequence[Record], game: GameRef) -> tuple[int, int]:
    """Return the points of visitors and hosts from one record a team, in either order."""
    points = {row["teamTricode"]: row["score"] for row in rows}
    return points.get(game.away, 0), points.get(game.home, 0)


def distinct(field: str, values: Iterable[object], where: str) -> None:
    """Refuse a list that names something twice.

    Raises:
        ContractError: a value is there twice.
    """
    seen: set[object] = set()
    for value in values:
        if value in seen:
            raise ContractError(f"{where}: {field} {value!r:.80} is there twice")
        seen.add(value)
