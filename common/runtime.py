"""What a handler works with: settings, clock and ports, each built at its first use."""

import gc
import time
from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, TypedDict, Unpack
from uuid import uuid4

from common import settings as settings_module
from common.cloud.timed import timed
from common.errors import is_transient
from common.logs import redact_libraries
from common.redaction import learn
from common.settings import Settings

if TYPE_CHECKING:  # what a handler does not use, its cold start does not load
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from tenacity import Retrying

    from common.calendar.owners import Listing
    from common.calendar.season import SeasonReader
    from common.calendar.slots import Cron
    from common.clock import Clock
    from common.cloud.ports import Publisher, Storage, Warehouse
    from common.configuration.topology import Topology
    from common.configuration.workflows import Workflow
    from common.sources.client import Source
    from common.state.store import StateStore

NewOwner = Callable[[], str]
THREADS_MAX = 8
"""Calls of one instance that run at once; the storage client keeps ten connections."""


class Given(TypedDict, total=False):
    """What a runtime may be given instead of building it from its settings."""

    clock: "Clock"
    threads: "Executor"
    storage: "Storage"
    warehouse: "Warehouse"
    publisher: "Publisher"
    source: "Source"
    season: "SeasonReader"
    configured: "dict[str, Workflow]"


def _new_owner() -> str:
    return str(uuid4())


class Runtime:
    """Ports and settings of one process: given ones, and Google's for those that are not given.

    A port that is not given is built at its first use, so that a function which answers before it
    needs a client loads none.

    Attributes:
        settings: read once from the environment.
        new_owner: names a delivery, so that claims tell two of them apart.
        elapsed: seconds of a monotonic clock, for durations.
        logged: alerts that this instance has logged; `entry/incidents.py` keeps it bounded.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        new_owner: NewOwner = _new_owner,
        elapsed: Callable[[], float] = time.monotonic,
        **given: Unpack[Given],
    ) -> None:
        learn(settings.secrets())
        self.settings = settings
        self.new_owner = new_owner
        self.elapsed = elapsed
        self.logged: set[str] = set()
        self._given = given
        vars(self).update(given)  # where a cached property keeps what it built

    def but(self, **given: Unpack[Given]) -> "Runtime":
        """The same runtime with other ports; what was logged is known to both."""
        ports = Given(**self._given)
        ports.update(given)
        made = Runtime(self.settings, new_owner=self.new_owner, elapsed=self.elapsed, **ports)
        made.logged = self.logged
        return made

    @cached_property
    def clock(self) -> "Clock":
        """The wall clock, or the local stack's virtual one."""
        from common.clock import FileClock, SystemClock  # noqa: PLC0415 - not before it is read

        held = self.settings.clock_file
        return FileClock(held) if held else SystemClock()

    @cached_property
    def threads(self) -> "Executor":
        """Make calls at once that do not need each other's answers: each costs a round trip."""
        from common.threads import CallThreads  # noqa: PLC0415 - not before it is used

        return CallThreads(THREADS_MAX)

    @cached_property
    def storage(self) -> "Storage":
        """Google Cloud Storage or its emulator."""
        from common.cloud.storage import GoogleStorage  # noqa: PLC0415 - a client only when used

        return timed(
            GoogleStorage(self.settings.project, self.settings.storage_emulator_host), "storage"
        )

    @cached_property
    def warehouse(self) -> "Warehouse":
        """BigQuery or its emulator."""
        from common.cloud.warehouse import BigQueryWarehouse  # noqa: PLC0415 - a client only when used

        warehouse = BigQueryWarehouse(
            self.settings.project,
            self.settings.dataset,
            self.settings.bigquery_emulator_host,
            read_retry_seconds=self.settings.read_retry_seconds,
        )
        return timed(warehouse, "warehouse")

    @cached_property
    def publisher(self) -> "Publisher":
        """Pub/Sub or an emulator of it."""
        from common.cloud.publisher import GooglePublisher  # noqa: PLC0415 - a client only when used

        publisher = GooglePublisher(
            self.settings.project,
            self.settings.pubsub_emulator_host,
            topic_prefix=self.settings.topic_prefix,
        )
        return timed(publisher, "publisher")

    @cached_property
    def state(self) -> "StateStore":
        """The state bucket."""
        from common.state.store import StateStore  # noqa: PLC0415 - no exit before it needs one

        return StateStore(
            self.storage,
            self.settings.state_bucket,
            self.clock,
            timedelta(seconds=self.settings.lease_seconds),
            self.new_owner,
        )

    @cached_property
    def source(self) -> "Source":
        """The sources over HTTP."""
        from common.sources.client import Source  # noqa: PLC0415 - a client only when used

        return timed(Source(self.settings, self.clock), "source")

    @cached_property
    def patience(self) -> "Retrying":
        """Retries what may pass until the deadline that is given with it (rule R5)."""
        from tenacity import Retrying, retry_if_exception, wait_exponential  # noqa: PLC0415 - lazily

        return Retrying(
            retry=retry_if_exception(is_transient),
            # Not stop_after_delay, which reads the wall clock (rule R1).
            stop=lambda state: self.clock.now() >= state.args[0],
            wait=wait_exponential(multiplier=0.2, max=5),
            sleep=self.clock.sleep,
            reraise=True,
        )

    @cached_property
    def season(self) -> "SeasonReader":
        """The schedule as last stored; re-read when a newer object appears."""
        from common.calendar.season import SeasonReader  # noqa: PLC0415 - only the deciders need it

        return SeasonReader(self.storage, self.settings.data_bucket, _listings, self.threads)

    @cached_property
    def topology(self) -> "Topology":
        """Topics, subscriptions and jobs."""
        from common.configuration.topology import load_topology  # noqa: PLC0415 - YAML only when read

        return load_topology(self.settings.topology_file)

    @cached_property
    def workflows(self) -> "dict[str, Workflow]":
        """Enabled workflows by name, without the scrapers whose source is off."""
        from common.configuration.left_out import without  # noqa: PLC0415 - as below

        return {name: without(flow, self.off) for name, flow in self.configured.items()}

    @cached_property
    def configured(self) -> "dict[str, Workflow]":
        """Enabled workflows by name as the file has them; one that cannot work is refused."""
        from common.configuration.checks import load_checked  # noqa: PLC0415 - YAML only when read

        return load_checked(self.settings.workflows_file, self.topology)

    def left_out(self, workflow: str) -> list[str]:
        """Return the scrapers that a workflow names and whose source is off."""
        return sorted(self.off.keys() & set(self.configured[workflow].every_scraper))

    @cached_property
    def off(self) -> dict[str, str]:
        """Scrapers whose source is off until the operator sets a way to it, and why."""
        from common.scrapers import REGISTRY  # noqa: PLC0415 - only the deciders need it
        from common.scrapers.source import source_of  # noqa: PLC0415 - as above
        from common.sources.keys import why_off  # noqa: PLC0415 - as above

        waiting = {name: scraper.depends_on for name, scraper in REGISTRY.items()}
        found = {
            name: why_off(source_of(source), self.settings)
            for name, source in waiting.items()
            if source
        }
        return {name: why for name, why in found.items() if why}

    @cached_property
    def config_hash(self) -> str:
        """Which configuration decides: kept with every decision and plan row."""
        from common.configuration.workflows import config_hash  # noqa: PLC0415 - YAML only when read

        return config_hash(self.settings.workflows_file)

    @cached_property
    def per_game(self) -> frozenset[str]:
        """Names of the scrapers that run once a game."""
        from common.scrapers import REGISTRY  # noqa: PLC0415 - only the deciders need it

        return frozenset(name for name, scraper in REGISTRY.items() if scraper.scope == "game")

    @cached_property
    def by_nba_id(self) -> frozenset[str]:
        """Names of the scrapers that ask for a game by NBA.com's id."""
        from common.scrapers import REGISTRY  # noqa: PLC0415 - only the deciders need it

        return frozenset(name for name in self.per_game if REGISTRY[name].by_nba_id)

    @cached_property
    def per_event(self) -> frozenset[str]:
        """Names of the scrapers that go by The Odds API's event ids."""
        from common.scrapers import REGISTRY  # noqa: PLC0415 - only the executor needs it

        return frozenset(name for name, scraper in REGISTRY.items() if scraper.needs_events)

    def cron(self, topic: str) -> "Cron":
        """The cron that ticks a topic."""
        from common.calendar.slots import parse_cron  # noqa: PLC0415 - only ticks have slots

        return parse_cron(self.topology.cron_for(topic))


def _listings(body: bytes) -> "Sequence[Listing]":
    from common.scrapers.espn.listing import read_listings  # noqa: PLC0415 - rarely needed

    return read_listings(body)


_held: list[Runtime] = []


def current() -> Runtime:
    """The runtime of this process, built from the environment at the first use.

    Raises:
        ConfigError: a variable has a wrong value, or is for a source that does not exist.
    """
    if not _held:
        redact_libraries()
        read = settings_module.settings()
        if read.sources:
            from common.scrapers.source import check_sources  # noqa: PLC0415 - rarely needed

            check_sources(read)
        _held.append(Runtime(read))
        gc.freeze()  # what is loaded by now stays: looking through it takes 4 % of a cold start
    return _held[-1]


def install(runtime: Runtime | None) -> None:
    """Use another runtime from now on; None goes back to the environment's."""
    _held.clear()
    if runtime is not None:
        _held.append(runtime)
