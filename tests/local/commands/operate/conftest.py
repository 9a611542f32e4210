"""A broker with dead letters, and the command line that looks at them."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from click.testing import CliRunner, Result
from google.pubsub_v1 import types

from common.cloud.publisher import GooglePublisher
from common.entry.dead_letters import dead_letter
from common.errors import BadInputError
from common.messages.envelope import Event, parse_event
from common.runtime import Runtime
from common.settings import Settings, settings
from local.broker.broker import Broker
from local.broker.servers import Servers
from local.commands.cli import main
from local.simulator.world import ManualClock

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
PROJECT = Settings().project


@dataclass
class Bench:
    """The real broker with every topic, subscriptions that refuse, and the command line."""

    broker: Broker
    clock: ManualClock
    host: str
    accept: bool = False
    got: list[Event] = field(default_factory=list)

    def run(self, *arguments: str) -> Result:
        """Run `python -m local dlq --project …`."""
        return CliRunner().invoke(main, ["dlq", "--project", PROJECT, *arguments])

    def listed(self) -> list[dict[str, Any]]:
        """Return what `dlq list --json` prints."""
        done = self.run("list", "--json")
        assert done.exit_code == 0, done.output
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    def publish(self, topic: str, data: bytes, **attributes: str) -> str:
        """Publish bytes to a topic."""
        return self.broker.publish(f"projects/{PROJECT}/topics/{topic}", data, attributes)

    def dead_letter(self, function: str, original: str, **attributes: str) -> None:
        """Let a function dead-letter a message."""
        publisher = GooglePublisher(PROJECT, self.host)
        runtime = Runtime(Settings(), clock=self.clock, publisher=publisher)
        event = Event(
            shape="push",
            data={},
            attributes=attributes,
            message_id="7",
            publish_time=NOON,
            raw=original,
        )
        dead_letter(runtime, function, event, BadInputError("field: wrong"))

    def give_up(self, topic: str, data: bytes, **attributes: str) -> None:
        """Publish a message that its functions refuse until its deliveries are exhausted."""
        self.publish(topic, data, **attributes)
        for _ in range(self.attempts):
            assert self.broker.wait_idle(10)
            if (due := self.broker.next_due()) is not None:
                self.clock.move(due)
                self.broker.wake()

    attempts: int = 5


class _Function(BaseHTTPRequestHandler):
    bench: Bench

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.bench.accept:
            self.bench.got.append(parse_event(dict(self.headers), body))
        self.send_response(200 if self.bench.accept else 500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A broker whose functions refuse everything until `accept` is set."""
    clock = ManualClock(NOON)
    broker = Broker(clock)
    servers = Servers(broker)
    made = Bench(broker, clock, f"127.0.0.1:{servers.port}")
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("F", (_Function,), {"bench": made}))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    subscribe(made, f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", made.host)
    settings.cache_clear()
    yield made
    settings.cache_clear()
    servers.stop()
    server.shutdown()
    server.server_close()


def subscribe(bench: Bench, url: str) -> None:
    """Create the topology's topics and subscriptions, all pushing to one place."""
    topology = Runtime(Settings()).topology
    for topic in topology.topics:
        bench.broker.registry.create_topic(f"projects/{PROJECT}/topics/{topic}")
    for one in topology.subscriptions:
        bench.broker.create_subscription(
            types.Subscription(
                name=f"projects/{PROJECT}/subscriptions/{one.name}",
                topic=f"projects/{PROJECT}/topics/{one.topic}",
                filter=one.filter or "",
                push_config={"push_endpoint": url},
                dead_letter_policy={
                    "dead_letter_topic": f"projects/{PROJECT}/topics/dead-letters",
                    "max_delivery_attempts": bench.attempts,
                },
            )
        )
    bench.broker.create_subscription(
        types.Subscription(
            name=f"projects/{PROJECT}/subscriptions/dead-letters--kept",
            topic=f"projects/{PROJECT}/topics/dead-letters",
        )
    )
