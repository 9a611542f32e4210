"""The one way into every function: parse, handle, answer.

| What happens | Answer | Effect |
| --- | --- | --- |
| handled, or done before | 200 | acknowledged |
| permanent error, from a topic | 200 | dead-lettered with function, error and original |
| permanent error, called directly | 400 | the caller sees the error |
| busy claim or transient error | 503 | the platform delivers again, with backoff |
| anything else | 500 | the same; after the last try the subscription dead-letters it |

Each failing delivery is a WARNING line; an incident is one ERROR line (`incidents.py` beside this).
"""

import json
import traceback
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Request

from common.entry.dead_letters import bury
from common.errors import ClaimBusyError, PermanentError, is_transient
from common.logs import log
from common.messages.envelope import Event, UnreadableMessageError, parse_event
from common.messages.models import Message, parse_message
from common.runtime import Runtime, current

_LONGEST_RAW = 256 * 1024
_SHOWN = 1000
PATIENCE = 3
"""Deliveries of one message that fail with a passing error before anybody is told."""
Reply = tuple[str, int, dict[str, str]]
Result = Mapping[str, Any]
M = TypeVar("M", bound=Message)
Handle = Callable[[Runtime, Event, M], Result]


def serve(request: Request, function: str, model: type[M], handle: Handle[M]) -> Reply:
    """Run the event of a request that functions-framework received through a handler."""
    body = request.get_data(cache=False)
    return respond(current(), dict(request.headers), body, (function, model, handle))


def respond(
    runtime: Runtime,
    headers: Mapping[str, str],
    body: bytes,
    route: tuple[str, type[M], Handle[M]],
) -> Reply:
    """Run one event through a handler.

    Args:
        runtime: ports and settings.
        headers: of the request.
        body: of the request.
        route: the function's name, the form of its message, and what does the work and returns
            what happened as a small JSON-ready mapping.

    Returns:
        Flask's (body, status, headers).
    """
    function, model, handle = route
    event = Event(shape="bare", data={}, raw=body[:_LONGEST_RAW].decode("utf-8", "replace"))
    try:
        event = parse_event(headers, body)
        result = handle(runtime, event, parse_message(model, event))
    except PermanentError as error:
        envelope = error.event if isinstance(error, UnreadableMessageError) else event
        return _refuse(runtime, function, envelope, error)
    except Exception as error:  # noqa: BLE001 - the answer decides about redelivery
        return _fail(runtime, function, event, error)
    log(
        "INFO",
        "Handled",
        function=function,
        message_id=event.message_id,
        attempt=event.delivery_attempt,
        **result,
    )
    return _reply(200, result)


def _refuse(runtime: Runtime, function: str, event: Event, error: PermanentError) -> Reply:
    log(
        "WARNING",
        "Refused",
        function=function,
        message_id=event.message_id,
        error_class=type(error).__name__,
        error=error,
    )
    shown = str(error)[:_SHOWN]
    if event.shape == "bare":
        return _reply(400, {"result": "refused", "error": shown})
    try:
        bury(runtime, function, event, error)
    except Exception as failure:  # noqa: BLE001 - not recorded is not acknowledged
        return _fail(runtime, function, event, failure)
    _alert(runtime, function, error)
    return _reply(200, {"result": "dead-lettered", "error": shown})


def _fail(runtime: Runtime, function: str, event: Event, error: Exception) -> Reply:
    busy = isinstance(error, ClaimBusyError)
    passing = busy or is_transient(error)
    log(
        "WARNING",
        "Will be delivered again",
        function=function,
        message_id=event.message_id,
        attempt=event.delivery_attempt,
        error_class=type(error).__name__,
        error=error if passing else f"{error} | {_where(error)}",
    )
    if not busy:
        early = passing and (event.delivery_attempt or 1) < PATIENCE
        _alert(runtime, function, error, early=early)
    return _reply(503 if passing else 500, {"result": "retry", "error": type(error).__name__})


def _alert(runtime: Runtime, function: str, error: Exception, *, early: bool = False) -> None:
    from common.entry.incidents import alert  # noqa: PLC0415 - cold start: only where something fails

    alert(runtime, function, error, early=early)


def _where(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))


def _reply(status: int, result: Result) -> Reply:
    return json.dumps(result, default=str), status, {"Content-Type": "application/json"}
