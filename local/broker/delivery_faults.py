"""Seeded delivery faults: what Pub/Sub may do, but more often, so that tests meet it."""

import threading
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from common.errors import ConfigError


@dataclass(frozen=True)
class Faults:
    """How often push deliveries are disturbed: probabilities from 0 to 1, 0 by default."""

    duplicate: float = 0.0
    """A message is delivered twice, with the same message id."""
    delay: float = 0.0
    """A delivery is late by up to `max_delay_seconds` of virtual time."""
    max_delay_seconds: float = 60.0
    reorder: float = 0.0
    """A delivery waits until the subscription's next message was delivered."""

    def __post_init__(self) -> None:
        for field in ("duplicate", "delay", "reorder"):
            value = getattr(self, field)
            if not 0 <= value <= 1:
                raise ConfigError(f"broker faults: {field}={value} is no probability; give 0 to 1")
        if self.max_delay_seconds < 0:
            raise ConfigError(
                f"broker faults: max_delay_seconds={self.max_delay_seconds} is negative; give >= 0"
            )


@dataclass(frozen=True)
class Fate:
    """What happens to one copy of a message before its delivery."""

    late: timedelta = timedelta(0)
    """Virtual time."""
    hold: bool = False
    """Whether the subscription's next message is delivered first."""


def undisturbed() -> list[Fate]:
    """Deliver one copy, at once."""
    return [Fate()]


class Dice:
    """Draws fates at random; the same seed gives the same sequence of fates. Thread-safe."""

    def __init__(self, faults: Faults, seed: int) -> None:
        self._faults = faults
        self._random = Random(seed)  # noqa: S311 - test faults, nothing secret
        self._lock = threading.Lock()

    def roll(self) -> list[Fate]:
        """Return a fate for each copy to deliver: one, or two when the message is duplicated."""
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
