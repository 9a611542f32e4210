"""`python -m local new-scraper` writes a scraper that works as it stands."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from common.errors import BadInputError
from common.scrapers.model import Scope
from common.settings import ROOT
from local.commands.develop.new_scraper import write
from tests.local.commands.command_line import assert_one_line, run

FOLDERS = ("common", "config", "docs", "functions", "local", "tests/kit", "tests/common/scrapers")
ASKED = {
    "arena_doors": ("date", "arena_doors", "arena_doors"),
    "arena_crowds": ("game", "arena_halls", "arena_halls"),
    "nbac_coaches": ("team", "nba_www", "nba"),
    "oddsa_scores": ("event", "odds_api", "odds"),
}
"""The scope, the source and the room of each scraper that the tests write."""
STEPS = {
    "arena_doors": ("    steps:\n", "- scrapers: [arena_doors]"),
    "arena_crowds": (
        "        fresh_by: final + 9 h\n",
        "- {scrapers: [arena_crowds], games: final}",
    ),
    "nbac_coaches": ("    steps:\n", "- scrapers: [nbac_coaches]"),
    "oddsa_scores": (
        "        fresh_by: tip-off - 60 min\n",
        "- {scrapers: [oddsa_scores], events_from: oddsa_events}",
    ),
}
"""After which line of config/workflows.yaml each step goes, and the step."""


def in_tree(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module in a copied project."""
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def printed() -> dict[str, str]:
    """Hold what the command printed, by scraper."""
    return {}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory, printed: dict[str, str]) -> Path:
    """Copy the project, and write a scraper of each scope into it."""
    tree = tmp_path_factory.mktemp("project")
    for folder in FOLDERS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, tree / folder, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tree)
    for name, (scope, source, _) in ASKED.items():
        done = in_tree(tree, "local", "new-scraper", name, "--source", source, "--scope", scope)
        assert done.returncode == 0, done.stderr
        printed[name] = done.stdout
    return tree


def written(tree: Path) -> list[str]:
    """Return the Python files that the command wrote."""
    found = [path for path in tree.rglob("*.py") if path.stem.removeprefix("test_") in ASKED]
    assert len(found) == 2 * len(ASKED)
    return [str(path.relative_to(tree)) for path in found]


@pytest.mark.parametrize("name", ASKED)
def test_the_files_and_the_line_are_printed(tree: Path, printed: dict[str, str], name: str) -> None:
    """Each file lies in the room of the source's owner; a new source has a room of its own."""
    _, _, room = ASKED[name]
    *files, heading, step = printed[name].splitlines()
    assert heading == "add to the steps of a workflow in config/workflows.yaml:"
    assert step == f"      {STEPS[name][1]}"
    paths = [line.removeprefix("wrote ") for line in files]
    assert paths[-3:] == [
        f"common/scrapers/{room}/{name}.py",
        f"tests/kit/samples/{name}.json",
        f"tests/common/scrapers/{room}/test_{name}.py",
    ]
    assert all((tree / path).is_file() for path in paths)


def test_what_is_written_passes_lint_and_types(tree: Path) -> None:
    """`ruff` and `mypy` have nothing to say about a skeleton, of any scope."""
    files = written(tree)
    for command in (["check"], ["format", "--check"]):
        done = in_tree(tree, "ruff", *command, *files)
        assert done.returncode == 0, done.stdout
    ours = [path for path in files if path.startswith("common/")]
    done = in_tree(tree, "mypy", "--cache-dir", str(tree / "cache"), *ours)
    assert done.returncode == 0, done.stdout


def test_its_own_test_passes_and_so_do_those_of_every_scraper(tree: Path) -> None:
    """A skeleton's test, the mutants of its sample, and what is refused of all scrapers pass."""
    tests = ["tests/common/scrapers", "-k", " or ".join(ASKED)]
    passed = in_tree(tree, "pytest", "-v", "-p", "no:cacheprovider", *tests)
    assert passed.returncode == 0, passed.stdout
    for name, (_, _, room) in ASKED.items():
        assert f"{room}/test_{name}.py::test_the_sample" in passed.stdout
        assert (
            f"test_mutants.py::test_no_mutant_of_a_sample_is_counted_wrong_in_silence[{name}]"
            in (passed.stdout)
        )


def test_its_own_test_can_fail(tree: Path) -> None:
    """A sample that lost a record, and a reader that doubles one, are both noticed."""
    sample = tree / "tests" / "kit" / "samples" / "arena_doors.json"
    module = tree / "common" / "scrapers" / "arena_doors" / "arena_doors.py"
    test = "tests/common/scrapers/arena_doors/test_arena_doors.py"
    for path, old, new in (
        (sample, '"total": 2', '"total": 3'),
        (module, "Parsed(items, len(items))", "Parsed(items, len(items) + 1)"),
        (module, "    same(", "    str("),
    ):
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
        done = in_tree(tree, "pytest", "-q", "-p", "no:cacheprovider", test)
        path.write_text(text)
        assert "failed" in done.stdout, (old, done.stdout)


def test_the_printed_lines_are_all_that_a_workflow_needs(tree: Path) -> None:
    """With the four lines `check` has no error, and each scraper has its trigger."""
    text = (ROOT / "config" / "workflows.yaml").read_text()
    for before, step in STEPS.values():
        assert before in text
        text = text.replace(before, f"{before}      {step}\n", 1)
    path = tree / "new.yaml"
    path.write_text(text)
    done = in_tree(tree, "local", "check", "--json", "--workflows", str(path))
    found = json.loads(done.stdout)
    assert [one for one in found if one["level"] == "error"] == []
    assert not [one for one in found if "nothing triggers arena" in one["text"]]
    shown = in_tree(tree, "local", "scrapers", "--workflows", str(path)).stdout.splitlines()
    triggers = {name: next(line for line in shown if name in line) for name in ASKED}
    assert "morning_operations" in triggers["arena_doors"]
    assert "post_game_window_1" in triggers["arena_crowds"]
    assert "betting_lines" in triggers["oddsa_scores"]


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("nbac_standings", "nba_stats", "NAME 'nbac_standings': a scraper has this name"),
        ("Standings", "nba_stats", "NAME 'Standings' is no name; write lower-case letters"),
        ("a" * 65, "nba_stats", "at most 64"),
        ("../standings", "nba_stats", "is no name"),
        ("class", "nba_stats", "NAME 'class' is no name"),
        ("arena_doors", "Arena Inc", "--source 'Arena Inc' is no name"),
        ("arena_doors", "shape", "common/scrapers/shape.py is there already"),
        ("nbac_team_boxscore_v3", "nba_stats", "tests/kit/samples/nbac_team_boxscore_v3.json is"),
    ],
)
@pytest.mark.parametrize("scope", ["date"])
def test_a_name_that_is_taken_or_malformed_is_refused(
    tmp_path: Path, name: str, source: str, scope: Scope, said: str
) -> None:
    """The error names what was given, and nothing is written."""
    for kept in ("common/scrapers/shape.py", "tests/kit/samples/nbac_team_boxscore_v3.json"):
        (tmp_path / kept).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / kept).write_text("kept")
    with pytest.raises(BadInputError) as caught:
        write(tmp_path, name, source, scope)
    assert said in str(caught.value)
    assert sorted(path.name for path in tmp_path.rglob("*.*") if path.is_file()) == [
        "nbac_team_boxscore_v3.json",
        "shape.py",
    ]


def test_a_refusal_is_one_line() -> None:
    """A user who takes a name that exists reads one line."""
    assert_one_line(run("new-scraper", "nbac_standings"), "a scraper has this name")


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ((), "arena_doors arena_doors date"),
        (("--source", "nba_stats", "--scope", "team"), "arena_doors nba_stats team"),
    ],
)
def test_a_source_that_is_not_named_has_the_scraper_s_name(
    words: tuple[str, ...], asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scraper is of its own source and of a date where nothing else is asked for."""
    target = "local.commands.develop.new_scraper.write"
    monkeypatch.setattr(target, lambda _, *given: [" ".join(given)])
    assert run("new-scraper", "arena_doors", *words).stdout.splitlines() == [
        f"wrote {asked}",
        "add to the steps of a workflow in config/workflows.yaml:",
        "      - scrapers: [arena_doors]",
    ]


def test_a_room_that_is_there_is_kept(tmp_path: Path) -> None:
    """The first scraper of a source makes its room, and the next one leaves it as it is."""
    room = "common/scrapers/arena/__init__.py"
    assert write(tmp_path, "arena_doors", "arena", "date")[0] == room
    (tmp_path / room).write_text("kept")
    assert room not in write(tmp_path, "arena_crowds", "arena", "date")
    assert (tmp_path / room).read_text() == "kept"
