"""Decisions with their stored inputs, and the same decisions made again from them."""

import json
from dataclasses import replace

from common.configuration.workflows import Workflow
from common.decisions.decide import decide
from common.decisions.recording import decide_recorded
from common.decisions.situation import Decision, Situation
from common.review.stored_inputs import situation_from
from tests.kit.situations import PER_GAME, TICKS, WORKFLOWS

Stored = tuple[str, Decision]


def recorded(
    name: str, judged: Situation, flow: Workflow | None = None, *, forced: bool = False
) -> Stored:
    """Return a decision's inputs as the column holds them, and the decision without them."""
    made = decide_recorded(name, flow or WORKFLOWS[name], judged, forced=forced, config="abc")
    text = json.dumps(made.inputs, separators=(",", ":"))
    return text, replace(made, inputs={})


def restored(text: str, judged: Situation) -> Situation:
    """Return the situation that stored inputs describe."""
    inputs = json.loads(text)
    return situation_from(inputs, judged.slot, judged.now, cron=TICKS, per_game=PER_GAME)


def again(
    name: str, text: str, judged: Situation, flow: Workflow | None = None, *, forced: bool = False
) -> Decision:
    """Make a decision again from its stored inputs."""
    return decide(name, flow or WORKFLOWS[name], restored(text, judged), forced=forced)
