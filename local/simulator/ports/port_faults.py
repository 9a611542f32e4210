"""Faults in the ports: errors as Google's services answer them, and processes that die.

Every write has a point before and one after it, named by what is written: `before claim`,
`after rows of workflow_decisions`. docs/simulator.md lists those of each function.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from google.api_core import exceptions as google

from common.clock import Clock
from common.cloud.tables import table
from common.errors import ConflictError
from local.simulator.chance import Chance
from local.simulator.fault_spec import Faults
from local.simulator.ports.intercepted import Call, Crash, Do
from local.simulator.ports.late_warehouse import LateWarehouse

NAME_CHARACTERS_MAX = 200
"""Longer names of calls are cut."""


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
    "conflict": lambda: ConflictError("it exists already: an earlier try of this call wrote it"),
}
"""What a call raises, by the kind of its fault."""
AFTER_THE_CALL = frozenset({"lost", "conflict"})
"""Errors that come although the call was carried out."""
OF_WRITES = AFTER_THE_CALL | {"late"}
"""Kinds that happen to writes only."""
SLOW_CALL = timedelta(seconds=45)
VISIBLE_AFTER = timedelta(minutes=5)
"""Until a late row is visible to reads."""
_POINTS: Sequence[tuple[str, str, str]] = (
    ("claims/", "/lease", "claim"),
    ("claims/", "/done", "done"),
    ("claims/", "/given-up", "given up"),
    ("tasks/", "/note.json", "note"),
    ("tasks/", "/version.json", "version"),
    ("switches/", ".json", "switch"),
    ("decided/", ".json", "decided batch"),
    ("executions/", "/manifest.json", "manifest"),
    ("executions/", "/tasks.json", "tasks"),
    ("executions/", "", "result"),
    ("cleanup/cursor.json", "", "cursor"),
    ("cleanup/", "/quarantined", "quarantine"),
    ("cleanup/", "", "try"),
    ("alerts/", "", "alert"),
    ("incidents/told.json", "", "told"),
)
"""How a state object's name begins and ends, and what it is called."""


class PortFaults:
    """What goes wrong in the ports of one delivery after another.

    Args:
        faults: how often.
        chance: draws.
        clock: of the world; a slow call moves it.
        late: makes appended rows visible later.
    """

    def __init__(self, faults: Faults, chance: Chance, clock: Clock, late: LateWarehouse) -> None:
        self._faults, self._chance, self._clock, self._late = faults, chance, clock, late
        self._delivery = ""
        self._is_dead = False
        self._calls: Counter[str] = Counter()

    def begin(self, delivery: str) -> None:
        """Begin a delivery, in a process that lives; its name is part of its calls' names."""
        self._delivery, self._is_dead = delivery, False
        self._calls.clear()

    def around(self, service: str, call: Call, do: Do) -> Any:  # noqa: ANN401 - any answer
        """Carry out a call of a service (`storage`, `bigquery` or `pubsub`), or fail it."""
        if self._is_dead:
            raise Crash
        point = point_of(call)
        about = self._name(call)
        self._check_outages(service)
        if call.writes:
            self._crash("before", point, about)
        found = self._answer(service, call, do, point, about)
        if call.writes:
            self._crash("after", point, about)
        return found

    def _name(self, call: Call) -> str:
        """A name for a call that is the same in every history with this delivery."""
        text = f"{call.name} {call.args[0]} {_of(call)}"[:NAME_CHARACTERS_MAX]
        self._calls[text] += 1
        return f"{self._delivery} {text} #{self._calls[text]}"

    def _check_outages(self, service: str) -> None:
        now = self._clock.now()
        if any(outage.covers(service, now) for outage in self._faults.outages):
            raise _answered(google.ServiceUnavailable, f"{service} is down")

    def _crash(self, when: str, point: str, about: str) -> None:
        if self._happens(self._faults.crash, "crash", f"{when} {point}", about):
            self._is_dead = True
            raise Crash

    def _answer(self, service: str, call: Call, do: Do, point: str, about: str) -> Any:  # noqa: ANN401 - any answer
        for rate in getattr(self._faults, service):
            if self._chance.share(service, point, about) >= rate.share:
                continue
            kind = self._chance.pick(rate.kinds, point, about)
            suits = call.writes or kind not in OF_WRITES
            if suits and self._happens(1, f"{service} {kind}", point, about):
                return self._fail(kind, do)
        return do()

    def _fail(self, kind: str, do: Do) -> Any:  # noqa: ANN401 - any answer
        if kind == "slow":
            self._clock.sleep(SLOW_CALL.total_seconds())
            return do()
        if kind == "late":
            return self._late.hide_while(do, self._clock.now() + VISIBLE_AFTER)
        if kind in AFTER_THE_CALL:
            do()
        error = ERRORS[kind]()
        raise error

    def _happens(self, share: float, kind: str, point: str, about: str) -> bool:
        named = f"{self._delivery.partition(' ')[0]} {point}"
        return self._chance.happens(share, kind, named, about, self._clock.now())


def point_of(call: Call) -> str:
    """Name the point that a call is, in the words of docs/simulator.md."""
    if call.name in {"publish", "publish_all"}:
        return f"message to {call.subject}"
    if call.name in {"append", "select", "has_begun"}:
        return f"rows of {call.subject}"
    name = call.subject
    named = (p for begin, end, p in _POINTS if name.startswith(begin) and name.endswith(end))
    found = next(named, "object")
    return found if call.writes else f"{call.name} {found}"


def _of(call: Call) -> str:
    """What tells a call from others of its kind in every history."""
    if call.name == "publish":
        return identity(call.args[1])
    if call.name == "publish_all":
        return " ".join(identity(body) for body, _ in call.args[1])
    if call.name == "append":
        rows = call.args[1]
        return str(rows[0].get(table(call.subject).id_column)) if rows else ""
    return str(call.args[1]) if len(call.args) > 1 else ""


def identity(body: Mapping[str, Any]) -> str:
    """Identify a message by its task's or decision's id, or else by all of its body.

    The instants in a message differ between histories with more and with fewer faults. An identity
    without them lets the same fault happen in both, so that a failing history can be shrunk.
    """
    for holder in (body.get("metadata"), body.get("execution"), body):
        for name in ("task_id", "decision_id"):
            if isinstance(holder, Mapping) and name in holder:
                return str(holder[name])
    return json.dumps(body, sort_keys=True)
