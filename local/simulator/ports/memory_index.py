"""Indexes of the in-memory ports, so that a read costs the same however much else is stored."""
# ruff: noqa: SLF001 - the folders of one tree know each other

import sys
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from common.cloud.ports import Row

T = TypeVar("T")
_LAST_CHARACTER = "\U0010ffff"
_VIEWS_MAX = 16
Where = Mapping[str, frozenset[Any]]


class Folder(Generic[T]):
    """The items below one folder, in the order of their names.

    A sub-folder's key ends in a slash, so that sorted keys make sorted names.

    Args:
        path: path of the folder with its slash; empty for the bucket.
        known: all folders of the bucket by path; the bucket's own folder starts the mapping.
    """

    __slots__ = ("_children", "_items", "_keys", "_known", "_path")

    def __init__(self, path: str = "", known: "dict[str, Folder[T]] | None" = None) -> None:
        self._path = path
        self._known = {} if known is None else known
        self._known[path] = self
        self._children: dict[str, Folder[T] | T] = {}
        self._keys: list[str] | None = None
        self._items: list[T] | None = None

    def put(self, name: str, item: T) -> None:
        """Add an item under its full name, or replace the one that is there."""
        # Insert straight into the deepest known folder; its ancestors cache no listing while it
        # caches none.
        near = self._known.get(name[: name.rfind("/") + 1])
        (near if near and near._items is None else self)._put(name, item)

    def _put(self, name: str, item: T) -> None:
        self._items = None
        key = self._key(name)
        if key not in self._children:
            self._keys = None
            if key.endswith("/"):
                self._children[key] = Folder(self._path + key, self._known)
        child = self._children.get(key)
        if isinstance(child, Folder):
            child._put(name, item)
        else:
            self._children[key] = item

    def remove(self, name: str) -> None:
        """Remove an item by its full name, and the folders that it leaves empty."""
        self._items = None
        key = self._key(name)
        child = self._children[key]
        if isinstance(child, Folder):
            child.remove(name)
            if child.keys():
                return
            del self._known[self._path + key]
        del self._children[key]
        self._keys = None

    def listed(self, prefix: str, start: str, limit: int = sys.maxsize) -> list[T]:
        """List about `limit` items whose names begin with `prefix`, from `start` on, in order."""
        folder = self._at(prefix)
        return folder.below(prefix, start, limit) if folder else []

    def below(self, prefix: str, start: str, limit: int) -> list[T]:
        """List likewise, for a prefix that ends within this folder."""
        keys, partial = self.keys(), prefix[len(self._path) :]
        low, high = bisect_left(keys, partial), bisect_left(keys, partial + _LAST_CHARACTER)
        if start.startswith(self._path):
            # One key further back: the folder that `start` itself is in.
            low = max(low, bisect_left(keys, start[len(self._path) :]) - 1)
        found: list[T] = []
        for key in keys[low:high]:
            child, name = self._children[key], self._path + key
            if not isinstance(child, Folder):
                found += [child] if name >= start else []
            elif start <= name:
                found += child.items(limit - len(found))
            elif start.startswith(name):
                found += child.below(name, start, limit)
            if len(found) >= limit:
                break
        return found

    def folders(self, prefix: str) -> list[str]:
        """List the parts of names that follow `prefix`, up to the next slash."""
        folder = self._at(prefix)
        if folder is None:
            return []
        partial = prefix[len(folder._path) :]
        kept = (key for key in folder.keys() if key.startswith(partial))  # noqa: SIM118 - no dict
        return [key[len(partial) :] for key in kept if key.endswith("/")]

    def keys(self) -> list[str]:
        """The keys directly in this folder, in order."""
        if self._keys is None:
            self._keys = sorted(self._children)
        return self._keys

    def items(self, limit: int) -> list[T]:
        """All items below, in order, or about `limit` of them; do not change the list."""
        if self._items is None:
            found: list[T] = []
            for key in self.keys():
                child = self._children[key]
                found += child.items(limit - len(found)) if isinstance(child, Folder) else [child]
                if len(found) >= limit:
                    return found
            self._items = found
        return self._items

    def _key(self, name: str) -> str:
        head, slash, _ = name[len(self._path) :].partition("/")
        return head + slash

    def _at(self, prefix: str) -> "Folder[T] | None":
        """The folder that a prefix ends in; call it on the bucket's own folder."""
        return self._known.get(prefix[: prefix.rfind("/") + 1])


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


def partition_day(value: date) -> date:
    """Return the day of a partition value: a DATE itself, a TIMESTAMP's (UTC) day."""
    return value.date() if isinstance(value, datetime) else value


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield the days of the partitions from one value to another, both included."""
    numbers = range(partition_day(first).toordinal(), partition_day(last).toordinal() + 1)
    return map(date.fromordinal, numbers)
