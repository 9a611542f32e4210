"""JSON lines for Cloud Logging; only fields on the list below ever leave (rule R10).

The standard library does it: a logging package would cost a third of the cold-start budget of a
function that exits before any client (design, section 8).
https://cloud.google.com/logging/docs/structured-logging
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

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
_LONGEST = 1000
_silent = ContextVar("silent", default=False)


@contextmanager
def silent() -> Iterator[None]:
    """Write nothing meanwhile: a simulated season would write a million lines."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def log(severity: Severity, message: str, **fields: Any) -> None:  # noqa: ANN401 - any JSON value
    """Write one structured line to standard error.

    Args:
        severity: Cloud Logging's name of it.
        message: a sentence without secrets or payload.
        fields: shown when allow-listed, shortened to 1,000 characters; others are dropped.
    """
    if _silent.get():
        return
    line: dict[str, Any] = {"severity": severity, "message": message}
    for name, value in fields.items():
        if name in ALLOWED and value is not None:
            line[name] = value if isinstance(value, int | float | bool) else str(value)[:_LONGEST]
    sys.stderr.write(json.dumps(line) + "\n")
    sys.stderr.flush()
