"""Events of finalized objects: https://cloud.google.com/storage/docs/pubsub-notifications."""

import base64
import http.client
import json
import sys
import threading
import time
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from local.stack.storage_server.objects import Resource

_MESSAGES_MAX = 100
_WAIT_SECONDS, _WAIT_SECONDS_MAX = 0.1, 1.6
_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Target:
    """A topic (`projects/…/topics/…`) on a Pub/Sub whose REST is at `host:port`."""

    host: str
    topic: str


class Notices:
    """Publishes the finalized objects of one bucket, in their order, from a thread of its own.

    A publish that fails is tried again without end, as Cloud Storage does for days.
    """

    def __init__(self, bucket: str, target: Target) -> None:
        self._bucket, self._target = bucket, target
        self._waiting: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._pubsub = http.client.HTTPConnection(target.host, timeout=_TIMEOUT_SECONDS)
        threading.Thread(target=self._publish, daemon=True).start()

    def finalized(self, made: Resource, before: Resource | None) -> None:
        """Publish an object, soon, if it is one of the bucket."""
        if made["bucket"] == self._bucket:
            self._waiting.put(_message(made, before))

    def _publish(self) -> None:
        while True:
            messages = [self._waiting.get()]
            while not self._waiting.empty() and len(messages) < _MESSAGES_MAX:
                messages.append(self._waiting.get())
            body, wait = json.dumps({"messages": messages}), _WAIT_SECONDS
            while failure := self._failure(body):
                first = messages[0]["attributes"]["objectId"]
                print(
                    f"{len(messages)} events of {self._bucket}, from that of {first} on, were not "
                    f"published and are tried again: {failure}",
                    file=sys.stderr,
                    flush=True,
                )
                time.sleep(wait)
                wait = min(2 * wait, _WAIT_SECONDS_MAX)

    def _failure(self, body: str) -> str | None:
        """Publish once; return why it failed, None where it did not."""
        try:
            self._pubsub.request("POST", f"/v1/{self._target.topic}:publish", body)
            answer = self._pubsub.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            self._pubsub.close()
            return repr(error)
        return None if answer.status == http.client.OK else f"{answer.status} {text}"


def _message(made: Resource, before: Resource | None) -> dict[str, Any]:
    attributes = {
        "notificationConfig": f"projects/_/buckets/{made['bucket']}/notificationConfigs/1",
        "eventType": "OBJECT_FINALIZE",
        "payloadFormat": "JSON_API_V1",
        "bucketId": made["bucket"],
        "objectId": made["name"],
        "objectGeneration": made["generation"],
        "eventTime": made["updated"],
    }
    if before is not None:
        attributes["overwroteGeneration"] = before["generation"]
    return {"data": base64.b64encode(json.dumps(made).encode()).decode(), "attributes": attributes}
