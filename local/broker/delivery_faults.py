"""Seeded faults: what Pub/Sub may do and rarely does, often enough for a test to meet it."""

import threading
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from common.errors import ConfigError


@dataclass(frozen=True)
class Faults:
    """How often a push delivery is disturbed; probabilities from 0 to 1, off by default."""

    duplicate: float = 0.0
    """A message is delivered a second time, under the same message id."""
    delay: float = 0.0
    """A delivery comes up to `max_delay_seconds` (virtual) late."""
    max_delay_seconds: float = 60.0
    reorder: float = 0.0
    """A delivery lets the subscription's next message pass it."""

    def __post_init__(self) -> None:
        for field in ("duplicate", "delay", "reorder"):
            value = getattr(self, field)
            if not 0 <= value <= 1:
                raise ConfigError(f"broker faults: {field}={value}: give a probability in 0..1")
        if self.max_delay_seconds < 0:
            raise ConfigError(
                f"broker faults: max_delay_seconds={self.max_delay_seconds}: give seconds >= 0"
            )


@dataclass(frozen=True)
class Fate:
    """What happens to one copy of a message on its way."""

    late: timedelta = timedelta(0)
    hold: bool = False


class Dice:
    """Draws fates; the same seed and the same order of publishes draw the same ones."""

    def __init__(self, faults: Faults, seed: int) -> None:
        self._faults = faults
        self._random = Random(seed)  # noqa: S311 - test faults, nothing secret
        self._lock = threading.Lock()

    def throw(self) -> list[Fate]:
        """One fate for each copy to deliver: one, or two when duplicated."""
        if not (self._faults.duplicate or self._faults.delay or self._faults.reorder):
            return [Fate()]
        with self._lock:
            copies = 2 if self._happens(self._faults.duplicate) else 1
            return [self._fate() for _ in range(copies)]

    def _fate(self) -> Fate:
        late = self._faults.max_delay_seconds * self._random.random()
        return Fate(
            late=timedelta(seconds=late if self._happens(self._faults.delay) else 0),
            hold=self._happens(self._faults.reorder),
        )

    def _happens(self, probability: float) -> bool:
        return self._random.random() < probability
