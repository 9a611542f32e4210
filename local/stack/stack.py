"""The whole system on one machine: emulators, broker, sources and functions as real processes."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from common.clock import FileClock, set_clock
from common.configuration.topology import load_topology
from common.errors import ConfigError
from common.settings import Settings, variable
from local.broker.broker import Broker
from local.broker.delivery_faults import Dice, undisturbed
from local.broker.servers import Servers
from local.fake_sources.overrides import switched_on
from local.processes import process
from local.processes.functions import ForkServer, Function, Launcher
from local.stack import bigquery, gcs
from local.stack.chaos import DELIVERY_FAULTS
from local.stack.config import StackConfig
from local.stack.pubsub import PubSub

_READY_SECONDS_MAX = 30.0
CONSOLE = "console"
"""The function that people call and no topic; a stack has it when it is kept."""


class Stack:
    """Starts all parts, restarts functions that died, and stops every part by its own handle.

    Args:
        config: what to start.
        launch: starts one function; None forks those of this checkout.
    """

    environment: dict[str, str]
    """The settings by which functions reach the other parts; set by `start`."""
    pubsub: PubSub
    """Set by `start`."""

    def __init__(self, config: StackConfig, launch: Launcher | None = None) -> None:
        self.config = config
        self.settings = Settings()
        self.topology = load_topology(self.settings.topology_file)
        self.clock_file = config.folder / "clock.json"
        self._launch = launch
        self._functions: dict[str, Function] = {}
        self._parts: dict[str, process.Process] = {}
        self._ports: dict[str, int] = {}
        self._open = ExitStack()
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start all parts; call it from the main thread.

        Raises:
            ConfigError: a part is missing, a port is in use, or a part does not become ready.
        """
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        self.config.folder.mkdir(parents=True, exist_ok=True)
        set_clock(self.clock_file, self.config.instant)
        # What takes longest to load begins first; all load at once.
        self._launch = self._launch or self._start_fork_server()
        warehouse = self._begin_bigquery()
        self.pubsub = self._start_pubsub()
        storage, source = self._begin_storage(), self._begin_source()
        self.environment = self._environment(storage.endpoint, source, warehouse.endpoint)
        for part in self._parts.values():
            part.await_ready()
        for subscription in self.topology.subscriptions:
            self._start_function(subscription.function)
        self._create(storage.endpoint, warehouse.endpoint)  # while the functions start
        self._await_functions()
        self.pubsub.create_subscriptions(self.url)

    def _create(self, storage: str, warehouse: str) -> None:
        """Create tables and buckets."""
        project = self.settings.project
        bigquery.create_tables(warehouse, project, self.settings.dataset)
        buckets = (self.settings.data_bucket, self.settings.state_bucket)
        gcs.create_buckets(storage, project, buckets)

    def start_console(self) -> str:
        """Start the function that shows the stack, and return its address.

        Raises:
            ConfigError: it does not become ready.
        """
        with self._lock:
            self._start_function(CONSOLE)
        self._await_functions()
        return self.url(CONSOLE)

    def stop(self) -> None:
        """Stop all parts, the last started first."""
        with self._lock:
            for child in self._functions.values():
                child.kill()  # a function holds no state, and draining would take a second
            self._functions.clear()
        self._open.close()

    def restart_dead(self) -> list[str]:
        """Restart functions that died, as the platform does; call it from the main thread."""
        with self._lock:
            dead = [name for name, child in self._functions.items() if not child.running()]
            for name in dead:
                self._start_function(name)
        return dead

    def is_up(self) -> bool:
        """Return whether every function runs and accepts connections."""
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
        """Suspend `storage` or `bigquery` inside the block: calls to it hang but do not fail."""
        child = self._parts[emulator]
        child.suspend()
        try:
            yield
        finally:
            child.resume()

    def describe(self) -> dict[str, object]:
        """Return where all parts are, for people and for other processes."""
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
        """Return the address of a function."""
        return f"http://{process.HOST}:{self._ports[function]}/"

    def _port(self, name: str) -> int | None:
        return self.config.ports.get(name)

    def _hold_port(self, name: str) -> int:
        """Hold a port until the stack stops, so that a restarted part has the same address."""
        if name not in self._ports:
            held = process.held_port(self._port(name))
            self._ports[name] = self._open.enter_context(held)
        return self._ports[name]

    def _log(self, name: str) -> Path:
        return self.config.folder / "logs" / f"{name}.log"

    def _start_fork_server(self) -> Launcher:
        server = ForkServer(self._log("functions"))
        self._open.callback(server.stop)
        return server.launch

    def _start_pubsub(self) -> PubSub:
        seed = self.config.chaos
        draw_fates = undisturbed if seed is None else Dice(DELIVERY_FAULTS, seed).roll
        broker = Broker(FileClock(self.clock_file), draw_fates=draw_fates)
        servers = self._open.enter_context(Servers(broker, self._port("pubsub") or 0))
        return PubSub(servers, self.settings.project, self.topology)

    def _begin_storage(self) -> gcs.StorageServer:
        events = gcs.Events(self.settings.data_bucket, "scraped-objects", self.pubsub.rest)
        port, log = self._hold_port("storage"), self._log("storage")
        server = gcs.begin_gcs(self.settings.project, log, port, events, self.clock_file)
        self._hold("storage", server.process)
        return server

    def _begin_source(self) -> str:
        port = self._hold_port("source")
        argv = [sys.executable, "-m", "local.fake_sources", "--port", str(port)]
        argv += ["--clock", str(self.clock_file), "--slate", str(self.config.slate)]
        argv += [f"--refuse={part}" for part in self.config.refuse]
        environment, log = process.base_environment(), self._log("source")
        ready = partial(process.accepts, port)
        child = process.begin(argv, environment, log, ready, name="the sources")
        self._hold("source", child)
        return f"http://{process.HOST}:{port}"

    def _begin_bigquery(self) -> bigquery.BigQueryServer:
        port, log = self._hold_port("bigquery"), self._log("bigquery")
        server = bigquery.begin_bigquery(self.settings.project, log, port, self.clock_file)
        self._hold("bigquery", server.process)
        return server

    def _hold(self, name: str, child: process.Process) -> None:
        self._open.callback(child.stop)
        self._parts[name] = child

    def _environment(self, storage: str, source: str, warehouse: str) -> dict[str, str]:
        overrides = switched_on(source, "local-stack-key")
        environment = {
            variable("pubsub_emulator_host"): self.pubsub.host,
            variable("storage_emulator_host"): storage,
            variable("bigquery_emulator_host"): warehouse,
            variable("clock_file"): str(self.clock_file),
            variable("workflows_file"): str(self.config.workflows),
            variable("source_interval_seconds"): "0",
            variable("tell_incidents"): str(self.config.tell_incidents).lower(),
            **{variable(name): value for name, value in overrides.items()},
        }
        if self.config.refuse:
            environment[variable("source_tries")] = "1"  # the next one would wait for real seconds
        if self.config.collect_since:
            environment[variable("collect_since")] = str(self.config.collect_since)
        return environment

    def _start_function(self, name: str) -> None:
        port = self._hold_port(name)
        assert self._launch is not None
        self._functions[name] = self._launch(name, port, self.environment, self._log(name))

    def _await_functions(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS_MAX
        for name, child in self._functions.items():
            while not process.accepts(self._ports[name]):
                if not child.running() or time.monotonic() > deadline:
                    raise ConfigError(f"function {name} did not start; see {child.log_file}")
                time.sleep(process.POLL_SECONDS)
