"""The modules of the mutation check, each with the tests that must notice its mutants.

A module's own tests come first, because a mutant's tests stop at the first failure.
"""

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

MODULES: dict[str, tuple[str, ...]] = {
    "common/decisions/kinds/catch_up.py": (f"{KINDS}/test_catch_up.py", *CORE),
    "common/decisions/kinds/collection.py": (
        f"{KINDS}/test_post_game.py",
        f"{KINDS}/test_catch_up.py",
        *CORE,
    ),
    "common/decisions/kinds/daily_window.py": (f"{KINDS}/test_daily_window.py", *CORE),
    "common/decisions/kinds/discovery.py": (f"{KINDS}/test_discovery.py", *CORE),
    "common/decisions/kinds/post_game.py": (f"{KINDS}/test_post_game.py", *CORE),
    "common/decisions/kinds/pre_game.py": (f"{KINDS}/test_pre_game.py", *CORE),
    "common/decisions/decide.py": CORE,
    "common/decisions/situation.py": (f"{TESTS}/decisions/test_situation.py", KINDS, *CORE),
    "common/decisions/history.py": (f"{TESTS}/decisions/test_history.py", KINDS, *CORE),
    "common/decisions/plan.py": (
        f"{TESTS}/decisions/test_plan.py",
        f"{TESTS}/decisions/test_decide.py",
    ),
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
    "common/healing/runs.py": (f"{TESTS}/healing/test_runs.py", *CLEANUP),
    "common/healing/tasks.py": (f"{TESTS}/healing/test_tasks.py", *CLEANUP),
    "common/state/claims.py": (f"{TESTS}/state/test_claims.py", *RUNS),
    "common/state/store.py": (f"{TESTS}/state/test_store.py", *RUNS),
    "common/handlers/tick_slot.py": (f"{TESTS}/handlers/test_tick_slot.py",),
    "common/sources/health.py": (f"{TESTS}/sources/test_health.py",),
    "common/sources/pacing.py": (f"{TESTS}/sources/test_pacing.py",),
    "common/sources/quota.py": (f"{TESTS}/sources/test_quota.py",),
}
