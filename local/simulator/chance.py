"""Draws which faults happen, from a seed and from what each fault is about, never from their order.

The same fault therefore happens in a history with fewer others, so that a failing history can be
shrunk to the few faults that matter (`local.simulator.shrink`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Fired:
    """A fault that happened: its kind, its named point, the delivery it hit, and its instant."""

    kind: str
    point: str
    about: str
    instant: datetime

    @property
    def key(self) -> tuple[str, str, str]:
        """The fault without its instant, which differs between histories."""
        return self.kind, self.point, self.about

    def __str__(self) -> str:
        """The fault as a line of a report."""
        return f"{self.instant:%Y-%m-%d %H:%M:%SZ} {self.kind} {self.point} ({self.about})"


class Chance:
    """Draws from a seed, and remembers the faults that happened.

    Args:
        seed: of all draws.
        only: keys of the faults that may happen; None is all.
    """

    def __init__(self, seed: int, only: Collection[tuple[str, str, str]] | None = None) -> None:
        self.seed = seed
        self.fired: list[Fired] = []
        self._only = only

    def share(self, *about: object) -> float:
        """Draw a number from 0 to below 1."""
        text = "\x1f".join(map(str, (self.seed, *about)))
        return int.from_bytes(sha256(text.encode()).digest()[:6]) / 2**48

    def pick(self, choices: Sequence[T], *about: object) -> T:
        """Draw one of some choices."""
        return choices[int(self.share("pick", *about) * len(choices))]

    def happens(self, share: float, kind: str, point: str, about: str, now: datetime) -> bool:
        """Draw whether a fault happens here, and remember it when it does."""
        if share <= 0 or self.share(kind, point, about) >= share:
            return False
        fault = Fired(kind, point, about, now)
        if self._only is not None and fault.key not in self._only:
            return False
        self.fired.append(fault)
        return True
