"""Dead letters: what cannot be handled is kept with function, error and original (rule R7)."""

from common.errors import PermanentError
from common.events import Event
from common.runtime import Runtime

_LONGEST = 256 * 1024
_SHOWN = 1000


def bury(runtime: Runtime, function: str, event: Event, error: PermanentError) -> None:
    """Publish a message that no retry can help to the dead-letter topic.

    The original's text and attributes go along, so that a replay after the fix sends the same.
    """
    runtime.publisher.publish(
        runtime.topology.delivery.dead_letter_topic,
        {
            "schema": "dead-letter",
            "version": 1,
            "function": function,
            "error_class": type(error).__name__,
            "error": str(error)[:_SHOWN],
            "failed_at": runtime.clock.now().isoformat(),
            "subscription": event.subscription,
            "message_id": event.message_id,
            "publish_time": event.publish_time.isoformat() if event.publish_time else None,
            "attributes": dict(event.attributes),
            "original": event.raw[:_LONGEST],
        },
        {"function": function, "error_class": type(error).__name__},
    )
