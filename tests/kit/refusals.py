"""By which words a workflow file is refused, for each small change of the shipped one.

`python -m tests.kit.refusals` writes `tests/kit/refusals.txt` anew: each place with what is said of
its changes. A bound, a check or an advice that is lost changes a line.
"""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from common.configuration.checks import defects
from common.configuration.workflows import WorkflowFile, form_defects
from tests.kit.workflow_edits import TEXT, TOPOLOGY

FILE = Path(__file__).with_name("refusals.txt")
WORKFLOWS = (
    *("morning_operations", "betting_lines", "injury_discovery"),
    *("post_game_window_2", "late_game_catch_up"),
)
"""One of each kind; the others have the same form."""
Place = tuple[str | int, ...]


def told() -> Iterator[str]:
    """Tell what is said of each change, a line a change."""
    shipped = yaml.safe_load(TEXT)
    flows = {name: shipped["workflows"][name] for name in WORKFLOWS}
    off = {"nbac_referee_assignments": "as in one of the workflows that are left out"}
    whole = {**shipped, "workflows": flows, "disabled_scrapers": off}
    yield f"as shipped: {_said(whole)}"
    for place in _places(whole):
        holder, last = _at(whole, place[:-1]), place[-1]
        for value in _others(holder[last]):
            changed = copy.deepcopy(whole)
            inside = _at(changed, place[:-1])
            inside[last] = value
            yield f"{'.'.join(map(str, place))} = {value!r}: {_said(changed)}"
        changed = copy.deepcopy(whole)
        _at(changed, place[:-1]).pop(last)
        yield f"{'.'.join(map(str, place))} left out: {_said(changed)}"


def _said(document: dict[str, Any]) -> str:
    """Return the first defect with its place, and how many there are; nothing of a good file."""
    try:
        found = [*defects(WorkflowFile.model_validate(document), TOPOLOGY)]
    except ValidationError as error:
        found = form_defects(error)
    if not found:
        return "good"
    place, text = found[0]
    said = text.partition("known are")[0]  # a scraper that is added later changes no line
    return f"{len(found)}, {'.'.join(map(str, place))}: {said}"


def _places(value: Any, place: Place = ()) -> Iterator[Place]:
    steps = list(value) if isinstance(value, dict) else range(len(value))
    for step in steps:
        yield (*place, step)
        if isinstance(value[step], dict | list):
            yield from _places(value[step], (*place, step))


def _others(value: object) -> Iterator[object]:
    """Yield other values: of the same type near the bounds, and of other types."""
    if isinstance(value, bool | int | float):
        yield from (0, 0.5, 1, value * 2, value + 1, 24, 25, 1000, -1, "x")
    elif isinstance(value, str) and value[2:3] == ":":
        yield from ("00:00", "06:30", "12:00", "23:59", "24:00", "6:00", 7)
    elif isinstance(value, str):
        yield from ("", "x", "X" * 81, "oddsa_events", "nbac_boxscore", 7)
    elif isinstance(value, list):
        yield from ([], [*value, *value[:1]], value * 20, {})
    else:
        yield from ({}, [], None)


def _at(document: Any, place: Place) -> Any:
    for step in place:
        document = document[step]
    return document


def main() -> None:
    """Write down what is said."""
    FILE.write_text("\n".join([*told(), ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
