"""What post-game windows and catch-up share: which finished games lack which scrapers."""

from collections.abc import Iterable
from datetime import date

from common.decision import Decision, Situation, Target
from common.games import Game
from common.workflows import CatchUp, PostGame


def lacking(flow: PostGame | CatchUp, game: Game, situation: Situation) -> Target | None:
    """The game as a target with the per-game scrapers it lacks; None when it lacks none."""
    assert situation.history is not None
    missing = tuple(
        scraper
        for scraper in flow.scrapers
        if scraper in situation.per_game
        and situation.history.of(scraper, game.game_date, game.game_id).succeeded is None
    )
    return Target(game.game_id, game.away, game.home, missing) if missing else None


def targets_of(
    flow: PostGame | CatchUp, games: Iterable[Game], situation: Situation
) -> tuple[Target, ...]:
    """The games that lack something and that no run is collecting right now."""
    assert situation.history is not None
    busy = situation.history.games_in_flight(situation.slot)
    found = (lacking(flow, game, situation) for game in games if game.game_id not in busy)
    return tuple(target for target in found if target)


def collect(
    flow: PostGame | CatchUp,
    situation: Situation,
    reason: str,
    day: date,
    targets: tuple[Target, ...],
) -> Decision:
    """A RUN for these targets: their missing scrapers, and every scraper of the whole date."""
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
        inputs={"targets": {target.game_id: list(target.scrapers) for target in targets}},
    )
