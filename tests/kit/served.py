"""What the fake sources answer to each request of each scraper: `python -m tests.kit.served`.

`tests/kit/served.txt` has a line a request: the answers at each of `CLOCKS`, first of a slate and
then of a season whose data are late. Of an answer it has the status and some digits of a digest:
written out, the answers would be longer than what makes them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from hashlib import sha256
from io import BytesIO
from itertools import groupby
from pathlib import Path

from pypdf import PdfReader

from common.calendar.games import SCHEDULED, Game
from common.eastern import at
from common.messages.models import GameRef
from common.scrapers import REGISTRY
from common.scrapers.model import Call, Scraper, Target
from common.scrapers.nba.teams import TEAMS
from local.fake_sources.answers import Answer, answer
from local.fake_sources.odds import event_id
from local.fake_sources.season import SeasonFile, Sources
from local.fake_sources.slate import Slate

FILE = Path(__file__).with_name("served.txt")
DAY = date(2025, 11, 12)
LATE = timedelta(hours=3)


def game(game_id: str, teams: str, clock: time | None, *, day: date = DAY) -> Game:
    """Make a game of two tricodes, such as `MIL@CHA`, at an Eastern time."""
    away, home = teams.split("@")
    return Game(
        game_id=game_id,
        game_date=day,
        away=away,
        home=home,
        tipoff=clock and at(day, clock),
        status=SCHEDULED,
        has_score=False,
        postponed=clock == time(1),
        season="2025-26",
    )


NEXT = DAY + timedelta(days=1)
GAMES = (
    game("0022500050", "DET@IND", time(19), day=DAY - timedelta(days=8)),
    game("0022500060", "IND@DET", time(19), day=DAY - timedelta(days=7)),
    game("0022500102", "BOS@NYK", time(19, 30), day=DAY - timedelta(days=1)),
    game("0022500213", "MIL@CHA", time(19)),
    game("0022500214", "TOR@LAC", time(22, 30)),
    game("0022500215", "UTA@DEN", time(1)),
    game("0022500216", "MIA@BKN", None),
    game("0042500111", "LAL@WAS", time(20), day=NEXT),
    game("0052500011", "ATL@OKC", time(20), day=NEXT),
    game("0052500012", "CHI@MEM", time(20), day=NEXT + timedelta(days=2)),
    game("0062500001", "SAS@HOU", time(20), day=NEXT + timedelta(days=3)),
)
"""Of every kind, in three time zones: played, put off (at one o'clock), without a tip-off."""
FULL = DAY + timedelta(days=5)
PAIRS = [*zip([*TEAMS][::2], [*TEAMS][1::2], strict=True)]
EVERYWHERE = tuple(
    game(f"002250{300 + number:04}", f"{away}@{home}", time(19), day=FULL + timedelta(days=night))
    for night in (0, 1)
    for number, (away, home) in enumerate((pair[:: night or -1] for pair in PAIRS), 15 * night)
)
"""Two nights on which each team plays, once at home: what holds of one team or place alone."""
SLATE = Slate((*GAMES, *EVERYWHERE), "2025-26")
PLAYED = GAMES[3:5]
PRESEASON = game("0012500001", "PHX@GSW", time(19))
CLOCKS = (time(8), time(9, 30), time(13, 30), time(19), time(21, 30), time(23, 30))
"""Eastern: when something is published, begins, ends or is corrected."""
MORNING = at(NEXT, time(4, 30))
"""When the data of all games are there, though they are late."""
LAST = at(FULL + timedelta(days=2), time(4, 30))
"""When each team has played."""


def targets(scraper: Scraper) -> Iterator[Target]:
    """Yield what a scraper is asked for: two dates, two games, or some teams and events."""
    asked = Target(scraper.name, DAY, "2025-26")
    if scraper.scope == "date":
        yield from (asked, replace(asked, target_date=NEXT, season_type="Playoffs"))
        yield from (replace(asked, target_date=FULL + timedelta(days=night)) for night in (0, 1))
    elif scraper.scope == "game":
        refs = (GameRef(game_id=each.game_id, away=each.away, home=each.home) for each in PLAYED)
        yield from (replace(asked, game=ref) for ref in refs)
    else:
        events = tuple(event_id(each.game_id) for each in PLAYED)
        yield replace(asked, teams=tuple(TEAMS), event_ids=events)


def calls() -> Iterator[Call]:
    """Yield each scraper's calls, of many candidates the first; and those that they lead to."""
    for scraper in REGISTRY.values():
        for asked in targets(scraper):
            made = [*scraper.calls(asked, at(DAY, CLOCKS[2]))]
            yield from made
            if scraper.then:
                boards = [answer(call.path, call.params, SLATE, MORNING).body for call in made]
                yield from scraper.then(boards, asked)


def lines() -> list[str]:
    """Write a line for each request, answered for a slate and for a season whose data are late."""
    listed = SeasonFile(SLATE, (PRESEASON,))
    season = Sources(listed, lambda _: LATE, reaches=lambda day: day == NEXT)
    instants = [*(at(DAY, clock) for clock in CLOCKS), MORNING, LAST]
    return list(
        dict.fromkeys(
            f"{_named(call)}: {_told(answer(*_asked(call), SLATE, now) for now in instants)}"
            f" | {_told(season.answer(*_asked(call), now) for now in instants)}"
            for call in calls()
        )
    )


def _asked(call: Call) -> tuple[str, Mapping[str, str]]:
    return call.path, {**call.params, "apiKey": "k"} if call.source == "odds_api" else call.params


def _named(call: Call) -> str:
    return f"{call.path}?{'&'.join(f'{name}={text}' for name, text in call.params.items())}"


def _told(answers: Iterable[Answer]) -> str:
    """Write the status of each answer, with a digest where it is not that of the one before."""
    return " ".join(f"{key} x{len([*same])}" for key, same in groupby(map(_digest, answers)))


def _digest(found: Answer) -> str:
    """Return a status, and a few digits of headers and body; of a PDF its texts count."""
    body = found.body
    if body.startswith(b"%PDF") and b"/Page" in body:
        body = "".join(page.extract_text() for page in PdfReader(BytesIO(body)).pages).encode()
    held = f"{sorted(found.headers.items())}".encode() + body
    return f"{int(found.status)}:{sha256(held).hexdigest()[:6]}"


if __name__ == "__main__":
    FILE.write_text("".join(f"{line}\n" for line in lines()))
