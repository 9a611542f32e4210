"""Decisions at any instant, without a stack: what the controller would say, and why."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from common import ids
from common.decide import decide
from common.decision import Decision, Situation
from common.errors import BadInputError
from common.history import History, runs_from_rows, tries_from_log
from common.ports import Row
from common.runtime import Runtime
from common.season import by_date
from common.settings import Settings
from common.slots import is_expired, slot_of
from common.tables import table
from common.workflows import Workflow
from local.source.slate import load

CONTROLLER = "tick-master-controller"


def decisions_at(
    schedule: Path, instant: datetime, workflow: str | None, history: Path | None
) -> list[dict[str, Any]]:
    """Decide at an instant, in the columns of `workflow_decisions`, JSON-ready.

    Args:
        schedule: a scheduleLeagueV2 file or a slate of ours.
        instant: aware.
        workflow: only this one; None decides all.
        history: a folder of `<table>.jsonl` as `day` writes them; None means nothing ran yet.

    Raises:
        BadInputError: an unknown workflow, or files that cannot be read.
    """
    runtime = Runtime(Settings())
    flows = runtime.workflows
    if workflow is not None and workflow not in flows:
        raise BadInputError(f"--workflow {workflow!r}: known are {', '.join(flows)}")
    situation = _situation(runtime, schedule, instant, history)
    return [
        _row(name, flow, decide(name, flow, situation), situation)
        for name, flow in flows.items()
        if workflow in (None, name)
    ]


def _situation(
    runtime: Runtime, schedule: Path, instant: datetime, history: Path | None
) -> Situation:
    cron = runtime.cron(CONTROLLER)
    slot = slot_of(cron, instant)
    return Situation(
        # An instant that no tick is near to is judged as if one came right then.
        slot=instant if is_expired(slot, instant) else slot,
        now=instant,
        cron=cron,
        calendar=by_date(load(schedule).games),
        history=read_history(history, instant) if history else History(),
        per_game=runtime.per_game,
        collect_since=runtime.settings.collect_since,
    )


def read_history(folder: Path, before: datetime) -> History:
    """The history that a folder of table files tells of, up to an instant."""
    log = (row for row in _rows(folder, "scraper_execution_log") if row["triggered_at"] < before)
    decisions = [
        row
        for row in _rows(folder, "workflow_decisions")
        if row["decision_time"] < before and row["action"] == "RUN"
    ]
    ended = _rows(folder, "workflow_executions")
    return History(tries_from_log(log), runs_from_rows(decisions, ended))


def _rows(folder: Path, name: str) -> list[Row]:
    path = folder / f"{name}.jsonl"
    try:
        lines = path.read_text().splitlines()
        return [_typed(name, json.loads(line)) for line in lines]
    except OSError as error:
        raise BadInputError(f"--history {path}: {error.strerror}") from error
    except ValueError as error:
        raise BadInputError(f"--history {path}: {error}; give a folder that `day` wrote") from error


def _typed(name: str, row: Row) -> Row:
    """A row as BigQuery would give it: times and dates as Python's own."""
    for field in table(name).fields:
        value = row.get(field.name)
        if value is not None and field.type == "TIMESTAMP":
            row[field.name] = datetime.fromisoformat(value)
        elif value is not None and field.type == "DATE":
            row[field.name] = datetime.fromisoformat(value).date()
    return row


def _row(name: str, flow: Workflow, decision: Decision, situation: Situation) -> dict[str, Any]:
    again = decision.next_check
    return {
        "decision_time": situation.now.isoformat(),
        "workflow_name": name,
        "action": decision.action,
        "reason": decision.reason,
        "priority": flow.priority,
        "alert_level": decision.alert_level,
        "next_check": again.isoformat() if again else None,
        "scrapers": list(decision.scrapers) if decision.action == "RUN" else [],
        "decision_id": ids.decision_id(name, situation.slot),
        "slot": situation.slot.isoformat(),
        "target_date": decision.target_date.isoformat(),
        "reason_code": decision.reason_code,
        "game_ids": list(decision.game_ids),
        "forced": False,
        "inputs": json.dumps(decision.inputs, default=str),
    }
