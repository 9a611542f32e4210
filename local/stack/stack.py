"""The whole system on one machine: emulators, broker, sources and functions as real processes."""

import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from google.pubsub_v1 import types

from common.clock import FileClock, set_clock
from common.configuration.topology import Topology, load_topology
from common.errors import ConfigError
from common.settings import ROOT, Settings, variable
from local.broker import Broker
from local.stack import bigquery, gcs, process
from local.stack.chaos import DELIVERY_FAULTS
from local.stack.pubsub import EmbeddedPubSub, PubSub, open_pubsub

READY_SECONDS = 30.0
SERVERS = ("pubsub", "storage", "source", "bigquery")
"""Whose port can be fixed; the functions always take free ones."""
KEPT_DEAD_LETTERS = "dead-letters--kept"
"""A pull subscription, so that dead letters wait for whoever looks (Terraform makes the same)."""


@dataclass(frozen=True)
class StackConfig:
    """What a stack is started with.

    Attributes:
        folder: clock, logs and ports go here.
        slate: a slate file of ours or a scheduleLeagueV2 file.
        instant: where the virtual clock begins, aware.
        pubsub: `embedded` or `google`.
        collect_since: games before it are not caught up.
        workflows: the workflow file.
        ports: fixed ports by server name, for whoever wants them; others are free ones.
        chaos: seed of what goes wrong; None lets nothing go wrong.
    """

    folder: Path
    slate: Path
    instant: datetime
    pubsub: str = "embedded"
    collect_since: date | None = None
    workflows: Path = Settings().workflows_file
    ports: Mapping[str, int] = field(default_factory=dict)
    chaos: int | None = None


class Stack:
    """Starts everything, restarts functions that died, and stops everything by its own handle."""

    def __init__(self, config: StackConfig) -> None:
        self.config = config
        self.settings = Settings()
        self.topology: Topology = load_topology(self.settings.topology_file)
        self.clock_file = config.folder / "clock.json"
        self.environment: dict[str, str] = {}
        self.pubsub: PubSub | None = None
        self.broker: Broker | None = None
        self._functions: dict[str, process.Process] = {}
        self._emulators: dict[str, process.Process] = {}
        self._ports: dict[str, int] = {}
        self._open = ExitStack()
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start all parts; call it from the main thread.

        Raises:
            ConfigError: a part is missing, a port is taken, or a part does not become ready.
        """
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        self.config.folder.mkdir(parents=True, exist_ok=True)
        set_clock(self.clock_file, self.config.instant)
        self.pubsub = self._start_pubsub()
        pubsub_host = self.pubsub.host
        project, bucket = self.settings.project, self.settings.data_bucket
        events = gcs.Events(bucket, "scraped-objects", pubsub_host)
        self._create_topics()
        storage = gcs.start_gcs(project, self._log("storage"), events, self._port("storage"))
        self._open.callback(storage.stop)
        self._emulators["storage"] = storage.process
        source = self._start_source()
        self.environment = {
            variable("pubsub_emulator_host"): pubsub_host,
            variable("storage_emulator_host"): storage.endpoint,
            variable("clock_file"): str(self.clock_file),
            variable("workflows_file"): str(self.config.workflows),
            variable("odds_api_key"): "local-stack-key",
            variable("source_interval_seconds"): "0",
            **{variable(name): source for name in Settings.model_fields if name.endswith("_url")},
        }
        if self.config.collect_since:
            self.environment[variable("collect_since")] = str(self.config.collect_since)
        port = self._hold_port("bigquery")
        self.environment[variable("bigquery_emulator_host")] = f"http://{process.HOST}:{port}"
        for subscription in self.topology.subscriptions:
            self._start_function(subscription.function)
        tables = bigquery.start_bigquery(project, self._log("bigquery"), port)
        self._open.callback(tables.stop)
        self._emulators["bigquery"] = tables.process
        bigquery.create_tables(tables.endpoint, project, self.settings.dataset)
        gcs.create_buckets(storage.endpoint, project, (bucket, self.settings.state_bucket))
        self._await_functions()
        self._create_subscriptions()

    def stop(self) -> None:
        """Stop all parts, the last started first."""
        with self._lock:
            for child in self._functions.values():
                child.kill()  # it holds nothing, and draining would take a second
            self._functions.clear()
        self._open.close()

    def restart_dead(self) -> list[str]:
        """Start functions again that died, as the platform does; call it from the main thread."""
        with self._lock:
            dead = [name for name, child in self._functions.items() if not child.running()]
            for name in dead:
                self._start_function(name)
        return dead

    def is_up(self) -> bool:
        """Whether every function runs and answers."""
        with self._lock:
            children = dict(self._functions)
        return all(
            child.running() and process.accepts(self._ports[name])
            for name, child in children.items()
        )

    def kill(self, function: str) -> None:
        """Kill a function's process at once, as a crash would.

        Raises:
            ConfigError: no function has that name.
        """
        if function not in self._functions:
            raise ConfigError(f"function {function!r}: known are {', '.join(self._functions)}")
        self._functions[function].kill()

    @contextmanager
    def suspended(self, emulator: str) -> Iterator[None]:
        """Freeze `storage` or `bigquery` for as long as the block runs: calls hang, none fails."""
        child = self._emulators[emulator]
        child.suspend()
        try:
            yield
        finally:
            child.resume()

    def dead_letters(self) -> int:
        """How many messages wait on the dead-letter subscription; they stay there."""
        assert self.pubsub is not None
        name = self._path("subscriptions", KEPT_DEAD_LETTERS)
        pulled = self.pubsub.subscriber.pull(
            types.PullRequest(subscription=name, max_messages=1000, return_immediately=True)
        )
        ids = [received.ack_id for received in pulled.received_messages]
        if ids:
            self.pubsub.subscriber.modify_ack_deadline(
                subscription=name, ack_ids=ids, ack_deadline_seconds=0
            )
        return len(ids)

    def describe(self) -> dict[str, object]:
        """Where everything is, for people and for other processes."""
        assert self.pubsub is not None
        return {
            "project": self.settings.project,
            "dataset": self.settings.dataset,
            "data_bucket": self.settings.data_bucket,
            "state_bucket": self.settings.state_bucket,
            "environment": self.environment,
            "pubsub_rest": self.pubsub.rest_url,
            "functions": {name: self.url(name) for name in self._functions},
            "folder": str(self.config.folder),
            "chaos": self.config.chaos,
        }

    def url(self, function: str) -> str:
        """Where a function answers."""
        return f"http://{process.HOST}:{self._ports[function]}/"

    def _port(self, name: str) -> int | None:
        return self.config.ports.get(name)

    def _hold_port(self, name: str) -> int:
        """Its own until the stack stops: a part that dies comes back to where it was."""
        if name not in self._ports:
            held = process.held_port(self._port(name))
            self._ports[name] = self._open.enter_context(held)
        return self._ports[name]

    def _log(self, name: str) -> Path:
        return self.config.folder / "logs" / f"{name}.log"

    def _start_pubsub(self) -> PubSub:
        clock, port = FileClock(self.clock_file), self._port("pubsub")
        if self.config.chaos is None:
            return self._open.enter_context(open_pubsub(self.config.pubsub, clock, port))
        if self.config.pubsub != "embedded":
            raise ConfigError(
                f"--chaos with --pubsub {self.config.pubsub}: only embedded disturbs deliveries"
            )
        self.broker = Broker(clock, seed=self.config.chaos, faults=DELIVERY_FAULTS)
        self._open.callback(self.broker.stop)
        return EmbeddedPubSub(self.broker, self.broker.start(port or 0))

    def _start_source(self) -> str:
        port = self._hold_port("source")
        argv = [sys.executable, "-m", "local.fake_sources", "--port", str(port)]
        argv += ["--clock", str(self.clock_file), "--slate", str(self.config.slate)]
        child = process.start(
            argv, _base_environment(), self._log("source"), lambda: process.accepts(port)
        )
        self._open.callback(child.stop)
        return f"http://{process.HOST}:{port}"

    def _start_function(self, name: str) -> None:
        """Start the real functions-framework; its readiness is awaited later, all at once."""
        port = self._hold_port(name)
        argv = [str(Path(sys.executable).with_name("functions-framework"))]
        argv += ["--target", name, "--source", str(ROOT / "functions" / name / "main.py")]
        argv += ["--host", process.HOST, "--port", str(port)]
        environment = {**_base_environment(), **self.environment}
        self._functions[name] = process.start(argv, environment, self._log(name), _at_once)

    def _await_functions(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        for name, child in self._functions.items():
            while not process.accepts(self._ports[name]):
                if not child.running() or time.monotonic() > deadline:
                    raise ConfigError(f"function {name} did not start; see {child.log_file}")
                time.sleep(process.POLL_SECONDS)

    def _create_topics(self) -> None:
        assert self.pubsub is not None
        for topic in self.topology.topics:
            self.pubsub.publisher.create_topic(name=self._path("topics", topic))

    def _create_subscriptions(self) -> None:
        assert self.pubsub is not None
        delivery = self.topology.delivery
        for subscription in self.topology.subscriptions:
            self.pubsub.subscriber.create_subscription(
                types.Subscription(
                    name=self._path("subscriptions", subscription.name),
                    topic=self._path("topics", subscription.topic),
                    push_config={
                        "push_endpoint": self.pubsub.entry(self.url(subscription.function))
                    },
                    ack_deadline_seconds=delivery.ack_deadline_seconds,
                    filter=subscription.filter or "",
                    message_retention_duration={"seconds": delivery.retention_seconds},
                    retry_policy={
                        "minimum_backoff": {"seconds": delivery.minimum_backoff_seconds},
                        "maximum_backoff": {"seconds": delivery.maximum_backoff_seconds},
                    },
                    dead_letter_policy={
                        "dead_letter_topic": self._path("topics", delivery.dead_letter_topic),
                        "max_delivery_attempts": delivery.max_delivery_attempts,
                    },
                )
            )
        self.pubsub.count_events(self._path("topics", "scraped-objects"))
        self.pubsub.subscriber.create_subscription(
            name=self._path("subscriptions", KEPT_DEAD_LETTERS),
            topic=self._path("topics", delivery.dead_letter_topic),
        )

    def _path(self, kind: str, name: str) -> str:
        return f"projects/{self.settings.project}/{kind}/{name}"


def _at_once() -> bool:
    return True


def _base_environment() -> dict[str, str]:
    """A child sees nothing of the user's environment but what a program needs to run."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "HOME": str(ROOT / ".local" / "home")}
