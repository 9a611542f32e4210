"""How a request came here: from a topic or Eventarc, which deliver again, or from a caller.

Only a caller reads an error of ours; what was delivered is acknowledged and dead-lettered.
"""

from collections.abc import Mapping

UNWRAPPED = "x-goog-pubsub-"
"""Begins the headers of a push without an envelope, where the subscription writes its metadata.

https://cloud.google.com/pubsub/docs/payload-unwrapping
"""
_CLOUD_EVENT = "ce-"
_STRUCTURED = "application/cloudevents"
_PUSHERS = ("apis-google", "cloudpubsub-google")
"""Begin the agent of a push, whatever its settings are (recorded: tests/payloads)."""


def lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers by their names in lower case, with a media type that is in lower case too."""
    found = {name.lower(): value for name, value in headers.items()}
    kind, semicolon, parameters = found.get("content-type", "").partition(";")
    if kind:
        found["content-type"] = kind.strip().lower() + semicolon + parameters
    return found


def is_structured(headers: Mapping[str, str]) -> bool:
    """Return whether a body is a whole CloudEvent, or several of them."""
    return headers.get("content-type", "").startswith(_STRUCTURED)


def is_cloud_event(headers: Mapping[str, str]) -> bool:
    """Return whether lowered headers are those of a CloudEvent, whatever it is of."""
    return is_structured(headers) or any(name.startswith(_CLOUD_EVENT) for name in headers)


def was_delivered(headers: Mapping[str, str]) -> bool:
    """Return whether lowered headers are those of a topic's or Eventarc's delivery."""
    return (
        is_cloud_event(headers)
        or headers.get("user-agent", "").lower().startswith(_PUSHERS)
        or any(name.startswith(UNWRAPPED) for name in headers)
    )
