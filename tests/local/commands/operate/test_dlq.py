"""`python -m local dlq` shows dead letters without loss, and sends their originals again."""

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
from common.entry.dead_letters import dead_letter
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


def test_listing_shows_both_kinds_and_consumes_neither(bench: Bench) -> None:
    """Both kinds are listed with their errors, and listed again the second time."""
    bench.dead_letter("scraper_runner", '{"scraper": "nope"}')
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
    """The table shows function, error class and time of each letter."""
    bench.dead_letter("scraper_runner", "{}")
    done = bench.run("list")
    assert done.exit_code == 0
    for text in ("scraper_runner", "BadInputError", "2025-11-12 17:00:00", "1 dead letter"):
        assert text in done.stdout


def test_times_are_in_utc_and_those_of_the_original(bench: Bench) -> None:
    """The table has when a message failed; a replay says of when the message is."""
    whole = {"schema": "dead-letter", "error_class": "E", "error": "e", "attributes": {}}
    times = {"failed_at": "2025-11-12T19:30:00+01:00", "publish_time": NOON.isoformat()}
    letter = {**whole, **times, "function": "schedule_locker", "message_id": "7", "original": "{}"}
    bench.publish("dead-letters", json.dumps(letter).encode())
    assert "2025-11-12 18:30:00" in bench.run("list").stdout
    said = f"to tick-schedule-locker, of {NOON.isoformat()}\n"
    assert said in bench.run("replay", "--all").stdout


def test_that_there_may_be_more_is_said(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many letters as one command looks at are not known to be all."""
    for _ in range(2):
        bench.dead_letter("scraper_runner", "{}")
    monkeypatch.setattr("local.commands.operate.dlq.LETTERS_MAX", 2)
    assert bench.run("replay", "--all").stdout.endswith(
        "; 2 were looked at; run it again for more\n"
    )


def test_that_there_may_be_more_of_a_function_is_said(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its letters are among those that were looked at, and more may stand behind them."""
    for function in ("scraper_runner", "scraper_logger"):
        bench.dead_letter(function, "{}")
    monkeypatch.setattr("local.commands.operate.dlq.LETTERS_MAX", 2)
    said = bench.run("replay", "--function", "scraper_runner").stdout
    assert said.endswith("; 2 were looked at; run it again for more\n")


def test_a_hostile_letter_cannot_move_the_cursor(bench: Bench) -> None:
    """Escape sequences, markup and line breaks in a letter are shown as text."""
    bench.dead_letter("\x1b[31m[red]x\n", "{}")
    done = bench.run("list")
    assert "\x1b[31m" not in done.stdout
    assert " [31m[red]x " in done.stdout


def test_show_prints_the_whole_letter(bench: Bench) -> None:
    """`show` prints original, attributes and times; a JSON original is printed as JSON."""
    bench.dead_letter("scraper_runner", '{"scraper": "nope"}', origin="a test")
    (listed,) = bench.listed()
    done = bench.run("show", listed["id"])
    shown = json.loads(done.stdout)
    assert shown["original"] == {"scraper": "nope"}
    assert shown["attributes"] == {"origin": "a test"}
    assert (shown["published"], shown["message_id"]) == (NOON.isoformat(), "7")


def test_r7_a_replayed_tick_keeps_its_original_time(bench: Bench) -> None:
    """A replayed tick gets its first publish time as `scheduled_time`."""
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


def test_r7_a_replay_keeps_the_attributes_that_filters_use(bench: Bench) -> None:
    """A RUN decision passes its subscription's filter again, without the platform's attributes."""
    bench.give_up("workflow-decisions", json.dumps(DECISION).encode(), action="RUN")
    bench.accept = True
    assert bench.run("replay", "--all").exit_code == 0
    assert bench.broker.wait_idle(10)
    (event,) = bench.got
    assert event.data == DECISION
    assert event.attributes == {"action": "RUN", "republished": "dlq"}


def test_replaying_one_function_s_letters_leaves_the_others(bench: Bench) -> None:
    """`--function` replays the letters of that function only."""
    bench.accept = True
    bench.dead_letter("scraper_runner", '{"scraper": "nbac_player_list"}')
    bench.dead_letter("schedule_locker", '{"schema": "tick"}')
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
def test_r7_what_cannot_be_replayed_stays(
    bench: Bench, function: str, original: str, why: str
) -> None:
    """Exit status 1 with the reason; `--all` replays the other letters."""
    bench.accept = True
    bench.dead_letter(function, original)
    bench.dead_letter("schedule_locker", "{}")
    done = bench.run("replay", "--all")
    assert done.exit_code == 1
    assert why in done.stdout
    assert done.stdout.splitlines()[-1] == "1 replayed, 1 stayed"
    assert [one["function"] for one in bench.listed()] == [function]


def claimed_letter(**fields: object) -> bytes:
    """Return a letter of ours with some fields changed."""
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
def test_a_message_of_neither_kind_is_listed_and_stays(
    bench: Bench, data: bytes, attributes: dict[str, str]
) -> None:
    """A message that an operator published there by hand is shown and never replayed."""
    bench.publish("dead-letters", data, **attributes)
    (letter,) = bench.listed()
    assert (letter["function"], letter["error_class"]) == ("", "Unreadable")
    assert bench.run("replay", "--all").exit_code == 1
    assert len(bench.listed()) == 1


def test_r7_a_bomb_is_listed_with_its_function_and_error(bench: Bench) -> None:
    """An original with very many JSON values does not make its letter unreadable."""
    bench.dead_letter("schedule_locker", '{"a":[' + "[]," * 80_000 + "[]]}")
    (letter,) = bench.listed()
    assert (letter["function"], letter["error"]) == ("schedule_locker", "field: wrong")


def test_many_large_letters_are_listed(bench: Bench) -> None:
    """Letters of together more than the 4 MiB of gRPC's default limit are listed."""
    for _ in range(18):
        bench.dead_letter("schedule_locker", "x" * 300_000)
    assert len(bench.listed()) == 18


@pytest.mark.parametrize("original", ['{"version":NaN}', '{"version":1,"version":2}'])
def test_an_original_that_is_no_json_is_shown_as_it_came(bench: Bench, original: str) -> None:
    """An original that is not valid JSON is printed as a string, unchanged."""
    bench.dead_letter("schedule_locker", original)
    done = bench.run("show", bench.listed()[0]["id"])
    assert json.loads(done.stdout)["original"] == original


def test_a_letter_is_kept_when_its_original_cannot_be_published(bench: Bench) -> None:
    """A letter whose topic is missing stays, because it is acknowledged after the publish."""
    bench.dead_letter("schedule_locker", "{}")
    bench.broker.registry.delete_topic(f"projects/{PROJECT}/topics/tick-schedule-locker")
    done = bench.run("replay", "--all")
    assert isinstance(done.exception, SystemExit)
    assert "to topic tick-schedule-locker: " in done.output
    assert len(bench.listed()) == 1


def test_a_slow_replay_holds_its_letters(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """With minutes between two publishes no lease expires, so no letter is replayed twice."""
    bench.accept = True
    for _ in range(3):
        bench.dead_letter("schedule_locker", "{}")
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
    """`--limit` bounds the letters listed."""
    for _ in range(5):
        bench.dead_letter("schedule_locker", "{}")
    assert len(json.loads(bench.run("list", "--json", "--limit", "2").stdout)) == 2
    assert len(bench.listed()) == 5


def test_letters_are_filtered_before_they_are_counted(bench: Bench) -> None:
    """`--limit 1` of a function finds its letter behind older ones of others (FU5)."""
    for _ in range(3):
        bench.dead_letter("schedule_locker", "{}")
    bench.dead_letter("scraper_runner", "{}")
    done = bench.run("list", "--json", "--function", "scraper_runner", "--limit", "1")
    assert [one["function"] for one in json.loads(done.stdout)] == ["scraper_runner"]


@pytest.mark.parametrize("spelling", ["scraper_runner", "scraper-runner"])
def test_a_function_is_known_in_both_spellings(bench: Bench, spelling: str) -> None:
    """Google Cloud's spelling of a function finds its letters as ours does (FU5)."""
    bench.dead_letter("scraper_runner", "{}")
    done = bench.run("list", "--json", "--function", spelling)
    assert len(json.loads(done.stdout)) == 1


def test_a_dropped_letter_is_gone_and_its_original_not_sent(bench: Bench) -> None:
    """`drop ID` removes that letter alone, and publishes nothing."""
    bench.accept = True
    bench.dead_letter("scraper_runner", '{"scraper": "nbac_player_list"}')
    bench.dead_letter("schedule_locker", '{"schema": "tick"}')
    (letter,) = (one for one in bench.listed() if one["function"] == "scraper_runner")
    done = bench.run("drop", letter["id"])
    assert done.stdout == f"dropped   {letter['id']}  of scraper_runner\n"
    assert bench.broker.wait_idle(10)
    assert [one["function"] for one in bench.listed()] == ["schedule_locker"]
    assert bench.got == []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["drop", "nope"], "no dead letter 'nope' waits"),
        (["list", "--function", "runner"], "'runner' is no function; known are schedule_locker"),
        (["show", "nope"], "no dead letter 'nope' waits"),
        (["replay", "nope"], "no dead letter 'nope' waits"),
        (["replay"], "give one of ID, --function NAME or --all"),
        (["replay", "7", "--all"], "give one of ID, --function NAME or --all"),
    ],
    ids=str,
)
def test_a_mistake_is_refused(bench: Bench, arguments: list[str], expected: str) -> None:
    """An unknown letter or an ambiguous choice is refused with what to give."""
    done = bench.run(*arguments)
    assert done.exit_code == 2
    assert expected in done.output


def test_an_error_is_one_line_and_exit_status_2(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unknown letter is one line on standard error with exit status 2."""
    monkeypatch.setattr("sys.argv", ["local", "dlq", "--project", PROJECT, "show", "nope"])
    with pytest.raises(SystemExit) as ended:
        run()
    written = capsys.readouterr()
    assert (ended.value.code, written.out) == (2, "")
    assert written.err.startswith("error: no dead letter 'nope' waits")
    assert written.err.count("\n") == 1


def test_a_project_without_the_subscription_is_refused(bench: Bench) -> None:
    """The error names the missing subscription."""
    bench.broker.delete_subscription(f"projects/{PROJECT}/subscriptions/dead-letters--kept")
    done = bench.run("list")
    assert done.exit_code == 2
    assert "subscriptions/dead-letters--kept" in done.output


@pytest.mark.stack
def test_r7_a_replay_runs_on_the_kept_stack(
    finished_day: Replayed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request given up days ago is scraped for its own date, and logged."""
    stack = finished_day.stack
    monkeypatch.setattr("local.stack.driver.kept_stack", lambda: stack)
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


def test_without_a_stack_or_a_project_the_error_names_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a kept stack the error names `up` and `--project`."""
    monkeypatch.setattr("local.stack.driver.kept_stack", lambda: None)
    done = CliRunner().invoke(main, ["dlq", "list"])
    assert isinstance(done.exception, SystemExit)
    assert "python -m local up; or name a Google Cloud project with --project" in done.output
