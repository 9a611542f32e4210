"""Dead letters as functions write them: message, function and error, kept for a replay (rule R7).

Pub/Sub forwards messages to the same topic after their last delivery attempt, in a form of its
own; `python -m local dlq` reads both.
"""

from common.errors import PermanentError
from common.messages.envelope import Event
from common.redaction import redact, shown
from common.runtime import Runtime

ORIGINAL_CHARACTERS_MAX = 256 * 1024
"""A longer original is cut, so that its letter fits into a message of Pub/Sub (10 MB)."""
ERROR_CHARACTERS_MAX = 1000


def dead_letter(runtime: Runtime, function: str, event: Event, error: PermanentError) -> None:
    """Publish a message that no retry can help to the dead-letter topic.

    The letter contains the original's text and attributes, so that a replay after the fix sends
    the same message. A secret in it is hidden, and the letter then counts as cut.
    """
    original = redact(event.raw[:ORIGINAL_CHARACTERS_MAX])
    attributes = {redact(name): redact(value) for name, value in event.attributes.items()}
    is_whole = (original, attributes) == (event.raw, event.attributes)
    runtime.publisher.publish(
        runtime.topology.delivery.dead_letter_topic,
        {
            "schema": "dead-letter",
            "version": 1,
            "function": function,
            "error_class": type(error).__name__,
            "error": shown(error, ERROR_CHARACTERS_MAX),
            "failed_at": runtime.clock.now().isoformat(),
            "subscription": redact(event.subscription),
            "message_id": redact(event.message_id),
            "publish_time": event.publish_time.isoformat() if event.publish_time else None,
            "attributes": attributes,
            "original": original,
            "truncated": not is_whole,
        },
        {"function": function, "error_class": type(error).__name__},
    )
