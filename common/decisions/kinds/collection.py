"""Which finished games lack which scrapers, for post-game windows and the catch-up."""

from collections.abc import Iterable
from datetime import date, datetime

from common.calendar.game_ids import is_known
from common.calendar.games import Game
from common.configuration.workflows import CatchUp, PostGame
from common.decisions.situation import GAME_LENGTH, Decision, Situation
from common.messages.models import GameTarget


def lacking(flow: PostGame | CatchUp, game: Game, situation: Situation) -> GameTarget | None:
    """Return the game with the per-game scrapers it lacks; None when it is collected.

    A game also lacks data while a scraper of the whole date, such as the players' box scores, has
    not succeeded in or after the run that first collected the game (scenario D9), and while it is
    due to be collected once more. What an alternative brought counts.
    """
    made = {
        scraper: situation.attempts(flow, scraper, game.game_date, game.game_id)
        for scraper in flow.scrapers
        if scraper in situation.per_game and _can_be_asked(flow, scraper, game, situation)
    }
    missing = tuple(
        scraper
        for scraper, attempts in made.items()
        if attempts.came is None or _is_early(flow, scraper, game, situation, attempts.came)
    )
    found = [attempts.succeeded for attempts in made.values()]
    since = min((when for when in found if when), default=None)
    behind = is_known(game.game_id) and _date_is_behind(flow, game, situation, since)
    if not missing and not behind:
        return None
    return GameTarget(game_id=game.game_id, away=game.away, home=game.home, scrapers=missing)


def _can_be_asked(flow: PostGame | CatchUp, scraper: str, game: Game, situation: Situation) -> bool:
    """Return whether a scraper, or one that stands in for it, knows the game by its id."""
    if is_known(game.game_id):
        return True
    return any(name not in situation.by_nba_id for name in flow.standing_for(scraper))


def _is_early(
    flow: PostGame | CatchUp, scraper: str, game: Game, situation: Situation, when: datetime
) -> bool:
    """Return whether a game was collected before its source rewrote it, and is due once more."""
    span = flow.again_after(scraper)
    if span is None or game.tipoff is None:
        return False
    return when < game.tipoff + GAME_LENGTH + span <= situation.slot


def _date_is_behind(
    flow: PostGame | CatchUp, game: Game, situation: Situation, since: datetime | None
) -> bool:
    """Return whether a scraper of the whole date has no success at or after an instant."""
    for step in flow.steps:
        for scraper in step.scrapers:
            if step.games == "final" and scraper not in situation.per_game:
                last = situation.attempts(flow, scraper, game.game_date).succeeded
                if last is None or (since is not None and last < since):
                    return True
    return False


def targets_of(
    flow: PostGame | CatchUp, games: Iterable[Game], situation: Situation
) -> tuple[GameTarget, ...]:
    """Return the games that lack data and that no run is collecting at the slot."""
    assert situation.history is not None
    busy = situation.history.games_in_flight(situation.slot)
    found = (lacking(flow, game, situation) for game in games if game.game_id not in busy)
    return tuple(target for target in found if target)


def collect(
    flow: PostGame | CatchUp,
    situation: Situation,
    reason: str,
    day: date,
    targets: tuple[GameTarget, ...],
) -> Decision:
    """Return a RUN of the targets' missing scrapers and of every scraper of the whole date."""
    missing = {scraper for target in targets for scraper in target.scrapers}
    return Decision(
        "RUN",
        "READY",
        reason,
        day,
        scrapers=tuple(
            name for name in flow.scrapers if name in missing or name not in situation.per_game
        ),
        targets=targets,
        game_ids=tuple(target.game_id for target in targets),
    )
