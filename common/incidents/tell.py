"""Tells of incidents: what the view shows is compared with what was told, and the rest is sent."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta

from common.errors import ConflictError
from common.incidents.due import after, due
from common.incidents.incident import Incident, read_incidents
from common.incidents.notice import Notice
from common.incidents.roads import Send, roads_of
from common.incidents.told import HELD_FOR, Ledger, Told, read_ledger, write_ledger
from common.logs import log
from common.runtime import Runtime

SEEN_BACK = timedelta(days=8)
"""How long ago an incident may have closed to be seen: longer than sweeps are ever late."""
FAILED = "NOTICES_FAILED"


class Telling:
    """One sweep's look at the incidents: it reads at once, beside the sweep's own reads.

    Args:
        runtime: ports and settings.
        now: of the sweep; aware.
    """

    def __init__(self, runtime: Runtime, now: datetime) -> None:
        self._runtime, self._now = runtime, now
        self._reads: tuple[Future[list[Incident]], Future[tuple[Ledger, int]]] | None = None
        if runtime.settings.tell_incidents:
            self._reads = (
                runtime.threads.submit(read_incidents, runtime.warehouse),
                runtime.threads.submit(read_ledger, runtime.state),
            )

    def tell(self) -> list[str]:
        """Send what is due, and return a line for each notice that was sent.

        It never raises: what is not sent is logged, and due at the next sweep.
        """
        if self._reads is None:
            return []
        try:
            found, (ledger, generation) = self._reads[0].result(), self._reads[1].result()
            since = self._now - SEEN_BACK
            seen = [each for each in found if each.closed is None or each.closed >= since]
            return tell(self._runtime, self._now, seen, ledger, generation)
        except Exception as error:  # noqa: BLE001 - the sweep's row and its healing come first
            _log_failure("all roads", error)
            return []


def tell(
    runtime: Runtime, now: datetime, seen: Sequence[Incident], ledger: Ledger, generation: int
) -> list[str]:
    """Send by every road what it lacks; of two sweeps at once one does.

    Args:
        runtime: ports and settings.
        now: aware.
        seen: the incidents that are open or were closed lately.
        ledger: what was told.
        generation: of its object, as it was read.

    Returns:
        A line for each notice that was sent: its road, its code, rule and key.
    """
    roads = roads_of(runtime)
    told = {road: ledger.of(road, now) for road in roads}
    notices = {road: due(told[road], seen, now) for road in roads}
    if ledger.is_held(now):
        return []
    if not any(notices.values()):
        if not roads.keys() <= ledger.roads.keys():
            write_ledger(runtime.state, Ledger(roads={**ledger.roads, **told}), generation)
        return []
    held = Ledger(held_until=now + HELD_FOR, roads=ledger.roads)
    if not write_ledger(runtime.state, held, generation):
        return []
    lines = []
    for road, send in roads.items():
        sent, told[road] = _send_each(road, send, notices[road], told[road], now)
        lines += sent
    _note(runtime, {**ledger.roads, **told})
    return lines


def _send_each(
    road: str, send: Send, notices: Sequence[Notice], told: Told, now: datetime
) -> tuple[list[str], Told]:
    """Send notices until one cannot be; the rest, and that one, are due at the next sweep."""
    lines = []
    for notice in notices:
        try:
            send(notice)
        except Exception as error:  # noqa: BLE001 - one road's trouble is not the other's
            _log_failure(road, error)
            break
        told = after(told, notice, now)
        lines.append(f"{road}: {notice.code} {notice.rule} {notice.key}")
    return lines, told


def _note(runtime: Runtime, told: Mapping[str, Told]) -> None:
    """Write what was told over the hold of this sweep; nobody else has written meanwhile."""
    _, generation = read_ledger(runtime.state)
    if not write_ledger(runtime.state, Ledger(roads=told), generation):
        raise ConflictError("what was told was overwritten; it may be told once more")


def _log_failure(road: str, error: Exception) -> None:
    log(
        "ERROR",
        "Notices of incidents were not sent; the next sweep sends what is still due",
        code=FAILED,
        item=road,
        error_class=type(error).__name__,
        error=error,
    )
