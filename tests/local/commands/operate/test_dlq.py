"""`python -m local dlq`: dead letters are looked at without loss, and come back as they were."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from click.testing import CliRunner, Result
from google.pubsub_v1 import types

from common.cloud.publisher import GooglePublisher
from common.entry.dead_letters import bury
from common.errors import BadInputError
from common.messages.envelope import Event, parse_event
from common.runtime import Runtime
from common.settings import Settings, settings
from local.broker.broker import Broker
from local.broker.servers import Servers
from local.commands.cli import main, run
from local.records.tables import read_tables
from local.simulator.world import ManualClock
from tests.kit.replays import Replayed

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
PROJECT = Settings().project
TICK = "tick-master-controller"
DECISION = {"schema": "workflow-decision", "version": 1, "action": "RUN"}


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
        """What `dlq list --json` prints."""
        done = self.run("list", "--json")
        assert done.exit_code == 0, done.output
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    def publish(self, topic: str, data: bytes, **attributes: str) -> str:
        """Publish bytes as anyone might."""
        return self.broker.publish(f"projects/{PROJECT}/topics/{topic}", data, attributes)

    def bury(self, function: str, original: str, **attributes: str) -> None:
        """Let a function dead-letter a message."""
        runtime = Runtime(Settings())
        runtime.__dict__.update(clock=self.clock, publisher=GooglePublisher(PROJECT, self.host))
        event = Event(
            shape="push",
            data={},
            attributes=attributes,
            message_id="7",
            publish_time=NOON,
            raw=original,
        )
        bury(runtime, function, event, BadInputError("field: wrong"))

    def give_up(self, topic: str, data: bytes, **attributes: str) -> None:
        """Publish a message that its functions refuse until the platform gives it up."""
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
        """Say nothing."""


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


def test_listing_shows_both_kinds_and_consumes_neither(bench: Bench) -> None:
    """Our letter with its error, the platform's with its count; twice the same."""
    bench.bury("scraper_runner", '{"scraper": "nope"}')
    bench.give_up(TICK, b'{"schema": "tick", "version": 1}')
    found = bench.listed()
    assert [(one["function"], one["error_class"]) for one in found] == [
        ("scraper_runner", "BadInputError"),
        ("master_controller", "DeliveriesExhausted"),
    ]
    assert found[0]["error"] == "field: wrong"
    assert "gave up after 5 deliveries" in found[1]["error"]
    assert bench.listed() == found


def test_the_table_names_each_letter(bench: Bench) -> None:
    """A person sees function, class and time."""
    bench.bury("scraper_runner", "{}")
    done = bench.run("list")
    assert done.exit_code == 0
    for text in ("scraper_runner", "BadInputError", "2025-11-12 17:00:00", "1 dead letter"):
        assert text in done.stdout


def test_a_hostile_letter_cannot_move_the_cursor(bench: Bench) -> None:
    """Escape sequences, markup and line breaks of a letter are shown as text."""
    bench.bury("\x1b[31m[red]x\n", "{}")
    done = bench.run("list")
    assert "\x1b[31m" not in done.stdout
    assert " [31m[red]x " in done.stdout


def test_show_tells_the_whole_letter(bench: Bench) -> None:
    """Original, attributes and times; the original as JSON where it is that."""
    bench.bury("scraper_runner", '{"scraper": "nope"}', origin="a test")
    (listed,) = bench.listed()
    done = bench.run("show", listed["id"])
    shown = json.loads(done.stdout)
    assert shown["original"] == {"scraper": "nope"}
    assert shown["attributes"] == {"origin": "a test"}
    assert (shown["published"], shown["message_id"]) == (NOON.isoformat(), "7")


def test_r7_a_replayed_tick_says_its_original_time(bench: Bench) -> None:
    """The platform's letter comes back with `scheduled_time` = when it was first published."""
    bench.give_up(TICK, b'{"schema": "tick", "version": 1}')
    (letter,) = bench.listed()
    bench.clock.move(NOON + timedelta(hours=20))
    bench.accept = True
    done = bench.run("replay", letter["id"])
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "1 replayed, 0 stayed")
    assert bench.broker.wait_idle(10)
    (event,) = bench.got
    assert event.data == {
        "schema": "tick",
        "version": 1,
        "scheduled_time": NOON.isoformat(),
    }
    assert bench.listed() == []


def test_r7_a_replay_keeps_the_attributes_that_filters_ask_for(bench: Bench) -> None:
    """A RUN decision passes its subscription's filter again; the platform's marks are gone."""
    bench.give_up("workflow-decisions", json.dumps(DECISION).encode(), action="RUN")
    bench.accept = True
    assert bench.run("replay", "--all").exit_code == 0
    assert bench.broker.wait_idle(10)
    (event,) = bench.got
    assert event.data == DECISION
    assert event.attributes == {"action": "RUN", "republished": "dlq"}


def test_replaying_one_function_s_letters_leaves_the_others(bench: Bench) -> None:
    """`--function` picks; what is left waits on."""
    bench.accept = True
    bench.bury("scraper_runner", '{"scraper": "nbac_player_list"}')
    bench.bury("schedule_locker", '{"schema": "tick"}')
    assert bench.run("replay", "--function", "scraper_runner").exit_code == 0
    assert [one["function"] for one in bench.listed()] == ["schedule_locker"]


@pytest.mark.parametrize(
    ("function", "original", "why"),
    [
        ("scraper_runner", "{not json", "its original: not JSON"),
        ("scraper_runner", "x" * 300_000, "longer than"),
        ("renamed", "{}", "function 'renamed' has no subscription"),
    ],
    ids=["not JSON", "too long", "unknown function"],
)
def test_r7_what_cannot_be_replayed_says_so_and_stays(
    bench: Bench, function: str, original: str, why: str
) -> None:
    """Exit status 1 with the reason; the others of `--all` are replayed."""
    bench.accept = True
    bench.bury(function, original)
    bench.bury("schedule_locker", "{}")
    done = bench.run("replay", "--all")
    assert done.exit_code == 1
    assert why in done.stdout
    assert done.stdout.splitlines()[-1] == "1 replayed, 1 stayed"
    assert [one["function"] for one in bench.listed()] == [function]


def claimed_letter(**fields: object) -> bytes:
    """What looks like a letter of ours but for some fields."""
    sound = {"function": "f", "error_class": "E", "error": "e", "message_id": "1", "original": "{}"}
    whole = {"schema": "dead-letter", **sound, "failed_at": NOON.isoformat(), "attributes": {}}
    return json.dumps(whole | fields).encode()


@pytest.mark.parametrize(
    ("data", "attributes"),
    [
        *((data, {}) for data in (b"\xff\x00", b"[]", b'{"schema": "dead-letter"}', b'{"a": 1}')),
        (claimed_letter(failed_at="2025-11-12T17:00:00"), {}),
        (claimed_letter(attributes=["a"]), {}),
        (
            b"{}",
            {
                "CloudPubSubDeadLetterSourceSubscription": "s",
                "CloudPubSubDeadLetterSourceTopicPublishTime": "noon",
            },
        ),
    ],
)
def test_whatever_lies_on_the_topic_is_listed(
    bench: Bench, data: bytes, attributes: dict[str, str]
) -> None:
    """Someone published it there by hand: shown, never replayed, and nothing falls over."""
    bench.publish("dead-letters", data, **attributes)
    (letter,) = bench.listed()
    assert (letter["function"], letter["error_class"]) == ("", "Unreadable")
    assert bench.run("replay", "--all").exit_code == 1
    assert len(bench.listed()) == 1


def test_r7_a_bomb_is_listed_with_its_function_and_error(bench: Bench) -> None:
    """An original of nothing but commas is text in its letter, and no values of it."""
    bench.bury("schedule_locker", '{"a":[' + "[]," * 80_000 + "[]]}")
    (letter,) = bench.listed()
    assert (letter["function"], letter["error"]) == ("schedule_locker", "field: wrong")


def test_many_large_letters_are_listed(bench: Bench) -> None:
    """Together more than the 4 MiB that gRPC takes by default."""
    for _ in range(18):
        bench.bury("schedule_locker", "x" * 300_000)
    assert len(bench.listed()) == 18


@pytest.mark.parametrize("original", ['{"version":NaN}', '{"version":1,"version":2}'])
def test_an_original_that_is_no_json_is_shown_as_it_came(bench: Bench, original: str) -> None:
    """Neither is the output made invalid by it, nor is a part of it left out."""
    bench.bury("schedule_locker", original)
    done = bench.run("show", bench.listed()[0]["id"])
    assert json.loads(done.stdout)["original"] == original


def test_a_letter_is_kept_when_its_original_cannot_be_published(bench: Bench) -> None:
    """Acknowledged only after the publish: a topic that is gone loses nothing."""
    bench.bury("schedule_locker", "{}")
    bench.broker.registry.delete_topic(f"projects/{PROJECT}/topics/tick-schedule-locker")
    done = bench.run("replay", "--all")
    assert isinstance(done.exception, SystemExit)
    assert "to topic tick-schedule-locker: " in done.output
    assert len(bench.listed()) == 1


def test_a_slow_replay_holds_its_letters(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Minutes between two publishes: no lease ends meanwhile, so no letter comes twice."""
    bench.accept = True
    for _ in range(3):
        bench.bury("schedule_locker", "{}")
    publish = GooglePublisher.publish

    def slowly(self: GooglePublisher, *message: Any) -> str:
        bench.clock.move(bench.clock.now() + timedelta(minutes=2))
        name = f"projects/{PROJECT}/subscriptions/dead-letters--kept"
        bench.broker.modify_ack_deadline(name, [], 0)  # ends the leases that are over
        return publish(self, *message)

    monkeypatch.setattr(GooglePublisher, "publish", slowly)
    assert bench.run("replay", "--all").exit_code == 0
    assert bench.listed() == []
    assert bench.broker.wait_idle(10)
    assert len(bench.got) == 3


def test_list_is_bounded(bench: Bench) -> None:
    """`--limit` looks at no more."""
    for _ in range(5):
        bench.bury("schedule_locker", "{}")
    assert len(json.loads(bench.run("list", "--json", "--limit", "2").stdout)) == 2
    assert len(bench.listed()) == 5


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["show", "nope"], "no dead letter 'nope' waits"),
        (["replay", "nope"], "no dead letter 'nope' waits"),
        (["replay"], "give one of ID, --function NAME or --all"),
        (["replay", "7", "--all"], "give one of ID, --function NAME or --all"),
    ],
    ids=str,
)
def test_a_mistake_is_told(bench: Bench, arguments: list[str], told: str) -> None:
    """What was asked for is not there, or not clear."""
    done = bench.run(*arguments)
    assert done.exit_code == 2
    assert told in done.output


def test_an_error_is_one_line_and_exit_status_2(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As every command's."""
    monkeypatch.setattr("sys.argv", ["local", "dlq", "--project", PROJECT, "show", "nope"])
    with pytest.raises(SystemExit) as ended:
        run()
    written = capsys.readouterr()
    assert (ended.value.code, written.out) == (2, "")
    assert written.err.startswith("error: no dead letter 'nope' waits")
    assert written.err.count("\n") == 1


def test_a_project_without_the_subscription_is_told(bench: Bench) -> None:
    """The name of what is missing."""
    bench.broker.delete_subscription(f"projects/{PROJECT}/subscriptions/dead-letters--kept")
    done = bench.run("list")
    assert done.exit_code == 2
    assert "subscriptions/dead-letters--kept" in done.output


@pytest.mark.stack
def test_r7_a_replay_runs_on_the_kept_stack(
    finished_day: Replayed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that was given up days ago is scraped for its own date, and logged."""
    stack = finished_day.stack
    monkeypatch.setattr("local.commands.operate.dlq.kept_stack", lambda: stack)
    publisher = GooglePublisher(stack.where["project"], stack.environment["PUBSUB_EMULATOR_HOST"])
    letter_id = publisher.publish(
        "dead-letters",
        {"schema": "scraper-request", "version": 1, "scraper": "nbac_player_list"},
        {
            "CloudPubSubDeadLetterSourceDeliveryCount": "100",
            "CloudPubSubDeadLetterSourceSubscription": "scraper-requests--scraper-runner",
            "CloudPubSubDeadLetterSourceSubscriptionProject": stack.where["project"],
            "CloudPubSubDeadLetterSourceTopicPublishTime": "2025-11-09T17:00:00.000+00:00",
        },
    )
    done = CliRunner().invoke(main, ["dlq", "replay", letter_id])
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "1 replayed, 0 stayed")
    assert stack.wait_idle(20).idle
    rows = read_tables(stack.where)["scraper_execution_log"]
    found = [row for row in rows if str(row["target_date"]) == "2025-11-09"]
    assert [(row["scraper_name"], row["status"]) for row in found] == [
        ("nbac_player_list", "SUCCESS")
    ]
    assert letter_id not in CliRunner().invoke(main, ["dlq", "list", "--json"]).stdout


def test_without_a_stack_or_a_project_it_says_what_to_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One of both is needed."""
    monkeypatch.setattr("local.commands.operate.dlq.kept_stack", lambda: None)
    done = CliRunner().invoke(main, ["dlq", "list"])
    assert isinstance(done.exception, SystemExit)
    assert "--keep; or name a Google Cloud project with --project" in done.output
