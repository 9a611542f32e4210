"""A mutation check of the pure core: `python tools/mutants.py [MODULE ...]`.

Each mutant is one small change of one module. A forked process imports everything of ours anew
with that change and runs the module's tests until one fails. docs/mutation.md says why this is not
mutmut, what it does not change, and what the survivors are.
"""

import argparse
import ast
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import hypothesis
import pytest
from mutations import Mutant, mutants_of

ROOT = Path(__file__).resolve().parents[1]
TESTS = "tests/common"
CORE = (
    f"{TESTS}/decisions/kinds/test_answers.py",
    f"{TESTS}/decisions/test_decide.py",
    f"{TESTS}/decisions/test_plan.py",
)
"""What sees a fault of the core first when the module's own tests do not."""
RUNS = ("tests/functions/test_workflow_executor.py", "tests/functions/test_execution_tracker.py")
CLEANUP = tuple(
    f"tests/functions/cleanup/test_cleanup_{noun}.py"
    for noun in ("processor", "runs", "ends", "objects")
)
MODULES: dict[str, tuple[str, ...]] = {
    "common/decisions/kinds/catch_up.py": (f"{TESTS}/decisions/kinds/test_catch_up.py", *CORE),
    "common/decisions/kinds/collection.py": (
        f"{TESTS}/decisions/kinds/test_post_game.py",
        f"{TESTS}/decisions/kinds/test_catch_up.py",
        *CORE,
    ),
    "common/decisions/kinds/daily_window.py": (
        f"{TESTS}/decisions/kinds/test_daily_window.py",
        *CORE,
    ),
    "common/decisions/kinds/discovery.py": (f"{TESTS}/decisions/kinds/test_discovery.py", *CORE),
    "common/decisions/kinds/post_game.py": (f"{TESTS}/decisions/kinds/test_post_game.py", *CORE),
    "common/decisions/kinds/pre_game.py": (f"{TESTS}/decisions/kinds/test_pre_game.py", *CORE),
    "common/decisions/decide.py": CORE,
    "common/decisions/situation.py": (
        f"{TESTS}/decisions/test_situation.py",
        f"{TESTS}/kinds",
        *CORE,
    ),
    "common/decisions/history.py": (f"{TESTS}/decisions/test_history.py", f"{TESTS}/kinds", *CORE),
    "common/decisions/plan.py": (
        f"{TESTS}/decisions/test_plan.py",
        f"{TESTS}/decisions/test_decide.py",
    ),
    "common/calendar/slots.py": (f"{TESTS}/calendar/test_slots.py", *CORE),
    "common/executions/steps.py": (f"{TESTS}/executions/test_steps.py", *RUNS),
    "common/eastern.py": (f"{TESTS}/test_eastern.py", f"{TESTS}/calendar/test_slots.py"),
    "common/calendar/games.py": (
        f"{TESTS}/calendar/test_games.py",
        f"{TESTS}/calendar/test_season.py",
    ),
    "common/decisions/recording.py": (f"{TESTS}/decisions/test_recording.py",),
    "common/configuration/window_checks.py": (
        f"{TESTS}/configuration/test_checks.py",
        f"{TESTS}/configuration/test_window_checks.py",
    ),
    "common/configuration/overlap_checks.py": (
        f"{TESTS}/configuration/test_overlap_checks.py",
        f"{TESTS}/configuration/test_checks.py",
    ),
    "common/configuration/checks.py": (
        f"{TESTS}/configuration/test_checks.py",
        f"{TESTS}/configuration/test_workflows.py",
    ),
    "common/ids.py": (f"{TESTS}/test_ids.py", *RUNS),
    "common/messages/labels.py": (f"{TESTS}/messages/test_labels.py",),
    "common/healing/attempts.py": (f"{TESTS}/healing/test_attempts.py", *CLEANUP),
    "common/state/claims.py": (f"{TESTS}/state/test_claims.py", *RUNS),
    "common/healing/objects.py": (f"{TESTS}/healing/test_objects.py", *CLEANUP),
    "common/healing/runs.py": (f"{TESTS}/healing/test_runs.py", *CLEANUP),
    "common/healing/tasks.py": (f"{TESTS}/healing/test_tasks.py", *CLEANUP),
    "common/handlers/tick_slot.py": (f"{TESTS}/handlers/test_tick_slot.py",),
    "common/sources/circuit.py": (
        f"{TESTS}/sources/test_circuit.py",
        f"{TESTS}/sources/test_health.py",
    ),
    "common/sources/pacing.py": (f"{TESTS}/sources/test_pacing.py",),
    "common/sources/quota.py": (f"{TESTS}/sources/test_quota.py",),
}
PYTEST = ("-x", "-q", "--assert=plain", "--tb=no", "-p", "no:randomly", "-p", "no:cacheprovider")
STUCK = 300
"""Seconds of waiting after which a mutant has failed."""
NOT_OURS = (
    "pydantic.main",
    "yaml",
    "time_machine",
    "google.cloud.storage",
    "google.cloud.bigquery",
)
"""Imported once, before the forks: what takes the longest, and does not import anything of ours."""


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module of ours from a changed tree."""

    def __init__(self, path: str, tree: ast.Module) -> None:
        self._path = path
        self._name = path.removesuffix(".py").replace("/", ".")
        self._tree = tree

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Ours, if it is the one."""
        del path, target
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, ROOT / self._path, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed code."""
        exec(compile(self._tree, str(ROOT / self._path), "exec"), module.__dict__)


def passes(tests: Sequence[str], path: str, tree: ast.Module, seconds: float) -> float | None:
    """Run tests with a module's code in place of its own.

    Args:
        tests: files and folders.
        path: of the module.
        tree: its code.
        seconds: of processor time; who takes longer has failed. The machine may be shared.

    Returns:
        How many seconds of processor time they took; None where they do not pass.
    """
    child = os.fork()
    if child == 0:
        sys.meta_path.insert(0, _Mutated(path, tree))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.alarm(STUCK)
        code: int = 1
        with suppress(BaseException):
            code = pytest.main([*PYTEST, *tests])
        os._exit(0 if code == pytest.ExitCode.OK else 1)
    _, status, used = os.wait4(child, 0)
    return used.ru_utime + used.ru_stime if status == 0 else None


def survivors(path: str, mutants: Sequence[Mutant]) -> list[Mutant]:
    """The mutants of a module that none of its tests notices."""
    tests = MODULES[path]
    whole = passes(tests, path, ast.parse((ROOT / path).read_text(encoding="utf-8")), STUCK)
    if whole is None:
        sys.exit(f"mutants: the tests of {path} fail without a mutant; mend them first: {tests}")
    limit = 2 + 2 * whole
    return [one for one in mutants if passes(tests, path, one.tree, limit) is not None]


def _prepare() -> None:
    """Import what is not ours once, for all mutants; make what is drawn the same each time."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    for name in NOT_OURS:
        importlib.import_module(name)
    hypothesis.settings.register_profile(
        "mutants",
        database=None,
        derandomize=True,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    hypothesis.settings.load_profile("mutants")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Tell a module's survivors and its figures, and at the end the score."""
    parser = argparse.ArgumentParser(prog="mutants")
    parser.add_argument("modules", nargs="*", help="parts of the names of modules; all without")
    parser.add_argument("--list", action="store_true", help="count the mutants and run nothing")
    options = parser.parse_args()
    _prepare()
    total = killed = 0
    for path in MODULES:
        if options.modules and not any(word in path for word in options.modules):
            continue
        began = time.monotonic()
        mutants = list(mutants_of((ROOT / path).read_text(encoding="utf-8")))
        alive = [] if options.list else survivors(path, mutants)
        total, killed = total + len(mutants), killed + len(mutants) - len(alive)
        for mutant in alive:
            _say(f"    {path}:{mutant.line}: {mutant.change}")
        took = f"{time.monotonic() - began:.0f} s"
        _say(f"{path}: {len(mutants)} mutants, {len(alive)} survived, {took}")
    if not options.list:
        _say(f"score: {killed} of {total} killed ({killed / max(total, 1):.1%})")


if __name__ == "__main__":
    main()
