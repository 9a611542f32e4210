"""Tells when the chain is at rest: nothing being delivered, and no finalize event on its way."""

import time
from typing import Any

from common.storage import GoogleStorage
from local.stack import Stack

_POLL_SECONDS = 0.005


class Rest:
    """Waits for rest and reports on it."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._handled = 0
        self._storage: GoogleStorage | None = None

    def wait(self, seconds: float) -> dict[str, Any]:
        """Wait for rest.

        Returns:
            `idle`, `next_due` (ISO 8601 or null), and the counts `handled` and `failed`.
        """
        pubsub = self._stack.pubsub
        assert pubsub is not None
        deadline = time.monotonic() + seconds
        idle = pubsub.wait_idle(seconds)
        while idle and self._events_missing() and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
            idle = pubsub.wait_idle(max(0.0, deadline - time.monotonic()))
        due = pubsub.next_due()
        return {
            "idle": idle,
            "next_due": due.isoformat() if due else None,
            "handled": pubsub.handled(),
            "failed": pubsub.failed(),
        }

    def _events_missing(self) -> bool:
        """Whether an object is stored whose finalize event has not been published yet."""
        pubsub = self._stack.pubsub
        assert pubsub is not None
        if pubsub.handled() == self._handled:
            return False
        events = pubsub.events()
        if events is None or events >= self._objects():
            self._handled = pubsub.handled()
            return False
        return True

    def _objects(self) -> int:
        if self._storage is None:
            settings = self._stack.settings
            host = self._stack.environment["STORAGE_EMULATOR_HOST"]
            self._storage = GoogleStorage(settings.project, host)
        return sum(1 for _ in self._storage.list(self._stack.settings.data_bucket, ""))
