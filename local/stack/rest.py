"""Tells when the chain is at rest: nothing being delivered, and no finalize event on its way."""

import time
from typing import Any

from common.cloud.storage import GoogleStorage
from local.stack.stack import Stack

_POLL_SECONDS = 0.02


class Rest:
    """Waits for rest and reports on it."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._storage: GoogleStorage | None = None

    def wait(self, seconds: float) -> dict[str, Any]:
        """Wait for rest.

        The storage emulator publishes an object's event some 10 ms after it has answered the
        upload, so idle deliveries are no rest while an event is missing.

        Returns:
            `idle`, `next_due` (ISO 8601 or null), and the counts `handled` and `failed`.
        """
        pubsub = self._stack.pubsub
        assert pubsub is not None
        deadline = time.monotonic() + seconds
        while not self._stack.is_up() and time.monotonic() < deadline:
            # Restarting takes real time, in which virtual backoff must not run out.
            time.sleep(_POLL_SECONDS)
        idle, handled = pubsub.wait_idle(seconds), -1
        while idle and handled != pubsub.handled():
            handled = pubsub.handled()
            left = max(0.0, deadline - time.monotonic())
            idle = pubsub.wait_events(self._objects(), left) and pubsub.wait_idle(left)
        due = pubsub.next_due()
        return {
            "idle": idle,
            "next_due": due.isoformat() if due else None,
            "handled": pubsub.handled(),
            "failed": pubsub.failed(),
        }

    def _objects(self) -> int:
        if self._storage is None:
            settings = self._stack.settings
            host = self._stack.environment["STORAGE_EMULATOR_HOST"]
            self._storage = GoogleStorage(settings.project, host)
        return sum(1 for _ in self._storage.list(self._stack.settings.data_bucket, ""))
