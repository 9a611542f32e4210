"""The tenth and the eleventh draw: mistakes of 27 November 2026 that no test near the code noticed.

Lines were drawn by a seeded script. Each is noticed now.
"""

from tools.mistake import Mistake

WORLD = ("tests/local/simulator/test_world.py",)
EXPLORER = ("tests/local/simulator/explorer/test_written_down.py",)
COMMAND = ("tests/local/commands/develop/test_explore.py",)
DRAWN_TENTH = (
    Mistake(
        "drawn: clients of the local stack take 4 MiB",
        "local/stack/pubsub.py",
        "insecure_channel(host, options=unlimited)",
        "insecure_channel(host)",
        ("tests/local/stack/test_pubsub.py",),
    ),
    Mistake(
        "drawn: after an error the other ports stay",
        "local/simulator/world.py",
        "        try:\n            yield\n        finally:\n            self.runtime = held",
        "        yield\n        self.runtime = held",
        WORLD,
    ),
    Mistake(
        "drawn: after a simulation garbage stays",
        "local/simulator/run.py",
        "        gc.enable()",
        "        gc.collect()",
        ("tests/local/simulator/test_run_days.py",),
    ),
    Mistake(
        "drawn: of three routes the first one has the second one's verdict",
        "common/sources/asking.py",
        "asked[-1] = replace(asked[-1],",
        "asked[0] = replace(asked[0],",
        ("tests/common/sources/test_asking.py",),
    ),
    Mistake(
        "drawn: two sweeps of a scene are one",
        "local/simulator/explorer/scenes.py",
        "timedelta(minutes=30))\n    tick(world, SWEEPS, SLOT + timedelta(minutes=45))",
        "timedelta(minutes=30))\n    tick(world, SWEEPS, SLOT + timedelta(minutes=60))",
        EXPLORER,
    ),
    Mistake(
        "drawn: of two forced ticks of a scene one is plain",
        "local/simulator/explorer/scenes.py",
        "_two_ticks, NIGHT, NIGHT, forced=(True, True), workflows=BY_NIGHT[:1]",
        "_two_ticks, NIGHT, NIGHT, forced=(True, False), workflows=BY_NIGHT[:1]",
        EXPLORER,
    ),
    Mistake(
        "drawn: of several open failures one is told",
        "local/simulator/made_good.py",
        "yield row\n",
        "yield row\n            break\n",
        ("tests/local/simulator/test_made_good.py",),
    ),
    Mistake(
        "drawn: a row of games cuts those below it",
        "common/pages/lanes.py",
        "ends[row : row + 1] =",
        "ends[row:] =",
        ("tests/common/pages/test_lanes.py",),
    ),
    Mistake(
        "drawn: an empty schedule is none",
        "local/commands/develop/explore.py",
        "if text is not None:",
        "if text:",
        COMMAND,
    ),
    Mistake(
        "drawn: a date's task is of its own game's season",
        "common/handlers/scraper_runner.py",
        "season=_season(first.game_id if first else None, task.target_date)",
        "season=_season(task.game_id, task.target_date)",
        ("tests/common/handlers/test_scraper_runner.py",),
    ),
    Mistake(
        "drawn: a scraper whose source is off is decided about",
        "common/handlers/master_controller.py",
        "runtime.workflows.items()",
        "runtime.configured.items()",
        ("tests/common/handlers/test_master_controller.py",),
    ),
)
