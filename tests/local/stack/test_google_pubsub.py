"""A slot's chain whose every message Google's own Pub/Sub emulator delivers.

The stack's functions publish to our broker. A bridge pulls each message from there and publishes it
to Google's emulator, which pushes it to the function.
"""

import time
from collections import Counter
from collections.abc import Callable
from datetime import time as wall_time
from pathlib import Path

import pytest
from google.pubsub_v1 import types

from common.cloud.publisher import GooglePublisher
from common.configuration.topology import Subscription, load_topology
from common.eastern import at
from common.settings import Settings, variable
from local.records.tables import Tables, read_tables
from local.stack.config import StackConfig
from local.stack.driver import RunningStack, start_stack
from local.stack.pubsub import clients
from tests.kit.replays import DAY

pytestmark = [pytest.mark.stack, pytest.mark.soak]
NOON = at(DAY, wall_time(12))
CHAIN_SECONDS_MAX = 120.0
TOPOLOGY = load_topology(Settings().topology_file)


class Bridge:
    """Delivers the messages of a stack through Google's emulator."""

    def __init__(self, stack: RunningStack, google: str) -> None:
        self._stack = stack
        self._project = f"projects/{stack.where['project']}"
        _, self._subscriber = clients(stack.environment[variable("pubsub_emulator_host")])
        self._google_publisher, self._google_subscriber = clients(google)
        for subscription in TOPOLOGY.subscriptions:
            self._redirect(subscription)

    def _redirect(self, subscription: Subscription) -> None:
        """Turn a push subscription of the stack into one that we pull and Google pushes."""
        name = f"{self._project}/subscriptions/{subscription.name}"
        self._subscriber.delete_subscription(subscription=name)
        topic = f"{self._project}/topics/{subscription.topic}"
        self._subscriber.create_subscription(
            types.Subscription(name=name, topic=topic, filter=subscription.filter or "")
        )
        push = {"push_endpoint": self._stack.where["functions"][subscription.function]}
        self._google_publisher.create_topic(name=self._topic(subscription))
        self._google_subscriber.create_subscription(
            name=name,
            topic=self._topic(subscription),
            push_config=push,
            ack_deadline_seconds=600,
        )

    def carry_until(self, done: Callable[[Tables], bool]) -> Tables:
        """Carry messages until the tables are as wanted, and return the tables."""
        deadline = time.monotonic() + CHAIN_SECONDS_MAX
        while not done(tables := read_tables(self._stack.where)):
            assert time.monotonic() < deadline, {name: len(rows) for name, rows in tables.items()}
            for subscription in TOPOLOGY.subscriptions:
                self._carry(subscription)
        return tables

    def _carry(self, subscription: Subscription) -> None:
        name = f"{self._project}/subscriptions/{subscription.name}"
        request = types.PullRequest(subscription=name, max_messages=100, return_immediately=True)
        for received in self._subscriber.pull(request).received_messages:
            message = {
                "data": received.message.data,
                "attributes": dict(received.message.attributes),
            }
            self._google_publisher.publish(topic=self._topic(subscription), messages=[message])
            self._subscriber.acknowledge(subscription=name, ack_ids=[received.ack_id])

    def _topic(self, subscription: Subscription) -> str:
        return f"{self._project}/topics/{subscription.name}"


def test_googles_emulator_delivers_a_slots_chain(google: str, tmp_path: Path) -> None:
    """Delivered by Google's emulator, each RUN of a slot ends in one completed execution."""
    with start_stack(StackConfig(instant=NOON, folder=tmp_path, collect_since=DAY)) as stack:
        bridge = Bridge(stack, google)
        host = stack.environment[variable("pubsub_emulator_host")]
        publisher = GooglePublisher(stack.where["project"], host)
        # Google's emulator stamps messages with the wall's time, which is not the stack's.
        known = {"version": 1, "scheduled_time": NOON.isoformat()}
        schedule = {"schema": "scraper-request", "scraper": "nbac_schedule_api", **known}
        publisher.publish("scraper-requests", schedule, {})
        bridge.carry_until(lambda tables: bool(tables["scraper_execution_log"]))
        publisher.publish("tick-master-controller", {"schema": "tick", **known}, {})
        tables = bridge.carry_until(lambda tables: bool(runs(tables)) and finished(tables))
    assert len(tables["workflow_decisions"]) == 8
    logged = Counter(row["execution_id"] for row in tables["scraper_execution_log"])
    assert set(logged.values()) == {1}
    for row in tables["workflow_executions"]:
        assert row["status"] == "completed"
        assert row["scrapers_triggered"] == len(row["scraper_execution_ids"]) > 0
        assert set(row["scraper_execution_ids"]) <= set(logged)


def runs(tables: Tables) -> list[str]:
    """Return the ids of the decisions to run."""
    return [row["decision_id"] for row in tables["workflow_decisions"] if row["action"] == "RUN"]


def finished(tables: Tables) -> bool:
    """Return whether each RUN has its execution row, and each row's tasks are logged."""
    executed = [row["decision_id"] for row in tables["workflow_executions"]]
    logged = {row["execution_id"] for row in tables["scraper_execution_log"]}
    tasks = {one for row in tables["workflow_executions"] for one in row["scraper_execution_ids"]}
    return sorted(executed) == sorted(runs(tables)) and tasks <= logged
