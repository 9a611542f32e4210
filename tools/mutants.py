"""A mutation check of our modules: `python tools/mutants.py [MODULE ...]`.

Each mutant is one small change of one module of `tools/mutated_modules.py`. A forked process
imports our modules with that change and runs the module's tests until one fails. docs/mutation.md
explains why this is not mutmut, what is not changed, and which mutants survive.
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
from mutated_modules import MODULES, near
from mutations import Mutant, mutants_of

ROOT = Path(__file__).resolve().parents[1]
PYTEST = ("-x", "-q", "--assert=plain", "--tb=no", "-p", "no:randomly", "-p", "no:cacheprovider")
WITHIN_THE_PROCESS = ("-m", "not stack and not soak")
"""An emulator a mutant would take minutes a module, and outlive a mutant that hangs."""
MUTANT_SECONDS_MAX = 300
"""Wall-clock seconds after which a mutant's tests count as failed."""
PRELOADED = (
    "pydantic.main",
    "yaml",
    "time_machine",
    "google.cloud.storage",
    "google.cloud.bigquery",
)
"""Libraries that are slow to import and import nothing of ours; imported once, before the forks."""


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """An importer that loads one of our modules from a changed syntax tree."""

    def __init__(self, path: str, tree: ast.Module) -> None:
        self._path = path
        self._name = path.removesuffix(".py").replace("/", ".")
        self._tree = tree

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return a spec for the changed module, and None for every other."""
        del path, target
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, ROOT / self._path, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed code as the module."""
        exec(compile(self._tree, str(ROOT / self._path), "exec"), module.__dict__)


def passes(
    tests: Sequence[str], path: str, tree: ast.Module, seconds: float, marks: Sequence[str]
) -> float | None:
    """Run tests with a module's code replaced.

    Args:
        tests: test files and folders.
        path: the module's path.
        tree: the code to run instead.
        seconds: limit of processor time (the machine may be shared); slower tests have failed.
        marks: which tests of them.

    Returns:
        The seconds of processor time that the tests took; None if they failed.
    """
    child = os.fork()
    if child == 0:
        sys.meta_path.insert(0, _Mutated(path, tree))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.setsid()  # what a test has started ends with it
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.alarm(MUTANT_SECONDS_MAX)
        code: int = 1
        with suppress(BaseException):
            code = pytest.main([*PYTEST, *marks, *tests])
        os._exit(0 if code == pytest.ExitCode.OK else 1)
    _, status, used = os.wait4(child, 0)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    return used.ru_utime + used.ru_stime if status == 0 else None


def survivors(
    path: str, mutants: Sequence[Mutant], tests: Sequence[str], marks: Sequence[str]
) -> list[Mutant]:
    """Return the mutants of a module that none of some tests notices."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    whole = passes(tests, path, tree, MUTANT_SECONDS_MAX, marks)
    if whole is None:
        sys.exit(f"mutants: the tests of {path} fail without a mutant; fix them first: {tests}")
    limit = 2 + 2 * whole
    return [one for one in mutants if passes(tests, path, one.tree, limit, marks) is not None]


def _prepare() -> None:
    """Import the libraries once for all mutants, and make hypothesis draw the same each time."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    for name in PRELOADED:
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
    """Print each module's surviving mutants and figures, and finally the score."""
    parser = argparse.ArgumentParser(prog="mutants")
    parser.add_argument(
        "modules", nargs="*", help="parts of module names; without any, all modules"
    )
    parser.add_argument(
        "--list", action="store_true", help="count the mutants without running tests"
    )
    parser.add_argument("--every", type=int, default=1, metavar="N", help="try each N-th mutant")
    parser.add_argument("--first", type=int, default=0, metavar="K", help="from the K-th on")
    parser.add_argument("--near", action="store_true", help="with the tests of its folder alone")
    parser.add_argument("--stack", action="store_true", help="with those that start an emulator")
    options = parser.parse_args()
    _prepare()
    total = killed = 0
    for path in MODULES:
        if options.modules and not any(word in path for word in options.modules):
            continue
        mutants = list(mutants_of((ROOT / path).read_text(encoding="utf-8")))[
            options.first :: options.every
        ]
        if options.list:
            _say(f"{path}: {len(mutants)} mutants")
            continue
        began = time.monotonic()
        tests = near(path) if options.near else MODULES[path]
        alive = survivors(path, mutants, tests, () if options.stack else WITHIN_THE_PROCESS)
        total, killed = total + len(mutants), killed + len(mutants) - len(alive)
        for mutant in alive:
            _say(f"    {path}:{mutant.line}: {mutant.change}")
        took = f"{time.monotonic() - began:.0f} s"
        _say(f"{path}: {len(mutants)} mutants, {len(alive)} survived, {took}")
    if not options.list:
        _say(f"score: {killed} of {total} killed ({killed / max(total, 1):.1%})")


if __name__ == "__main__":
    main()
