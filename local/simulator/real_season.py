"""The season of 2025-26 as it broke its collectors: `--faults real-2025-26`.

The breaks and their dates are listed in `docs/simulator.md#a-season-as-it-was`. In another season
they come on the same day of the week: its opening night stands for that of 2025-26. What asks is a
cloud without a proxy: to it stats.nba.com is closed all season long.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from http import HTTPStatus

from common.calendar.games import Game
from common.eastern import eastern, eastern_date
from common.scrapers.source import source_of
from local.fake_sources.answers import ACCESS_DENIED, Answer
from local.simulator.chance import Chance

OPENING = date(2025, 10, 21)
WEEK_DAYS = 7
CLOUD: Mapping[str, None] = {"nba_stats_url": None}
"""Settings of a deployment without a proxy; the others' own URLs are asked as they are."""
MINUTES_IN_NAMES = date(2025, 12, 22)
"""The last day on which the names of injury reports have the hour alone."""
LATE_FROM, LATE_TO = date(2026, 1, 1), date(2026, 1, 31)
LATE_MAX = timedelta(hours=45)
LATE_ELSEWHERE = timedelta(hours=12)
WEST = frozenset({"GSW", "LAC", "LAL", "PHX", "POR", "SAC", "UTA", "DEN"})
REFERER_NEEDED, PATH_CLOSED = date(2026, 2, 1), date(2026, 3, 1)
"""cdn.nba.com refuses requests without a Referer from the first date on, and its data files to
everybody from the second. A third refusal, of clouds by their address, came in April: by then there
is nothing left to refuse. They came after the season, and are put into it to be lived through."""
THROTTLED_ON, STRAY_ON = 10, 12
"""On these days of a month the host of injury reports throttles from 14:00 to 17:00 ET, and has the
report of the day before under the first names of the day."""
_REPORT = re.compile(
    r"(/referee/injury/Injury-Report_)(\d{4}-\d\d-\d\d)_(\d\d)(?:_(\d\d))?([AP]M)\.pdf"
)
Ask = Callable[[str, Mapping[str, str], datetime], Answer]
_REFUSED = Answer(
    HTTPStatus.FORBIDDEN, {"Content-Type": "text/html"}, b"<html>Access Denied</html>"
)
_ABSENT = Answer(HTTPStatus.FORBIDDEN, {"Content-Type": "application/xml"}, ACCESS_DENIED)


@dataclass(frozen=True)
class RealSeason:
    """The breaks of a season.

    Attributes:
        opening: the date of the season's first game.
        chance: draws how late a game's data is.
    """

    opening: date
    chance: Chance

    def moved(self, day: date) -> date:
        """Return when what happened on a date of 2025-26 happens in this season."""
        weeks = round((self.opening - OPENING).days / WEEK_DAYS)
        return day + timedelta(weeks=weeks)

    def lateness(self, game: Game) -> timedelta:
        """Return how long after its end the NBA publishes a game's data: longest in the West."""
        if not self.moved(LATE_FROM) <= game.game_date <= self.moved(LATE_TO):
            return timedelta(0)
        longest = LATE_MAX if game.home in WEST else LATE_ELSEWHERE
        return longest * self.chance.share("late", game.game_id)

    def reaches(self, day: date) -> bool:
        """Return whether the schedule that is served on a date is the last one for long."""
        return day >= self.moved(PATH_CLOSED) - timedelta(days=2)

    def answer(self, path: str, params: Mapping[str, str], now: datetime, ask: Ask) -> Answer:
        """Answer one GET as the source did; `ask` answers as it does when nothing is broken."""
        if path.startswith("/static/json/"):
            return _REFUSED if self._is_closed(eastern_date(now)) else ask(path, params, now)
        report = _REPORT.fullmatch(path)
        return self._report(report, params, now, ask) if report else ask(path, params, now)

    def _is_closed(self, day: date) -> bool:
        has_referer = "Referer" in source_of("nba_cdn").headers
        return day >= self.moved(PATH_CLOSED if has_referer else REFERER_NEEDED)

    def _report(
        self, asked: re.Match[str], params: Mapping[str, str], now: datetime, ask: Ask
    ) -> Answer:
        clock = eastern(now)
        if clock.day == THROTTLED_ON and time(14) <= clock.time() < time(17):
            return _ABSENT
        folder, day, hour, minute, half = asked.groups()
        is_moved = self.moved(MINUTES_IN_NAMES) != MINUTES_IN_NAMES
        if is_moved and date.fromisoformat(day) > self.moved(MINUTES_IN_NAMES):
            if minute != "30":
                return _ABSENT  # reports still come once an hour in a season of hourly names
            minute = None
        if clock.day == STRAY_ON and clock.time() < time(15) and day == f"{clock:%Y-%m-%d}":
            day = f"{clock.date() - timedelta(days=1)}"
        name = f"{folder}{day}_{hour}{f'_{minute}' if minute else ''}{half}.pdf"
        return ask(name, params, now)
