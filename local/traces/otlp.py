"""Spans as OTLP JSON, which Cloud Trace, Tempo, Jaeger and their collectors take.

https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: ids are hexadecimal, numbers of 64
bits are texts, enums are numbers.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from local.traces.spans import Span, Value

SERVICE = "nba-orchestration"
_INTERNAL, _ERROR = 1, 2
"""SPAN_KIND_INTERNAL and STATUS_CODE_ERROR."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_otlp(spans: Iterable[Span]) -> dict[str, Any]:
    """Return the request that exports spans, as JSON."""
    resource = {"attributes": _attributes({"service.name": SERVICE})}
    scope = {"scope": {"name": SERVICE}, "spans": [_span(span) for span in spans]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}


def _span(span: Span) -> dict[str, Any]:
    made: dict[str, Any] = {
        "traceId": span.trace,
        "spanId": span.id,
        "name": span.name,
        "kind": _INTERNAL,
        "startTimeUnixNano": _nanoseconds(span.begin),
        "endTimeUnixNano": _nanoseconds(span.end),
        "attributes": _attributes(span.attributes),
    }
    if span.parent:
        made["parentSpanId"] = span.parent
    if span.events:
        made["events"] = [
            {"name": name, "timeUnixNano": _nanoseconds(when)} for name, when in span.events.items()
        ]
    if span.error:
        made["status"] = {"code": _ERROR, "message": span.error}
    return made


def _attributes(values: Mapping[str, Value]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in values.items()]


def _value(value: Value) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"stringValue": value}


def _nanoseconds(instant: datetime) -> str:
    """Return the nanoseconds since 1970; a float would lose the last digits."""
    return str((instant - _EPOCH) // timedelta(microseconds=1) * 1000)
