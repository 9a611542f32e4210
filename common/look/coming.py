"""What comes next for each datum that a date lacks: the slot that asks for it, or none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from common.calendar.games import Game
from common.cloud.ports import Row
from common.configuration.checks import CONTROLLER_TOPIC
from common.configuration.workflows import CatchUp, Workflow
from common.decisions.ahead import ENDED, Wish, next_asked
from common.decisions.history import History, attempts_from_log, runs_from_rows
from common.decisions.kinds.catch_up import OUTAGE_NIGHTS_MAX
from common.decisions.situation import Situation
from common.eastern import at, eastern_date
from common.look.datum import Coming, Covered, DateCoverage, Datum
from common.look.decided import inputs_of, rows_since
from common.runtime import Runtime


def with_coming(
    place: Runtime, found: DateCoverage, flows: Mapping[str, Workflow], log: Sequence[Row]
) -> DateCoverage:
    """Return what a date has with what comes next for what it lacks.

    Decides the slots to come as the controller will, as if every attempt until then failed and no
    other date lacked anything: catch-up takes the oldest date first, which can delay it.

    Args:
        place: where to look.
        found: what the date has.
        flows: the workflows as the deployment runs them.
        log: the log's rows about the date.
    """
    lacking = [(one, game) for one, game in _data(found) if _is_lacking(one)]
    if not lacking:
        return found
    paused = _paused(found)
    asked = next_asked(
        {name: flow for name, flow in flows.items() if name not in paused},
        _situation(place, found, log),
        [_wish(found.day, *each) for each in lacking],
        _last_slot(found.day, flows),
    )
    ahead = _Ahead(
        found.day, eastern_date(place.clock.now()), asked, _open_runs(place, found), paused
    )
    return replace(
        found,
        games=tuple(
            Covered(each.game, tuple(ahead.of(one, each.game) for one in each.data))
            for each in found.games
        ),
        data=tuple(ahead.of(one, None) for one in found.data),
    )


@dataclass(frozen=True)
class _Ahead:
    """What is known of the slots to come of a date, and of the runs that are under way."""

    day: date
    today: date
    asked: Mapping[Wish, tuple[str, datetime]]
    runs: Sequence[Row]
    paused: frozenset[str]

    def of(self, one: Datum, game: Game | None) -> Datum:
        """Return a datum with what comes next where it lacks."""
        return replace(one, coming=self._coming(one, game)) if _is_lacking(one) else one

    def _coming(self, one: Datum, game: Game | None) -> Coming:
        for row in self.runs:
            if _is_awaited(one, game, row):
                return Coming("under way", row["workflow_name"], row["slot"])
        wish = _wish(self.day, one, game)
        if wish in self.asked:
            return Coming("next", *self.asked[wish])
        paused = [name for name in one.wanted.flows if name in self.paused]
        if paused:
            return Coming("paused", " and ".join(paused))
        return Coming("given up", remedy=_remedy(one, self.day, self.today))


def _remedy(one: Datum, day: date, today: date) -> str:
    """Return the command that asks for a datum, or why there is none."""
    if one.wanted.moment == "after":
        return f"by hand: python -m local backfill --from {day} --to {day}"
    if one.wanted.moment == "date" and day == today:
        return f"by hand: python -m local scrape {one.scraper}"
    return "its source shows the present only, so that nothing can bring it back"


def _data(found: DateCoverage) -> Iterator[tuple[Datum, Game | None]]:
    yield from ((one, each.game) for each in found.games for one in each.data)
    yield from ((one, None) for one in found.data)


def _is_lacking(one: Datum) -> bool:
    """Whether it may still come, at a time that is known."""
    return one.state in ("missing", "waiting") and one.due is not None


def _wish(day: date, one: Datum, game: Game | None) -> Wish:
    return Wish(one.scraper, game.game_id if game else None, day, (*one.wanted.flows,))


def _is_awaited(one: Datum, game: Game | None, run: Row) -> bool:
    """Whether an open run asks for a datum and has not reported it."""
    if run["workflow_name"] not in one.wanted.flows or one.scraper not in run["scrapers"]:
        return False
    reported = any(row["decision_id"] == run["decision_id"] for row in one.tries)
    return not reported and (game is None or game.game_id in run["game_ids"])


def _situation(place: Runtime, found: DateCoverage, log: Sequence[Row]) -> Situation:
    """Return what is known now, with the date's games alone; runs that are open will have ended."""
    asked = [row for row in found.decisions if row["action"] == "RUN"]
    ends = {row["decision_id"]: ENDED for row in asked}
    start = max(place.clock.now(), at(found.day, time()) - timedelta(seconds=1))
    return Situation(
        slot=start,
        now=start,
        cron=place.cron(CONTROLLER_TOPIC),
        calendar={found.day: tuple(each.game for each in found.games)},
        history=History(attempts_from_log(log), runs_from_rows(asked, ends)),
        per_game=place.per_game,
        collect_since=_collect_since(place, found),
        by_nba_id=place.by_nba_id,
    )


def _collect_since(place: Runtime, found: DateCoverage) -> date | None:
    """Return since when catch-up collects, as the deployment's last decision has it."""
    held = inputs_of(found.decisions[-1]).get("since") if found.decisions else None
    return date.fromisoformat(held) if held else place.settings.collect_since


def _paused(found: DateCoverage) -> frozenset[str]:
    """Return the workflows whose last decision about the date was that they are paused."""
    last = {row["workflow_name"]: row["reason_code"] for row in found.decisions}
    return frozenset(name for name, code in last.items() if code == "PAUSED")


def _last_slot(day: date, flows: Mapping[str, Workflow]) -> datetime:
    """Return after when no workflow asks for a date's games, outages included."""
    spans = (flow.span_hours / 24 for flow in flows.values() if isinstance(flow, CatchUp))
    nights = max(spans, default=0) + OUTAGE_NIGHTS_MAX + 2
    return at(day, time()) + timedelta(days=nights)


def _open_runs(place: Runtime, found: DateCoverage) -> list[Row]:
    """Return the RUN decisions about a date whose executions have no row yet."""
    asked = [row for row in found.decisions if row["action"] == "RUN"]
    if not asked:
        return []
    ended = place.warehouse.select(
        "workflow_executions",
        ("decision_id",),
        since=rows_since(asked),
        until=place.clock.now() + timedelta(days=1),
        where={"decision_id": [row["decision_id"] for row in asked]},
    )
    over = {row["decision_id"] for row in ended}
    return [row for row in asked if row["decision_id"] not in over]
