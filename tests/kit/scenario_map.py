"""Writes docs/scenarios.md: `python tests/kit/scenario_map.py`.

What happened stands in docs/scenarios.yaml; which tests hold it is read from the tests' names
(`test_t2_...`).
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "scenarios.md"
SENTENCES = ROOT / "docs" / "scenarios.yaml"
TEST = re.compile(r"^def (test_((?:(?:[tdxbcpsao]|fs|ft)\d+_)+)\w+)", re.MULTILINE)
GROUPS = {
    "T": (16, "Time: zones, midnight, windows"),
    "D": (19, "Decisions"),
    "X": (16, "Execution and dispatch"),
    "B": (6, "BigQuery"),
    "C": (6, "Cleanup"),
    "P": (7, "Pub/Sub"),
    "S": (10, "Scrapers, sources, games"),
    "A": (3, "Alerts"),
    "O": (4, "Operations and cost"),
}
"""How many scenarios each letter has, and what they are about."""
LIVED = [f"{group}{number}" for group, (last, _) in GROUPS.items() for number in range(1, last + 1)]
FOUND = {
    "Answers of sources that were taken for something else (FS)": [
        f"FS{number:02}" for number in (1, 2, 3, 5, 6, 7, 9, 10, 11, 12, 14, 16, 18, 20)
    ],
    "Mistakes that no test near the code noticed (FT)": [f"FT{number}" for number in range(1, 11)],
}
"""What was found in this version before it was deployed, by what it is about."""
IDS = [*LIVED, *(each for ids in FOUND.values() for each in ids)]
HEAD = f"""# Scenarios

{len(LIVED)} ways in which an earlier, polling version failed in production, and the tests that keep
this one from it. `python tests/kit/scenario_map.py` writes this page from the sentences in
[scenarios.yaml](scenarios.yaml) and from the tests' names (`test_t2_…` holds T2); a test checks
that it is current. Where no test carries an id, the row gives the reason. The last two tables are
of what was found in this version before it was deployed.
"""
TABLE_HEAD = """
## {title}

| Id | What happened | Held by |
| --- | --- | --- |
"""


WITHOUT = {
    "B1": "Superseded by the design: a row is written by an INSERT job of its own (R6), whose "
    "derived id makes it the only one. A day has some 80 for the log; past 1,500 a day BigQuery "
    "runs them ten at a time and queues the others.",
    "B2": "Superseded likewise: INSERT jobs of one table do not conflict, and nothing deletes.",
    "B6": "No table is read for a game's state: the newest schedule object holds it.",
    "P4": "Needs a deployment: the alerts `no-decision`, `no-cleanup` and `missing-files` see a "
    "push that goes nowhere; every tick is a synthetic message.",
    "A3": "Needs a deployment: [monitoring.md](monitoring.md) describes how an alert arrives.",
    "O1": "Needs a deployment: the bundle's name carries its hash, and a plan shows drift.",
}
"""Scenarios without a test, and why."""


def sentences() -> dict[str, str]:
    """What happened, by scenario id."""
    read: dict[str, str] = yaml.safe_load(SENTENCES.read_text())
    return read


def found() -> dict[str, list[str]]:
    """Test names by scenario id, as pytest takes them: `file::name`."""
    named: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name, ids in TEST.findall(path.read_text()):
            for scenario in ids.strip("_").split("_"):
                named[scenario.upper()].append(f"`{path.relative_to(ROOT)}::{name}`")
    return named


def document() -> str:
    """The whole document."""
    tables = {
        title: [f"{group}{number}" for number in range(1, last + 1)]
        for group, (last, title) in GROUPS.items()
    }
    return HEAD + "".join(_table(title, ids) for title, ids in (tables | FOUND).items())


def _table(title: str, ids: Sequence[str]) -> str:
    named, happened = found(), sentences()
    rows = (
        f"| {each} | {happened[each]} | {'<br>'.join(named.get(each) or [WITHOUT[each]])} |\n"
        for each in ids
    )
    return TABLE_HEAD.format(title=title) + "".join(rows)


if __name__ == "__main__":
    DOCUMENT.write_text(document())
