"""Waits until the chain is idle: nothing is being delivered and no finalize event is missing."""

import time

from common.cloud.storage import GoogleStorage
from common.settings import variable
from local.stack.stack import Stack
from local.stack.state import ChainState

_POLL_SECONDS = 0.02


class IdleWait:
    """Waits for a stack's chain to become idle."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._storage: GoogleStorage | None = None

    def wait(self, seconds: float) -> ChainState:
        """Wait up to that many real seconds, and return the state of the chain then.

        The storage server may publish an object's event only after it has answered the
        upload, so the chain is not idle while there are more objects than events.
        """
        pubsub = self._stack.pubsub
        deadline = time.monotonic() + seconds
        self._await_functions(deadline)
        idle, handled = pubsub.broker.wait_idle(seconds), -1
        while idle and handled != pubsub.broker.stats().acked:
            handled = pubsub.broker.stats().acked
            left = max(0.0, deadline - time.monotonic())
            idle = pubsub.wait_events(self._objects(), left) and pubsub.broker.wait_idle(left)
        stats = pubsub.broker.stats()
        return ChainState(idle, pubsub.broker.next_due(), stats.acked, stats.nacked)

    def _await_functions(self, deadline: float) -> None:
        """Wait until killed functions run again, before virtual backoff runs out against them."""
        while not self._stack.is_up() and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)

    def _objects(self) -> int:
        if self._storage is None:
            host = self._stack.environment[variable("storage_emulator_host")]
            self._storage = GoogleStorage(self._stack.settings.project, host)
        return sum(1 for _ in self._storage.list(self._stack.settings.data_bucket, ""))
