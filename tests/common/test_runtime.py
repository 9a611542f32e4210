"""The runtime: one a process, its ports built at their first use."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from threading import Barrier
from types import SimpleNamespace

import pytest
from google.api_core.exceptions import ServiceUnavailable

from common.clock import FileClock, SystemClock
from common.deliveries import Delivery, handling, spent_ms
from common.errors import ConfigError
from common.redaction import HIDDEN, redact
from common.runtime import THREADS_MAX, Runtime, current, install
from common.scrapers import REGISTRY
from common.scrapers.model import Call
from common.settings import ROOT, Settings
from common.settings import settings as read_once
from common.sources.errors import SourceError
from local.simulator.ports.memory import MemoryStorage
from local.simulator.world import ManualClock
from tests.kit.state import NOON


@pytest.fixture(autouse=True)
def environment_s() -> Iterator[None]:
    """The environment's runtime, before and after."""
    install(None)
    yield
    install(None)


def test_a_process_has_one_runtime() -> None:
    """Built once, so that clients and the parsed schedule live as long as the instance."""
    assert current() is current()


def test_another_runtime_can_take_its_place_and_leave_it() -> None:
    """As tests and the simulator do."""
    mine = Runtime(Settings())
    install(mine)
    assert current() is mine
    install(None)
    assert current() is not mine


def test_every_delivery_has_a_name_of_its_own() -> None:
    """Claims tell two deliveries apart by it."""
    runtime = Runtime(Settings())
    assert runtime.new_owner() != runtime.new_owner()


def test_the_clock_is_the_wall_s_unless_a_file_is_named() -> None:
    """The local stack's virtual clock is a setting."""
    assert isinstance(Runtime(Settings()).clock, SystemClock)
    assert isinstance(Runtime(Settings(clock_file=ROOT / "clock.json")).clock, FileClock)


PORTS: dict[str, tuple[str, tuple[object, ...], dict[str, object]]] = {
    "storage": ("common.cloud.storage.GoogleStorage", ("a-project", "http://gcs"), {}),
    "warehouse": (
        "common.cloud.warehouse.BigQueryWarehouse",
        ("a-project", "a_dataset", "http://bq"),
        {"read_retry_seconds": 7},
    ),
    "publisher": (
        "common.cloud.publisher.GooglePublisher",
        ("a-project", "pubsub:1"),
        {"topic_prefix": "staging-"},
    ),
}


@pytest.mark.parametrize("port", PORTS)
def test_a_port_is_built_once_from_its_settings(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At its first use, and with nothing but what is set."""
    built, given, named = PORTS[port]
    calls: list[tuple[tuple[object, ...], dict[str, object]]] = []
    monkeypatch.setattr(built, lambda *args, **more: calls.append((args, more)) or object())
    settings = Settings.model_validate(
        {
            "project": "a-project",
            "dataset": "a_dataset",
            "topic_prefix": "staging-",
            "storage_emulator_host": "http://gcs",
            "bigquery_emulator_host": "http://bq",
            "pubsub_emulator_host": "pubsub:1",
            "read_retry_seconds": 7,
        }
    )
    runtime = Runtime(settings)
    assert calls == []
    assert getattr(runtime, port) is getattr(runtime, port)
    assert calls == [(given, named)]


def test_the_state_is_kept_in_its_bucket_for_a_lease() -> None:
    """With the runtime's own clock, storage and names of deliveries."""
    clock = ManualClock(NOON)
    storage = MemoryStorage(clock)
    settings = Settings(state_bucket="a-bucket", lease_seconds=7)
    runtime = Runtime(settings, new_owner=lambda: "me", clock=clock, storage=storage)
    state = runtime.state
    assert (state.storage, state.bucket, state.clock) == (storage, "a-bucket", clock)
    assert (state.lease, state.new_owner()) == (timedelta(seconds=7), "me")


def test_another_runtime_with_other_ports_keeps_the_rest() -> None:
    """What was logged is known to both, and what was given to the first is given to the second."""
    clock, other = ManualClock(NOON), ManualClock(NOON)
    first = Runtime(Settings(project="p"), new_owner=lambda: "me", elapsed=lambda: 7.0, clock=clock)
    first.logged.add("a")
    second = first.but(clock=other)
    assert (second.settings, second.new_owner(), second.elapsed()) == (first.settings, "me", 7.0)
    assert (first.clock, second.clock) == (clock, other)
    second.logged.add("b")
    assert first.logged == {"a", "b"}
    assert second.but().clock is other


def test_scrapers_are_told_apart_by_what_they_declare() -> None:
    """Which run once a game, by whose id, and which need events."""
    runtime = Runtime(Settings())
    assert runtime.per_game == {name for name, one in REGISTRY.items() if one.scope == "game"}
    assert runtime.by_nba_id == runtime.per_game - {"espn_boxscore", "nbac_gamebook_pdf"}
    assert runtime.per_event == {"oddsa_player_props", *EVENTS_OF_THE_PAST}


EVENTS_OF_THE_PAST = ("oddsa_player_props_his", "oddsa_game_lines_his")


def test_what_passes_is_tried_again_until_its_deadline() -> None:
    """After 0.2, 0.4, 0.8 s and so on up to 5; what lasts is raised at once."""
    clock = ManualClock(NOON)
    runtime, seen = Runtime(Settings(), clock=clock), []

    def read(_: object) -> None:
        seen.append(clock.now() - NOON)
        raise ServiceUnavailable("no") if len(seen) < 99 else LookupError("a bug")

    with pytest.raises(ServiceUnavailable):
        runtime.patience(read, NOON + timedelta(seconds=30))
    waits = [(later - one).total_seconds() for one, later in pairwise(seen)]
    assert waits[:6] == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2, 5])
    assert timedelta(seconds=30) <= seen[-1] < timedelta(seconds=36)
    seen[:] = [timedelta(0)] * 99
    with pytest.raises(LookupError):
        runtime.patience(read, NOON + timedelta(seconds=30))
    assert len(seen) == 100


def test_the_source_that_is_built_has_the_runtime_s_clock() -> None:
    """A task asks its source for the time of an answer; what times the port must not hide it."""
    clock = ManualClock(NOON)
    assert Runtime(Settings(), clock=clock).source.clock is clock


def test_a_variable_of_a_source_that_does_not_exist_stops_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A mistyped name would else be a source that is silently not set."""
    monkeypatch.setenv("NBA_NBA_CND_URL", "https://a.example")
    read_once.cache_clear()
    with pytest.raises(ConfigError, match="nba_cnd"):
        current()
    read_once.cache_clear()


def test_the_configuration_that_decides_is_told_by_its_hash() -> None:
    """Of the file that the settings name."""
    found = Runtime(Settings()).config_hash
    content = (ROOT / "config" / "workflows.yaml").read_bytes()
    assert found == sha256(content).hexdigest()[:12]


def test_calls_at_once_are_a_runtime_s_own() -> None:
    """As many as the storage client has connections for."""
    runtime = Runtime(Settings())
    assert runtime.threads is runtime.threads
    met = Barrier(THREADS_MAX)
    assert [*runtime.threads.map(lambda _: met.wait(5) >= 0, range(THREADS_MAX))] == [True] * 8


def test_a_topic_that_nothing_ticks_has_no_cron() -> None:
    """Named with what to do about it."""
    with pytest.raises(ConfigError, match="none publishes to 'dead-letters'"):
        Runtime(Settings()).cron("dead-letters")


def test_a_runtime_loads_no_client() -> None:
    """An exit before any client must stay cheap (budget: at most 400 modules)."""
    script = (
        "import gc, sys, common.runtime as r; r.current();"
        "print(*sys.modules, gc.get_freeze_count() > 0)"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(found.stdout.split())
    assert {"common.runtime", "True"} <= loaded  # the collector looks through none of it again
    assert not loaded & {"google.cloud.storage", "google.cloud.bigquery", "grpc", "httpx"}


def test_what_cannot_pass_is_tried_once_and_nothing_after_the_deadline() -> None:
    """At the deadline itself the last error stands."""
    clock = ManualClock(NOON)
    runtime = Runtime(Settings(), clock=clock)
    tries: list[int] = []

    def read(error: Exception) -> None:
        tries.append(1)
        raise error

    with pytest.raises(LookupError):
        runtime.patience(lambda _: read(LookupError()), NOON + timedelta(seconds=30))
    with pytest.raises(ServiceUnavailable):
        runtime.patience(lambda _: read(ServiceUnavailable("later")), NOON)
    assert len(tries) == 2


def test_the_time_that_a_source_takes_is_told() -> None:
    """As that of each other port: the line of a delivery has it."""
    with handling(Delivery()):
        with suppress(SourceError):  # no key is set
            source = Runtime(Settings(), clock=ManualClock(NOON)).source
            source.fetch(Call("odds_api", "/x", {}, "x"))
        assert [*spent_ms()] == ["source_ms"]


@pytest.mark.parametrize("port", PORTS)
def test_the_time_of_each_port_is_told_under_its_name(
    port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line says where a delivery has waited."""
    monkeypatch.setattr(PORTS[port][0], lambda *_, **__: SimpleNamespace(ask=lambda: None))
    with handling(Delivery()):
        getattr(Runtime(Settings()), port).ask()
        assert [*spent_ms()] == [f"{port}_ms"]


def test_alternatives_whose_source_is_off_are_named_as_left_out() -> None:
    """So are the scrapers of the steps."""
    flow = Runtime(Settings()).configured["post_game_window_2"]
    step = flow.steps[1].model_copy(
        update={"scrapers": ("nbac_boxscore",), "alternatives": {"nbac_boxscore": (OFF,)}}
    )
    made = flow.model_copy(update={"steps": (flow.steps[0], step)})
    assert Runtime(Settings(), configured={"a": made}).left_out("a") == [OFF]


OFF = "nbac_team_boxscore"


def test_workflows_lack_the_scrapers_whose_source_is_off() -> None:
    """As the file has them they are configured; the names that are left out are in order."""
    flow = Runtime(Settings()).configured["post_game_window_2"]
    named = (
        OFF,
        "nbac_boxscore",
        "nbac_boxscore_usage",
        "nbac_boxscore_advanced",
        "nbac_standings",
    )
    step = flow.steps[0].model_copy(update={"scrapers": named})
    made = flow.model_copy(update={"steps": (step,)})
    runtime = Runtime(Settings(), configured={"a": made})
    assert runtime.workflows["a"].every_scraper == ("nbac_boxscore",)
    assert runtime.left_out("a") == sorted({*named} - {"nbac_boxscore"})


def test_a_scraper_is_off_for_a_reason_alone() -> None:
    """One whose source has all that it needs is on."""
    off = Runtime(Settings()).off
    assert OFF in off
    assert all(off.values())
    waiting = {each.depends_on for each in REGISTRY.values() if each.depends_on}
    given = {name: {"url": "https://a.example", "key": "a-key-of-it"} for name in waiting}
    assert Runtime(Settings.model_validate({"sources": given})).off == {}


def test_r10_a_process_hides_what_its_settings_and_its_libraries_tell(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """From its runtime on, whoever logs."""
    monkeypatch.setenv("NBA_ODDS_API_KEY", "a-key-of-the-test-alone")
    read_once.cache_clear()
    factory = logging.getLogRecordFactory()
    try:
        current()
        assert redact("got a-key-of-the-test-alone") == f"got {HIDDEN}"
        logging.getLogger("flask").error("Exception at %s", "https://u:a-password@h/")
    finally:
        logging.setLogRecordFactory(factory)
        read_once.cache_clear()
    assert "a-password" not in caplog.text


def test_the_season_is_brought_up_to_date_by_the_other_owner_s_boards() -> None:
    """A deployment without any schedule has the games of ESPN's scoreboard."""
    storage = MemoryStorage(ManualClock(NOON))
    labels = {"outcome": "SUCCESS", "task_id": "x"}
    name = f"espn-scoreboard/{NOON.date()}/120000.json"
    storage.create(
        Settings().data_bucket, name, b'{"records": []}', metadata=labels, custom_time=NOON
    )
    runtime = Runtime(Settings(), clock=ManualClock(NOON), storage=storage)
    assert runtime.season.read(NOON).boards == (NOON.date(),)
