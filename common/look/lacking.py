"""What is still missing of the dates before, as long as catch-up collects it."""

from datetime import date, timedelta
from math import ceil

from common.configuration.workflows import CatchUp
from common.look.coverage import DateCoverage, cover
from common.runtime import Runtime


def lacking_before(place: Runtime, day: date) -> tuple[DateCoverage, ...]:
    """Return the dates before one that lack data, the latest first.

    Dates about which nothing was decided are left out: the system was not there yet.

    Raises:
        TransientError: no schedule can be read.
    """
    days = (day - timedelta(days=back) for back in range(1, days_back(place) + 1))
    found = place.threads.map(lambda each: cover(place, each), days)
    return tuple(one for one in found if one.decisions and [*one.troubles()])


def days_back(place: Runtime) -> int:
    """Return how many days back catch-up collects; yesterday at least."""
    spans = (flow.span_hours for flow in place.configured.values() if isinstance(flow, CatchUp))
    return max(1, *(ceil(span / 24) for span in (0, *spans)))
