"""Mistakes of 26 November 2026 in the fake sources and beside them that lived.

Each is noticed now by a test near it, without an emulator.
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
)
