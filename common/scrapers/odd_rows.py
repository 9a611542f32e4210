"""Leaves out single rows of an unseen form from an answer about many things.

What is about one thing, such as a game's box score, is read whole or not at all.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from common.scrapers.model import ContractError, Record
from common.scrapers.shape import objects

T = TypeVar("T")
KEPT_SHARE_MIN = 0.5
"""With less of its rows read, an answer has another form than the known one."""


def without_odd(
    rows: Iterable[object], read: Callable[[Record], T], where: str
) -> tuple[list[T], tuple[str, ...]]:
    """Read the rows of an answer, without those of an unseen form.

    Args:
        rows: the rows as served.
        read: reads one row; raises ContractError naming row, field and value for an odd one.
        where: names the scraper and the list in errors.

    Returns:
        What was read, and a warning for each row that is left out.

    Raises:
        ContractError: most rows are odd; the text names the first of them.
    """
    found: list[T] = []
    odd: list[str] = []
    for row in rows:
        try:
            (record,) = objects([row], where)
            found.append(read(record))
        except ContractError as error:
            odd.append(str(error))
    if len(found) < KEPT_SHARE_MIN * (len(found) + len(odd)):
        raise ContractError(f"{odd[0]} ({len(odd)} of {len(found) + len(odd)} rows are odd)")
    return found, tuple(f"{text}; the row is left out" for text in odd)
