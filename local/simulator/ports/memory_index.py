"""Indexes of the in-memory ports, so that a read costs the same however much else is stored."""

import sys
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from common.cloud.ports import Row

T = TypeVar("T")
_LAST_CHARACTER = "\U0010ffff"
_VIEWS_MAX = 16
Where = Mapping[str, frozenset[Any]]


class Names(Generic[T]):
    """The items of a bucket in the order of their names.

    They lie in one sorted list for each folder at the top, so that a new name moves few others.
    """

    def __init__(self) -> None:
        # A folder's key ends in a slash, so that sorted keys make sorted names.
        self._tops: list[str] = []
        self._names: dict[str, list[str]] = {}
        self._items: dict[str, list[T]] = {}

    def put(self, name: str, item: T) -> None:
        """Add an item under its name, or replace the one that is there."""
        top = _top(name)
        if top not in self._names:
            insort(self._tops, top)
            self._names[top], self._items[top] = [], []
        names, items = self._names[top], self._items[top]
        place = bisect_left(names, name)
        if place < len(names) and names[place] == name:
            items[place] = item
        else:
            names.insert(place, name)
            items.insert(place, item)

    def remove(self, name: str) -> None:
        """Remove the item of a name."""
        top = _top(name)
        place = bisect_left(self._names[top], name)
        del self._names[top][place], self._items[top][place]
        if not self._names[top]:
            self._tops.remove(top)
            del self._names[top], self._items[top]

    def listed(
        self, prefix: str, start: str = "", end: str | None = None, limit: int = sys.maxsize
    ) -> list[T]:
        """List up to `limit` items whose names begin with `prefix`, `start` <= name < `end`."""
        first, last = max(prefix, start), prefix + _LAST_CHARACTER
        last = last if end is None else min(last, end)
        found: list[T] = []
        for top in self._tops_of(prefix):
            names = self._names[top]
            low, high = bisect_left(names, first), bisect_left(names, last)
            found += self._items[top][low : min(high, low + limit - len(found))]
            if len(found) >= limit:
                break
        return found

    def folders(self, prefix: str) -> list[str]:
        """List the parts of names that follow `prefix`, up to the next slash."""
        if "/" not in prefix:
            tops = self._tops_of(prefix)
            return [top[len(prefix) :] for top in tops if top.endswith("/")]
        found: list[str] = []
        names = self._names.get(_top(prefix), [])
        place = bisect_left(names, prefix)
        while place < len(names) and names[place].startswith(prefix):
            below, slash, _ = names[place][len(prefix) :].partition("/")
            if slash:
                found.append(below + slash)
                place = bisect_left(names, prefix + below + _AFTER_SLASH, place)
            else:
                place += 1
        return found

    def _tops_of(self, prefix: str) -> list[str]:
        """List the folders at the top, and the names without a folder, that a prefix may mean."""
        if "/" in prefix:
            return [top for top in (_top(prefix),) if top in self._names]
        low = bisect_left(self._tops, prefix)
        return self._tops[low : bisect_left(self._tops, prefix + _LAST_CHARACTER, low)]


_AFTER_SLASH = chr(ord("/") + 1)


def _top(name: str) -> str:
    head, slash, _ = name.partition("/")
    return head + slash


class Partition:
    """The rows of one day, and cached views of them that grow with them."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._views: dict[object, tuple[int, list[tuple[Any, Row]]]] = {}

    def view(self, columns: Sequence[str], where: Where, order: str) -> list[tuple[Any, Row]]:
        """Some columns of the matching rows, each with its value of `order`; read only."""
        key = (tuple(columns), tuple(where.items()))
        seen, found = self._views.get(key, (0, []))
        if seen < len(self.rows):
            found = found + [
                (row[order], {name: row[name] for name in columns})
                for row in self.rows[seen:]
                if all(row[name] in values for name, values in where.items())
            ]
            if len(self._views) >= _VIEWS_MAX:
                self._views.clear()
            self._views[key] = (len(self.rows), found)
        return found

    def forget_views(self) -> None:
        """Free the cached views."""
        self._views.clear()


def partition_day(value: date) -> date:
    """Return the day of a partition value: a DATE itself, a TIMESTAMP's (UTC) day."""
    return value.date() if isinstance(value, datetime) else value


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield the days of the partitions from one value to another, both included."""
    numbers = range(partition_day(first).toordinal(), partition_day(last).toordinal() + 1)
    return map(date.fromordinal, numbers)
