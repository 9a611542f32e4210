"""Decides recorded decisions again from their stored inputs, and compares the results."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from common.cloud.ports import Row
from common.configuration.workflows import Workflow
from common.decisions.decide import decide
from common.decisions.inputs import FORM, stored_targets
from common.decisions.situation import Decision
from common.eastern import EASTERN
from common.errors import BadInputError
from common.review.stored_inputs import flow_then, situation_of
from common.runtime import Runtime
from common.settings import Settings
from local.records.rows import read_rows

TABLE = "workflow_decisions"
VALUE_CHARACTERS_MAX = 120


@dataclass(frozen=True)
class Changed:
    """One recorded decision that differs today; old and new value by field."""

    workflow: str
    slot: datetime
    differences: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Rejudged:
    """The result for all recorded decisions.

    Attributes:
        changed: those that differ today, in order of time.
        judged: how many were decided again.
        without_inputs: how many have no inputs of a known form.
        other_configuration: how many were made under another configuration.
    """

    changed: tuple[Changed, ...]
    judged: int
    without_inputs: int
    other_configuration: int


def rejudge(folder: Path, workflows: Path | None = None) -> Rejudged:
    """Decide the decisions of a folder again, with today's code and configuration.

    Args:
        folder: contains `workflow_decisions.jsonl` as `day` and `simulate` write it.
        workflows: a workflow file to use in place of the configured one.

    Raises:
        BadInputError: the file cannot be read, or contains no decision with its inputs.
        ConfigError: the workflow file cannot work.
    """
    settings = Settings()
    if workflows:
        settings = settings.model_copy(update={"workflows_file": workflows})
    runtime = Runtime(settings)
    _ = runtime.configured  # refuses a file that cannot work before it is hashed
    current = runtime.config_hash
    rows = read_rows(folder, TABLE)
    recorded = [(row, inputs) for row in rows if row["slot"] and (inputs := _inputs(folder, row))]
    if not recorded:
        raise BadInputError(
            f"{folder / TABLE}.jsonl: none of {len(rows)} decisions has its inputs; "
            "record some with: python -m local day DATE --out DIR"
        )
    return Rejudged(
        changed=tuple(_changed(runtime, folder, recorded)),
        judged=len(recorded),
        without_inputs=len(rows) - len(recorded),
        other_configuration=sum(inputs.get("config", current) != current for _, inputs in recorded),
    )


def _inputs(folder: Path, row: Row) -> Mapping[str, Any] | None:
    """Return a row's inputs; None where they are missing or of an unknown form."""
    try:
        inputs = from_json(row.get("inputs") or "{}")
    except (ValueError, TypeError) as error:
        raise _broken(folder, row, error) from error
    return inputs if isinstance(inputs, dict) and inputs.get("form") == FORM else None


def _broken(folder: Path, row: Row, error: Exception) -> BadInputError:
    return BadInputError(
        f"{folder / TABLE}.jsonl: inputs of decision {row['decision_id']} "
        f"({row['workflow_name']} at {row['slot']}): {type(error).__name__}: {error}; "
        "give a folder that `day` or `simulate` wrote"
    )


def _changed(
    runtime: Runtime, folder: Path, recorded: list[tuple[Row, Mapping[str, Any]]]
) -> Iterator[Changed]:
    for row, inputs in sorted(recorded, key=lambda pair: pair[0]["slot"]):
        name = row["workflow_name"]
        flow = runtime.configured.get(name)
        try:
            made = _again(runtime, name, flow, row, inputs) if flow else None
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            raise _broken(folder, row, error) from error
        was, now = _recorded(row, inputs), _decided(made)
        differences = {what: (was[what], now[what]) for what in was if was[what] != now[what]}
        if differences:
            yield Changed(name, row["slot"], differences)


def _again(
    runtime: Runtime, name: str, flow: Workflow, row: Row, inputs: Mapping[str, Any]
) -> Decision:
    situation = situation_of(runtime, row, inputs)
    return decide(name, flow_then(flow, inputs), situation, forced=bool(row["forced"]))


def _recorded(row: Row, inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "action": row["action"],
        "reason_code": row["reason_code"],
        "target_date": row["target_date"],
        "scrapers": list(row["scrapers"]),
        "game_ids": list(row["game_ids"]),
        "targets": inputs.get("targets", []),
    }


def _decided(made: Decision | None) -> dict[str, Any]:
    """Return the same fields of today's decision; all None where the workflow is not enabled."""
    if made is None:
        return dict.fromkeys(
            ("action", "reason_code", "target_date", "scrapers", "game_ids", "targets")
        )
    return {
        "action": made.action,
        "reason_code": made.reason_code,
        "target_date": made.target_date,
        "scrapers": list(made.scrapers),
        "game_ids": list(made.game_ids),
        "targets": stored_targets(made.targets),
    }


def lines_of(found: Rejudged) -> Iterator[str]:
    """Yield one line for each decision that differs, and a summary."""
    for one in found.changed:
        slot = f"{one.slot.astimezone(EASTERN):%Y-%m-%d %H:%M}"
        if one.differences.get("action", ("", ""))[1] is None:
            yield f"~ {slot}  {one.workflow}: is not enabled"
            continue
        text = "; ".join(
            f"{what}: {_short(was)} → {_short(now)}" for what, (was, now) in one.differences.items()
        )
        yield f"~ {slot}  {one.workflow}: {text}"
    yield "; ".join(_summary(found))


def _summary(found: Rejudged) -> Iterator[str]:
    yield f"{found.judged} decisions judged again, {len(found.changed)} differ"
    if found.other_configuration:
        yield f"{found.other_configuration} were made under another configuration"
    if found.without_inputs:
        yield f"{found.without_inputs} have no inputs"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= VALUE_CHARACTERS_MAX else f"{text[:VALUE_CHARACTERS_MAX]}…"
