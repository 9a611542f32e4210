"""The floors of the house: which room may import which; every import that goes the wrong way."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

GROUND = (
    *("errors", "eastern", "ids", "threads", "clock", "deliveries"),
    *("redaction", "logs", "source_settings", "settings"),
)
FLOORS = (
    *(f"common.{name}" for name in GROUND),
    "common.cloud",
    "common.calendar",
    "common.messages",
    "common.state",
    "common.scrapers",
    "common.configuration",
    "common.sources",
    "common.decisions",
    "common.runtime",
    "common.entry",
    "common.executions",
    "common.healing",
    "common.incidents",
    "common.review",
    "common.look",
    "common.pages",
    "common.handlers",
    "functions",
    "local.samples",
    "local.fake_sources",
    "local.records",
    "local.broker",
    "local.scheduler",
    "local.simulator",
    "local.processes",
    "local.stack",
    "local.review",
    "local.operate",
    "local.traces",
    "local.day",
    "local.dashboards",
    "local.costs",
    "local.bench",
    "local.commands",
    "local.__main__",
)
"""From the ground up; a room imports those before it."""
SHARED_BY_HANDLERS = ("tick_slot", "object_event", "situation_reader")
MODULES_MAX = 13
"""In one folder: about a dozen are found at a glance."""

Imports = Mapping[str, Sequence[str]]


def complaints(root: Path) -> list[str]:
    """Name every import of a tree that breaks a floor, every circle, and every crowded folder."""
    imports = read_imports(root)
    return [
        *_upwards(imports),
        *_between_handlers(imports),
        *(f"circle: {' -> '.join(found)}" for found in _circles(imports)),
        *_crowded(root),
    ]


def read_imports(root: Path) -> dict[str, list[str]]:
    """Read which modules of ours each module imports, at its top or later."""
    files = {_name(path, root): path for path in _files(root)}
    return {name: sorted(set(_imported(path, files))) for name, path in files.items()}


def _files(root: Path) -> Iterator[Path]:
    for top in ("common", "functions", "local"):
        yield from sorted((root / top).rglob("*.py"))


def _name(path: Path, root: Path) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _imported(path: Path, known: Mapping[str, Path]) -> Iterator[str]:
    for module, name in _named(path.read_text()):
        inside = f"{module}.{name}"
        if inside in known or module in known:
            yield inside if inside in known else module


@cache
def _named(text: str) -> tuple[tuple[str, str], ...]:
    """List what a module imports: modules, and names of them; copies of a file are read once."""
    found: list[tuple[str, str]] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [(node.module, alias.name) for alias in node.names]
    return tuple(found)


def room_of(module: str) -> str:
    """Name the room that a module is in, as `FLOORS` does."""
    parts = module.split(".")
    return parts[0] if parts[0] == "functions" else ".".join(parts[:2])


def _upwards(imports: Imports) -> Iterator[str]:
    height = {room: number for number, room in enumerate(FLOORS)}
    for module, names in imports.items():
        for name in names:
            low, high = room_of(module), room_of(name)
            if low not in height or high not in height:
                yield f"{module} imports {name}: FLOORS does not list {high}"
            elif height[low] < height[high]:
                yield f"{module} imports {name}: {low} is below {high}"


def _between_handlers(imports: Imports) -> Iterator[str]:
    for module, names in imports.items():
        for name in names:
            both = {room_of(module), room_of(name)} == {"common.handlers"}
            if both and name.rpartition(".")[2] not in SHARED_BY_HANDLERS:
                yield f"{module} imports {name}: no handler imports another handler"


def _circles(imports: Imports) -> list[list[str]]:
    """Circles of modules, each named once, by walking the imports depth first."""
    found: list[list[str]] = []
    done: set[str] = set()

    def visit(module: str, path: list[str]) -> None:
        if module in path:
            found.append([*path[path.index(module) :], module])
            return
        if module in done:
            return
        for name in imports[module]:
            if name in imports:
                visit(name, [*path, module])
        done.add(module)

    for module in imports:
        visit(module, [])
    return found


def _crowded(root: Path) -> Iterator[str]:
    counts = Counter(
        path.parent.relative_to(root).as_posix()
        for path in _files(root)
        if path.name != "__init__.py"
    )
    for folder, number in counts.items():
        if number > MODULES_MAX:
            yield f"{folder}: {number} modules, over {MODULES_MAX}; split it by what they know"


def arrows(root: Path) -> dict[str, set[str]]:
    """Read which room imports which other rooms, for the picture in docs/architecture.md."""
    found: dict[str, set[str]] = defaultdict(set)
    for module, names in read_imports(root).items():
        for name in names:
            if room_of(name) != room_of(module):
                found[room_of(module)].add(room_of(name))
    return dict(found)
