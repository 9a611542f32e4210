"""What all lines of one delivery have in common, so that lines join rows.

A trace is a decision, or a task that belongs to none; a span is the decision, its execution or one
of its tasks. Their ids give those of trace and span (`ids.trace_id`, `ids.span_id`), so whatever
handles a part of a run logs under the same trace, and `python -m local trace` makes the spans from
the tables alone. What belongs to neither, such as a tick, is logged under the trace that the
platform gave its request.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

Value = str | int | None


@dataclass
class Delivery:
    """One delivery that is being handled.

    Attributes:
        project: owns the traces.
        trace: what the platform calls this request, 32 hexadecimal digits; empty where it does not.
        fields: stand in every line, unless the line has its own.
        seconds: spent in each port; calls that ran at once are added up.
    """

    project: str = ""
    trace: str = ""
    fields: dict[str, Value] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


_current: ContextVar[Delivery | None] = ContextVar("delivery", default=None)


def current() -> Delivery:
    """Return the delivery that is being handled; an empty one where there is none."""
    return _current.get() or Delivery()


@contextmanager
def handling(delivery: Delivery) -> Iterator[None]:
    """Let the lines inside the block be those of a delivery."""
    token = _current.set(delivery)
    try:
        yield
    finally:
        _current.reset(token)


def about(**fields: Value) -> None:
    """Let all further lines of the delivery have some fields; None leaves one out."""
    current().fields.update({name: value for name, value in fields.items() if value is not None})


def spend(port: str, seconds: float) -> None:
    """Add time that the delivery has waited for a port."""
    held = current().seconds
    held[port] = held.get(port, 0.0) + seconds


def spent_ms() -> dict[str, int]:
    """Return the milliseconds in each port that was used, as fields of a line."""
    return {f"{port}_ms": round(1000 * spent) for port, spent in current().seconds.items()}
