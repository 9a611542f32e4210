"""Carries out the disturbances of `chaos.py`: each strikes when its target is next at work."""

import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from common.clock import Clock
from local.broker.broker import Broker
from local.broker.messages import Delivery
from local.broker.stats import DisturbedMessage
from local.stack.chaos import KILL, Disturbance
from local.stack.stack import Stack

_WITHOUT_BIGQUERY = frozenset({"workflow_executor", "scraper_runner"})
"""Functions that never call BigQuery: suspending it while they work would disturb nothing."""


class Strikes:
    """Arms and carries out the disturbances of a running stack; thread-safe."""

    def __init__(self, stack: Stack, broker: Broker, clock: Clock) -> None:
        self._stack = stack
        self._broker = broker
        self._clock = clock
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._done: list[dict[str, Any]] = []

    def arm(self, disturbance: Disturbance) -> threading.Thread:
        """Let a disturbance strike when a delivery to its target is next under way.

        Returns:
            The thread that waits for the target, started; it ends when the disturbance is over.
        """
        thread = threading.Thread(target=self._await, args=(disturbance,), daemon=True)
        thread.start()
        return thread

    def close(self) -> None:
        """Strike no more, and continue what is suspended."""
        self._closing.set()

    def lines(self) -> list[dict[str, Any]]:
        """Return what happened so far in order of time, a line of `chaos.jsonl` each.

        The lines are the kills and suspensions carried out here and the duplicates, delays and
        reorderings of the broker.
        """
        with self._lock:
            lines = list(self._done)
        lines += [line for one in self._broker.disturbed_messages() for line in _lines(one)]
        return sorted(lines, key=lambda line: datetime.fromisoformat(line["at"]))

    def _await(self, disturbance: Disturbance) -> None:
        endpoints, delay = self._endpoints(disturbance.target), disturbance.delay
        while self._broker.wait_for_push(endpoints) and not self._closing.wait(delay):
            hit = [
                one
                for one in self._broker.pushes_under_way()
                if one.subscription.endpoint in endpoints
            ]
            if hit:
                self._strike(disturbance, hit)
                return
            delay /= 2  # the delivery ended before the strike: strike the next one sooner

    def _strike(self, disturbance: Disturbance, hit: Sequence[Delivery]) -> None:
        at = self._clock.now()
        if disturbance.action == KILL:
            self._stack.kill(disturbance.target)
        else:
            with self._stack.suspended(disturbance.target):
                self._closing.wait(disturbance.seconds)
                after = self._broker.pushes_under_way()
            hit = [one for one in hit if one in after]
        with self._lock:
            self._done.append({"at": at.isoformat(), **asdict(disturbance), "hit": len(hit)})

    def _endpoints(self, target: str) -> Collection[str]:
        """Return the URLs of the functions whose deliveries put a target to work."""
        functions = {one.function for one in self._stack.topology.subscriptions}
        if target in functions:
            return {self._stack.url(target)}
        others = _WITHOUT_BIGQUERY if target == "bigquery" else frozenset()
        return {self._stack.url(function) for function in functions - others}


def _lines(disturbed: DisturbedMessage) -> Iterator[dict[str, Any]]:
    """Yield a line for each fault that one message met."""
    about = {
        "at": disturbed.instant.isoformat(),
        "target": disturbed.subscription.rsplit("/", 1)[1],
        "message_id": disturbed.message_id,
    }
    if len(disturbed.fates) > 1:
        yield {**about, "action": "duplicate"}
    for fate in disturbed.fates:
        if fate.late:
            yield {**about, "action": "delay", "seconds": round(fate.late.total_seconds(), 1)}
        if fate.hold:
            yield {**about, "action": "reorder"}
