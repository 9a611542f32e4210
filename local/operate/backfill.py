"""Fills in what dates lack: a plan that asks for nothing else, and the asking."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from common.calendar.game_ids import is_known
from common.calendar.games import Game
from common.cloud.ports import Row
from common.errors import BadInputError
from common.look.coverage import cover
from common.look.datum import DateCoverage, Datum
from common.look.decided import decisions_about
from common.look.runs import runs_of
from common.runtime import Runtime
from common.scrapers import REGISTRY
from local.operate.asking import Question, ask

DAYS_MAX = 31
"""Dates of one plan."""
Gap = tuple[Question, ...]
"""What is missing: the question, then those to the scrapers that can stand in, in their order."""


@dataclass(frozen=True)
class Plan:
    """What a back-fill is to ask for.

    Attributes:
        gaps: what is missing and can be asked for.
        left: what is missing and is not asked for, each with the reason, in words.
    """

    gaps: tuple[Gap, ...]
    left: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Eight characters that change with what is to be asked for."""
        said = "\n".join(sorted(gap[0].said for gap in self.gaps))
        return hashlib.sha256(said.encode()).hexdigest()[:8]


def plan_of(place: Runtime, first: date, last: date) -> Plan:
    """Plan what the games of the dates lack; nothing is asked for.

    Raises:
        BadInputError: the dates are in the wrong order or too many.
    """
    days = (last - first).days + 1
    if not 1 <= days <= DAYS_MAX:
        raise BadInputError(f"from {first} to {last}: give 1 to {DAYS_MAX} dates in order")
    gaps: dict[tuple[str, date, str | None], Gap] = {}
    left: dict[str, None] = {}
    for number in range(days):
        day = first + timedelta(days=number)
        found, busy = cover(place, day), _busy(place, day)
        for datum, game in found.troubles():
            if datum.state == "missing" and (why := _why_not(datum, game, busy)):
                left[why] = None
            elif datum.state == "missing" and game:
                gap = _gap(datum, game, found)
                about = game.game_id if gap[0].game else None
                gaps[gap[0].scraper, day, about] = gap
    return Plan(tuple(gaps.values()), tuple(left))


def _busy(place: Runtime, day: date) -> frozenset[str]:
    """Return the games that a run is collecting."""
    made = decisions_about(place, day, place.clock.now())
    runs = runs_of(place, [row for row in made if row["action"] == "RUN"])
    return frozenset(game for run in runs if not run.ended for game in run.decision["game_ids"])


def _why_not(datum: Datum, game: Game | None, busy: frozenset[str]) -> str:
    """Tell why a missing datum is not asked for; empty where it is."""
    if game is None or datum.wanted.moment != "after":
        return f"{datum.scraper} shows the present only and cannot be filled in"
    name = f"{datum.scraper} of {game.away}@{game.home} of {game.game_date}"
    if game.game_id in busy:
        return f"{name} is being collected by a run"
    if not game.is_final:
        refresh = "python -m local scrape nbac_schedule_api"
        return f"{name} waits until the schedule has it as final; refresh it with: {refresh}"
    if not _able(datum, game):
        return f"{name} is asked for by NBA.com's id, which the schedule does not have"
    return ""


def _able(datum: Datum, game: Game) -> list[str]:
    """Return the scrapers of a datum's line that can be asked for a game."""
    scope = "game" if datum.wanted.per_game else "date"
    line = (REGISTRY[name] for name in datum.wanted.line)
    able = (one for one in line if one.scope == scope)
    is_ours = is_known(game.game_id)
    return [one.name for one in able if is_ours or not one.by_nba_id]


def _gap(datum: Datum, game: Game, found: DateCoverage) -> Gap:
    names = _able(datum, game)
    if datum.wanted.per_game:
        return tuple(Question(name, found.day, game) for name in names)
    games = tuple(each.game for each in found.games if each.game.is_final)
    games = tuple(each for each in games if is_known(each.game_id))
    return tuple(Question(name, found.day, games=games) for name in names)


@dataclass(frozen=True)
class Filled:
    """What came of a back-fill.

    Attributes:
        found: how many gaps were filled.
        lacking: the questions whose last scraper did not bring it.
        waiting: the questions that have no row yet.
    """

    found: int
    lacking: tuple[Question, ...]
    waiting: tuple[Question, ...]


def fill(
    place: Runtime, plan: Plan, *, seconds_max: float, told: Callable[[Question, Row], None]
) -> Filled:
    """Ask for what a plan lists; where a scraper does not bring it, the next in its line.

    Args:
        place: where to.
        plan: what to ask for.
        seconds_max: how long to wait for the next row.
        told: called with each question and its row.
    """
    open_, found = [*plan.gaps], 0
    waiting: list[Question] = []
    lacking: list[Question] = []
    while open_:
        rows: dict[Question, Row] = {}

        def keep(question: Question, row: Row, rows: dict[Question, Row] = rows) -> None:
            rows[question] = row
            told(question, row)

        waiting += ask(place, [gap[0] for gap in open_], seconds_max=seconds_max, told=keep)
        answered = [gap for gap in open_ if gap[0] in rows]
        failed = [gap for gap in answered if rows[gap[0]]["outcome"] != "SUCCESS"]
        found += len(answered) - len(failed)
        lacking += [gap[0] for gap in failed if len(gap) == 1]
        open_ = [gap[1:] for gap in failed if len(gap) > 1]
    return Filled(found, tuple(lacking), tuple(waiting))
