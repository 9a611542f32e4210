"""Why a workflow decided as it did, or why a game has and lacks what it does."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from common.calendar.games import Game
from common.calendar.slots import FORCED_AHEAD_MAX
from common.cloud.ports import Row
from common.decisions.decide import decide
from common.decisions.inputs import FORM
from common.decisions.situation import Decision, Rule, Situation
from common.eastern import eastern, eastern_date
from common.errors import BadInputError
from common.look.coverage import cover
from common.look.datum import Covered
from common.look.decided import WITH_INPUTS, decisions_between, inputs_of, last_of
from common.review.explain import explain
from common.review.flip import flips
from common.review.stored_inputs import flow_then, situation_of
from common.runtime import Runtime

LAST_DAYS_MAX = 8
"""How far back the last decision of a workflow is looked for."""
_TEAMS = re.compile(r"([A-Z]{3})@([A-Z]{3})")


@dataclass(frozen=True)
class Explained:
    """A recorded decision, judged again from its stored inputs.

    Attributes:
        row: the recorded decision.
        again: the decision that the same facts lead to now; another one than the recorded where the
            configuration has changed since.
        situation: the facts.
        rules: each rule that was asked, in order.
        flips: the smallest changes of the facts that would have led to another action.
    """

    row: Row
    again: Decision
    situation: Situation
    rules: Sequence[Rule]
    flips: Sequence[str]

    def lines(self) -> Iterator[str]:
        """Yield the rules with their facts, then what would have led to another action."""
        made, row = self.again, self.row
        yield from list(explain(row["workflow_name"], made, self.situation, self.rules))[:-1]
        if (made.action, made.reason_code) != (row["action"], row["reason_code"]):
            yield (
                f"  recorded was {row['action']} {row['reason_code']}: {row['reason']}; "
                "the configuration has changed since"
            )
        other = "not have run" if made.action == "RUN" else "have run"
        if self.flips:
            yield from (f"  it would {other} if {said}" for said in self.flips)
        else:
            yield "  no small change of these facts leads to another action"


def explained(place: Runtime, row: Row) -> Explained:
    """Judge a recorded decision again, rule by rule.

    Raises:
        BadInputError: its row has no inputs that can be read, or its workflow is not enabled now.
    """
    name, inputs = row["workflow_name"], inputs_of(row)
    flow = place.configured.get(name)
    if flow is None or inputs.get("form") != FORM:
        what = "is not enabled here" if flow is None else "has no inputs that can be read"
        raise BadInputError(f"{name} at {row['slot']:%Y-%m-%dT%H:%M}Z {what}: {row['reason']}")
    forced = bool(row["forced"])
    flow, situation = flow_then(flow, inputs), _situation(place, row, inputs)
    rules: list[Rule] = []
    made = decide(name, flow, replace(situation, rules=rules), forced=forced)
    return Explained(row, made, situation, rules, flips(name, flow, situation, made, forced=forced))


def _situation(place: Runtime, row: Row, inputs: Mapping[str, Any]) -> Situation:
    try:
        return situation_of(place, row, inputs)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise BadInputError(f"inputs of decision {row['decision_id']}: {error}") from error


def last_decision(place: Runtime, workflow: str, when: datetime) -> Row:
    """Return the last recorded decision of a workflow in a slot at or before an instant.

    Raises:
        BadInputError: there is none in the eight days before it.
    """
    since = when - timedelta(days=LAST_DAYS_MAX)
    soon = when + FORCED_AHEAD_MAX
    made = decisions_between(place, since, soon, WITH_INPUTS, workflow_name=workflow)
    if found := last_of(made, workflow, when):
        return found
    later = f"{eastern(made[0]['slot']):%Y-%m-%dT%H:%M}" if made else ""
    raise BadInputError(
        f"{workflow} decided nothing in the {LAST_DAYS_MAX} days before {when}"
        + (f"; for the next slot in which it did: --at {later}" if later else "")
    )


def find_game(place: Runtime, name: str, when: datetime) -> Game:
    """Return a game by its id, or by its teams the last one up to the date of an instant.

    Raises:
        BadInputError: the schedule lists no such game.
    """
    calendar = place.season.read(place.clock.now()).calendar
    teams = _TEAMS.fullmatch(name)
    day = eastern_date(when)
    games = [game for listed in calendar.values() for game in listed if not game.postponed]
    if teams is None:
        found = [game for game in games if game.game_id == name]
    else:
        found = [game for game in games if (game.away, game.home) == teams.groups()]
        found = [game for game in found if game.game_date <= day] or found[:1]
    if not found:
        raise BadInputError(f"the schedule lists no game {name!r}; see: python -m local games DATE")
    return max(found, key=lambda game: game.game_date)


def game_and_decisions(
    place: Runtime, game: Game, when: datetime
) -> tuple[Covered, list[Explained]]:
    """Return a game's data, and the decisions that tell why some of it is lacking.

    That is the last RUN that asked for it; without one, the last decision of each of its workflows.
    """
    found = cover(place, game.game_date)
    (covered,) = (each for each in found.games if each.game.game_id == game.game_id)
    names = dict.fromkeys(name for each in covered.data for name in each.flows)
    about = (row for row in found.decisions if row["slot"] <= when)
    rows = [row for row in about if row["workflow_name"] in names]
    ran = [row for row in rows if game.game_id in row["game_ids"]]
    last = ran[-1:] or {row["workflow_name"]: row for row in rows}.values()
    return covered, [explained(place, row) for row in last]


def game_line(game: Game) -> str:
    """Describe a game in one line."""
    tip = f"{eastern(game.tipoff):%Y-%m-%d %H:%M} ET" if game.tipoff else "not known"
    over = "final" if game.is_final else "not final"
    return f"{game.away}@{game.home} ({game.game_id}), tip-off {tip}, {over} in the schedule"
