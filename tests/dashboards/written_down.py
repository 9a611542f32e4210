"""What every panel looks like, and shows of two days on which nothing fails, as last looked at.

Some are told once more of the days of `tests/dashboards/spoilt.py`, on which much has failed.

`python -m tests.dashboards.written_down` writes `tests/dashboards/shown.txt` anew.
"""

import re
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from local.dashboards.source import Panel, sources
from tests.alerts.days import emulated, lived
from tests.dashboards.conftest import Grafana
from tests.dashboards.spoilt import PANELS, spoilt

FILE = Path(__file__).with_name("shown.txt")
ROWS_SHOWN_MAX = 4
SPOILT = "{}: {}, where much has failed"
TOLD_ELSEWHERE = {"title", "sql", "empty", "description", "seed"}


def told(columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> list[str]:
    """Tell columns, how many rows there are, and some of them; equal ones come in any order."""
    rows = sorted(rows, key=repr)
    at_ends = [*rows[:ROWS_SHOWN_MAX], *rows[ROWS_SHOWN_MAX:][-1:]]
    lines = (" | ".join(map(str, row)) for row in (columns, *at_ends))
    return [*(f"  {line}" for line in lines), f"  {len(rows)} rows"]


def form(panel: Panel) -> str:
    """Tell what a panel looks like and leads to, how far it looks back, and in which order."""
    said = panel.model_dump(exclude=TOLD_ELSEWHERE, exclude_defaults=True)
    order = " ".join(panel.sql.rpartition("ORDER BY")[2].split()) if "ORDER BY" in panel.sql else ""
    words = [f"{name} {value}" for name, value in said.items()]
    spans = [f"interval {span}" for span in re.findall(r"INTERVAL (\d+ \w+)", panel.sql)]
    return "  " + "; ".join([*words, *spans, f"by {order}" if order else "in any order"])


@cache
def held() -> dict[str, list[str]]:
    """Return what each panel showed when it was written down, by dashboard and title."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in FILE.read_text(encoding="utf-8").split("\n")[:-1]:
        if line.startswith("  "):
            found[name].append(line)
        else:
            name = line
            found[name] = []
    return found


def main() -> None:
    """Write down what is shown."""
    with tempfile.TemporaryDirectory() as scratch, emulated(Path(scratch)) as emulator:
        grafana, lines = Grafana(emulator, lived()), list[str]()
        for name, dashboard in sources():
            for panel in dashboard.panels:
                lines += [f"{name}: {panel.title}", form(panel)]
                lines += told(*grafana.ask(name, panel.title))
        failing = Grafana(emulator, spoilt(lived()))
        for name, title in PANELS:
            lines += [SPOILT.format(name, title), *told(*failing.ask(name, title))]
    FILE.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
