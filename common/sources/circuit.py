"""A scraper's circuit: after failures in a row its source is left alone for a while (X7).

It goes by results, not by exceptions, and by base URL: while the one of the source itself is open,
the fallback is asked. Once the time is up everybody may ask again; the next failure opens it anew,
anything else closes it. A request that finds it open ends as FAILED without having been sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.settings import Settings
from common.sources.health import SourceEvent, failures_in_a_row


@dataclass(frozen=True)
class Circuit:
    """The circuit of one scraper and one of its base URLs.

    Attributes:
        failures: in a row, since anything else came of it.
        until: it is open before this instant (aware); None when it is closed.
    """

    failures: int
    until: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Whether the source is left alone."""
        return self.until is not None and now < self.until


def circuit_of(events: Sequence[SourceEvent], route: str, settings: Settings) -> Circuit:
    """The circuit of a route, from the scraper's latest events."""
    failures = failures_in_a_row(events, route)
    if len(failures) < settings.circuit_failures:
        return Circuit(len(failures), None)
    until = failures[-1].at + timedelta(seconds=settings.circuit_seconds)
    return Circuit(len(failures), until)
