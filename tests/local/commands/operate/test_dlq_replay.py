"""`python -m local dlq replay` and `drop`: an original is sent again, and no letter is lost."""

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from common.cloud.publisher import GooglePublisher
from local.commands.cli import main
from local.records.tables import read_tables
from tests.kit.replays import Replayed
from tests.local.commands.operate.conftest import NOON, PROJECT, Bench

TICK = "tick-master-controller"
DECISION = {"schema": "workflow-decision", "version": 1, "action": "RUN"}


def claimed_letter(**fields: object) -> bytes:
    """Return a letter of ours with some fields changed."""
    sound = {"function": "f", "error_class": "E", "error": "e", "message_id": "1", "original": "{}"}
    whole = {"schema": "dead-letter", **sound, "failed_at": NOON.isoformat(), "attributes": {}}
    return json.dumps(whole | fields).encode()


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
    """`--function` replays the letters of that function only, and counts no other one."""
    bench.accept = True
    bench.dead_letter("scraper_runner", '{"scraper": "nbac_player_list"}')
    bench.dead_letter("schedule_locker", '{"schema": "tick"}')
    done = bench.run("replay", "--function", "scraper_runner")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "1 replayed, 0 stayed")
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
