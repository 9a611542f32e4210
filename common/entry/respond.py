"""The one way into every function: parse, handle, answer.

| What happens | Answer | Effect |
| --- | --- | --- |
| handled, or done before | 200 | acknowledged |
| permanent error, of a delivery | 200 | dead-lettered with function, error and original |
| permanent error, called directly | 400 | the caller sees the error |
| another method than POST | 405 | none |
| busy claim or transient error | 503 | the platform delivers again, with backoff |
| anything else | 500 | the same; after the last try the subscription dead-letters it |

A delivery is what a topic or Eventarc has sent, of whatever kind and form (`messages/arrival.py`).
Each failing delivery is a WARNING line; an incident is one ERROR line (`incidents.py`).
"""

import json
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from flask import Request

from common.deliveries import Delivery, about, handling, spent_ms
from common.entry.tracing import ids_of, trace_of
from common.errors import (
    ClaimBusyError,
    OrchestrationError,
    PermanentError,
    is_rate_limit,
    is_transient,
)
from common.logs import log
from common.messages.envelope import Event, UnreadableMessageError, parse_event
from common.messages.models import Message, parse_message
from common.redaction import shown
from common.runtime import Runtime, current

ERROR_CHARACTERS_MAX = 1000
QUIET_DELIVERIES_MAX = 3
"""Deliveries of one message that may fail with a passing error before it is an incident."""
BURST_DELIVERIES_MAX = 10
"""The same of a rate limit, because a burst of uploads is no incident; with backoff some 40 min."""
Reply = tuple[str, int, dict[str, str]]
Result = Mapping[str, Any]
M = TypeVar("M", bound=Message)
Handle = Callable[[Runtime, Event, M], Result]


class Route(NamedTuple, Generic[M]):
    """Where a function's events go.

    Attributes:
        function: its name.
        model: the form of its message.
        handle: does the work and returns what happened as a small JSON-ready mapping.
    """

    function: str
    model: type[M]
    handle: Handle[M]


def serve(request: Request, function: str, model: type[M], load: Callable[[], Handle[M]]) -> Reply:
    """Run the event of a request that functions-framework received through a handler.

    Events come by POST; a browser's GET would else run a tick.

    Args:
        request: as the framework passes it.
        function: its name.
        model: the form of its message.
        load: returns the handler; called for an event that has this form.
    """
    if request.method != "POST":
        text, _, headers = _reply(405, {"error": f"{function} takes events by POST only"})
        return text, 405, {**headers, "Allow": "POST"}

    def handle(runtime: Runtime, event: Event, message: M) -> Result:
        return load()(runtime, event, message)

    body = request.get_data(cache=False)
    return respond(current(), dict(request.headers), body, Route(function, model, handle))


def respond(runtime: Runtime, headers: Mapping[str, str], body: bytes, route: Route[M]) -> Reply:
    """Run one event through a handler.

    Args:
        runtime: ports and settings.
        headers: of the request.
        body: of the request.
        route: the function that received it.

    Returns:
        Flask's (body, status, headers).
    """
    delivery = Delivery(
        runtime.settings.project, trace_of(headers), fields={"function": route.function}
    )
    with handling(delivery):
        return _respond(runtime, headers, body, route)


def _respond(runtime: Runtime, headers: Mapping[str, str], body: bytes, route: Route[M]) -> Reply:
    function, began = route.function, runtime.elapsed()
    event = Event(shape="bare", data={})
    try:
        event = parse_event(headers, body)
        about(message_id=event.message_id, attempt=event.delivery_attempt)
        message = parse_message(route.model, event)
        about(**ids_of(message))
        result = route.handle(runtime, event, message)
    except PermanentError as error:
        envelope = error.event if isinstance(error, UnreadableMessageError) else event
        return _refuse(runtime, function, envelope, error)
    except Exception as error:  # noqa: BLE001 - the answer decides about redelivery
        return _fail(runtime, function, event, error)
    duration_ms = round(1000 * (runtime.elapsed() - began))
    log("INFO", "Handled", **spent_ms(), duration_ms=duration_ms, **result)
    return _reply(200, result)


def _refuse(runtime: Runtime, function: str, event: Event, error: PermanentError) -> Reply:
    called_directly = event.shape == "bare"
    log(
        "WARNING",
        "An event was refused; "
        + ("the caller gets the error" if called_directly else "it goes to the dead letters"),
        result="refused",
        code=error.code,
        error_class=type(error).__name__,
        error=error,
    )
    text = shown(error, ERROR_CHARACTERS_MAX)
    if called_directly:
        return _reply(400, {"result": "refused", "error": text})
    from common.entry.dead_letters import dead_letter  # noqa: PLC0415 - cold start: as _report

    try:
        dead_letter(runtime, function, event, error)
    except Exception as failure:  # noqa: BLE001 - not recorded is not acknowledged
        return _fail(runtime, function, event, failure)
    _report(runtime, function, error)
    return _reply(200, {"result": "dead-lettered", "error": text})


def _fail(runtime: Runtime, function: str, event: Event, error: Exception) -> Reply:
    passing = is_transient(error)
    log(
        "WARNING",
        "An event was not handled; Pub/Sub delivers it again",
        result="retry",
        **spent_ms(),
        code=error.code if isinstance(error, OrchestrationError) else None,
        error_class=type(error).__name__,
        error=error if passing else f"{error} | {_where(error)}",
    )
    if not isinstance(error, ClaimBusyError):
        quiet = BURST_DELIVERIES_MAX if is_rate_limit(error) else QUIET_DELIVERIES_MAX
        early = passing and (event.delivery_attempt or 1) < quiet
        _report(runtime, function, error, early=early)
    return _reply(503 if passing else 500, {"result": "retry", "error": type(error).__name__})


def _report(runtime: Runtime, function: str, error: Exception, *, early: bool = False) -> None:
    from common.entry.incidents import report  # noqa: PLC0415 - cold start: only on a failure

    report(runtime, function, error, early=early)


def _where(error: Exception) -> str:
    frames = [*traceback.walk_tb(error.__traceback__)][-3:]
    return " < ".join(f"{frame.f_code.co_name}:{line}" for frame, line in reversed(frames))


def _reply(status: int, result: Result) -> Reply:
    return json.dumps(result, default=str), status, {"Content-Type": "application/json"}
