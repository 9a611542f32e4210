"""The page and the README's table say what was measured last."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from local.bench import page, peers, run
from local.bench.calls import chains
from local.bench.figures import Figure, figures, measured_section, short
from local.commands.cli import main

BASE, LAST = page.load(page.BASE), page.load(page.LAST)


def test_a_figure_is_so_many_floors() -> None:
    """In one unit."""
    assert Figure("a chain", 30.0, 12.0, "ms", "its calls").times == 2.5


@pytest.mark.parametrize(
    ("number", "text"), [(0.01234, "0.0123"), (1.0, "1"), (99.95, "100"), (1234.5, "1,234")]
)
def test_a_number_is_short(number: float, text: str) -> None:
    """Three digits at least, all of a large one."""
    assert short(number) == text


def test_the_page_has_every_figure_of_the_last_run_beside_the_base() -> None:
    """docs/bench.md holds the tables of docs/bench-last.json."""
    section = "\n".join(measured_section(LAST, BASE["measured"]))
    assert section in page.PAGE.read_text(), "run: python -m local bench --calls --write"
    for figure in figures(LAST):
        assert f"| {figure.name} | {short(figure.value)} {figure.unit} |" in section


@pytest.mark.parametrize("part", ["none", "stack", "bare"])
def test_memory_is_a_figure_where_the_system_tells_both(part: str) -> None:
    """Without that of the stack, or of its floor, all other figures are there."""
    bare = {**LAST["starts"]["bare"], **({"mib": 0} if part == "bare" else {})}
    told = {**LAST, "starts": {**LAST["starts"], "bare": bare}}
    told |= {"mib": {}} if part == "stack" else {}
    names, every = ([figure.name for figure in figures(each)] for each in (told, LAST))
    memory = "peak memory of all its processes"
    assert names == [name for name in every if part == "none" or name != memory]
    assert memory in every


def test_the_readme_shows_the_multiples_of_plain_python() -> None:
    """Written from the same run."""
    readme = peers.README.read_text()
    assert peers.with_peers(readme, LAST) == readme, "run: python -m local bench --calls --write"
    assert f"| this project's local stack | {short(LAST['chain']['times_plain'])} |" in readme


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., str]:
    """Run the command on copies of the files, as if the base were counted and measured again."""
    for module, name in ((page, "PAGE"), (page, "LAST"), (peers, "README")):
        copy = tmp_path / name
        copy.write_text(getattr(module, name).read_text())
        monkeypatch.setattr(module, name, copy)
    monkeypatch.setattr(run, "measure", lambda _: BASE["measured"])
    counted = {False: BASE["calls"]["warm"], True: BASE["calls"]["cold"]}
    monkeypatch.setattr(chains, "count_calls", lambda _, cold: counted[cold])
    return lambda *options: CliRunner().invoke(main, ["bench", *options]).stdout


def test_a_page_without_what_was_measured_begins_with_the_calls() -> None:
    """Nothing stands in place of the section that it lacks."""
    whole, text = (page.render(BASE["calls"], held, BASE) for held in (LAST, None))
    begin, _, rest = whole.partition("\n## Measured\n")
    assert text == begin + rest[rest.index("\n## Sequential remote calls") :]


def test_a_chain_that_the_base_did_not_have_is_new() -> None:
    """Its numbers stand beside no others."""
    name = next(iter(BASE["calls"]["warm"]["chains"]))
    base = {state: {**held, "chains": {}} for state, held in BASE["calls"].items()}
    (line,) = (one for one in page.calls_section(BASE["calls"], base) if name in one)
    assert line.count(" (new) |") == len(line.split("|")) - 3


def test_json_has_what_was_counted_and_measured(bench: Callable[..., str]) -> None:
    """For scripts, such as one that compares two commits."""
    found = json.loads(bench("--json"))
    assert found["measured"] == BASE["measured"]
    assert found["calls"] == BASE["calls"]


def test_calls_alone_are_counted_without_a_stack(
    bench: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is measured; the page keeps what was measured last."""
    monkeypatch.setattr(run, "measure", None)
    assert json.loads(bench("--calls", "--json")) == {"calls": BASE["calls"], "measured": None}
    bench("--calls", "--write")
    assert "\n".join(measured_section(LAST, BASE["measured"])) in page.PAGE.read_text()


def test_a_run_is_printed_and_nothing_is_written(bench: Callable[..., str]) -> None:
    """Without an option."""
    before = page.PAGE.read_text()
    text = bench()
    assert "## Measured" in text
    assert "## Sequential remote calls" in text
    assert page.PAGE.read_text() == before


def test_a_run_that_is_written_is_kept(bench: Callable[..., str]) -> None:
    """Page, README and the file behind both are of the new run."""
    bench("--write")
    assert page.load(page.LAST) == BASE["measured"]
    assert "\n".join(measured_section(BASE["measured"], BASE["measured"])) in page.PAGE.read_text()
    readme = peers.README.read_text()
    assert peers.with_peers(readme, BASE["measured"]) == readme


def test_the_pages_of_the_console_stay_below_300_milliseconds() -> None:
    """At the 95th percentile, as they were measured last; what a page reads has its unit."""
    section = "\n".join(measured_section(LAST, BASE["measured"]))
    for name, held in LAST["pages"]["pages"].items():
        assert held["p95"] < 300
        assert f"| `{name}` | {short(held['median'])} ms |" in section
    assert " MB |" in section
