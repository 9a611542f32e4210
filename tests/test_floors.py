"""The floors of the house: higher rooms import lower ones, and nothing else does."""

from pathlib import Path

import pytest

from common.settings import ROOT
from tests.kit.floors import FLOORS, complaints, read_imports, room_of
from tests.kit.measured import measurements


def test_every_import_goes_down() -> None:
    """No room imports a higher one, no handler another, nothing is a circle or crowded."""
    assert complaints(ROOT) == []


def test_every_room_has_its_floor() -> None:
    """A new room must be given its place, and a room that is gone loses it."""
    rooms = {room_of(module) for module in read_imports(ROOT)} - {"common", "local"}
    assert rooms == set(FLOORS)


def test_the_architecture_lists_the_rooms_from_the_ground_up() -> None:
    """A newcomer reads there which room may import which, in the order that the test holds."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    rooms = [room.replace(".", "/") for room in FLOORS if room.startswith("common.")]
    rows = [line for line in text.splitlines() if line.startswith("| ") and "`common/" in line]
    places = [next(n for n, row in enumerate(rows) if f"`{room}" in row) for room in rooms]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("file", "line", "complaint"),
    [
        (
            "common/state/store.py",
            "from common.runtime import Runtime",
            "common.state.store imports common.runtime: common.state is below common.runtime",
        ),
        (
            "common/calendar/slots.py",
            "import common.decisions.decide",
            "common.calendar.slots imports common.decisions.decide: common.calendar is below",
        ),
        (
            "common/errors.py",
            "def late() -> None:\n    from local.day import replay",
            "common.errors imports local.day.replay: common.errors is below local.day",
        ),
        (
            "common/handlers/scraper_logger.py",
            "from common.handlers import execution_tracker",
            "common.handlers.scraper_logger imports common.handlers.execution_tracker: no handler",
        ),
        (
            "common/cloud/ports.py",
            "from common.cloud import storage",
            "circle: common.cloud.ports -> common.cloud.storage -> common.cloud.ports",
        ),
    ],
)
def test_an_import_upwards_is_named(tmp_path: Path, file: str, line: str, complaint: str) -> None:
    """The complaint names both modules, so that the arrow is found at once."""
    for path in (ROOT / "common").rglob("*.py"):
        copy(path, tmp_path)
    for path in (ROOT / "local" / "day").rglob("*.py"):
        copy(path, tmp_path)
    changed = tmp_path / file
    changed.write_text(f"{changed.read_text()}\n\n{line}\n")
    found = [each for each in complaints(tmp_path) if each.startswith(complaint)]
    assert found, complaints(tmp_path)


def copy(path: Path, folder: Path) -> None:
    """Copy a file of ours to the same place below another folder."""
    target = folder / path.relative_to(ROOT)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(path.read_text())


def test_a_crowded_folder_is_named(tmp_path: Path) -> None:
    """A dozen modules are found at a glance, two dozen are not."""
    folder = tmp_path / "common" / "state"
    folder.mkdir(parents=True)
    for number in range(14):
        (folder / f"module_{number}.py").write_text('"""Empty."""\n')
    assert complaints(tmp_path) == ["common/state: 14 modules, over 13; split it by what they know"]


def test_no_test_measures_time() -> None:
    """A time belongs among the soak tests; elsewhere calls, reads or modules are counted."""
    assert measurements(ROOT / "tests") == []


MEASURED = {
    "a difference": "began = time.monotonic()\n    assert time.monotonic() - began < 2",
    "processor time": "assert time.process_time() < 2",
    "a measuring function": "assert timeit(work, number=3) < 2",
    "an imported clock": "assert perf_counter() - began < 2",
    "the epoch": "assert time.time() - began < 2",
}


@pytest.mark.parametrize("body", MEASURED.values(), ids=MEASURED)
def test_a_measurement_is_named_unless_it_is_marked(tmp_path: Path, body: str) -> None:
    """The complaint has file and function; a mark on the function or on the file permits it."""
    test = f"def test_it() -> None:\n    {body}\n"
    (tmp_path / "test_x.py").write_text(test)
    (tmp_path / "test_marked.py").write_text(f"@pytest.mark.soak\n{test}")
    (tmp_path / "test_file.py").write_text(f"pytestmark = [pytest.mark.soak]\n{test}")
    assert measurements(tmp_path) == ["test_x.py::test_it"]


def test_a_deadline_is_no_measurement(tmp_path: Path) -> None:
    """A wait that is given up after some seconds says nothing of how long it took."""
    waits = "deadline = time.monotonic() + 10\n    while time.monotonic() < deadline:\n        pass"
    (tmp_path / "test_x.py").write_text(f"def test_it() -> None:\n    {waits}\n")
    assert measurements(tmp_path) == []
