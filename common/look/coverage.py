"""What a date and each of its games have of what they should have: when, from whom, or why not."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from math import ceil

from common.calendar.games import Game
from common.cloud.ports import Row
from common.configuration.workflows import CatchUp
from common.decisions.lateness import is_late
from common.eastern import at, eastern
from common.errors import TransientError
from common.look.coming import with_coming
from common.look.contents import games_in
from common.look.datum import Covered, DateCoverage, Datum, State
from common.look.decided import ASKED_BEFORE_MAX, configured, decisions_about, was_decided
from common.look.wanted import Wanted, wanted_of
from common.runtime import Runtime
from common.sources.errors import CircuitOpenError

LOG = "scraper_execution_log"
LOG_COLUMNS = (
    *("scraper_name", "outcome", "triggered_at", "target_date", "game_id"),
    *("gcs_path", "error_message", "records_processed", "decision_id"),
    *("slot", "workflow_name", "error_class"),
)
ERROR_CHARACTERS_MAX = 160
NOT_ASKED = CircuitOpenError.__name__
NOT_YET = ("NOT_READY", "NO_DATA")
"""Outcomes of a source that answers and has nothing yet."""


def cover(place: Runtime, day: date) -> DateCoverage:
    """Read what a date has, from the log, the decisions and the stored objects.

    Raises:
        TransientError: no schedule can be read.
    """
    now = place.clock.now()
    calendar = place.season.read(now).calendar
    listed = calendar.get(day, ())
    log = place.threads.submit(read_log, place, day, now)
    decisions = decisions_about(place, day, now)
    flows, off = configured(place, decisions)
    games = sorted((game for game in listed if not game.postponed), key=_tipoff)
    seen = Seen(day, now, games, log.result(), decisions)
    wanted = wanted_of(flows, place.per_game)
    seen.look_into(place, [each for each in wanted if not each.per_game])
    found = DateCoverage(
        day=day,
        games=tuple(Covered(game, tuple(_of_game(wanted, game, day, seen))) for game in games),
        postponed=tuple(game for game in listed if game.postponed),
        data=tuple(
            _datum(each, None, day, seen) for each in wanted if _is_of_date(each, games, seen)
        ),
        off=off,
        decisions=tuple(decisions),
        listed=(min(calendar), max(calendar)) if calendar else None,
    )
    return with_coming(place, found, flows, log.result())


def cover_if_known(place: Runtime, day: date) -> DateCoverage:
    """Read what a date has; where that cannot be read, such as without a schedule, why not.

    The rest of a page or of the status is shown all the same.
    """
    try:
        return cover(place, day)
    except TransientError as error:
        return DateCoverage(day=day, games=(), postponed=(), data=(), blind=str(error))


def read_log(place: Runtime, day: date, now: datetime) -> list[Row]:
    """Return the log's rows about a date, from the first that can be, however late the last is."""
    rows = place.warehouse.select(
        LOG,
        LOG_COLUMNS,
        since=at(day, time()) - ASKED_BEFORE_MAX,
        until=now + timedelta(days=1),
        where={"target_date": [day]},
    )
    return sorted(rows, key=lambda row: row["triggered_at"])


def lacking_before(place: Runtime, day: date) -> tuple[DateCoverage, ...]:
    """Return the dates before one of which data are missing, the latest first.

    Dates about which nothing was decided are left out: the system was not there yet.

    Raises:
        TransientError: one of the dates cannot be read, such as without a schedule.
    """
    days = (day - timedelta(days=back) for back in range(1, days_back(place) + 1))
    found = place.threads.map(lambda each: cover(place, each), days)
    return tuple(one for one in found if one.decisions and one.is_lacking)


def days_back(place: Runtime) -> int:
    """Return how many days back catch-up collects; yesterday at least."""
    spans = (flow.span_hours for flow in place.configured.values() if isinstance(flow, CatchUp))
    return max(1, *(ceil(span / 24) for span in (0, *spans)))


class Seen:
    """What is known of a date: its log, the decisions about it, and what its objects contain."""

    def __init__(
        self,
        day: date,
        now: datetime,
        games: Sequence[Game],
        log: Sequence[Row],
        decisions: Sequence[Row],
    ) -> None:
        self.day = day
        self.now = now
        self.decisions = decisions
        self._games = games
        self._log = log
        self._held: dict[str, frozenset[str]] = {}

    def look_into(self, place: Runtime, wanted: Iterable[Wanted]) -> None:
        """Read the objects of the whole date that may have data of its games."""
        names = {name for each in wanted if each.moment != "date" for name in each.line}
        rows = (row for row in self._log if row["scraper_name"] in names and _is_success(row))
        paths = [row["gcs_path"] for row in rows if not row["game_id"]]
        bodies = place.threads.map(lambda path: read_path(place, path), paths)
        held = (games_in(body, self._games) for body in bodies)
        self._held = dict(zip(paths, held, strict=True))

    def silence(self, wanted: Wanted) -> str:
        """Tell why no workflow decided anything about a datum."""
        if was_decided(self.decisions, self.day):
            return f"{' and '.join(wanted.flows)} decided nothing about this date"
        return "no slot of this date was decided, as before the first deployment or in an outage"

    def tries(self, wanted: Wanted, game: Game | None) -> list[Row]:
        """Return the attempts of a datum, the oldest first."""
        about = game.game_id if game and wanted.per_game else None
        return [
            row
            for row in self._log
            if row["scraper_name"] in wanted.line and row["game_id"] == about
        ]

    def found(self, wanted: Wanted, game: Game | None) -> list[Row]:
        """Return the attempts that brought a datum, the oldest first."""
        rows = [row for row in self.tries(wanted, game) if _is_success(row)]
        if game is None or wanted.per_game:
            return rows
        holding = (row for row in rows if game.game_id in self._held[row["gcs_path"]])
        if wanted.moment == "after":
            return [*holding]
        return [row for row in holding if game.tipoff and row["triggered_at"] < game.tipoff]


def read_path(place: Runtime, path: str) -> bytes:
    """Return the content of a `gs://` path; nothing where the object is gone."""
    bucket, _, name = path.removeprefix("gs://").partition("/")
    held = place.storage.read(bucket, name)
    return held[0] if held else b""


def _is_of_date(wanted: Wanted, games: Sequence[Game], seen: Seen) -> bool:
    """Whether a datum is the date's; on one without games nothing is due, and some may be there."""
    return wanted.moment == "date" and bool(games or seen.found(wanted, None))


def _of_game(wanted: Iterable[Wanted], game: Game, day: date, seen: Seen) -> Iterator[Datum]:
    yield from (_datum(each, game, day, seen) for each in wanted if each.moment != "date")


def _datum(wanted: Wanted, game: Game | None, day: date, seen: Seen) -> Datum:
    due, found = wanted.due(day, game), seen.found(wanted, game)
    tries = tuple(seen.tries(wanted, game))
    late_after = wanted.late_after(day, game)
    state: State
    if not found:
        missing = _is_missing(wanted, game, (due, late_after), seen)
        state = "missing" if missing else "waiting"
        later = _is_for_later(wanted, due, seen)
        why = _why(wanted, game, seen)
        if later:
            why = f"not yet {_due(due)}, so far: {why}" if tries and due else _due(due)
        elif not missing and not tries:
            why = why.replace("not asked:", "not asked yet:", 1)
        flows = () if later else (*wanted.flows,)
        return Datum(wanted, state, due, late_after, why=why, flows=flows, tries=tries)
    when, by = found[0]["triggered_at"], found[0]["scraper_name"]
    late = late_after is not None and is_late(late_after, when, seen.now)
    why = _why_late(wanted, game, seen, when) if late else ""
    state = "late" if late else "there"
    return Datum(wanted, state, due, late_after, when, by, why, tries=tries)


def _is_for_later(wanted: Wanted, due: datetime | None, seen: Seen) -> bool:
    """Whether no workflow looks at it yet; lines are asked for long before they are due."""
    return wanted.moment != "before" and (due is None or seen.now < due)


def _due(due: datetime | None) -> str:
    return f"due at {eastern(due):%m-%d %H:%M}" if due else "its game has no time yet"


def _is_missing(
    wanted: Wanted, game: Game | None, times: tuple[datetime | None, datetime | None], seen: Seen
) -> bool:
    """Whether it is late, or an attempt since it was due has failed."""
    due, late_after = times
    if due is None or late_after is None or seen.now < due:
        return False
    since = [row for row in seen.tries(wanted, game) if row["triggered_at"] >= due]
    failed = any(row["outcome"] not in NOT_YET for row in since)
    return failed or is_late(late_after, None, seen.now)


def _why(wanted: Wanted, game: Game | None, seen: Seen) -> str:
    """Tell what the last attempts came to, or why there was none."""
    tries = seen.tries(wanted, game)
    if any(_is_success(row) for row in tries):
        return f"{tries[-1]['scraper_name']} came without it, last {stamp(tries[-1])}"
    if tries:
        return "; ".join(_last_answers(tries))
    mine = [row for row in seen.decisions if row["workflow_name"] in wanted.flows]
    if not mine:
        return f"not asked: {seen.silence(wanted)}"
    row = max(mine, key=lambda row: row["slot"])
    return (
        f"not asked: {row['workflow_name']} at {eastern(row['slot']):%m-%d %H:%M}: {row['reason']}"
    )


def _last_answers(tries: Sequence[Row]) -> Iterator[str]:
    """Yield what each scraper's last request came to, and whether it was left alone since."""
    for name in dict.fromkeys(row["scraper_name"] for row in tries):
        mine = [row for row in tries if row["scraper_name"] == name]
        asked = [row for row in mine if was_asked(row)] or mine
        since = "" if asked[-1] is mine[-1] else "; not asked since, as it failed in a row"
        yield _came_to(asked[-1]) + since


def _why_late(wanted: Wanted, game: Game | None, seen: Seen, when: datetime) -> str:
    before = [row for row in seen.tries(wanted, game) if row["triggered_at"] < when]
    return f"before: {_came_to(before[-1])}" if before else "first asked then"


def _came_to(row: Row) -> str:
    error = " ".join((row["error_message"] or "").split())[:ERROR_CHARACTERS_MAX]
    return f"{row['scraper_name']} {row['outcome']} {stamp(row)}{': ' if error else ''}{error}"


def was_asked(row: Row) -> bool:
    """Whether a row's source was asked, and not left alone because it had failed in a row."""
    return bool(row["error_class"] != NOT_ASKED)


def stamp(row: Row) -> str:
    """Write when a row's scrape began, in Eastern time."""
    return f"at {eastern(row['triggered_at']):%m-%d %H:%M}"


def _is_success(row: Mapping[str, object]) -> bool:
    return row["outcome"] == "SUCCESS"


def _tipoff(game: Game) -> tuple[bool, datetime | None, str]:
    return game.tipoff is None, game.tipoff, game.game_id
