"""The in-memory ports, failing as Google's services and dying processes do, at named points.

Every write has a point before and one after it, named by what is written: `before claim`,
`after rows of workflow_decisions`. docs/simulator.md lists those of each function.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from google.api_core import exceptions as google

from common.clock import Clock
from common.cloud.ports import Row
from common.cloud.tables import table
from common.errors import ConflictError
from local.simulator.chance import Chance
from local.simulator.fault_spec import Faults
from local.simulator.memory import MemoryWarehouse

WRITES = frozenset({"create", "replace", "append", "publish"})
READS = frozenset({"read", "stat", "list", "folders", "select", "has_begun"})


def _answered(error: Any, text: str, **more: object) -> Exception:  # noqa: ANN401 - untyped classes
    made: Exception = error(text, **more)
    return made


_OVER = [{"reason": "quotaExceeded"}]
ERRORS: Mapping[str, Callable[[], Exception]] = {
    "429": lambda: _answered(google.TooManyRequests, "slow down"),
    "500": lambda: _answered(google.InternalServerError, "an error of theirs"),
    "503": lambda: _answered(google.ServiceUnavailable, "overloaded"),
    "quota": lambda: _answered(google.Forbidden, "too much", errors=_OVER),
    "timeout": lambda: TimeoutError("no answer"),
    "lost": lambda: ConnectionError("the connection broke before the answer came"),
    "conflict": lambda: ConflictError("it is there already (and it was this call that wrote it)"),
}
"""Of each kind; `lost` and `conflict` come after the call has been carried out."""
SLOW = timedelta(seconds=45)
VISIBLE_AFTER = timedelta(minutes=5)
_POINTS: Sequence[tuple[str, str, str]] = (
    ("claims/", "/lease", "claim"),
    ("claims/", "/done", "done"),
    ("decided/", ".json", "decided batch"),
    ("executions/", "/manifest.json", "manifest"),
    ("executions/", "/tasks.json", "tasks"),
    ("executions/", "", "result"),
    ("cleanup/cursor.json", "", "cursor"),
    ("cleanup/", "/quarantined", "quarantine"),
    ("cleanup/", "", "try"),
    ("alerts/", "", "alert"),
)
"""How a state object's name begins and ends, and what it is called."""


class Crash(BaseException):
    """The process is gone: nothing catches it, nothing is answered, nothing more is written."""


class Delivered:
    """The delivery under way: names its calls, and knows whether its process still lives."""

    def __init__(self) -> None:
        self.name = ""
        self.dead = False
        self._calls: Counter[str] = Counter()

    def begin(self, name: str) -> None:
        """A new process, so to speak."""
        self.name, self.dead = name, False
        self._calls.clear()

    def call(self, text: str) -> str:
        """A name for a call that is the same in every history with this delivery."""
        self._calls[text] += 1
        return f"{self.name} {text} #{self._calls[text]}"


class FaultyPort:
    """One port whose calls may fail, be slow, or be the last of their process.

    Args:
        inner: the port.
        service: `storage`, `bigquery` or `pubsub`.
        faults: how often.
        chance: draws.
        delivered: the delivery under way.
        clock: of the world; a slow call moves it.
    """

    def __init__(
        self,
        *,
        inner: Any,  # noqa: ANN401 - any of the three ports
        service: str,
        faults: Faults,
        chance: Chance,
        delivered: Delivered,
        clock: Clock,
    ) -> None:
        self._inner, self._service, self._faults = inner, service, faults
        self._chance, self._delivered, self._clock = chance, delivered, clock

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
        method = getattr(self._inner, name)
        if name not in WRITES | READS:
            return method
        return partial(self._call, name, method)

    def _call(self, name: str, method: Callable[..., Any], *args: Any, **named: Any) -> Any:  # noqa: ANN401 - any call
        if self._delivered.dead:
            raise Crash
        point = point_of(name, *args)
        about = self._delivered.call(f"{name} {args[0]} {_of(name, *args)}"[:200])
        self._down()
        if name in WRITES:
            self._die("before", point, about)
        found = self._fail(point, about, partial(method, *args, **named), writes=name in WRITES)
        if name in WRITES:
            self._die("after", point, about)
        return found

    def _down(self) -> None:
        now = self._clock.now()
        if any(outage.covers(self._service, now) for outage in self._faults.outages):
            raise _answered(google.ServiceUnavailable, f"{self._service} is down")

    def _die(self, when: str, point: str, about: str) -> None:
        if self._happens(self._faults.crash, "crash", f"{when} {point}", about):
            self._delivered.dead = True
            raise Crash

    def _fail(self, point: str, about: str, do: Callable[[], Any], *, writes: bool) -> Any:  # noqa: ANN401 - any answer
        for rate in getattr(self._faults, self._service):
            if self._chance.share(self._service, point, about) >= rate.share:
                continue
            kind = self._chance.pick(rate.kinds, point, about)
            suits = writes or kind not in {"conflict", "lost", "late"}
            if suits and self._happens(1, f"{self._service} {kind}", point, about):
                return self._failed(kind, do)
        return do()

    def _failed(self, kind: str, do: Callable[[], Any]) -> Any:  # noqa: ANN401 - any answer
        if kind == "slow":
            self._clock.sleep(SLOW.total_seconds())
            return do()
        if kind == "late":
            return self._inner.hide_while(do, self._clock.now() + VISIBLE_AFTER)
        if kind in {"lost", "conflict"}:
            do()
        error = ERRORS[kind]()
        raise error

    def _happens(self, share: float, kind: str, point: str, about: str) -> bool:
        named = f"{self._delivered.name.partition(' ')[0]} {point}"
        return self._chance.happens(share, kind, named, about, self._clock.now())


def point_of(name: str, *args: Any) -> str:  # noqa: ANN401 - a port's arguments
    """What a call is about, in the words of docs/simulator.md."""
    if name == "publish":
        return f"message to {args[0]}"
    if name in {"append", "select", "has_begun"}:
        return f"rows of {args[0]}"
    what = str(args[1]) if len(args) > 1 else ""
    named = (p for begin, end, p in _POINTS if what.startswith(begin) and what.endswith(end))
    found = next(named, "object")
    return found if name in {"create", "replace"} else f"{name} {found}"


def _of(name: str, *args: Any) -> str:  # noqa: ANN401 - a port's arguments
    """What tells a call from others of its kind in every history."""
    if name == "publish":
        return identity(args[1])
    if name == "append":
        return str(args[1][0].get(table(args[0]).id_column)) if args[1] else ""
    return str(args[1]) if len(args) > 1 else ""


def identity(body: Mapping[str, Any]) -> str:
    """What a message is about, whenever it was sent: its task's or decision's id, else all of it.

    Were it the instants in it as well, a fault would be another one in a history in which fewer
    others happen, and nothing could be left out of a failing one.
    """
    for holder in (body.get("metadata"), body.get("execution"), body):
        for name in ("task_id", "decision_id"):
            if isinstance(holder, Mapping) and name in holder:
                return str(holder[name])
    return json.dumps(body, sort_keys=True, default=str)


class LateWarehouse(MemoryWarehouse):
    """Some rows become visible to reads some time after they were written.

    An INSERT job's rows are visible at once; a streaming insert's, or a replica's, may not be.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._hidden: dict[tuple[str, str], datetime] = {}

    def hide_while(self, append: Callable[[], None], until: datetime) -> None:
        """Append, and hide what it appended from reads until an instant."""
        seen = {name: len(rows) for name, rows in self.rows.items()}
        append()
        for name, rows in self.rows.items():
            for row in rows[seen[name] :]:
                self._hidden[name, row[table(name).id_column]] = until

    def select(
        self,
        table_name: str,
        columns: Sequence[str],
        *,
        since: datetime,
        until: datetime,
        where: Mapping[str, str | Sequence[str]] | None = None,
    ) -> list[Row]:
        """Rows that are visible by now; see the port."""
        now = self._clock.now()
        self._hidden = {key: when for key, when in self._hidden.items() if when > now}
        if not self._hidden:
            return super().select(table_name, columns, since=since, until=until, where=where)
        key = table(table_name).id_column
        both = dict.fromkeys((*columns, key))
        rows = super().select(table_name, tuple(both), since=since, until=until, where=where)
        kept = (row for row in rows if (table_name, row[key]) not in self._hidden)
        return [{name: row[name] for name in columns} for row in kept]
