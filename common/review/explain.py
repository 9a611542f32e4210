"""Explains a decision to a person: the rules asked, in order, with the facts each saw."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from common.calendar.games import Game
from common.decisions.history import Run
from common.decisions.situation import Decision, Rule, Situation, hours, wall
from common.eastern import eastern
from common.messages.models import GameTarget

ITEMS_MAX = 4


def explain(
    name: str, made: Decision, situation: Situation, rules: Sequence[Rule]
) -> Iterator[str]:
    """Yield the lines about one decision; the last rule that held is the one that decided."""
    slot = f"{eastern(situation.slot):%Y-%m-%d %H:%M} ET"
    yield f"{name}: {made.action} {made.reason_code} at {slot}, about {made.target_date}"
    yield f"  {made.reason}{_again(made)}"
    asks = max((len(rule.asks) for rule in rules), default=0)
    for rule in rules:
        facts = ", ".join(f"{key} {shown(value)}" for key, value in rule.facts.items())
        yield f"    {'yes' if rule.held else 'no':<4}{rule.asks:<{asks}}  {facts}".rstrip()
    if made.action == "RUN":
        yield f"    run {', '.join(made.scrapers)}"
        yield from _targets(made.targets)
    yield ""


def _again(made: Decision) -> str:
    return f"; next check {eastern(made.next_check):%Y-%m-%d %H:%M}" if made.next_check else ""


def _targets(targets: Sequence[GameTarget]) -> Iterator[str]:
    for target in targets:
        missing = ", ".join(target.scrapers) or "only what is collected for the whole date"
        yield f"        {target.away}@{target.home} ({target.game_id}): {missing}"


def shown(fact: object) -> str:  # noqa: PLR0911 - one line a type
    """Return a fact as a person reads it; instants are Eastern."""
    match fact:
        case None | () | []:
            return "none"
        case datetime():
            return wall(fact)
        case time():
            return f"{fact:%H:%M}"
        case date():
            return fact.isoformat()
        case timedelta():
            return hours(fact)
        case Game() | GameTarget():
            return f"{fact.away}@{fact.home}"
        case Run():
            return f"of {wall(fact.slot)}"
        case list() | tuple():
            items = ", ".join(shown(item) for item in fact[:ITEMS_MAX])
            more = f" … ({len(fact)})" if len(fact) > ITEMS_MAX else ""
            return f"{items}{more}"
    return str(fact) or "none"
