"""Decides at any instant, without a stack, as the controller would."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from common import ids
from common.calendar.season import by_date
from common.calendar.slots import is_expired, slot_of
from common.configuration.workflows import Workflow
from common.decisions.decide import decide
from common.decisions.history import History
from common.decisions.recording import decide_recorded
from common.decisions.situation import Decision, Rule, Situation
from common.eastern import eastern_date
from common.errors import BadInputError
from common.review.explain import explain
from common.runtime import Runtime
from common.settings import Settings
from local.fake_sources.slate import load, refuse_far
from local.records.rows import read_history

FAR = timedelta(days=14)
"""With no game this near the controller reads no history: nothing is decided of such a day."""
CONTROLLER = "tick-master-controller"


def decisions_at(
    schedule: Path, instant: datetime, workflow: str | None, history: Path | None
) -> list[dict[str, Any]]:
    """Decide at an instant; return rows of `workflow_decisions` that JSON can hold.

    Args:
        schedule: a scheduleLeagueV2 file or a slate of ours.
        instant: aware.
        workflow: the only one to decide; None decides all.
        history: a folder of `<table>.jsonl` as `day` writes them; None for an empty history.

    Raises:
        BadInputError: an unknown workflow, or files that cannot be read.
    """
    runtime = Runtime(Settings())
    situation = _situation(runtime, schedule, instant, history)
    judge = partial(decide_recorded, situation=situation, config=runtime.config_hash)
    return [
        _row(name, flow, judge(name, flow, off=runtime.left_out(name)), situation)
        for name, flow in _chosen(runtime, workflow).items()
    ]


def explained_at(
    schedule: Path, instant: datetime, workflow: str | None, history: Path | None
) -> Iterator[str]:
    """Yield the same decisions for a person: each rule asked, in order, with the facts it saw."""
    runtime = Runtime(Settings())
    situation = _situation(runtime, schedule, instant, history)
    for name, flow in _chosen(runtime, workflow).items():
        rules: list[Rule] = []
        made = decide(name, flow, replace(situation, rules=rules))
        yield from explain(name, made, situation, rules)


def _chosen(runtime: Runtime, workflow: str | None) -> dict[str, Workflow]:
    flows = runtime.workflows
    if workflow is not None and workflow not in flows:
        raise BadInputError(f"--workflow {workflow!r}: known are {', '.join(flows)}")
    return {name: flow for name, flow in flows.items() if workflow in (None, name)}


def _situation(
    runtime: Runtime, schedule: Path, instant: datetime, history: Path | None
) -> Situation:
    cron, calendar = runtime.cron(CONTROLLER), by_date(load(schedule).games)
    day = eastern_date(instant)
    refuse_far(schedule, calendar, day, day, far=FAR)
    slot = slot_of(cron, instant)
    return Situation(
        # Far from any tick, decide as if a tick came at this instant.
        slot=instant if is_expired(slot, instant) else slot,
        now=instant,
        cron=cron,
        calendar=calendar,
        history=read_history(history, instant) if history else History(),
        per_game=runtime.per_game,
    )


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
        "scrapers": list(decision.scrapers),
        "decision_id": ids.decision_id(name, situation.slot),
        "slot": situation.slot.isoformat(),
        "target_date": decision.target_date.isoformat(),
        "reason_code": decision.reason_code,
        "game_ids": list(decision.game_ids),
        "forced": False,
        "inputs": json.dumps(decision.inputs, separators=(",", ":")),
    }
