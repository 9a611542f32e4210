"""What goes wrong in a simulation, and how often: `source=1%,late=45h,outage=NAME:WHEN/SPAN`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from common.eastern import EASTERN
from common.errors import BadInputError
from common.topology import Topology

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Outage:
    """A function whose deliveries are refused from `start` (aware) to before `end`."""

    function: str
    start: datetime
    end: datetime

    def covers(self, function: str, now: datetime) -> bool:
        """Whether a delivery to a function is refused at an instant."""
        return function == self.function and self.start <= now < self.end


@dataclass(frozen=True)
class Faults:
    """Off by default; shares are from 0 to 1.

    Attributes:
        source: share of scrapes whose source fails longer than the runner's own tries.
        late: a game's post-game data is published up to this long after its end.
        duplicate: share of deliveries that are made twice.
        reorder: share of deliveries that others overtake.
        outages: spans in which a function is down.
    """

    source: float = 0.0
    late: timedelta = timedelta(0)
    duplicate: float = 0.0
    reorder: float = 0.0
    outages: tuple[Outage, ...] = ()

    @property
    def change_decisions(self) -> bool:
        """Whether the world is other than nominal; deliveries alone change no decision."""
        return bool(self.source or self.late or self.outages)


def parse_faults(text: str, topology: Topology) -> Faults:
    """Read `key=value` pairs, comma between.

    Raises:
        BadInputError: an unknown key, or a value not of its key's form.
    """
    faults = Faults()
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        key, _, value = part.partition("=")
        if key not in _READERS:
            raise BadInputError(f"--faults {part!r}: unknown; known are {', '.join(_READERS)}")
        try:
            faults = _READERS[key](faults, value, topology)
        except (ValueError, OverflowError) as error:
            raise BadInputError(f"--faults {part!r}: {error}") from error
    return faults


def _share(value: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)%", value)
    if not found or float(found[1]) > 100:  # noqa: PLR2004 - percent
        raise ValueError("give a percentage such as 1%")
    return float(found[1]) / 100


def _span(value: str) -> timedelta:
    found = re.fullmatch(r"(\d+)([mhd])", value)
    if not found:
        raise ValueError("give a span such as 45h, 30m or 2d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _outage(value: str, topology: Topology) -> Outage:
    function, colon, rest = value.partition(":")
    start, slash, span = rest.partition("/")
    known = {subscription.function for subscription in topology.subscriptions}
    if not colon or not slash:
        raise ValueError("give FUNCTION:START/SPAN, as in master_controller:2025-01-15T06:00/48h")
    if function not in known:
        raise ValueError(f"no function {function!r}; known are {', '.join(sorted(known))}")
    instant = datetime.fromisoformat(start)
    instant = instant if instant.tzinfo else instant.replace(tzinfo=EASTERN)
    return Outage(function, instant, instant + _span(span))


_READERS: dict[str, Callable[[Faults, str, Topology], Faults]] = {
    "source": lambda faults, value, _: replace(faults, source=_share(value)),
    "late": lambda faults, value, _: replace(faults, late=_span(value)),
    "duplicate": lambda faults, value, _: replace(faults, duplicate=_share(value)),
    "reorder": lambda faults, value, _: replace(faults, reorder=_share(value or "100%")),
    "outage": lambda faults, value, topology: replace(
        faults, outages=(*faults.outages, _outage(value, topology))
    ),
}
