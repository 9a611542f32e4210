"""JSON lines for Cloud Logging, with no other fields than the allowed ones (rule R10).

The standard library writes them: a logging package would cost a third of the cold-start budget of
a function that returns before it needs any client.
https://cloud.google.com/logging/docs/structured-logging
"""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

from common.redaction import redact, shown

Severity = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]

ALLOWED = frozenset(
    {
        "action",
        "attempt",
        "bucket",
        "claim",
        "code",
        "decision_id",
        "error",
        "error_class",
        "execution_id",
        "function",
        "game_id",
        "host",
        "item",
        "message_id",
        "object",
        "outcome",
        "quota_last",
        "quota_remaining",
        "quota_used",
        "reason_code",
        "result",
        "rows",
        "scraper",
        "slot",
        "step",
        "table",
        "target_date",
        "task_id",
        "tasks",
        "topic",
        "workflow",
    }
)
VALUE_CHARACTERS_MAX = 1000
"""How much of a field's text is shown: a malformed message must not flood the log."""
_FORMATTER = logging.Formatter()
_silent = ContextVar("silent", default=False)


@contextmanager
def silent() -> Iterator[None]:
    """Suppress all lines inside the block: a simulated season would write a million."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def log(severity: Severity, message: str, **fields: Any) -> None:  # noqa: ANN401 - any JSON value
    """Write one structured line to standard error.

    Args:
        severity: one of Cloud Logging's names.
        message: a sentence that contains no secret and no payload.
        fields: the values to show. A name that is not in `ALLOWED` is dropped, and so is None; a
            text loses its secrets and is cut to 1,000 characters.
    """
    if _silent.get():
        return
    line: dict[str, Any] = {"severity": severity, "message": redact(message)}
    for name, value in fields.items():
        if name in ALLOWED and value is not None:
            line[name] = (
                value
                if isinstance(value, int | float | bool)
                else shown(value, VALUE_CHARACTERS_MAX)
            )
    sys.stderr.write(json.dumps(line) + "\n")
    sys.stderr.flush()


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
