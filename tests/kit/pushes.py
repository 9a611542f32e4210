"""Requests as Pub/Sub and Eventarc push them, and what is read from them."""

import base64
import json
from typing import Any

from common.messages.envelope import Event, parse_event

BODY = {"schema": "tick", "version": 1}
ENCODED = base64.b64encode(json.dumps(BODY).encode()).decode()
SENT = "2025-11-12T18:00:03.123456789Z"
JSON = {"Content-Type": "application/json"}


def push(**changes: Any) -> dict[str, Any]:
    """Return the document of a Pub/Sub push request."""
    message = {"data": ENCODED, "messageId": "17", "publishTime": SENT, **changes}
    return {"message": message, "subscription": "projects/p/subscriptions/s", "deliveryAttempt": 2}


def parse(document: object, headers: dict[str, str] | None = None) -> Event:
    """Parse a JSON document as a request's body."""
    return parse_event(headers or JSON, json.dumps(document).encode())


def cloud_event(kind: str) -> dict[str, str]:
    """Return the attributes of a CloudEvent."""
    return {"id": "17", "source": "//x", "type": kind, "specversion": "1.0", "time": SENT}
