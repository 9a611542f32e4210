"""Finds the smallest changes of the facts under which a decision would have been another one.

The facts are those that the decision was made from. It is judged again with one of them changed, or
a group of equal ones, then at another slot as well.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from common.calendar.games import FINAL, SCHEDULED, Game, season_of
from common.calendar.slots import slots_on
from common.configuration.workflows import Workflow
from common.decisions.decide import decide
from common.decisions.history import NO_ATTEMPTS, OPEN_STATUSES, Attempts, History, Key
from common.decisions.situation import Decision, Situation, count, wall
from common.eastern import eastern, eastern_date

NAMES_MAX = 4
UNPLAYED = timedelta(hours=2)
"""How long after the slot a made-up game tips off: within every lead time."""


@dataclass(frozen=True)
class Change:
    """A changed situation.

    Attributes:
        what: the fact that had been otherwise.
        had: how, as it stands after the fact.
        situation: the changed one.
        facts: how many facts are changed.
    """

    what: str
    had: str
    situation: Situation
    facts: int = 1


def flips(
    name: str, flow: Workflow, situation: Situation, made: Decision, *, forced: bool = False
) -> list[str]:
    """Return the smallest changes that turn a RUN into another decision, or another into a RUN.

    Returns:
        Each as it stands after "if", all of them of as few facts; none where nothing helps.
    """

    def turns(change: Change) -> bool:
        again = decide(name, flow, change.situation, forced=forced)
        return (again.action == "RUN") != (made.action == "RUN")

    times = [*_times(situation)]
    found = [one for one in _changes(situation, made) if turns(one)]
    found += [one for one in times if turns(one)][:1]
    if not found:
        found = [both for time in times for both in _also(time, made) if turns(both)][:1]
    least = min((one.facts for one in found), default=0)
    return _grouped([one for one in found if one.facts == least])


def _grouped(changes: Sequence[Change]) -> list[str]:
    """Say equal changes of several facts once."""
    whats: dict[str, list[str]] = defaultdict(list)
    for one in changes:
        whats[one.had].append(one.what)
    return [f"{_one_of(names)} {had}" for had, names in whats.items()]


def _one_of(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    more = f" … ({len(names)})" if len(names) > NAMES_MAX else ""
    return f"one of {', '.join(names[:NAMES_MAX])}{more}"


def _also(time: Change, made: Decision) -> Iterator[Change]:
    for one in _changes(time.situation, made):
        what = f"{time.what} {time.had} and {one.what}"
        yield Change(what, one.had, one.situation)


def _times(situation: Situation) -> Iterator[Change]:
    """Yield the other slots of the day and the next day's, the nearest first.

    A slot before the last attempt is left out: what is known now was not known then.
    """
    known = _last_known(situation.history)
    day = situation.day
    slots = (*slots_on(situation.cron, day), *slots_on(situation.cron, day + timedelta(days=1)))
    for slot in sorted(slots, key=lambda one: abs(one - situation.slot)):
        if slot != situation.slot and (known is None or slot > known):
            when = wall(slot) if eastern_date(slot) == day else f"{eastern(slot):%Y-%m-%d %H:%M}"
            yield Change("it", f"had been {when}", replace(situation, slot=slot, now=slot))


def _last_known(history: History | None) -> datetime | None:
    """Return when the last attempt was made that a decision knows of."""
    if history is None:
        return None
    tried = (when for made in history.attempts.values() for when in (made.last, made.came) if when)
    return max((*tried, *(run.slot for run in history.runs)), default=None)


def _changes(situation: Situation, made: Decision) -> Iterator[Change]:
    if situation.pauses:
        yield Change("the workflow", "had not been paused", replace(situation, pauses={}))
    if situation.now != situation.slot:
        yield Change("the tick", "had come on time", replace(situation, now=situation.slot))
    if situation.stale:
        yield Change("the schedule", "had been fresh", replace(situation, stale=False))
    if situation.history is not None:
        yield from _under_way(situation, situation.history)
        yield from _tried(situation, situation.history)
        yield from _found(situation, situation.history, made)
    if situation.calendar is not None:
        for day, games in {made.target_date: (), **situation.calendar}.items():
            yield from _listed(situation, day, games)


def _under_way(situation: Situation, history: History) -> Iterator[Change]:
    for run in history.runs:
        if run.status in OPEN_STATUSES:
            runs = (replace(one, status="ended") if one is run else one for one in history.runs)
            changed = replace(situation, history=replace(history, runs=tuple(runs)))
            yield Change(f"the run of {wall(run.slot)}", "had ended", changed)


def _tried(situation: Situation, history: History) -> Iterator[Change]:
    """Yield attempts that found nothing, or that were not made."""
    for key, tries in history.attempts.items():
        if tries.succeeded:
            unfound = tries._replace(succeeded=None, late=None)
            yield Change(
                _named(key), "had not been found", _with(situation, history, {key: unfound})
            )
        if tries.charged:
            fewer = tries._replace(charged=tries.charged - 1)
            less = _with(situation, history, {key: fewer})
            yield Change(_named(key), "had been asked for once less", less)
            never = _with(situation, history, {key: NO_ATTEMPTS})
            yield Change(_named(key), "had not been asked for", never)


def _found(situation: Situation, history: History, made: Decision) -> Iterator[Change]:
    """Yield what a RUN is to bring as found already: one result, or all."""
    day, found = made.target_date, Attempts(succeeded=situation.slot)
    wanted: list[Key] = [(n, day, None) for n in made.scrapers if n not in situation.per_game]
    wanted += [(name, day, game.game_id) for game in made.targets for name in game.scrapers]
    for key in wanted:
        yield Change(_named(key), "had been found", _with(situation, history, {key: found}))
    if len(wanted) > 1:
        every = _with(situation, history, dict.fromkeys(wanted, found))
        yield Change(f"all {len(wanted)} results", "had been found", every, len(wanted))


def _with(situation: Situation, history: History, changed: dict[Key, Attempts]) -> Situation:
    known = replace(history, attempts={**history.attempts, **changed})
    return replace(situation, history=known)


def _listed(situation: Situation, day: date, games: tuple[Game, ...]) -> Iterator[Change]:
    """Yield changes of a date's games: one or all over or not over, none listed, or one more."""
    if not games:
        yield from _one_more(situation, day)
        return
    none = _with_games(situation, day, ())
    yield Change("no game", f"had been listed on {day}", none, len(games))
    for had, is_held in (("had been over", False), ("had not been over", True)):
        odd = [game for game in games if situation.is_over(game) is is_held]
        for game in odd:
            yield Change(f"{game.away}@{game.home}", had, _turned(situation, day, [game]))
        if len(odd) > 1:
            what = f"{count(len(odd), 'game')} of {day}"
            yield Change(what, had, _turned(situation, day, odd), len(odd))


def _turned(situation: Situation, day: date, turned: Sequence[Game]) -> Situation:
    """Change games that are over to games that are to come, and others to games that are over."""

    def other(game: Game) -> Game:
        if situation.is_over(game):
            later = situation.slot + UNPLAYED
            return replace(game, status=SCHEDULED, has_score=False, tipoff=later)
        return replace(game, status=FINAL, has_score=True)

    assert situation.calendar is not None
    games = (other(game) if game in turned else game for game in situation.calendar[day])
    return _with_games(situation, day, tuple(games))


def _with_games(situation: Situation, day: date, games: tuple[Game, ...]) -> Situation:
    return replace(situation, calendar={**(situation.calendar or {}), day: games})


def _one_more(situation: Situation, day: date) -> Iterator[Change]:
    later = situation.slot + UNPLAYED
    game = Game(
        game_id="0020000001",
        game_date=day,
        away="AWY",
        home="HOM",
        tipoff=later,
        status=SCHEDULED,
        has_score=False,
        postponed=False,
        season=season_of(day),
    )
    over = replace(game, tipoff=later - timedelta(days=1), status=FINAL, has_score=True)
    listed = f"had been listed for {wall(later)} of {day}"
    yield Change("a game", listed, _with_games(situation, day, (game,)))
    yield Change(f"a game of {day}", "had been over", _with_games(situation, day, (over,)))


def _named(key: Key) -> str:
    scraper, day, game_id = key
    return f"{scraper} of {game_id or day}"
