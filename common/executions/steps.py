"""An execution's plan: steps of tasks, pure; a step may be made from an earlier one's output."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common import ids
from common.calendar.game_ids import is_known
from common.configuration.step import Step
from common.executions.manifest import Manifest, StepTasks
from common.messages.models import (
    GAMES_MAX,
    ExecutionRef,
    GameRef,
    GameTarget,
    ScraperRequest,
    WorkflowDecision,
    season_type,
)

if TYPE_CHECKING:  # annotations only: the tracker reads no schedule
    from common.calendar.games import Game


@dataclass(frozen=True)
class Outputs:
    """What earlier steps found.

    Attributes:
        event_ids: of The Odds API; None when the step that should find them failed.
        final: the games, by id, that are final in the refreshed schedule; None when it could not
            be refreshed, and the decision's own targets stand.
        lacking: what the scrapers before an alternative failed to bring: ids of games, and None for
            the whole date.
    """

    event_ids: tuple[str, ...] | None = ()
    final: Mapping[str, "Game"] | None = None
    lacking: frozenset[str | None] = frozenset()


def plan_step(manifest: Manifest, number: int, outputs: Outputs) -> StepTasks:
    """The requests of step `number`, given what earlier steps found.

    A game that is not final gets no task (NOT_READY); scrapers whose event ids could not be found
    are blocked by their dependency (scenario X14), and with no event there is nothing to ask. An
    alternative is asked for what is lacking, and for nothing else.
    """
    step = manifest.steps[number]
    if step.instead_of:
        return StepTasks(requests=tuple(_instead(manifest, number, outputs)))
    blocked: list[str] = []
    requests: list[ScraperRequest] = []
    for scraper in step.scrapers:
        needs_events = scraper in manifest.per_event
        if scraper in manifest.per_game:
            requests += _game_requests(manifest, number, scraper, outputs)
        elif needs_events and outputs.event_ids is None:
            blocked.append(f"{scraper}: BLOCKED_BY_DEPENDENCY ({step.events_from} failed)")
        elif step.games == "final" and not _has_known(manifest):
            continue  # a whole date goes by NBA.com's ids, and no target has one
        elif not needs_events or outputs.event_ids:
            events = (outputs.event_ids or ()) if needs_events else ()
            games = tuple(_finished(manifest, step, outputs))[:GAMES_MAX]
            requests.append(_request(manifest, number, scraper, event_ids=events, games=games))
    return StepTasks(
        requests=tuple(requests),
        blocked=tuple(blocked),
        not_ready=tuple(_not_ready(manifest, step, outputs)),
    )


def _instead(manifest: Manifest, number: int, outputs: Outputs) -> Iterator[ScraperRequest]:
    step = manifest.steps[number]
    for scraper in step.scrapers:
        if None in outputs.lacking:
            games = tuple(_finished(manifest, step, outputs))[:GAMES_MAX]
            yield _request(manifest, number, scraper, games=games)
        for target in manifest.decision.targets:
            if target.game_id in outputs.lacking:
                yield _request(manifest, number, scraper, game=_game(target, outputs))


def _game_requests(
    manifest: Manifest, number: int, scraper: str, outputs: Outputs
) -> Iterator[ScraperRequest]:
    for target in manifest.decision.targets:
        if scraper in target.scrapers and _is_ready(manifest.steps[number], target, outputs):
            yield _request(manifest, number, scraper, game=_game(target, outputs))


def _has_known(manifest: Manifest) -> bool:
    targets = manifest.decision.targets
    return not targets or any(is_known(target.game_id) for target in targets)


def _finished(manifest: Manifest, step: Step, outputs: Outputs) -> Iterator[GameRef]:
    """Yield the finished games that an answer for the whole date must contain (FS05).

    They are all of the date, not only the targets: a success counts for the whole date. A game that
    only another owner lists is left out: its id there is unknown.
    """
    if step.games == "targets":
        return
    if outputs.final is None:
        known = (target for target in manifest.decision.targets if is_known(target.game_id))
        yield from (_game(target, outputs) for target in known)
        return
    for game in outputs.final.values():
        if game.game_date == manifest.decision.target_date and is_known(game.game_id):
            yield _ref(game, game.score)


def _game(target: GameTarget, outputs: Outputs) -> GameRef:
    played = (outputs.final or {}).get(target.game_id)
    return _ref(target, played.score if played else None)


def _ref(game: "Game | GameTarget", score: tuple[int, int] | None) -> GameRef:
    away, home = score or (None, None)
    return GameRef(
        game_id=game.game_id, away=game.away, home=game.home, away_score=away, home_score=home
    )


def _is_ready(step: Step, target: GameTarget, outputs: Outputs) -> bool:
    return step.games == "targets" or outputs.final is None or target.game_id in outputs.final


def _not_ready(manifest: Manifest, step: Step, outputs: Outputs) -> Iterator[str]:
    if any(scraper in manifest.per_game for scraper in step.scrapers):
        for target in manifest.decision.targets:
            if not _is_ready(step, target, outputs):
                yield target.game_id


def _request(
    manifest: Manifest,
    number: int,
    scraper: str,
    *,
    game: GameRef | None = None,
    event_ids: tuple[str, ...] = (),
    games: tuple[GameRef, ...] = (),
) -> ScraperRequest:
    decision = manifest.decision
    entity = game.game_id if game else decision.target_date.isoformat()
    return ScraperRequest(
        scraper=scraper,
        target_date=decision.target_date,
        game=game,
        games=games,
        event_ids=event_ids,
        season_type=_season_type(decision),
        execution=ExecutionRef(
            execution_id=manifest.execution_id,
            decision_id=decision.decision_id,
            workflow_name=decision.workflow_name,
            step=number,
            task_id=ids.task_id(manifest.execution_id, number, scraper, entity),
            slot=decision.slot,
        ),
    )


def _season_type(decision: WorkflowDecision) -> str:
    """How stats.nba.com files the night, by the first of its games that it has: all are alike."""
    ids_there = (each.game_id for each in decision.targets if is_known(each.game_id))
    return next(map(season_type, ids_there), "Regular Season")
