"""A notice: what is told of incidents in one message, as texts for any form."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from common.eastern import eastern
from common.incidents.incident import Incident

Change = Literal["OPENED", "CLOSED", "DIGEST"]
LISTED_MAX = 10
"""How many incidents a message lists; it tells how many more there are."""
SEVERAL = "several"
WORST_FIRST = ("ERROR", "WARNING", "TEST")
"""The levels; a message is a test only where nothing of it is a fault."""


@dataclass(frozen=True)
class Notice:
    """One message: incidents that are new, that are over, or that last.

    Attributes:
        change: which of the three.
        incidents: at least one; a digest, and many at once, have more.
    """

    change: Change
    incidents: tuple[Incident, ...]

    @property
    def code(self) -> str:
        """The stable code of the message."""
        return f"INCIDENT_{self.change}"

    @property
    def rule(self) -> str:
        """The rule that all its incidents have, or `several`."""
        rules = {incident.rule for incident in self.incidents}
        return rules.pop() if len(rules) == 1 else SEVERAL

    @property
    def key(self) -> str:
        """The key of its one incident, or how many there are."""
        one = self.incidents[0].key if len(self.incidents) == 1 else None
        return one or f"{len(self.incidents)} incidents"

    @property
    def level(self) -> str:
        """The worst level of its incidents."""
        return min((incident.level for incident in self.incidents), key=WORST_FIRST.index)

    @property
    def opened(self) -> datetime:
        """When its first incident began."""
        return min(incident.opened for incident in self.incidents)

    @property
    def title(self) -> str:
        """One line: what changed, of which rule and key."""
        what = {"OPENED": "Opened", "CLOSED": "Over", "DIGEST": "Still open"}[self.change]
        test = "TEST, no fault. " if self.level == "TEST" else ""
        return f"{test}{what}: {self.rule}, {self.key}"

    @property
    def lines(self) -> list[str]:
        """A line for each incident, of the first ones."""
        told = [_line(incident) for incident in self.incidents[:LISTED_MAX]]
        left = len(self.incidents) - len(told)
        return [*told, f"and {left} more: python -m local incidents"] if left else told


def _line(incident: Incident) -> str:
    return " ".join(_parts(incident))


def _parts(incident: Incident) -> Iterator[str]:
    yield f"{incident.level} {incident.rule} {incident.key}:"
    yield f"since {_time(incident.opened)}"
    if incident.closed is not None:
        yield f"until {_time(incident.closed)}"
    if incident.recovered is False:
        yield "(nothing good has come; it is not waited for any more)"
    if incident.times > 1:
        yield f"({incident.times} times, last {_time(incident.last_seen)})"
    yield f"- {incident.detail}"


def _time(instant: datetime) -> str:
    return f"{eastern(instant):%Y-%m-%d %H:%M} ET"
