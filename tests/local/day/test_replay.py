"""The replayed day: its rows, the user's queries on it, and what a user does to a kept stack."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from common.cloud.publisher import GooglePublisher
from common.cloud.storage import make_client
from common.settings import ROOT
from local.day.seed_queries import bind, statements
from local.records.compare import differences
from local.records.sql import run_sql
from local.records.tables import write_tables
from local.stack.driver import RunningStack
from local.stack.pubsub import clients
from tests.kit.replays import DAY, Replayed, simulated
from tests.kit.world import slate

pytestmark = pytest.mark.stack


def ask(stack: RunningStack, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a statement on the stack."""
    endpoint = stack.environment["BIGQUERY_EMULATOR_HOST"]
    return run_sql(endpoint, stack.where["project"], sql)[1]


def table(stack: RunningStack, name: str) -> str:
    """Return a table's full name."""
    return f"`{stack.where['project']}.{stack.where['dataset']}.{name}`"


def publish_raw(stack: RunningStack, topic: str, data: bytes) -> None:
    """Publish bytes with Google's client, as a user might by mistake."""
    publisher, _ = clients(stack.environment["PUBSUB_EMULATOR_HOST"])
    publisher.publish(
        topic=f"projects/{stack.where['project']}/topics/{topic}",
        messages=[{"data": data, "attributes": {"action": "RUN"}}],
    )


def test_the_day_leaves_the_promised_rows(finished_day: Replayed) -> None:
    """The day leaves 5-20 plan rows, 8 x 18 decisions and 96 cleanups, and no dead letter."""
    tables = finished_day.outcome.tables
    assert 5 <= len(tables["daily_expected_schedule"]) <= 20
    assert len(tables["workflow_decisions"]) == 144
    assert len(tables["cleanup_operations"]) == 96
    assert finished_day.outcome.dead_letters == 0
    assert {row["status"] for row in tables["cleanup_operations"]} == {"OK"}


def test_the_simulator_lives_the_same_day(finished_day: Replayed) -> None:
    """What the memory ports leave in the tables is what real servers and processes leave."""
    assert differences(simulated(slate(), DAY), finished_day.outcome.tables) == []


def test_every_run_has_one_finished_execution_and_its_log_rows(finished_day: Replayed) -> None:
    """Each RUN has one completed execution, all of whose tasks are logged once."""
    tables = finished_day.outcome.tables
    runs = Counter(r["decision_id"] for r in tables["workflow_decisions"] if r["action"] == "RUN")
    assert runs == Counter(row["decision_id"] for row in tables["workflow_executions"])
    logged = Counter(row["execution_id"] for row in tables["scraper_execution_log"])
    assert max(logged.values()) == 1
    for row in tables["workflow_executions"]:
        assert row["status"] == "completed"
        assert row["scrapers_triggered"] == len(row["scraper_execution_ids"]) > 0
        assert set(row["scraper_execution_ids"]) <= set(logged)


def test_the_plan_is_what_the_controller_ran(finished_day: Replayed) -> None:
    """The locked plan and the slots that ran are the same set (rule R2)."""
    tables = finished_day.outcome.tables
    planned = {
        (row["workflow_name"], row["expected_run_time"])
        for row in tables["daily_expected_schedule"]
    }
    ran = {
        (row["workflow_name"], row["slot"])
        for row in tables["workflow_decisions"]
        if row["action"] == "RUN"
    }
    assert planned == ran != set()


def plan_versus_actual(day: date) -> str:
    """Return the query of docs/tables.md, for a day."""
    text = (ROOT / "docs" / "tables.md").read_text().split("## Plan versus actual")[1]
    return bind(text.split("```sql")[1].split("```")[0], day)


def test_plan_versus_actual_is_empty_for_a_day_as_planned(finished_day: Replayed) -> None:
    """The documented query finds no difference on the undisturbed day."""
    assert ask(finished_day.stack, plan_versus_actual(DAY)) == []


def test_plan_versus_actual_shows_what_ran_unplanned(finished_day: Replayed) -> None:
    """The documented query lists a plan row without a run, and a run without a plan row."""
    stack = finished_day.stack
    other = date(2025, 11, 20)
    ask(
        stack,
        f"INSERT INTO {table(stack, 'daily_expected_schedule')} "
        "(date, workflow_name, expected_run_time, plan_id, scrapers, game_ids) VALUES "
        "(DATE '2025-11-20', 'a', TIMESTAMP '2025-11-20 18:00:00+00', 'p', [], [])",
    )
    ask(
        stack,
        f"INSERT INTO {table(stack, 'workflow_decisions')} (decision_time, slot, workflow_name, "
        "action, decision_id, forced, scrapers, game_ids) VALUES "
        "(TIMESTAMP '2025-11-20 19:00:00+00', TIMESTAMP '2025-11-20 19:00:00+00', 'b', 'RUN', "
        "'d', FALSE, [], [])",
    )
    rows = ask(stack, plan_versus_actual(other))
    assert [(row[0], row[1]) for row in rows] == [
        ("planned, did not run", "a"),
        ("ran, not planned", "b"),
    ]


def test_every_game_is_covered(finished_day: Replayed) -> None:
    """All 12 games have lines before tip-off, and the 9 that are final by 23:00 box scores."""
    covered = finished_day.outcome.coverage
    assert len(covered.games) == len(covered.lines_before_tipoff) == 12
    assert len(covered.box_scores) == 9
    assert covered.due_later == ("0022500222", "0022500223", "0022500224")
    assert covered.missing == ()


def test_the_end_to_end_query_counts_every_run(finished_day: Replayed) -> None:
    """On every line, as many scraper runs are logged as were triggered."""
    sql = next(s.sql for s in statements() if s.sql.startswith("WITH flow"))
    rows = ask(finished_day.stack, bind(sql, DAY))
    assert len(rows) == len(finished_day.outcome.tables["workflow_executions"]) > 0
    assert all(row[-1] == row[-3] == row[-2] for row in rows)


def test_tables_are_written_with_offsets(finished_day: Replayed, tmp_path: Path) -> None:
    """The JSON lines have the tables' columns, and times with an offset."""
    write_tables(finished_day.outcome.tables, tmp_path)
    lines = (tmp_path / "workflow_decisions.jsonl").read_text().splitlines()
    row = json.loads(lines[0])
    assert len(lines) == 144
    assert datetime.fromisoformat(row["decision_time"]).utcoffset() is not None
    assert {"decision_time", "workflow_name", "action", "reason", "decision_id"} <= set(row)


def test_an_upload_by_hand_is_logged(finished_day: Replayed) -> None:
    """An object that a user uploads with a GCS client gets a log row."""
    stack = finished_day.stack
    client = make_client("anyone", stack.environment["STORAGE_EMULATOR_HOST"])
    blob = client.bucket(stack.where["data_bucket"]).blob("bp-events/2025-11-12/by-hand.json")
    blob.upload_from_string("{}")
    assert stack.wait_idle(20).idle
    sql = f"SELECT scraper_name, status, outcome FROM {table(stack, 'scraper_execution_log')}"
    rows = ask(stack, f"{sql} WHERE gcs_path LIKE '%by-hand.json'")
    assert rows == [("upload", "SUCCESS", "UPLOADED")]


def test_a_request_by_hand_runs_a_scraper(finished_day: Replayed) -> None:
    """A scraper request published with the client library is run and logged."""
    stack = finished_day.stack
    publisher = GooglePublisher(stack.where["project"], stack.environment["PUBSUB_EMULATOR_HOST"])
    body = {"schema": "scraper-request", "version": 1, "scraper": "nbac_player_list"}
    publisher.publish("scraper-requests", {**body, "target_date": "2025-11-11"}, {})
    assert stack.wait_idle(20).idle
    sql = f"SELECT outcome, records_processed FROM {table(stack, 'scraper_execution_log')}"
    rows = ask(
        stack, f"{sql} WHERE target_date = '2025-11-11' AND scraper_name = 'nbac_player_list'"
    )
    assert len(rows) == 1
    assert rows[0][0] == "SUCCESS"
    assert rows[0][1] > 0


def test_a_past_slot_is_decided_again_by_force(finished_day: Replayed) -> None:
    """A forced tick is decided for its own past slot.

    Noon of a day whose morning was missed leaves a WARNING, which the user's alert query lists.
    """
    stack = finished_day.stack
    publisher = GooglePublisher(stack.where["project"], stack.environment["PUBSUB_EMULATOR_HOST"])
    noon = "2025-11-13T12:00:00-05:00"
    tick = {"schema": "tick", "version": 1, "scheduled_time": noon, "force": True}
    publisher.publish("tick-master-controller", tick, {})
    assert stack.wait_idle(20).idle
    alerts = next(s.sql for s in statements() if "'WARNING', 'ERROR'" in s.sql)
    rows = ask(stack, bind(alerts, date(2025, 11, 13)))
    assert ("WARNING", "morning_operations", 1) in rows


MALFORMED: Mapping[str, tuple[str, bytes, str]] = {
    "not JSON": ("tick-schedule-locker", b"{tick", "not JSON"),
    "not an object": ("tick-master-controller", b"[1]", "JSON list"),
    "another version": ("tick-cleanup-processor", b'{"version": 7}', "version"),
    "missing fields": ("workflow-decisions", b'{"action": "RUN"}', "decision_id"),
    "unknown scraper": ("scraper-requests", b'{"scraper": "nope"}', "nope"),
    "no object name": ("scraped-objects", b'{"bucket": "nba-scraped-data"}', "name"),
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_a_malformed_message_is_recorded_and_blocks_nothing(
    finished_day: Replayed, kind: str
) -> None:
    """A malformed message is dead-lettered with its error, and the next message is handled."""
    stack = finished_day.stack
    topic, data, expected = MALFORMED[kind]
    before = stack.wait_idle(20).failed
    publish_raw(stack, topic, data)
    publish_raw(stack, "tick-cleanup-processor", b"{}")
    chain = stack.wait_idle(20)
    assert chain.idle
    assert chain.failed == before
    letters = [letter for letter in dead_letters(stack) if letter["original"] == data.decode()]
    assert letters
    assert all(expected in letter["error"] for letter in letters)
    assert all(letter["function"] for letter in letters)


def dead_letters(stack: RunningStack) -> list[dict[str, Any]]:
    """Return the messages of the dead-letter subscription, and leave them there."""
    _, subscriber = clients(stack.environment["PUBSUB_EMULATOR_HOST"])
    name = f"projects/{stack.where['project']}/subscriptions/dead-letters--kept"
    pulled = subscriber.pull(subscription=name, max_messages=100, return_immediately=True)
    received = pulled.received_messages
    subscriber.modify_ack_deadline(
        subscription=name, ack_ids=[one.ack_id for one in received], ack_deadline_seconds=0
    )
    return [json.loads(one.message.data) for one in received]


def test_a_kept_stack_answers_a_direct_call(finished_day: Replayed) -> None:
    """A function answers the bare JSON of `gcloud functions call --data`."""
    import httpx  # noqa: PLC0415 - only here

    url = finished_day.stack.where["functions"]["schedule_locker"]
    tick = {"schema": "tick", "version": 1, "scheduled_time": "2025-11-12T05:00:00-05:00"}
    good = httpx.post(url, json=tick)
    bad = httpx.post(url, json={"version": 9})
    assert good.status_code == 200
    assert good.json()["result"] == "already locked"
    assert bad.status_code == 400
    assert "version" in bad.json()["error"]
