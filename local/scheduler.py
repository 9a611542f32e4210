"""A day's scheduler ticks: what Cloud Scheduler would publish, in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from common.calendar.slots import parse_cron, slots_on
from common.configuration.topology import Topology


@dataclass(frozen=True, order=True)
class Tick:
    """One message of a scheduler job at its instant (aware UTC)."""

    instant: datetime
    job: str
    topic: str

    def body(self, topology: Topology) -> dict[str, Any]:
        """The job's message, with the instant as its scheduled time."""
        job = next(job for job in topology.jobs if job.name == self.job)
        return {**job.message, "scheduled_time": self.instant.isoformat()}


def ticks_of(topology: Topology, day: date) -> list[Tick]:
    """All ticks of an Eastern date, from midnight to midnight, in order of time."""
    return sorted(_ticks(topology, day))


def _ticks(topology: Topology, day: date) -> Iterator[Tick]:
    for job in topology.jobs:
        for instant in slots_on(parse_cron(job.cron), day):
            yield Tick(instant, job.name, job.topic)
