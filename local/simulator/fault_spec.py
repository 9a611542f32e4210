"""Reads what goes wrong in a simulation, and how often: `duplicate=5%,crash=1%,bigquery=429:2%`.

docs/simulator.md lists keys and kinds.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from common.configuration.topology import Topology
from common.eastern import EASTERN
from common.errors import BadInputError

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
STORAGE = ("429", "500", "503", "timeout", "lost", "conflict", "slow")
BIGQUERY = ("429", "500", "503", "quota", "timeout", "lost", "late", "slow")
PUBSUB = ("429", "500", "503", "timeout", "lost", "slow")
SOURCE = ("403", "404", "429", "500", "503", "garbage")
SERVICES = {"storage": STORAGE, "bigquery": BIGQUERY, "pubsub": PUBSUB}
REAL_SEASON = "real-2025-26"
"""The key of `local/simulator/real_season.py`."""
DELAY_MAX = timedelta(minutes=30)
"""How late a delayed message comes where the fault names no span."""


@dataclass(frozen=True)
class Outage:
    """A function or service that refuses everything from `start` (aware) to before `end`."""

    name: str
    start: datetime
    end: datetime

    def covers(self, name: str, now: datetime) -> bool:
        """Whether it is down at an instant."""
        return name == self.name and self.start <= now < self.end


@dataclass(frozen=True)
class Rate:
    """A share of calls that fail, each in one of some kinds."""

    share: float
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Faults:
    """The faults of a simulation, off by default; shares are from 0 to 1.

    Attributes:
        late: how long after a game's end its data is published, at most.
        duplicate: share of deliveries that come twice.
        reorder: share of deliveries that others overtake.
        drop: share of messages that are lost on their way to a function, for good.
        delay: share of messages that come up to `delay_by` late.
        delay_by: how late, at most.
        crash: share of named points (before and after each write) at which the process dies.
        clock: share of deliveries whose instance's clock is up to 90 s off.
        storage: share of calls that fail or are slow; likewise the next two.
        bigquery: the tables.
        pubsub: publishing.
        source: share of scrapes whose source fails longer than the runner's own tries.
        outages: spans in which a function or a service is down.
        real: sources break as they did in the season of 2025-26.
    """

    late: timedelta = timedelta(0)
    duplicate: float = 0.0
    reorder: float = 0.0
    drop: float = 0.0
    delay: float = 0.0
    delay_by: timedelta = DELAY_MAX
    crash: float = 0.0
    clock: float = 0.0
    storage: tuple[Rate, ...] = ()
    bigquery: tuple[Rate, ...] = ()
    pubsub: tuple[Rate, ...] = ()
    source: tuple[Rate, ...] = ()
    outages: tuple[Outage, ...] = ()
    real: bool = False

    @property
    def in_ports(self) -> bool:
        """Whether calls of a function can fail or be its last."""
        down = any(outage.name in SERVICES for outage in self.outages)
        return bool(self.crash or self.storage or self.bigquery or self.pubsub or down)

    @property
    def in_transit(self) -> bool:
        """Whether a message can be lost, late or there twice."""
        return bool(self.duplicate or self.reorder or self.drop or self.delay)

    @property
    def change_decisions(self) -> bool:
        """Whether decisions may differ from the plan; duplicates and order change none."""
        return bool(
            self.in_ports
            or self.late
            or self.source
            or self.outages
            or self.drop
            or self.delay
            or self.clock
            or self.real
        )

    @property
    def hold_up(self) -> bool:
        """Whether a tick may be handled only on the next day."""
        return bool(self.in_ports or self.delay or self.lose_ticks)

    @property
    def lose_ticks(self) -> bool:
        """Whether a tick may never be handled."""
        return bool(self.drop or self.outages)


def parse_faults(text: str, topology: Topology) -> Faults:
    """Read `key=value` pairs, separated by commas.

    Raises:
        BadInputError: a key is unknown or given twice, or its value has not the key's form.
    """
    faults = Faults()
    given: set[str] = set()
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        key, _, value = part.partition("=")
        if key not in READERS:
            raise BadInputError(f"--faults {part!r}: unknown; known are {', '.join(READERS)}")
        if key in given - _ADD_UP:
            raise BadInputError(f"--faults {part!r}: {key} is given twice; leave one of them out")
        given.add(key)
        try:
            faults = READERS[key](faults, value, topology)
        except (ValueError, OverflowError) as error:
            raise BadInputError(f"--faults {part!r}: {error}") from error
    return faults


def _share(value: str) -> float:
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)%", value)
    if not found or float(found[1]) > 100:  # noqa: PLR2004 - percent
        raise ValueError("give a percentage such as 1%")
    return float(found[1]) / 100


def _span(value: str) -> timedelta:
    found = re.fullmatch(r"([0-9]{1,5})([mhd])", value)
    if not found:
        raise ValueError("give a span such as 45h, 30m or 2d, of up to five digits")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _plain(faults: Faults, value: str, _: Topology, *, key: str, default: str = "") -> Faults:
    given: dict[str, Any] = {key: _share(value or default)}
    return replace(faults, **given)


def _delay(faults: Faults, value: str, _: Topology) -> Faults:
    span, colon, share = value.rpartition(":")
    by = _span(span) if colon else DELAY_MAX
    return replace(faults, delay=_share(share), delay_by=by)


def _rate(faults: Faults, value: str, _: Topology, *, key: str, kinds: tuple[str, ...]) -> Faults:
    kind, colon, share = value.rpartition(":")
    if colon and kind not in kinds:
        raise ValueError(f"no kind {kind!r}; known are {', '.join(kinds)}")
    # A share without a kind means a source that is down; other kinds have to be named.
    unnamed = ("503",) if key == "source" else kinds
    rate = Rate(_share(share), (kind,) if colon else unnamed)
    given: dict[str, Any] = {key: (*getattr(faults, key), rate)}
    return replace(faults, **given)


def _outage(faults: Faults, value: str, topology: Topology) -> Faults:
    name, colon, rest = value.partition(":")
    start, slash, span = rest.partition("/")
    known = {subscription.function for subscription in topology.subscriptions} | SERVICES.keys()
    if not colon or not slash:
        raise ValueError("give NAME:START/SPAN, as in master_controller:2025-01-15T06:00/48h")
    if name not in known:
        raise ValueError(f"no function or service {name!r}; known are {', '.join(sorted(known))}")
    instant = datetime.fromisoformat(start)
    instant = instant if instant.tzinfo else instant.replace(tzinfo=EASTERN)
    down = Outage(name, instant, instant + _span(span))
    return replace(faults, outages=(*faults.outages, down))


def _real(faults: Faults, value: str, _: Topology) -> Faults:
    if value:
        raise ValueError("it takes no value")
    return replace(faults, real=True)


_ADD_UP = {"storage", "bigquery", "pubsub", "source", "outage"}
READERS: dict[str, Callable[[Faults, str, Topology], Faults]] = {
    "duplicate": partial(_plain, key="duplicate"),
    "reorder": partial(_plain, key="reorder", default="100%"),
    "drop": partial(_plain, key="drop"),
    "delay": _delay,
    "crash": partial(_plain, key="crash"),
    "clock": partial(_plain, key="clock"),
    "storage": partial(_rate, key="storage", kinds=STORAGE),
    "bigquery": partial(_rate, key="bigquery", kinds=BIGQUERY),
    "pubsub": partial(_rate, key="pubsub", kinds=PUBSUB),
    "source": partial(_rate, key="source", kinds=SOURCE),
    "late": lambda faults, value, _: replace(faults, late=_span(value)),
    "outage": _outage,
    REAL_SEASON: _real,
}
