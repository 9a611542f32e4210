"""Any instant is decided without a stack, and explained by the rules asked."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from common import ids
from common.cloud.tables import table
from common.configuration.workflows import Workflow
from common.decisions.decide import decide
from common.decisions.situation import Rule, Situation
from common.eastern import EASTERN
from common.errors import BadInputError
from common.review.explain import shown
from common.runtime import Runtime
from common.settings import ROOT, Settings
from local.records.rows import read_history
from local.review.decide import decisions_at, explained_at
from tests.kit.situations import WORKFLOWS, game, ticks

SLATE = ROOT / "config" / "slates" / "2025-11.json"
FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def et(text: str) -> datetime:
    """Return an Eastern wall time as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN)


def explained(when: str, workflow: str) -> str:
    """Return the explanation of one workflow's decision for the built-in games."""
    return "\n".join(explained_at(SLATE, et(when), workflow, None))


def test_rows_have_the_columns_of_the_table() -> None:
    """Each workflow has one row, in the file's order, that JSON can hold."""
    rows = decisions_at(SLATE, et("2025-11-12 13:30:15"), None, None)
    assert [row["workflow_name"] for row in rows] == list(WORKFLOWS)
    names = {field.name for field in table("workflow_decisions").fields}
    assert {frozenset(row) for row in rows} == {frozenset(names)}
    assert json.loads(json.dumps(rows)) == rows


ROWS: dict[str, dict[str, Any]] = {
    "2025-11-12T13:30:15-05:00": {
        "slot": "2025-11-12T18:00:00+00:00",
        "action": "RUN",
        "reason_code": "READY",
        "reason": "Ready: 12 games today, 5.5h until first game",
        "scrapers": ["oddsa_events", "oddsa_player_props", "oddsa_game_lines"],
        "game_ids": [f"00225002{number}" for number in range(13, 25)],
    },
    "2025-11-12T11:00:15-05:00": {
        "slot": "2025-11-12T16:00:00+00:00",
        "action": "SKIP",
        "reason_code": "TOO_EARLY",
        "reason": "Too early (first game in 8h, lead time 6h)",
        "next_check": "2025-11-12T18:00:00+00:00",
    },
    "2025-11-12T18:55:00-05:00": {
        "slot": "2025-11-13T00:00:00+00:00",
        "action": "ABORT",
        "reason_code": "MISSED_WINDOW",
        "reason": "Missed window (first game in 5 min, needed 6h lead time)",
        "alert_level": "WARNING",
    },
    "2025-11-12T03:00:00-05:00": {
        "slot": "2025-11-12T03:00:00-05:00",
        "action": "SKIP",
        "reason_code": "TOO_EARLY",
        "reason": "Too early (first game in 16h, lead time 6h)",
        "next_check": "2025-11-12T18:00:00+00:00",
    },
}


@pytest.mark.parametrize("instant", ROWS)
def test_a_row_has_what_was_decided(instant: str) -> None:
    """Its slot is the tick's before, or the instant itself where no tick is near."""
    (row,) = decisions_at(SLATE, datetime.fromisoformat(instant), "betting_lines", None)
    made = ROWS[instant]
    expected = {
        "scrapers": [],
        "game_ids": [],
        "alert_level": "NONE",
        "next_check": None,
        "decision_time": instant,
        "workflow_name": "betting_lines",
        "priority": "CRITICAL",
        "decision_id": ids.decision_id("betting_lines", datetime.fromisoformat(made["slot"])),
        "target_date": "2025-11-12",
        "forced": False,
        "inputs": row["inputs"],
    }
    assert row == {**expected, **made}


@pytest.mark.parametrize(
    ("workflow", "off"), [("betting_lines", None), ("morning_operations", ["nbac_player_list"])]
)
def test_inputs_are_those_that_the_controller_stores(workflow: str, off: list[str] | None) -> None:
    """A printed row contains the games, the configuration, and the scrapers that are off."""
    (row,) = decisions_at(SLATE, et("2025-11-12 13:30:15"), workflow, None)
    inputs = json.loads(row["inputs"])
    assert (inputs["form"], inputs["config"]) == (1, Runtime(Settings()).config_hash)
    assert len(inputs["games"]["2025-11-12"]) == 12
    assert inputs.get("off") == off


@pytest.mark.parametrize("days", [-14, 14, -15, 15])
def test_a_day_far_from_all_games_is_refused(days: int) -> None:
    """Two weeks before the first game or after the last one something is decided yet."""
    nearest = et("2025-11-11 13:00") if days < 0 else et("2025-11-13 13:00")
    for ask in (decisions_at, lambda *asked: list(explained_at(*asked))):
        asked = (SLATE, nearest + timedelta(days=days), "betting_lines", None)
        if abs(days) == 14:
            assert ask(*asked)
        else:
            with pytest.raises(BadInputError, match="no games known"):
                ask(*asked)


def test_the_last_rule_that_held_decided() -> None:
    """An explanation answers each rule with its facts, up to the one that decided."""
    text = explained("2025-11-12 11:00", "betting_lines")
    assert text.splitlines() == [
        "betting_lines: SKIP TOO_EARLY at 2025-11-12 11:00 ET, about 2025-11-12",
        "  Too early (first game in 8h, lead time 6h); next check 2025-11-12 13:00",
        "    no  the tick came too late for its slot   now 11:00",
        "    no  schedule or history is unreadable     cause none",
        "    no  a stale schedule lists no game today  stale False",
        "    no  no tip-off lies ahead today           tips 19:00, 19:00, 19:00, 19:30 … (12)",
        "    yes it is before the lead time            next 19:00, lead 6h",
    ]


def test_a_run_lists_its_games_and_their_missing_scrapers() -> None:
    """The explanation of a run has one line for each target."""
    text = explained("2025-11-12 23:00", "post_game_window_2")
    assert "post_game_window_2: RUN READY" in text
    missing = "nbac_boxscore, nbac_play_by_play, nbac_gamebook_pdf"
    assert len(re.findall(rf" [A-Z]{{3}}@[A-Z]{{3}} \(\d{{10}}\): {missing}\n", text)) == 9


@FEW
@given(ticks())
def test_explaining_changes_no_decision(tick: tuple[str, Workflow, Situation]) -> None:
    """Recording the rules does not change a decision."""
    name, flow, judged = tick
    rules: list[Rule] = []
    noted = decide(name, flow, replace(judged, rules=rules))
    assert noted == decide(name, flow, judged)
    assert rules
    assert all(shown(fact) for rule in rules for fact in rule.facts.values())
    if noted.action != "RUN":
        quiet = noted.reason_code in {"NOTHING_MISSING", "TOO_EARLY", "NO_GAMES"}
        assert quiet or any(rule.held for rule in rules)


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (None, "none"),
        ((), "none"),
        ("", "none"),
        (0, "0"),
        (False, "False"),
        (et("2025-11-12 19:30"), "19:30"),
        (timedelta(minutes=90), "1.5h"),
        (date(2025, 11, 12), "2025-11-12"),
        (game(), "MIL@CHA"),
        ([1, 2, 3, 4, 5], "1, 2, 3, 4 … (5)"),
    ],
    ids=str,
)
def test_facts_are_shown_as_a_person_reads_them(fact: object, text: str) -> None:
    """Facts are short, instants Eastern, and long lists are cut."""
    assert shown(fact) == text


def test_an_unknown_workflow_is_refused() -> None:
    """An unknown workflow is refused with the names of the configured ones."""
    for ask in (decisions_at, lambda *asked: list(explained_at(*asked))):
        with pytest.raises(BadInputError, match="betting_lines"):
            ask(SLATE, et("2025-11-12 13:00"), "nope", None)


def test_an_unreadable_history_is_refused(tmp_path: Path) -> None:
    """A folder without tables is named, whether rows or an explanation are asked for."""
    for ask in (decisions_at, lambda *asked: list(explained_at(*asked))):
        with pytest.raises(BadInputError, match=r"jsonl: No such file"):
            ask(SLATE, et("2025-11-12 13:00"), "betting_lines", tmp_path / "none")


def test_rows_and_explanations_follow_the_history(tmp_path: Path) -> None:
    """A run of the same slot that has collected leaves nothing to do."""
    found = {}
    for table_name in ("scraper_execution_log", "workflow_decisions", "workflow_executions"):
        write(tmp_path, table_name)
    run = {"workflow_name": "injury_discovery", "target_date": "2025-11-12", "game_id": None}
    run |= {"slot": "2025-11-12T18:00:00+00:00", "execution_id": "x", "outcome": "SUCCESS"}
    run |= {"scraper_name": "nbac_injury_report", "triggered_at": "2025-11-12T18:00:09+00:00"}
    write(tmp_path, "scraper_execution_log", run)
    for history in (None, tmp_path):
        asked = (SLATE, et("2025-11-12 14:00:15"), "injury_discovery", history)
        (row,) = decisions_at(*asked)
        assert f"injury_discovery: {row['action']} {row['reason_code']} " in next(
            explained_at(*asked)
        )
        found[history] = row["reason_code"]
    assert found[None] != found[tmp_path] == "FOUND"


def write(folder: Path, name: str, *rows: Mapping[str, object]) -> None:
    """Write a table's file."""
    (folder / f"{name}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))


def test_history_is_what_the_controller_would_have_read(tmp_path: Path) -> None:
    """Rows later than the instant are ignored: a run that ended after it was under way."""
    base = {"target_date": "2025-11-12", "slot": "2025-11-12T18:00:00+00:00"}
    log = {"scraper_name": "oddsa_events", "game_id": None, "outcome": "SUCCESS"}
    log["execution_id"] = "l"
    log |= {"workflow_name": "betting_lines", **base}
    late, early = ({**log, "triggered_at": f"2025-11-12T18:0{m}:00+00:00"} for m in (9, 1))
    old = {**log, "triggered_at": "2025-10-06T18:00:00+00:00", "target_date": "2025-10-06"}
    write(tmp_path, "scraper_execution_log", early, {**late, "scraper_name": "late"}, old)
    run = {"decision_id": "d", "workflow_name": "betting_lines", "action": "RUN", "game_ids": []}
    write(
        tmp_path,
        "workflow_decisions",
        {**run, **base, "decision_time": "2025-11-12T18:00:01+00:00"},
    )
    ended: dict[str, Any] = {"decision_id": "d", "status": "completed"}
    ended["finished_at"] = "2025-11-12T18:09:00+00:00"
    ended |= {"execution_time": "2025-11-12T18:00:02+00:00", "scraper_execution_ids": ["l"]}
    write(tmp_path, "workflow_executions", ended)
    before = read_history(tmp_path, et("2025-11-12 13:05"))
    assert [key[0] for key in before.attempts] == ["oddsa_events"]
    assert before.in_flight("betting_lines", date(2025, 11, 12), et("2025-11-12 13:05")) is not None
    after = read_history(tmp_path, et("2025-11-12 13:10"))
    assert after.in_flight("betting_lines", date(2025, 11, 12), et("2025-11-12 13:10")) is None
    write(
        tmp_path, "workflow_decisions", {"action": "RUN", "decision_time": "2025-11-12 18:00 UTC"}
    )
    assert read_history(tmp_path, et("2025-11-12 13:05")).runs == ()


@pytest.mark.parametrize("text", [None, "{", "[]\n", '{"triggered_at": 5}\n'])
def test_a_file_that_is_no_table_is_named(tmp_path: Path, text: str | None) -> None:
    """A missing file is named; a line that is no row is named with its number."""
    if text is not None:
        (tmp_path / "scraper_execution_log.jsonl").write_text(text)
    place = "1: " if text else " No such file"
    with pytest.raises(BadInputError, match=rf"scraper_execution_log\.jsonl:{place}"):
        read_history(tmp_path, et("2025-11-12 13:05"))
