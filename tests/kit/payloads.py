"""Reads recorded requests, and puts other messages into their wrapping."""

import base64
import json
from typing import Any

from common.settings import ROOT

FOLDER = ROOT / "tests" / "payloads"
MESSAGES = (
    "push_broker",
    "push_google_emulator",
    "cloudevent_binary_message_published",
    "cloudevent_structured_message_published",
    "gcloud_functions_call",
)
NOTIFICATIONS = ("gcs_notification_broker", "gcs_notification_google_emulator")
STORAGE = (*MESSAGES, *NOTIFICATIONS, "eventarc_storage_finalized")
"""Every wrapping in which an object's event can arrive."""

Recorded = tuple[dict[str, str], dict[str, Any]]


def recorded(name: str) -> Recorded:
    """Read headers and body of a payload file."""
    held = json.loads((FOLDER / f"{name}.json").read_text())
    headers = {key: value for key, value in held["headers"].items() if key != "Content-Length"}
    return headers, held["body"]


def wrapped(name: str, message: object, attributes: dict[str, str] | None = None) -> Recorded:
    """Put a message, JSON-ready or as bytes, into a recorded request."""
    headers, body = recorded(name)
    inside = body.get("data", body) if "cloudevent_structured" in name else body
    if "message" not in inside:
        assert isinstance(message, dict)
        return headers, message
    raw = message if isinstance(message, bytes) else json.dumps(message).encode()
    inside["message"]["data"] = base64.b64encode(raw).decode()
    inside["message"]["attributes"] = {**inside["message"]["attributes"], **(attributes or {})}
    return headers, body
