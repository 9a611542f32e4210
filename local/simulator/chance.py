"""Which faults happen: drawn from a seed and from what they are about, never from their order.

A fault is therefore the same one in a history in which fewer others happen, and a failing history
can be shrunk to the few that matter (`local.simulator.shrink`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Fired:
    """A fault that happened: what kind, at which named point, about which delivery, and when."""

    kind: str
    point: str
    about: str
    instant: datetime

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is, whenever it happens."""
        return self.kind, self.point, self.about

    def __str__(self) -> str:
        """For a person."""
        return f"{self.instant:%Y-%m-%d %H:%M:%SZ} {self.kind} {self.point} ({self.about})"


class Chance:
    """Draws from a seed, and the memory of what they came to.

    Args:
        seed: of all draws.
        only: keys of the faults that may happen; None is all.
    """

    def __init__(self, seed: int, only: Collection[tuple[str, str, str]] | None = None) -> None:
        self.seed = seed
        self.fired: list[Fired] = []
        self._only = only

    def share(self, *about: object) -> float:
        """A number from 0 to below 1."""
        text = "\x1f".join(map(str, (self.seed, *about)))
        return int.from_bytes(sha256(text.encode()).digest()[:6]) / 2**48

    def pick(self, choices: Sequence[T], *about: object) -> T:
        """One of some choices."""
        return choices[int(self.share("pick", *about) * len(choices))]

    def happens(self, share: float, kind: str, point: str, about: str, now: datetime) -> bool:
        """Whether a fault happens here; remembered when it does."""
        if share <= 0 or self.share(kind, point, about) >= share:
            return False
        fault = Fired(kind, point, about, now)
        if self._only is not None and fault.key not in self._only:
            return False
        self.fired.append(fault)
        return True
