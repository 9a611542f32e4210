"""One alert line an incident, not one a retry (scenarios A1 and A2).

An incident is a function failing with one class of error in hour after hour. The first delivery of
an hour creates `alerts/<function>/<hour>-<error class>` in the state bucket; the others find it
there, whatever instance they are, and log nothing.

| Severity | `result` | When |
| --- | --- | --- |
| ERROR | incident | the first of an incident |
| WARNING | incident lasts | the first of each following hour |
| CRITICAL | state store unreachable | the state bucket fails (D3): once an hour and instance |
"""

import traceback
from datetime import datetime, timedelta
from typing import NamedTuple

from common.errors import OrchestrationError
from common.logs import Severity, log
from common.runtime import Runtime
from common.state import names
from common.state.store import StateStore

_HOUR = timedelta(hours=1)
MARKS_HELD_MAX = 1000
"""Hours and errors an instance remembers before it asks the bucket again."""


class _Line(NamedTuple):
    severity: Severity
    result: str
    message: str


_BEGINS = _Line("ERROR", "incident", "A function fails; its events are delivered again or are dead")
_LASTS = _Line("WARNING", "incident lasts", "A function still fails as in the hour before")
_NO_STATE = _Line(
    "CRITICAL",
    "state store unreachable",
    "The state bucket does not answer; no function can do its work until it does",
)


def report(runtime: Runtime, function: str, error: Exception, *, early: bool = False) -> None:
    """Log a failure, unless its incident was logged; never raises.

    Args:
        runtime: the state bucket and clock; what this instance has logged is kept with it.
        function: the one that failed.
        error: why.
        early: it may still pass by itself; only an unreachable state bucket is logged.
    """
    kind, now = type(error).__name__, runtime.clock.now()
    name = names.incident(now, function, kind)
    if name in runtime.logged:
        return
    line = _judge(runtime, now, function, kind, early=early)
    if line is None and early:
        return
    if len(runtime.logged) >= MARKS_HELD_MAX:
        runtime.logged.clear()
    runtime.logged.add(name)
    if line is not None:
        log(
            line.severity,
            line.message,
            result=line.result,
            function=function,
            code=error.code if isinstance(error, OrchestrationError) else None,
            error_class=kind,
            error=error,
            # Error Reporting groups by it: https://cloud.google.com/error-reporting/docs/formatting-error-messages
            stack_trace=_stack(error),
        )


def _stack(error: Exception) -> str:
    """Return the whole stack; of an error of ours without its causes, whose texts it has checked.

    pydantic's text has the values of unknown fields, which may be secrets (rule R10).
    """
    chain = not isinstance(error, OrchestrationError)
    return "".join(traceback.format_exception(error, chain=chain))


def _judge(
    runtime: Runtime, now: datetime, function: str, kind: str, *, early: bool
) -> _Line | None:
    """The line to log; None where another delivery has logged it."""
    try:
        return _first_of_the_hour(runtime.state, now, function, kind, early=early)
    except Exception:  # noqa: BLE001 - whatever it is, the state bucket did not answer
        return _NO_STATE


def _first_of_the_hour(
    state: StateStore, now: datetime, function: str, kind: str, *, early: bool
) -> _Line | None:
    name = names.incident(now, function, kind)
    if early:
        state.stat(name)
        return None
    if not state.mark(name):
        return None
    return _LASTS if state.stat(names.incident(now - _HOUR, function, kind)) else _BEGINS
