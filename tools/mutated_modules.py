"""The modules of the mutation check, each with the tests that must notice its mutants.

A module's own tests come first, because a mutant's tests stop at the first failure.
"""

from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = "tests/common"
KINDS = f"{TESTS}/decisions/kinds"
CONFIGURATION = f"{TESTS}/configuration"
CORE = (
    f"{KINDS}/test_answers.py",
    f"{TESTS}/decisions/test_decide.py",
    f"{TESTS}/decisions/test_plan.py",
)
"""Tests of the whole decision core, for what a module's own tests do not notice."""
RUNS = ("tests/functions/test_workflow_executor.py", "tests/functions/test_execution_tracker.py")
"""Tests of an execution from its decision to its terminal row."""
CLEANUP = tuple(
    f"tests/functions/cleanup/test_cleanup_{noun}.py"
    for noun in ("processor", "runs", "ends", "objects")
)
"""Tests of the cleanup function."""
FUNCTIONS, HANDLERS = "tests/functions", f"{TESTS}/handlers"
SOURCES, CLOUD = f"{TESTS}/sources", f"{TESTS}/cloud"
ENTRY = (f"{TESTS}/entry/test_respond.py", f"{FUNCTIONS}/faults/test_poison.py")
"""Tests of the way into every function."""
SCRAPERS, MESSAGES, BROKER = f"{TESTS}/scrapers", f"{TESTS}/messages", "tests/local/broker"
READ = tuple(
    f"{SCRAPERS}/test_{noun}.py" for noun in ("parsers", "odd_rows", "declarations", "asked")
)
"""Tests of all scrapers at once: what they ask for, and how they read their samples."""
SAMPLES = (f"{SCRAPERS}/test_samples.py", f"{SCRAPERS}/test_recordings.py")
ESPN = tuple(
    f"{SCRAPERS}/espn/test_{noun}.py" for noun in ("games", "scoreboard", "boxscore", "listing")
)
BROKEN = tuple(f"{BROKER}/test_{noun}.py" for noun in ("broker", "conformance", "rest"))
"""Tests of the broker as its clients see it."""
ASKED = tuple(f"{SOURCES}/test_{noun}.py" for noun in ("client", "conversations", "scrape"))
"""Tests of a source that is asked."""

FURTHER_AWAY = {*RUNS, *CLEANUP, *ENTRY[1:]}
"""Tests of whole functions: near the handlers, further away from the rooms below them."""

READERS = (
    *("common/look", "common/review", "common/pages", "common/incidents"),
    *("local/operate", "local/commands", "local/traces", "local/records", "local/costs"),
)
"""Rooms that only tell of what is there; their modules' tests have the modules' names."""

_OWN: dict[str, tuple[str, ...]] = {
    "common/decisions/kinds/catch_up.py": (f"{KINDS}/test_catch_up.py", *CORE),
    "common/decisions/kinds/collection.py": (
        f"{KINDS}/test_collection.py",
        f"{KINDS}/test_post_game.py",
        f"{KINDS}/test_catch_up.py",
        *CORE,
    ),
    "common/decisions/kinds/daily_window.py": (f"{KINDS}/test_daily_window.py", *CORE),
    "common/decisions/kinds/discovery.py": (f"{KINDS}/test_discovery.py", *CORE),
    "common/decisions/kinds/post_game.py": (f"{KINDS}/test_post_game.py", *CORE),
    "common/decisions/kinds/pre_game.py": (f"{KINDS}/test_pre_game.py", *CORE),
    "common/decisions/decide.py": (f"{TESTS}/decisions/test_reasons.py", *CORE),
    "common/decisions/situation.py": (f"{TESTS}/decisions/test_situation.py", KINDS, *CORE),
    "common/decisions/history.py": (f"{TESTS}/decisions/test_history.py", KINDS, *CORE),
    "common/decisions/plan.py": (
        f"{TESTS}/decisions/test_plan.py",
        f"{TESTS}/decisions/test_decide.py",
    ),
    "common/decisions/ahead.py": (
        f"{TESTS}/decisions/test_ahead.py",
        f"{TESTS}/decisions/test_plan.py",
        f"{TESTS}/look/test_coming.py",
    ),
    "common/decisions/lateness.py": (f"{TESTS}/decisions/test_lateness.py",),
    "common/decisions/recording.py": (f"{TESTS}/decisions/test_recording.py",),
    "common/decisions/inputs.py": (
        f"{TESTS}/decisions/test_inputs.py",
        f"{TESTS}/decisions/test_recording.py",
    ),
    "common/calendar/slots.py": (f"{TESTS}/calendar/test_slots.py", *CORE),
    "common/calendar/season.py": (f"{TESTS}/calendar/test_season.py",),
    "common/calendar/games.py": (
        f"{TESTS}/calendar/test_games.py",
        f"{TESTS}/calendar/test_schedule_documents.py",
        f"{TESTS}/calendar/test_answers_of_schedules.py",
        f"{TESTS}/calendar/test_season.py",
    ),
    "common/executions/steps.py": (f"{TESTS}/executions/test_steps.py", *RUNS),
    "common/executions/outputs.py": (f"{TESTS}/executions/test_outputs.py", *RUNS),
    "common/executions/row.py": (f"{TESTS}/executions/test_row.py", *RUNS),
    "common/eastern.py": (f"{TESTS}/test_eastern.py", f"{TESTS}/calendar/test_slots.py"),
    "common/ids.py": (f"{TESTS}/test_ids.py", *RUNS),
    "common/configuration/window_checks.py": (
        f"{CONFIGURATION}/test_checks.py",
        f"{CONFIGURATION}/test_check_limits.py",
        f"{CONFIGURATION}/test_window_checks.py",
    ),
    "common/configuration/overlap_checks.py": (
        f"{CONFIGURATION}/test_overlap_checks.py",
        f"{CONFIGURATION}/test_checks.py",
        f"{CONFIGURATION}/test_check_limits.py",
    ),
    "common/configuration/checks.py": (
        f"{CONFIGURATION}/test_checks.py",
        f"{CONFIGURATION}/test_check_limits.py",
        f"{CONFIGURATION}/test_workflows.py",
    ),
    "common/configuration/tick_grid.py": (
        f"{CONFIGURATION}/test_checks.py",
        f"{CONFIGURATION}/test_check_limits.py",
        f"{CONFIGURATION}/test_overlap_checks.py",
        f"{CONFIGURATION}/test_window_checks.py",
    ),
    "common/configuration/advice.py": (
        f"{CONFIGURATION}/test_workflows.py",
        f"{CONFIGURATION}/test_checks.py",
        f"{CONFIGURATION}/test_check_limits.py",
    ),
    "common/configuration/yaml_file.py": (
        f"{CONFIGURATION}/test_yaml_file.py",
        f"{CONFIGURATION}/test_checks.py",
        f"{CONFIGURATION}/test_check_limits.py",
    ),
    "common/messages/labels.py": (f"{TESTS}/messages/test_labels.py",),
    "common/healing/attempts.py": (f"{TESTS}/healing/test_attempts.py", *CLEANUP),
    "common/healing/objects.py": (f"{TESTS}/healing/test_objects.py", *CLEANUP),
    "common/healing/republish.py": CLEANUP,
    "common/healing/runs.py": (f"{TESTS}/healing/test_runs.py", *CLEANUP),
    "common/healing/tasks.py": (f"{TESTS}/healing/test_tasks.py", *CLEANUP),
    "common/state/claims.py": (f"{TESTS}/state/test_claims.py", *RUNS),
    "common/state/correction.py": (
        f"{TESTS}/state/test_correction.py",
        f"{HANDLERS}/test_scraper_runner.py",
    ),
    "common/state/decided.py": (f"{FUNCTIONS}/test_master_controller.py", *CLEANUP),
    "common/state/names.py": (f"{TESTS}/state/test_names.py", *RUNS),
    "common/state/own_objects.py": (f"{TESTS}/state/test_own_objects.py", *RUNS),
    "common/state/pauses.py": (
        "tests/common/state/test_pauses.py",
        "tests/local/operate/test_pauses.py",
    ),
    "common/state/store.py": (f"{TESTS}/state/test_store.py", *RUNS),
    "common/executions/alternatives.py": (f"{TESTS}/executions/test_alternatives.py", *RUNS),
    "common/executions/execution.py": (*RUNS, *CLEANUP, f"{TESTS}/healing/test_tasks.py"),
    "common/executions/manifest.py": (f"{TESTS}/executions/test_manifest.py", *RUNS),
    "common/executions/result.py": RUNS,
    "common/entry/dead_letters.py": (f"{TESTS}/entry/test_dead_letters.py", *ENTRY),
    "common/entry/incidents.py": (f"{TESTS}/entry/test_incidents.py", *ENTRY),
    "common/entry/respond.py": ENTRY,
    "common/entry/tracing.py": (f"{TESTS}/entry/test_tracing.py", *ENTRY),
    "common/entry/show.py": (f"{FUNCTIONS}/console",),
    "common/handlers/cleanup_processor.py": CLEANUP,
    "common/handlers/console.py": (f"{FUNCTIONS}/console",),
    "common/handlers/execution_tracker.py": RUNS[1:],
    "common/handlers/master_controller.py": (
        f"{HANDLERS}/test_master_controller.py",
        f"{FUNCTIONS}/test_master_controller.py",
        f"{FUNCTIONS}/faults/test_forced.py",
    ),
    "common/handlers/object_event.py": (f"{FUNCTIONS}/test_scraper_logger.py", *RUNS[1:]),
    "common/handlers/schedule_locker.py": (f"{FUNCTIONS}/test_schedule_locker.py",),
    "common/handlers/scraper_logger.py": (f"{FUNCTIONS}/test_scraper_logger.py",),
    "common/handlers/scraper_runner.py": (
        f"{HANDLERS}/test_scraper_runner.py",
        f"{FUNCTIONS}/test_scraper_runner.py",
    ),
    "common/handlers/situation_reader.py": (
        f"{HANDLERS}/test_situation_reader.py",
        f"{FUNCTIONS}/test_master_controller.py",
        f"{FUNCTIONS}/faults/test_forced.py",
    ),
    "common/handlers/tick_slot.py": (f"{HANDLERS}/test_tick_slot.py",),
    "common/handlers/workflow_executor.py": RUNS[:1],
    "common/sources/answers.py": (f"{SOURCES}/test_answers.py", *ASKED),
    "common/sources/asking.py": (*ASKED, f"{SOURCES}/test_routes.py"),
    "common/sources/client.py": tuple(
        f"{SOURCES}/test_{of}.py" for of in ("client", "keys", "routes")
    ),
    "common/sources/errors.py": (
        *ASKED,
        f"{SOURCES}/test_routes.py",
        f"{TESTS}/test_errors.py",
    ),
    "common/sources/guard.py": (
        f"{HANDLERS}/test_scraper_runner.py",
        f"{FUNCTIONS}/faults/test_sources.py",
        f"{FUNCTIONS}/test_scraper_runner.py",
    ),
    "common/sources/health.py": (f"{SOURCES}/test_health.py",),
    "common/sources/keys.py": (f"{SOURCES}/test_keys.py", f"{SOURCES}/test_client.py"),
    "common/sources/outcomes.py": (f"{SOURCES}/test_scrape.py", f"{SOURCES}/test_conversations.py"),
    "common/sources/pacing.py": (f"{SOURCES}/test_pacing.py",),
    "common/sources/quota.py": (f"{SOURCES}/test_quota.py",),
    "common/sources/request.py": (f"{SOURCES}/test_client.py", f"{SOURCES}/test_routes.py"),
    "common/sources/routes.py": (f"{SOURCES}/test_routes.py", f"{SOURCES}/test_client.py"),
    "common/sources/scrape.py": ASKED,
    "common/cloud/access.py": (f"{CLOUD}/test_access.py",),
    "common/cloud/jobs.py": (f"{CLOUD}/test_warehouse_jobs.py",),
    "common/cloud/limits.py": (
        f"{CLOUD}/test_publisher.py",
        f"{CLOUD}/test_warehouse_jobs.py",
        "tests/docs/test_limits.py",
    ),
    "common/cloud/ports.py": (f"{CLOUD}/test_storage.py", f"{TESTS}/calendar/test_season.py"),
    "common/cloud/publisher.py": (f"{CLOUD}/test_publisher.py",),
    "common/cloud/sql.py": (f"{CLOUD}/test_sql.py", f"{CLOUD}/test_warehouse.py"),
    "common/cloud/storage.py": (
        f"{CLOUD}/test_storage_requests.py",
        f"{CLOUD}/test_storage.py",
    ),
    "common/cloud/tables.py": (f"{CLOUD}/test_tables.py",),
    "common/cloud/timed.py": (f"{CLOUD}/test_timed.py",),
    "common/cloud/times.py": (f"{CLOUD}/test_publisher.py", f"{CLOUD}/test_warehouse.py"),
    "common/cloud/warehouse.py": tuple(
        f"{CLOUD}/test_warehouse{part}.py" for part in ("", "_jobs", "_reads")
    ),
    "common/calendar/game_ids.py": (
        f"{TESTS}/calendar/test_games.py",
        f"{MESSAGES}/test_models.py",
    ),
    "common/calendar/owners.py": (f"{TESTS}/calendar/test_owners.py", f"{TESTS}/calendar"),
    "common/calendar/playing.py": (f"{TESTS}/calendar",),
    "common/calendar/tipoff.py": (f"{TESTS}/calendar",),
    "common/clock.py": (f"{TESTS}/test_clock.py",),
    "common/configuration/fresh_by.py": (f"{CONFIGURATION}/test_fresh_by.py",),
    "common/configuration/left_out.py": (f"{CONFIGURATION}/test_left_out.py",),
    "common/configuration/partial.py": (f"{CONFIGURATION}/test_partial.py",),
    "common/configuration/step.py": (
        f"{CONFIGURATION}/test_workflows.py",
        f"{CONFIGURATION}/test_checks.py",
        f"{CONFIGURATION}/test_check_limits.py",
    ),
    "common/configuration/topology.py": (f"{CONFIGURATION}/test_topology.py",),
    "common/configuration/topology_checks.py": (f"{CONFIGURATION}/test_topology_checks.py",),
    "common/configuration/workflows.py": (
        f"{CONFIGURATION}/test_workflows.py",
        f"{CONFIGURATION}/test_checks.py",
        f"{CONFIGURATION}/test_check_limits.py",
        f"{CONFIGURATION}/test_partial.py",
    ),
    "common/errors.py": (f"{TESTS}/test_errors.py",),
    "common/logs.py": (f"{TESTS}/test_logs.py",),
    "common/messages/arrival.py": (
        f"{MESSAGES}/test_envelope.py",
        f"{MESSAGES}/test_envelope_refused.py",
        *ENTRY,
    ),
    "common/messages/envelope.py": (
        f"{MESSAGES}/test_envelope.py",
        f"{MESSAGES}/test_envelope_refused.py",
        *ENTRY,
    ),
    "common/messages/models.py": (f"{MESSAGES}/test_models.py", f"{MESSAGES}/test_labels.py"),
    "common/messages/object_names.py": (
        f"{HANDLERS}/test_scraper_runner.py",
        f"{MESSAGES}/test_labels.py",
    ),
    "common/redaction.py": (f"{TESTS}/test_redaction.py", f"{TESTS}/test_logs.py"),
    "common/runtime.py": (f"{TESTS}/test_runtime.py", f"{CONFIGURATION}/test_left_out.py"),
    "common/settings.py": (f"{TESTS}/test_settings.py",),
    "common/source_settings.py": (f"{TESTS}/test_settings.py",),
    "common/threads.py": (f"{TESTS}/test_threads.py",),
    "common/scrapers/agreement.py": (f"{SCRAPERS}/test_agreement.py", *READ, f"{SCRAPERS}/nba"),
    "common/scrapers/bettingpros/events.py": (f"{SCRAPERS}/bettingpros", *READ),
    "common/scrapers/espn/boxscore.py": (*ESPN, *READ),
    "common/scrapers/espn/games.py": (*ESPN, *READ),
    "common/scrapers/espn/listing.py": (*ESPN,),
    "common/scrapers/espn/roster.py": (f"{SCRAPERS}/nba/test_league.py", *READ, *SAMPLES),
    "common/scrapers/espn/scoreboard.py": (*ESPN, *READ),
    "common/scrapers/expectations.py": (f"{SCRAPERS}/test_expectations.py", *READ),
    "common/scrapers/gamebook.py": (f"{SCRAPERS}/test_gamebook.py", *READ),
    "common/scrapers/injury_report.py": (*READ, f"{SCRAPERS}/test_injury_reports.py", *SAMPLES),
    "common/scrapers/model.py": (f"{SCRAPERS}/test_model.py", *READ),
    "common/scrapers/nba/boxscore.py": (f"{SCRAPERS}/nba", *READ),
    "common/scrapers/nba/boxscore_v3.py": (f"{SCRAPERS}/nba", *READ),
    "common/scrapers/nba/player_movement.py": (f"{SCRAPERS}/nba", *READ),
    "common/scrapers/nba/roster.py": (f"{SCRAPERS}/nba", *READ),
    "common/scrapers/nba/scoreboard.py": (f"{SCRAPERS}/nba", *READ),
    "common/scrapers/nba/standings.py": (f"{SCRAPERS}/nba", *READ),
    "common/scrapers/nba_live.py": (f"{SCRAPERS}/test_nba_live.py", *READ),
    "common/scrapers/nba_schedule.py": READ,
    "common/scrapers/nba_stats.py": (
        f"{SCRAPERS}/test_nba_stats.py",
        *READ,
        f"{SCRAPERS}/test_expectations.py",
    ),
    "common/scrapers/odd_rows.py": READ,
    "common/scrapers/odds/history.py": (f"{SCRAPERS}/odds", *READ),
    "common/scrapers/odds/live.py": (*READ, f"{SCRAPERS}/odds"),
    "common/scrapers/referees.py": READ,
    "common/scrapers/registry.py": (f"{SCRAPERS}/test_registry.py",),
    "common/scrapers/shape.py": (f"{SCRAPERS}/test_shape.py", *READ),
    "common/scrapers/source.py": (f"{SCRAPERS}/test_source.py", f"{SOURCES}/test_client.py"),
    "local/broker/backlog.py": BROKEN,
    "local/broker/broker.py": BROKEN,
    "local/broker/delivery_faults.py": (f"{BROKER}/test_delivery_faults.py",),
    "local/broker/filters.py": (f"{BROKER}/test_filters.py",),
    "local/broker/mailbox.py": BROKEN,
    "local/broker/messages.py": (f"{BROKER}/test_refusals.py", *BROKEN),
    "local/broker/registry.py": (f"{BROKER}/test_refusals.py", *BROKEN),
    "local/broker/subscriptions.py": (f"{BROKER}/test_refusals.py", *BROKEN),
    "common/look/decided.py": ("tests/common/look/test_coverage.py",),
    "common/look/status.py": ("tests/common/look/test_coverage.py",),
    "local/operate/subscription.py": ("tests/local/operate/test_letters.py",),
    "local/simulator/invariants.py": ("tests/local/simulator/test_invariants.py",),
}


def _room(path: str) -> str:
    return "/".join(path.split("/")[:2]) if path.count("/") > 1 else "common"


def _with_written(path: str, tests: tuple[str, ...]) -> tuple[str, ...]:
    """A module's own tests, then what its room promises, then those of whole functions."""
    room = _room(path)
    written = f"tests/{room}/test_written_down.py"
    if not (ROOT / written).exists():
        return tests
    own = tests if room == "common/handlers" else [t for t in tests if t not in FURTHER_AWAY]
    return (*own, written, *(test for test in tests if test not in own))


def _rows() -> dict[str, tuple[str, ...]]:
    """Add the rows of the readers: each module's test of its name, or else those beside it."""
    found = (path.relative_to(ROOT) for room in READERS for path in (ROOT / room).rglob("*.py"))
    rows = {f"{path}": _beside(path) for path in found if path.name != "__init__.py"}
    return {**rows, **_OWN}


def _beside(path: Path) -> tuple[str, ...]:
    own = Path("tests", path.parent, f"test_{path.name}")
    folder = own.parent if (ROOT / own.parent).is_dir() else Path("tests", _room(f"{path}"))
    return (f"{own if (ROOT / own).exists() else folder}",)


MODULES = {path: _with_written(path, tests) for path, tests in _rows().items()}


def near(path: str) -> tuple[str, ...]:
    """A module's tests near it: of those above the ones below its room, then its room's others."""
    folder = f"tests/{_room(path)}" if path.count("/") > 1 else ""
    own = FURTHER_AWAY - {*MODULES[path]} if _room(path) == "common/handlers" else FURTHER_AWAY
    return tuple(filter(None, (*(t for t in MODULES[path] if t not in own), folder)))
