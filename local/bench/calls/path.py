"""The remote calls that follow one another from a trigger to an instant, and their weights."""

from collections.abc import Mapping
from dataclasses import dataclass, field

REMOTE = ("storage", "query", "insert", "publish", "source")
"""The kinds of remote calls: those of the three ports, and a request to a source."""
ONE_EACH: Mapping[str, float] = dict.fromkeys(REMOTE, 1)
"""Counts the calls: nothing between two functions weighs anything."""


@dataclass(frozen=True)
class Path:
    """The longest way from a trigger to an instant.

    Attributes:
        length: the sum of the weights on it: a number of calls, or seconds.
        kinds: how often each kind is on it.
    """

    length: float = 0
    kinds: Mapping[str, int] = field(default_factory=dict)

    def then(self, kind: str, weight: float) -> "Path":
        """Return the way that goes on with one thing more."""
        return Path(self.length + weight, {**self.kinds, kind: self.kinds.get(kind, 0) + 1})

    @property
    def calls(self) -> int:
        """The number of remote calls on it."""
        return sum(self.kinds.get(kind, 0) for kind in REMOTE)


def longer(one: Path, other: Path) -> Path:
    """Return the longer way of two that are waited for."""
    return max(one, other, key=lambda path: path.length)
