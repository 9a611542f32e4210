"""Writes docs/scenarios.md from the tests' own names: `python tests/support/scenario_map.py`."""

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "scenarios.md"
TEST = re.compile(r"^def (test_((?:[tdxbcpsao]\d+_)+)\w+)", re.MULTILINE)
GROUPS = {"T": 16, "D": 19, "X": 16, "B": 6, "C": 6, "P": 7, "S": 10, "A": 3, "O": 4}
HEAD = """# Scenarios

Which test holds the system to which of the 87 scenarios that an earlier version failed at
(`../shared/scenarios.md`). Made from the tests' names by `python tests/support/scenario_map.py`; a
test checks that it is current. A dash means that no test carries the id yet.

| Id | Tests |
| --- | --- |
"""


def found() -> dict[str, list[str]]:
    """Test names by scenario id, as `file::name`."""
    named: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name, ids in TEST.findall(path.read_text()):
            for scenario in ids.strip("_").split("_"):
                named[scenario.upper()].append(f"`{path.relative_to(ROOT / 'tests')}::{name}`")
    return named


def document() -> str:
    """The whole document."""
    named = found()
    ids = [f"{group}{number}" for group, last in GROUPS.items() for number in range(1, last + 1)]
    rows = (f"| {one} | {'<br>'.join(named.get(one, ['–']))} |\n" for one in ids)  # noqa: RUF001 - a dash for readers
    return HEAD + "".join(rows)


if __name__ == "__main__":
    DOCUMENT.write_text(document())
