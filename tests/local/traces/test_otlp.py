"""The traces are read back by OpenTelemetry's own messages, whole."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from local.traces.audit import audit_of_day
from local.traces.otlp import to_otlp
from local.traces.spans import Span, spans_of
from tests.kit.operated import gone_wrong
from tests.kit.world import DAY

IDS = ("traceId", "spanId", "parentSpanId")


def read_back(request: dict[str, Any]) -> ExportTraceServiceRequest:
    """Parse OTLP JSON strictly; protobuf's own JSON has bytes in base64 where OTLP has hex."""

    def in_base64(held: dict[str, Any]) -> dict[str, Any]:
        return {
            name: base64.b64encode(bytes.fromhex(value)).decode() if name in IDS else value
            for name, value in held.items()
        }

    text = json.dumps(json.loads(json.dumps(request), object_hook=in_base64))
    return json_format.Parse(text, ExportTraceServiceRequest())


def test_a_day_is_read_back_span_by_span() -> None:
    """Names, parents, times to the microsecond, errors."""
    spans = [*spans_of(audit_of_day(gone_wrong().runtime, DAY))]
    (resource,) = read_back(to_otlp(spans)).resource_spans
    (scope,) = resource.scope_spans
    assert resource.resource.attributes[0].value.string_value == "nba-orchestration"
    assert len(scope.spans) == len(spans)
    for read, span in zip(scope.spans, spans, strict=True):
        assert (read.trace_id.hex(), read.span_id.hex()) == (span.trace, span.id)
        assert (read.parent_span_id.hex(), read.name) == (span.parent, span.name)
        assert len(read.trace_id) == 16
        assert len(read.span_id) == 8
        microseconds = read.start_time_unix_nano // 1000
        assert microseconds == round(span.begin.timestamp() * 1_000_000)
        assert (read.status.code == Status.STATUS_CODE_ERROR) == bool(span.error)
        assert read.status.message == span.error


def test_each_kind_of_value_has_its_own_field() -> None:
    """A boolean is no number, and 64 bits are a text in JSON."""
    now = datetime(2025, 11, 12, 18, 0, 0, 123456, tzinfo=UTC)
    values = {"flag": True, "count": 2**62, "name": "<b>"}
    span = Span("ab" * 16, "cd" * 8, "", "x", now, now, attributes=values, events={"logged": now})
    (read,) = read_back(to_otlp([span])).resource_spans[0].scope_spans[0].spans
    found = {one.key: one.value for one in read.attributes}
    assert found["flag"].bool_value is True
    assert found["count"].int_value == 2**62
    assert found["name"].string_value == "<b>"
    assert read.events[0].name == "logged"
    assert read.events[0].time_unix_nano == 1762970400123456000


def test_a_span_is_written_as_the_collectors_take_it() -> None:
    """An internal span, its end, a number as a text; a root has no parent at all."""
    begin = datetime(2025, 11, 12, 18, tzinfo=UTC)
    span = Span("ab" * 16, "cd" * 8, "", "x", begin, begin.replace(second=2), attributes={"n": 3})
    (resource,) = to_otlp([span])["resourceSpans"]
    assert resource["scopeSpans"][0]["spans"] == [
        {
            "traceId": span.trace,
            "spanId": span.id,
            "name": "x",
            "kind": 1,
            "startTimeUnixNano": "1762970400000000000",
            "endTimeUnixNano": "1762970402000000000",
            "attributes": [{"key": "n", "value": {"intValue": "3"}}],
        }
    ]
