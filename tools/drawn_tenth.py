"""The tenth draw and later ones: mistakes of 27 November 2026 that no test near the code noticed.

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
    Mistake(
        "drawn: an object's instant is written where it has labels",
        "common/cloud/storage.py",
        "if custom_time is not None:",
        "if metadata is not None:",
        ("tests/common/cloud/test_storage_requests.py",),
    ),
    Mistake(
        "drawn: nobody is named as who paused",
        "local/commands/operate/pause.py",
        "default=getpass.getuser,",
        'default="",',
        ("tests/local/commands/operate/test_pause.py",),
    ),
    Mistake(
        "drawn: threads of a process ask a host at once",
        "common/sources/pacing.py",
        "with self._lock:",
        "if interval:",
        ("tests/common/sources/test_pacing.py",),
    ),
    Mistake(
        "drawn: a run that ended days ago counts as under way",
        "common/look/coming.py",
        "since=rows_since(asked)",
        "since=rows_since(asked[-1:])",
        ("tests/common/look/test_coming.py",),
    ),
    Mistake(
        "drawn: a zero in a query's table is null",
        "local/commands/results.py",
        'if value is None:\n        return "[dim]',
        'if not value:\n        return "[dim]',
        ("tests/local/commands/test_results.py",),
    ),
    Mistake(
        "drawn: a fake source starts without a clock",
        "local/fake_sources/__main__.py",
        '"--clock", type=Path, required=True',
        '"--clock", type=Path',
        ("tests/local/fake_sources/test_main.py",),
    ),
    Mistake(
        "drawn: each scene gets schedules of the first",
        "local/simulator/explorer/explore.py",
        "random_schedules(scene, draw)) for scene",
        "random_schedules(scenes[0], draw)) for scene",
        ("tests/local/simulator/explorer/test_explore.py",),
    ),
    Mistake(
        "drawn: rows without a slot are decisions of one slot",
        "common/look/decided.py",
        "_stored(place, ours)",
        "_stored(place, rows)",
        ("tests/common/look/test_decided.py",),
    ),
    Mistake(
        "drawn: the printed plan ends with its first row",
        "local/day/report.py",
        'str(len(row["scrapers"])))\n    return table',
        'str(len(row["scrapers"])))\n        return table',
        ("tests/local/day/test_report.py",),
    ),
    Mistake(
        "drawn: the last year is not believed",
        "common/messages/envelope.py",
        "range(2000, 2100)",
        "range(2000, 2099)",
        ("tests/common/messages/test_envelope.py",),
    ),
    Mistake(
        "drawn: what a killed build has left stands in the bundle",
        "local/commands/develop/bundle.py",
        'ZipFile(fresh, "w",',
        'ZipFile(fresh, "a",',
        ("tests/local/commands/develop/test_bundle.py",),
    ),
    Mistake(
        "drawn: a panel reads the data source's project",
        "dashboards/source/overview.yaml",
        "${project}.${dataset}.incidents",
        "${dataset}.incidents",
        ("tests/dashboards/test_source.py",),
    ),
)
