"""Carries out armed disturbances, each when its target is next at work, and records them."""

import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from common.clock import Clock
from local.broker import Broker, Disturbed
from local.broker.messages import Delivery
from local.stack.chaos import KILL, Disturbance
from local.stack.stack import Stack

_NO_ROWS = frozenset({"workflow_executor", "scraper_runner"})
"""Functions that never ask BigQuery: it would hang unnoticed while they work."""


class Strikes:
    """The disturbances of a running stack; thread-safe."""

    def __init__(self, stack: Stack, broker: Broker, clock: Clock) -> None:
        self._stack = stack
        self._broker = broker
        self._clock = clock
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._struck: list[dict[str, Any]] = []

    def arm(self, disturbance: Disturbance) -> None:
        """Let it strike when a delivery to its target is next under way; returns at once."""
        threading.Thread(target=self._await, args=(disturbance,), daemon=True).start()

    def close(self) -> None:
        """Strike no more; whatever hangs goes on."""
        self._closing.set()

    def struck(self) -> list[dict[str, Any]]:
        """What happened so far in order of time: a line of `chaos.jsonl` each."""
        with self._lock:
            struck = list(self._struck)
        struck += [line for one in self._broker.disturbed() for line in _lines(one)]
        return sorted(struck, key=lambda line: datetime.fromisoformat(line["at"]))

    def _await(self, disturbance: Disturbance) -> None:
        endpoints, delay = self._endpoints(disturbance.target), disturbance.delay
        while self._broker.wait_begun(endpoints) and not self._closing.wait(delay):
            hit = [
                one for one in self._broker.under_way() if one.subscription.endpoint in endpoints
            ]
            if hit:
                self._strike(disturbance, hit)
                return
            delay /= 2  # done already: be quicker with the next

    def _strike(self, disturbance: Disturbance, hit: Sequence[Delivery]) -> None:
        at = self._clock.now()
        if disturbance.action == KILL:
            self._stack.kill(disturbance.target)
        else:
            with self._stack.suspended(disturbance.target):
                self._closing.wait(disturbance.seconds)
                after = self._broker.under_way()
            hit = [one for one in hit if one in after]
        with self._lock:
            self._struck.append({"at": at.isoformat(), **asdict(disturbance), "hit": len(hit)})

    def _endpoints(self, target: str) -> Collection[str]:
        """The functions whose deliveries keep a target at work, by their URLs."""
        functions = {one.function for one in self._stack.topology.subscriptions}
        if target in functions:
            return {self._stack.url(target)}
        unasking = _NO_ROWS if target == "bigquery" else frozenset()
        return {self._stack.url(function) for function in functions - unasking}


def _lines(disturbed: Disturbed) -> Iterator[dict[str, Any]]:
    """What the broker's faults made of one message."""
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
