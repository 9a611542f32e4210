"""Mistakes of 26 November 2026 in the fake sources and beside them that lived.

Each is noticed now by a test near it.
"""

from tools.mistake import Mistake

ODDS, PDFS = "local/fake_sources/odds.py", "local/fake_sources/pdfs.py"
OF_ODDS = ("tests/local/fake_sources/test_odds.py",)
OF_PDFS = ("tests/local/fake_sources/test_pdfs.py",)

DRAWN_SERVED = (
    Mistake(
        "drawn: odds are listed 13 days ahead",
        ODDS,
        "timedelta(days=14)",
        "timedelta(days=13)",
        OF_ODDS,
    ),
    Mistake(
        "drawn: a bound that is asked for lists odds of any time",
        ODDS,
        "<= min(end, now + ODDS_AHEAD_MAX)",
        "<= end",
        OF_ODDS,
    ),
    Mistake(
        "drawn: a game at the bound that is asked for is not listed",
        ODDS,
        "start <= game.tipoff",
        "start < game.tipoff",
        OF_ODDS,
    ),
    Mistake(
        "drawn: a stray game has begun",
        ODDS,
        "now < game.tipoff <= now + ODDS_AHEAD_MAX",
        "game.tipoff <= now + ODDS_AHEAD_MAX",
        OF_ODDS,
    ),
    Mistake(
        "drawn: one date in nine has a stray event",
        ODDS,
        "digest()[0] % 10 == 0",
        "digest()[0] % 9 == 0",
        OF_ODDS,
    ),
    Mistake(
        "drawn: a snapshot is of the instant that was asked for",
        ODDS,
        "asked - asked % SNAPSHOT_EVERY.total_seconds()",
        "asked",
        OF_ODDS,
    ),
    Mistake(
        "drawn: an empty parameter is left out",
        "local/fake_sources/server.py",
        "split.query, keep_blank_values=True",
        "split.query",
        ("tests/local/fake_sources/test_server.py",),
    ),
    Mistake(
        "drawn: a source is refused by a word of the query",
        "local/fake_sources/server.py",
        "part in split.path for",
        "part in target for",
        ("tests/local/fake_sources/test_server.py",),
    ),
    Mistake(
        "drawn: a page of a report runs over its foot",
        PDFS,
        "// LINE - 1",
        "// LINE + 1",
        OF_PDFS,
    ),
    Mistake(
        "drawn: each page of a report has the heading",
        PDFS,
        "if number == 1:",
        "if number:",
        OF_PDFS,
    ),
    Mistake(
        "drawn: the 22nd of a month is the 22th",
        "local/fake_sources/espn/status.py",
        '22: "nd", ',
        "",
        ("tests/local/fake_sources/espn/test_scoreboard.py",),
    ),
    Mistake(
        "drawn: a step may be made from any number of events",
        "common/executions/outputs.py",
        "Field(max_length=GAMES_MAX)",
        "Field()",
        ("tests/common/executions/test_outputs.py",),
    ),
    Mistake(
        "drawn: two tasks of a second differ by six characters",
        "common/messages/object_names.py",
        "task_id[:8]",
        "task_id[:6]",
        ("tests/common/messages/test_object_names.py",),
    ),
    Mistake(
        "drawn: of two jobs for a tick the first one's cron is taken",
        "common/configuration/topology.py",
        "if len(crons) > 1:",
        "if len(crons) > 2:",
        ("tests/common/configuration/test_topology.py",),
    ),
    Mistake(
        "drawn: a topology may have two jobs for a tick",
        "common/configuration/topology_checks.py",
        'job.message.get("schema") == "tick"',
        'job.message.get("schema") == "ticks"',
        ("tests/common/configuration/test_topology_checks.py",),
    ),
    Mistake(
        "drawn: an empty date of the scoreboard is refused",
        "local/fake_sources/espn/routes.py",
        "if text else",
        "if text is not None else",
        ("tests/local/fake_sources/espn/test_scoreboard.py",),
    ),
    Mistake(
        "drawn: a game without a tip-off has a time in its box score",
        "local/fake_sources/espn/boxscore.py",
        '"tbd": game.tipoff is None',
        '"tbd": False',
        ("tests/local/fake_sources/espn/test_scoreboard.py",),
    ),
    Mistake(
        "drawn: an undecided side is team 0",
        "local/fake_sources/espn/teams.py",
        "IDS.get(tricode, -1)",
        "IDS.get(tricode, 0)",
        ("tests/local/fake_sources/espn/test_scoreboard.py",),
    ),
    Mistake(
        "drawn: without games the calendar begins a year later",
        "local/fake_sources/espn/scoreboard.py",
        "or (date(first, 10, 1),)",
        "or (date(first + 1, 10, 1),)",
        ("tests/local/fake_sources/espn/test_scoreboard.py",),
    ),
    Mistake(
        "drawn: a knockout game stays unknown once it was",
        "local/fake_sources/season.py",
        "status(game, now), known)",
        "status(game, now))",
        ("tests/local/fake_sources/test_season.py",),
    ),
    Mistake(
        "drawn: in summer the schedule has two games",
        "local/fake_sources/season.py",
        "[:1])\n\n    def _around",
        "[:2])\n\n    def _around",
        ("tests/local/fake_sources/test_season.py",),
    ),
    Mistake(
        "drawn: a postponed game is the one of the report",
        "local/fake_sources/season.py",
        "self._now.by_id.values(), _date))",
        "self._now.games, _date))",
        ("tests/local/fake_sources/test_season.py",),
    ),
    Mistake(
        "drawn: Toronto is in the United States",
        "local/fake_sources/bettingpros/events.py",
        '"CAN" if place.country == "CA"',
        '"CAN" if place.country == "CAN"',
        ("tests/local/fake_sources/test_bettingpros.py",),
    ),
    Mistake(
        "drawn: the last row of a report has no page",
        "local/fake_sources/pdfs.py",
        "range(0, len(rows), per_page)",
        "range(0, len(rows) - 1, per_page)",
        ("tests/local/fake_sources/test_pdfs.py",),
    ),
)
