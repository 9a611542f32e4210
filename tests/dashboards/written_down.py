"""What every panel shows of two days on which nothing fails, as it was last looked at.

`python -m tests.dashboards.written_down` writes `tests/dashboards/shown.txt` anew.
"""

import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from local.dashboards.source import sources
from tests.alerts.days import emulated, lived
from tests.dashboards.conftest import Grafana

FILE = Path(__file__).with_name("shown.txt")
ROWS_SHOWN_MAX = 4


def told(columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> list[str]:
    """Tell columns, how many rows there are, and some of them; equal ones come in any order."""
    rows = sorted(rows, key=repr)
    at_ends = [*rows[:ROWS_SHOWN_MAX], *rows[ROWS_SHOWN_MAX:][-1:]]
    lines = (" | ".join(map(str, row)) for row in (columns, *at_ends))
    return [*(f"  {line}" for line in lines), f"  {len(rows)} rows"]


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
                lines += [f"{name}: {panel.title}", *told(*grafana.ask(name, panel.title))]
    FILE.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
