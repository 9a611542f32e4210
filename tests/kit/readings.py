"""What each scraper reads of its sample, and by which words it refuses the sample's mutants.

`python -m tests.kit.readings` writes `tests/kit/readings.txt` anew: the first and the last record,
and each kind of refusal with how many mutants meet it, in the words that the first of them meets. A
check that is lost, or asks another field, changes a number; another value in a text changes it.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from common.errors import OrchestrationError
from common.scrapers import REGISTRY
from common.scrapers.espn import boxscore as espn_boxscore
from common.scrapers.model import Target
from common.scrapers.nba import roster as nba_roster
from tests.kit.mutants import mutants, names, read
from tests.kit.samples import bodies, target

FILE = Path(__file__).with_name("readings.txt")
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|\[[^\]]*\]|\{[^}]*\}|\d+(\.\d+)?")
"""Values, of which every mutant has another."""
OTHER_TYPE = re.compile(r"is (None|True|…), not")
PAGES = {"espn_boxscore": espn_boxscore.PAGE_DATA, "nbac_roster": nba_roster.PAGE_DATA}
"""Where a page has the data that a scraper reads."""
RECORD_CHARACTERS_MAX = 600


def of_scraper(name: str) -> Iterator[str]:
    """Tell what a scraper makes of its sample, and of each mutant of it."""
    asked, answers = target(name), bodies(name)
    right = read(name, asked, answers)
    yield f"{name}: {right.count} records, warnings: {', '.join(right.warnings) or 'none'}"
    for record in (right.records[:1], right.records[1:][-1:]):
        yield from (f"  {json.dumps(one)[:RECORD_CHARACTERS_MAX]}" for one in record)
    if name in names() or name in PAGES:
        met: dict[str, list[str]] = {}
        for each in _changed(name, answers):
            words = _meets(name, asked, each)
            met.setdefault(_kind(words), []).append(words)
        yield from (f"  {len(met[kind])} x {met[kind][0]}" for kind in sorted(met))


def _changed(name: str, answers: list[bytes]) -> Iterator[list[bytes]]:
    """Yield answers with one change each; of a page, one of the data in it."""
    page = PAGES[name].search(answers[-1]) if name in PAGES else None
    if page is None:
        yield from (each.of(answers) for each in mutants(answers))
        return
    for each in mutants([page[1]]):
        (data,) = each.of([page[1]])
        yield [*answers[:-1], answers[-1].replace(page[1], data)]


def _meets(name: str, asked: Target, answers: list[bytes]) -> str:
    try:
        found = read(name, asked, answers)
    except OrchestrationError as error:
        return f"{type(error).__name__}: {error}"
    return f"read, {'; '.join(found.warnings) or 'without a warning'}"


def _kind(text: str) -> str:
    return OTHER_TYPE.sub("is …, not", QUOTED.sub("…", text))


@cache
def held() -> dict[str, list[str]]:
    """Return what was last written down, by scraper."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        name = name if line.startswith("  ") else line.partition(":")[0]
        found.setdefault(name, []).append(line)
    return found


def main() -> None:
    """Write down what is read."""
    lines = [line for name in REGISTRY for line in of_scraper(name)]
    FILE.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
