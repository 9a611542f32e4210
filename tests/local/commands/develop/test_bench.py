"""What `bench` measures, keeps, prints and writes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from local.commands.cli import main

COUNTED = {"warm": False, "cold": True}
MEASURED, KEPT = {"measured": 2}, {"kept": 1}
BASE = Path("base.json")


def measure(say: Callable[[str], None]) -> dict[str, int]:
    """Stand for the measuring, which says how far it is."""
    say("half")
    return MEASURED


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of this test alone, where nothing is measured."""
    (tmp_path / "README.md").write_text("readme")
    (tmp_path / "last.json").write_text(json.dumps(KEPT))
    made = "local.bench"
    for name, value in {
        f"{made}.page.PAGE": tmp_path / "bench.md",
        f"{made}.page.LAST": tmp_path / "last.json",
        f"{made}.page.BASE": BASE,
        f"{made}.peers.README": tmp_path / "README.md",
        f"{made}.calls.chains.count_calls": lambda _, *, cold: cold,
        f"{made}.run.measure": measure,
        f"{made}.page.load": lambda path: path if path == BASE else json.loads(path.read_text()),
        f"{made}.page.render": lambda *given: f"{given}\n",
        f"{made}.peers.with_peers": lambda text, last: f"{text} {last}",
    }.items():
        monkeypatch.setattr(name, value)
    return tmp_path


def bench(*words: str) -> str:
    """Return what the command prints."""
    done = CliRunner().invoke(main, ["bench", *words])
    assert done.exit_code == 0
    return done.stdout


@pytest.mark.parametrize(
    ("words", "measured"), [((), MEASURED), (("--calls",), None)], ids=["all", "calls"]
)
def test_what_is_measured_is_printed(
    words: tuple[str, ...], measured: dict[str, int] | None, folder: Path
) -> None:
    """The page has the counts, the figures of this run, and the ones to compare with."""
    assert bench(*words) == f"{(COUNTED, measured, BASE)}\n"
    assert json.loads(bench(*words, "--json")) == {"calls": COUNTED, "measured": measured}
    assert json.loads((folder / "last.json").read_text()) == KEPT
    assert not (folder / "bench.md").exists()


@pytest.mark.parametrize(
    ("words", "kept"), [((), MEASURED), (("--calls",), KEPT)], ids=["all", "calls"]
)
def test_what_is_written_has_the_last_figures(
    words: tuple[str, ...], kept: dict[str, int], folder: Path
) -> None:
    """Page and README have this run's figures, or the kept ones where only calls were counted."""
    assert bench(*words, "--write") == ""
    assert json.loads((folder / "last.json").read_text()) == kept
    assert (folder / "bench.md").read_text() == f"{(COUNTED, kept, BASE)}\n"
    assert (folder / "README.md").read_text() == f"readme {kept}"


@pytest.mark.usefixtures("folder")
def test_how_far_it_is_stands_beside_the_page() -> None:
    """Standard error has a line for each thing that is measured, and none where nothing is."""
    assert CliRunner().invoke(main, ["bench"]).stderr == "bench: half\n"
    assert CliRunner().invoke(main, ["bench", "--calls"]).stderr == ""


def test_a_scaled_day_is_counted_by_its_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table is of each factor's own count, and all that is printed."""
    monkeypatch.setattr("local.costs.scale.count_load", lambda factor: f"load of {factor}")
    monkeypatch.setattr("local.costs.scale.table", lambda loads: f"{loads}\n")
    assert bench("--scale", "1,3") == "{1: 'load of 1', 3: 'load of 3'}\n"
