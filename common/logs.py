"""JSON lines for Cloud Logging, with no other fields than the allowed ones (rule R10).

The standard library writes them: a logging package would cost a third of the cold-start budget of
a function that returns before it needs any client.
https://cloud.google.com/logging/docs/structured-logging
"""

import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, Literal

from common import ids
from common.deliveries import current
from common.redaction import redact, shown

Severity = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]

ALLOWED = frozenset(
    {
        "action",
        "attempt",
        "bucket",
        "change",
        "claim",
        "code",
        "decision_id",
        "duration_ms",
        "error",
        "error_class",
        "execution_id",
        "function",
        "game_id",
        "host",
        "incident_key",
        "item",
        "message_id",
        "object",
        "opened",
        "outcome",
        "publisher_ms",
        "quota_last",
        "quota_remaining",
        "quota_used",
        "reason_code",
        "result",
        "rows",
        "rule",
        "scraper",
        "slot",
        "source_ms",
        "stack_trace",
        "step",
        "storage_ms",
        "table",
        "target_date",
        "task_id",
        "tasks",
        "topic",
        "warehouse_ms",
        "workflow",
    }
)
VALUE_CHARACTERS_MAX = 1000
"""How much of a field's text is shown: a malformed message must not flood the log."""
STACK_CHARACTERS_MAX = 16_000
"""How much of a stack is shown; Cloud Logging takes 256 KB an entry."""
_LABELS = ("workflow", "decision_id", "execution_id", "task_id")
"""Fields that are labels of an entry too, which Cloud Logging indexes."""
_SPECIAL = "logging.googleapis.com/"
_FORMATTER = logging.Formatter()
Line = dict[str, Any]


def _write(line: Line) -> None:
    sys.stderr.write(json.dumps(line) + "\n")
    sys.stderr.flush()


_take: ContextVar[Callable[[Line], None] | None] = ContextVar("take", default=_write)


@contextmanager
def lines_to(take: Callable[[Line], None] | None) -> Iterator[None]:
    """Give all lines inside the block to a function; None drops them."""
    token = _take.set(take)
    try:
        yield
    finally:
        _take.reset(token)


def silent() -> AbstractContextManager[None]:
    """Suppress all lines inside the block: a simulated season would write a million."""
    return lines_to(None)


def log(severity: Severity, message: str, **fields: Any) -> None:  # noqa: ANN401 - any JSON value
    """Write one structured line to standard error.

    Args:
        severity: one of Cloud Logging's names.
        message: a sentence that contains no secret and no payload.
        fields: the values to show, over those of the delivery (`deliveries.py`). A name that is not
            in `ALLOWED` is dropped, and so is None; a text loses its secrets and is cut to 1,000
            characters, a stack to 16,000.
    """
    if (take := _take.get()) is None:
        return
    given = {name: value for name, value in fields.items() if value is not None}
    merged = {**current().fields, **given}
    line = {name: _shown(name, value) for name, value in merged.items() if name in ALLOWED}
    take({"severity": severity, "message": redact(message), **line, **dict(_special(line))})


def _shown(name: str, value: object) -> object:
    if isinstance(value, int | float):
        return value
    most = STACK_CHARACTERS_MAX if name == "stack_trace" else VALUE_CHARACTERS_MAX
    return shown(value, most)


def _special(line: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what Cloud Logging makes an entry's trace, span and labels."""
    delivery = current()
    root = line.get("decision_id") or line.get("task_id")
    trace = ids.trace_id(root) if root else delivery.trace
    if trace and delivery.project:
        yield f"{_SPECIAL}trace", f"projects/{delivery.project}/traces/{trace}"
    if root:
        span = line.get("task_id") or line.get("execution_id") or root
        yield f"{_SPECIAL}spanId", ids.span_id(span)
    labels = {name: line[name] for name in _LABELS if name in line}
    if labels:
        yield f"{_SPECIAL}labels", labels


def redact_libraries() -> None:
    """Take the secrets out of what libraries log by themselves, such as Flask of an exception."""
    logging.setLogRecordFactory(_redacted)


def _redacted(*args: Any, **named: Any) -> logging.LogRecord:  # noqa: ANN401 - as LogRecord takes them
    record = logging.LogRecord(*args, **named)
    try:
        text = record.getMessage()
    except (TypeError, ValueError, KeyError):  # a library's mistake is no reason to fail
        text = f"{record.msg} {record.args}"
    record.msg, record.args = redact(text), None
    if record.exc_info:
        record.exc_text = redact(_FORMATTER.formatException(record.exc_info))
    return record
