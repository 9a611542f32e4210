"""What a command passes on of its options, and what it ends with when the work comes back."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from itertools import count, repeat
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from common.errors import ConfigError
from local.commands.cli import main
from local.simulator.histories import Search
from local.simulator.run import BrokenError, SimulateOptions
from local.stack.config import DEFAULT_SLATE, StackConfig
from tests.kit.situations import et

SEASON = Path("season.json")
DATES = "--from 2025-11-11 --to 2025-11-12"
FIRST, LAST = date(2025, 11, 11), date(2025, 11, 12)


@pytest.fixture(autouse=True)
def files(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files that are named exist; nobody reads them.

    A kept stack has a place of its own: another test may be starting one in that of the checkout.
    """
    folder = tmp_path_factory.mktemp("given")
    monkeypatch.setattr("local.stack.driver.KEPT_FILE", folder / ".local" / "kept.json")
    for name in (f"{SEASON}", "a.yaml", "b.yaml"):
        (folder / name).write_text("")
    monkeypatch.chdir(folder)


def run(words: str) -> Result:
    """Run `python -m local WORDS`."""
    return CliRunner().invoke(main, words.split())


class HereError(Exception):
    """Ends a command where its work would begin."""


def given_to(target: str, words: str, patch: pytest.MonkeyPatch) -> tuple[Any, ...]:
    """Return what a command passes to a function: its arguments, and then those by name."""
    given: list[tuple[Any, ...]] = []

    def here(*args: Any, **named: Any) -> None:
        given.append((*args, *named.values()))
        raise HereError

    patch.setattr(target, here)
    assert isinstance(run(words).exception, HereError)
    return given[0]


SIMULATED = f"simulate --schedule season.json {DATES} --out out"
SOAKED = "soak --schedule season.json"
PASSED: Mapping[str, tuple[str, tuple[Any, ...]]] = {
    "diff --schedule season.json --from 2025-11-11 --to 2025-11-12 a.yaml b.yaml": (
        "local.review.diff.diff",
        (SEASON, FIRST, LAST, Path("a.yaml"), Path("b.yaml")),
    ),
    "replay out --workflows a.yaml": (
        "local.review.rejudge.rejudge",
        (Path("out"), Path("a.yaml")),
    ),
    "cost --count season.json": ("local.costs.cost.recount", (SEASON,)),
    "decide --at 2025-11-12T13:00 --workflow betting_lines --history out": (
        "local.review.decide.decisions_at",
        (DEFAULT_SLATE, et("2025-11-12 13:00"), "betting_lines", Path("out")),
    ),
    f"{SIMULATED} --seed 3 --faults drop=1% --workflows a.yaml --without-alternatives": (
        "local.simulator.run.run",
        (SimulateOptions(SEASON, FIRST, LAST, 3, "drop=1%", Path("a.yaml"), alternatives=False),),
    ),
    SIMULATED: ("local.simulator.run.run", (SimulateOptions(SEASON, FIRST, LAST),)),
    f"{SOAKED} --seeds 3 --from-seed 5 --days 2 --faults drop=1% --no-outages": (
        "local.simulator.histories.live_all",
        (Search(SEASON, "drop=1%", 2, outages=False), range(5, 8)),
    ),
}


@pytest.mark.parametrize("words", PASSED)
def test_what_is_asked_for_is_passed_on(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each option reaches the work in its place."""
    target, expected = PASSED[words]
    assert given_to(target, words, monkeypatch)[: len(expected)] == expected


@pytest.mark.parametrize(
    "words",
    [
        *("status", "games 2025-11-12", "page 2025-11-12 --out day.html", "why MIL@CHA", "runs"),
        *(
            "run abc",
            "incidents",
            "trace 2025-11-12",
            "asof --at 2025-11-12T18:30 --game 0022500213",
        ),
        *("scrape nbac_player_list", "force betting_lines", f"backfill {DATES}"),
        *("pause betting_lines --why x", "resume betting_lines"),
    ],
)
def test_the_project_that_is_named_is_the_one_that_is_reached(
    words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without `--project` it is the kept stack, which None stands for."""
    for project in ("theirs", None):
        named = f"{words} --project {project}" if project else words
        assert given_to("local.operate.reach.reach", named, monkeypatch) == (project,)


DAY = {"instant": et("2025-11-12 00:00"), "collect_since": FIRST}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("day 2025-11-12 --out out", DAY),
        (
            "day 2025-11-12 --out out --refuse /a/ --refuse /b/ --chaos 0 --port bigquery=9050",
            {**DAY, "refuse": ("/a/", "/b/"), "chaos": 0, "ports": {"bigquery": 9050}},
        ),
        (
            "up --at 2025-11-13T01:00+00:00 --port source=1 --port storage=2",
            {
                "instant": et("2025-11-12 20:00"),
                "collect_since": FIRST,
                "ports": {"source": 1, "storage": 2},
                "tell_incidents": True,
            },
        ),
    ],
)
def test_a_stack_is_started_with_what_is_asked_for(
    words: str, expected: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It collects from the Eastern date before on; what is not asked for is the default."""
    monkeypatch.setattr("local.stack.driver.kept_stack", lambda: None)
    (config,) = given_to("local.stack.driver.start_stack", words, monkeypatch)
    held = {"folder": config.folder, "workflows": config.workflows.absolute(), **expected}
    assert config == StackConfig(**held)


def test_a_schedule_that_cannot_be_read_starts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor a second stack, nor one with faults that would be kept."""
    monkeypatch.setattr("local.stack.driver.kept_stack", lambda: None)
    monkeypatch.setattr("local.stack.driver.start_stack", pytest.fail)
    (tmp_path / "none.json").write_text("{}")
    assert run(f"up --schedule {tmp_path}/none.json").exit_code == 2
    assert "--keep with --chaos" in run("day 2025-11-12 --out out --keep --chaos 0").stderr
    monkeypatch.setattr("local.stack.driver.kept_stack", lambda: "one")
    assert "a kept stack is up already" in run("up").stderr


def returning(value: object) -> Callable[..., object]:
    """Return a function that returns a value, whatever it is given."""
    return lambda *_, **__: value


DIFF = "diff --schedule season.json --from 2025-11-11 --to 2025-11-12 a.yaml b.yaml"
ENDS: list[tuple[str, dict[str, object], int, str]] = [
    (f"{DIFF} --exit-code", {"local.review.diff.diff": SimpleNamespace(changes=[1])}, 1, "x\n"),
    (f"{DIFF} --exit-code", {"local.review.diff.diff": SimpleNamespace(changes=[])}, 0, "x\n"),
    (DIFF, {"local.review.diff.diff": SimpleNamespace(changes=[1])}, 0, "x\n"),
    ("replay out", {"local.review.rejudge.rejudge": SimpleNamespace(changed=[1])}, 1, "x\n"),
    ("replay out", {"local.review.rejudge.rejudge": SimpleNamespace(changed=[])}, 0, "x\n"),
    ("compare a b", {"local.records.compare.differences": ["y"]}, 1, "y\n"),
    ("compare a b", {"local.records.compare.differences": []}, 0, "The same but for times.\n"),
    ("stop", {"local.stack.driver.stop_kept": True}, 0, "stopped\n"),
    ("stop", {"local.stack.driver.stop_kept": False}, 2, "error: no stack is up\n"),
]


@pytest.mark.parametrize(("words", "returned", "status", "said"), ENDS)
def test_a_script_sees_what_came_of_it(
    words: str,
    returned: Mapping[str, object],
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the exit status; a person by the lines."""
    for name in ("local.review.diff.lines_of", "local.review.rejudge.lines_of"):
        monkeypatch.setattr(name, returning(["x"]))
    monkeypatch.setattr("local.records.compare.read_folder", returning({}))
    for name, value in returned.items():
        monkeypatch.setattr(name, returning(value))
    done = run(words)
    assert (done.exit_code, done.output) == (status, said)


@pytest.mark.parametrize(("missed", "status"), [(0, 0), (1, 1), (12, 1)])
def test_missed_windows_are_named_up_to_ten(
    missed: int, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is enough for the exit status."""
    outcome = SimpleNamespace(missed_windows=range(missed))
    monkeypatch.setattr("local.simulator.run.run", returning(outcome))
    for name in ("write_outcome", "print_summary"):
        monkeypatch.setattr(f"local.simulator.summary.{name}", returning(None))
    done = run(SIMULATED)
    assert (done.exit_code, len(done.stderr.splitlines())) == (status, min(missed, 10))


def test_a_broken_history_is_reported_and_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any fault it says so; the rule stands in the last line."""

    def breaks(*_: object) -> None:
        raise BrokenError(ConfigError("rule R6"), ())

    monkeypatch.setattr("local.simulator.run.run", breaks)
    done = run(f"{SIMULATED} --seed 3")
    assert done.exit_code == 2
    first, needed, last = done.stderr.splitlines()
    assert "rule R6" in first
    assert needed == "seed 3: no fault happened; it breaks without any"
    assert last.startswith("error: ConfigError: rule R6")


EXPLORER = "local.simulator.explorer.explore"


def test_random_schedules_go_on_for_the_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two minutes at ten seconds a schedule are twelve, with a line of progress each."""
    ticks = count(0, 10)
    monkeypatch.setattr("time.monotonic", lambda: next(ticks))
    monkeypatch.setattr(f"{EXPLORER}.tried_on_all_cores", lambda _: repeat(None))
    done = run("explore --minutes 2")
    assert (done.exit_code, done.stderr.count(" schedules, ")) == (0, 12)
    assert done.stdout.startswith("12 schedules of ")


def test_what_is_tried_is_every_schedule_and_then_random_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A scene that is named is the only one; the seed gives the same draw again."""
    monkeypatch.setattr(f"{EXPLORER}.every_schedule", lambda _: ["every"])
    monkeypatch.setattr(
        f"{EXPLORER}.at_random", lambda scenes, draw: [(len(scenes), draw.random())]
    )
    (tried,) = given_to(f"{EXPLORER}.tried_on_all_cores", "explore --seed 4", monkeypatch)
    *every, (scenes, drawn) = tried
    assert (len(every), drawn) == (scenes, Random(4).random())
    assert scenes > 1


def test_a_schedule_that_fails_is_exit_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what broke, and the line that runs it again; a schedule needs its scene."""
    failure = SimpleNamespace(wrong=["rule R6"], scene="s", schedule="t", line="run it")
    monkeypatch.setattr(f"{EXPLORER}.tried_on_all_cores", lambda _: iter([None, failure]))
    monkeypatch.setattr(f"{EXPLORER}.smallest", lambda one: one)
    done = run("explore")
    assert (done.exit_code, done.stdout) == (1, "rule R6\ns: t\nrun it\n")
    assert "say of which scene" in run("explore --schedule t").stderr
    assert "known are " in run("explore --scene nobody").stderr


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have `bench` and `cost` write to a folder of this test alone, and measure nothing."""
    counted, made = "local.costs.cost", "local.bench"
    (tmp_path / "README.md").write_text("readme")
    for name, value in {
        f"{counted}.PAGE": tmp_path / "cost.md",
        f"{made}.page.PAGE": tmp_path / "bench.md",
        f"{made}.page.LAST": tmp_path / "last.json",
        f"{made}.peers.README": tmp_path / "README.md",
        f"{counted}.load_counts": returning({}),
        f"{counted}.recount": returning({"counted": 1}),
        f"{counted}.save_counts": lambda it: (tmp_path / "counts").write_text(json.dumps(it)),
        f"{counted}.render": returning("cost\n"),
        f"{made}.calls.chains.count_calls": returning(1),
        f"{made}.run.measure": returning({"measured": 2}),
        f"{made}.page.load": returning({}),
        f"{made}.page.render": lambda calls, measured, _: f"{calls} {measured}\n",
        f"{made}.peers.with_peers": lambda text, _: f"{text} with peers",
    }.items():
        monkeypatch.setattr(name, value)
    return tmp_path


CALLS = "{'warm': 1, 'cold': 1}"


@pytest.mark.parametrize(
    ("words", "printed", "written"),
    [
        ("cost", "cost\n", set()),
        ("cost --write", "", {"cost.md"}),
        ("cost --count season.json", "cost\n", {"counts"}),
        ("bench", f"{CALLS} {{'measured': 2}}\n", set()),
        ("bench --calls", f"{CALLS} None\n", set()),
        ("bench --write", "", {"last.json", "bench.md"}),
        ("bench --calls --write", "", {"bench.md"}),
    ],
)
def test_a_page_is_printed_or_written(
    words: str, printed: str, written: set[str], pages: Path
) -> None:
    """What was measured is kept with the page; without `--write` no file changes."""
    done = run(words)
    assert (done.exit_code, done.stdout) == (0, printed)
    assert {path.name for path in pages.iterdir()} == written | {"README.md"}
    has_peers = "with peers" in (pages / "README.md").read_text()
    assert has_peers is ("bench.md" in written)
