"""Finds measurements of time in tests: what they say depends on the machine and its other work.

A deadline after which a wait is given up (`while … and time.monotonic() < deadline`) is none.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

CLOCKS = frozenset({"perf_counter", "process_time", "thread_time", "getrusage", "timeit"})
"""Functions of `time`, `resource` and `timeit` that serve nothing but measuring."""
WALLS = frozenset({"monotonic", "time"})
"""Functions of `time` whose difference measures."""


def measurements(folder: Path) -> list[str]:
    """List the functions of tests that measure time and are not marked `soak`, as `file::name`."""
    return [
        f"{path.relative_to(folder)}::{name}"
        for path in sorted(folder.rglob("*.py"))
        for name in _measuring(ast.parse(path.read_text(encoding="utf-8")))
    ]


def _measuring(tree: ast.Module) -> Iterator[str]:
    if any(isinstance(node, ast.Assign) and _is_mark(node) for node in tree.body):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and _measures(node) and not _is_soak(node):
            yield node.name


def _is_mark(node: ast.Assign) -> bool:
    return ast.unparse(node.targets[0]) == "pytestmark" and "mark.soak" in ast.unparse(node.value)


def _is_soak(node: ast.FunctionDef) -> bool:
    return any("mark.soak" in ast.unparse(one) for one in node.decorator_list)


def _measures(node: ast.FunctionDef) -> bool:
    return any(
        (isinstance(each, ast.Call) and _called(each) in CLOCKS)
        or (isinstance(each, ast.BinOp) and isinstance(each.op, ast.Sub) and _is_wall(each.left))
        for each in ast.walk(node)
    )


def _is_wall(node: ast.expr) -> bool:
    """Whether an expression is the wall's time, such as `time.monotonic()`."""
    if not (isinstance(node, ast.Call) and not node.args):
        return False
    return _called(node) in WALLS and (
        isinstance(node.func, ast.Name) or ast.unparse(node.func).startswith("time.")
    )


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func).rpartition(".")[2]
