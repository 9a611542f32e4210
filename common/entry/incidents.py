"""An alert line once an incident, not once a retry (scenarios A1 and A2).

An incident is a function failing with one class of error in hour after hour. Who comes first in
an hour creates `alerts/<hour>/<function>-<error class>` in the state bucket; the others find it
there, whatever instance they are, and are silent.

| Severity | Message | When |
| --- | --- | --- |
| ERROR | Alert | the first of an incident |
| WARNING | Still failing | the first of each following hour |
| CRITICAL | Alert | the state store itself cannot be reached (D3): once an hour and instance |
"""

from datetime import UTC, datetime, timedelta

from common.errors import ConflictError
from common.logs import Severity, log
from common.runtime import Runtime

_HOUR = timedelta(hours=1)
_KEPT = 1000
"""Hours and errors an instance remembers before it asks the bucket again."""


def alert(runtime: Runtime, function: str, error: Exception, *, early: bool = False) -> None:
    """Tell of a failure, unless its incident was told of; never raises.

    Args:
        runtime: storage and clock; what this instance has told of is kept with it.
        function: the one that failed.
        error: why.
        early: it may pass by itself yet; only a state store that does not answer is told of.
    """
    kind = f"{function}-{type(error).__name__}"
    now = runtime.clock.now()
    told = runtime.logged
    if _name(now, kind) in told:
        return
    found = _judge(runtime, now, kind, early=early)
    if found is None and early:
        return
    if len(told) >= _KEPT:
        told.clear()
    told.add(_name(now, kind))
    if found is not None:
        log(
            found[0],
            found[1],
            function=function,
            error_class=type(error).__name__,
            error=error,
            result="state store unreachable" if found[0] == "CRITICAL" else None,
        )


def _judge(
    runtime: Runtime, now: datetime, kind: str, *, early: bool
) -> tuple[Severity, str] | None:
    """Severity and message; None where another delivery has told."""
    bucket = runtime.settings.state_bucket
    try:
        if early:
            runtime.storage.stat(bucket, _name(now, kind))
            return None
        runtime.storage.create(bucket, _name(now, kind), b"{}")
        lasts = runtime.storage.stat(bucket, _name(now - _HOUR, kind)) is not None
    except ConflictError:
        return None
    except Exception:  # noqa: BLE001 - whatever it is, the store did not answer
        return "CRITICAL", "Alert"
    return ("WARNING", "Still failing") if lasts else ("ERROR", "Alert")


def _name(instant: datetime, kind: str) -> str:
    return f"alerts/{instant.astimezone(UTC):%Y-%m-%dT%H}/{kind}"
