"""Writes docs/scenarios.md from the tests' own names: `python tests/kit/scenario_map.py`."""

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "scenarios.md"
TEST = re.compile(r"^def (test_((?:[tdxbcpsao]\d+_)+)\w+)", re.MULTILINE)
GROUPS = {"T": 16, "D": 19, "X": 16, "B": 6, "C": 6, "P": 7, "S": 10, "A": 3, "O": 4}
HEAD = """# Scenarios

Which test holds the system to which of the 87 scenarios that an earlier version failed at
(`../shared/scenarios.md`). Made from the tests' names by `python tests/kit/scenario_map.py`; a
test checks that it is current. Where no test carries an id, the row says why.

| Id | Tests |
| --- | --- |
"""


WITHOUT = {
    "B1": "Superseded by the design: a row is written by an INSERT job of its own (R6), whose "
    "derived id is what makes it one. A day has some 80 for the log; past 1,500 a day BigQuery "
    "runs them ten at a time and queues the others.",
    "B2": "Superseded likewise: INSERT jobs of one table do not conflict, and nothing deletes.",
    "B6": "No table is read for a game's state: that is the schedule object, newest first.",
    "P4": "Needs a deployment: the alerts `no-decision`, `no-cleanup` and `backlog` see a push "
    "that goes nowhere; every tick is a synthetic message.",
    "A3": "Needs a deployment: docs/monitoring.md says how to try an alert's way to a person.",
    "O1": "Needs a deployment: the bundle's name carries its hash, and a plan shows drift.",
}
"""Scenarios without a test, and why."""


def found() -> dict[str, list[str]]:
    """Collect test names by scenario id, as `file::name`."""
    named: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name, ids in TEST.findall(path.read_text()):
            for scenario in ids.strip("_").split("_"):
                named[scenario.upper()].append(f"`{path.relative_to(ROOT / 'tests')}::{name}`")
    return named


def document() -> str:
    """Make the whole document."""
    named = found()
    ids = [f"{group}{number}" for group, last in GROUPS.items() for number in range(1, last + 1)]
    rows = (f"| {one} | {'<br>'.join(named.get(one) or [WITHOUT[one]])} |\n" for one in ids)
    return HEAD + "".join(rows)


if __name__ == "__main__":
    DOCUMENT.write_text(document())
