"""What Cloud Storage and BigQuery refuse, for the ports in memory; see `common/cloud/limits.py`.

The errors are those that Google's clients raise. Of a rate they show the last of their own tries,
so that a port waits first, as the client does.
"""

from collections import defaultdict, deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from google.api_core import exceptions as google

from common.clock import Clock
from common.cloud import limits
from common.cloud.times import pauses
from local.simulator.ports.object_limits import refusal_of

_WINDOW = timedelta(seconds=limits.DML_WINDOW_SECONDS)
_DAY = timedelta(hours=24)
_WRITE_INTERVAL = timedelta(seconds=1) / limits.WRITES.most


def _answered(error: Any, text: str, reason: str) -> Exception:  # noqa: ANN401 - untyped classes
    made: Exception = error(text, errors=[{"reason": reason}])
    return made


def check_object(name: str, metadata: Mapping[str, str]) -> None:
    """Refuse an object that Cloud Storage refuses.

    Raises:
        BadRequest: its name (`limits.OBJECT_NAME_BYTES`) or metadata (`limits.METADATA_BYTES`).
    """
    if text := refusal_of(name, metadata):
        raise _answered(google.BadRequest, text, "invalid")


def too_early(written: datetime | None, now: datetime) -> float:
    """Return how many seconds too early a write to a name is that was written at an instant."""
    if written is None:
        return 0.0
    return max(0.0, (written + _WRITE_INTERVAL - now).total_seconds())


class Statements:
    """The INSERT statements of each table, as BigQuery counts them.

    Args:
        seconds: how long one runs; what counts for those that run and wait.

    Attributes:
        refused: how many were refused so far, each of them a failed job.
    """

    def __init__(self, seconds: float = 0.0) -> None:
        self._lasts = timedelta(seconds=seconds)
        self._begun: dict[str, deque[datetime]] = defaultdict(deque)
        self._lock = Lock()
        self.refused = 0

    def begin(self, table: str, now: datetime) -> None:
        """Count one more statement of a table.

        Raises:
            TooManyRequests: there were 25 in 10 seconds (`limits.DML_STATEMENTS`).
            BadRequest: after 1,500 in 24 hours 10 run and 100 wait (`limits.INSERTS_QUEUED`); the
                text and reason are those of its other queue, of 20 mutating statements:
                https://github.com/m-lab/etl-gardener/issues/293
        """
        with self._lock:
            begun = self._begun[table]
            while begun and begun[0] <= now - _DAY:
                begun.popleft()
            if (error := self._refusal(table, begun, now)) is not None:
                self.refused += 1
                raise error
            begun.append(now)

    def wait(self, table: str, clock: Clock, key: str) -> None:
        """Count a statement as soon as the rate allows, as the port on BigQuery does.

        Args:
            table: that is written.
            clock: is slept with.
            key: names the append; it pauses as that port would.

        Raises:
            TooManyRequests: two minutes did not suffice.
            BadRequest: as above.
        """
        waits = pauses(key)
        while True:
            try:
                return self.begin(table, clock.now())
            except google.TooManyRequests:
                if (pause := next(waits, None)) is None:
                    raise
                clock.sleep(pause)

    def _refusal(self, table: str, begun: deque[datetime], now: datetime) -> Exception | None:
        if _since(begun, now - _WINDOW) >= limits.DML_STATEMENTS.most:
            return _answered(
                google.TooManyRequests,
                f"Exceeded rate limits: too many table dml insert operations for {table}.",
                "rateLimitExceeded",
            )
        most = limits.INSERTS_RUNNING.most + limits.INSERTS_QUEUED.most
        if len(begun) < limits.INSERTS_AT_ONCE.most or _since(begun, now - self._lasts) < most:
            return None
        return _answered(
            google.BadRequest,
            f"Resources exceeded during query execution: Too many DML statements outstanding "
            f"against table {table}, limit is {limits.INSERTS_QUEUED.most}",
            "resourcesExceeded",
        )


def _since(begun: deque[datetime], instant: datetime) -> int:
    """Count those that began after an instant, the newest first."""
    found = 0
    for when in reversed(begun):
        if when <= instant:
            break
        found += 1
    return found
