"""What `day` and `up` do with the stack that they started, in order, and what they print."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from common.errors import OrchestrationError
from common.settings import Settings
from local.commands.cli import main
from local.commands.stack.up import FIRST, SHOWN
from local.stack.config import DEFAULT_SLATE, StackConfig
from tests.kit.situations import DAY


class Noted:
    """Stands for the work of a replay; notes what is asked for, in order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.did: list[str] = []
        self.config: StackConfig | None = None
        self.fails = False

    @contextmanager
    def start(self, config: StackConfig) -> Iterator["Noted"]:
        """Stand for the start of a stack, which is this object itself."""
        self.config = config
        self.did.append("start")
        yield self
        self.did.append("end")

    @property
    def where(self) -> dict[str, Any]:
        """Describe the stack."""
        chaos = self.config.chaos if self.config else None
        return {**{name: f"its {name}" for name in SHOWN}, "chaos": chaos, "secret": "s"}

    def keep(self) -> None:
        """Note that the stack stays up."""
        self.did.append("keep")

    def replay(self, stack: object, slate: Any, day: object, _: object) -> str:
        """Stand for the day."""
        assert (stack, day) == (self, DAY)
        assert slate.on(DAY)
        self.did.append("replay")
        if self.fails:
            raise OrchestrationError("the chain is not idle")
        return "outcome"

    def noting(self, name: str) -> Any:
        """Return a function that notes its name and the folder or outcome it is given."""

        def called(*given: object) -> None:
            told = [each for each in given if each == "outcome" or isinstance(each, Path)]
            self.did.append(
                " ".join([name, *("out" if e == self.folder else str(e) for e in told)])
            )

        return called


@pytest.fixture
def noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Noted:
    """Nothing is started, replayed or printed but its names."""
    made = Noted(tmp_path / "out")
    for target, stands in {
        "local.stack.driver.KEPT_FILE": tmp_path / "kept.json",
        "local.stack.driver.kept_stack": lambda: None,
        "local.stack.driver.start_stack": made.start,
        "local.day.replay.replay": made.replay,
        "local.day.replay.write_outcome": made.noting("write"),
        "local.day.replay.write_disturbances": made.noting("chaos"),
        "local.day.report.print_report": made.noting("report"),
        "local.day.report.print_kept": made.noting("kept"),
        "local.day.report.print_next": made.noting("next"),
        "local.operate.reach.reach_stack": lambda stack: stack,
        "common.pages.day.read_day": lambda place, day: (place is made, day),
        "common.pages.render.render": lambda held, *, alone: f"{held} {alone}",
    }.items():
        monkeypatch.setattr(target, stands)
    return made


def run(*words: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, words)


DONE = ["start", "replay", "write outcome out", "report outcome"]


@pytest.mark.parametrize(
    ("words", "did"),
    [
        ((), [*DONE, "end", "next out"]),
        (("--keep",), [*DONE, "keep", "kept", "end"]),
        (("--chaos", "0"), [*DONE[:2], "chaos out", *DONE[2:], "end", "next out"]),
    ],
)
def test_a_day_is_replayed_written_and_reported(
    words: tuple[str, ...], did: list[str], noted: Noted
) -> None:
    """A kept stack is described in place of what comes next; chaos is written with its day."""
    done = run("day", f"{DAY}", "--out", str(noted.folder), *words)
    assert (done.exit_code, noted.did) == (0, did)
    assert (noted.folder / "day.html").read_text() == f"{(True, DAY)} True"
    printed = "".join(done.stdout.split())
    assert printed == f"Tableswrittento{noted.folder}Thedayasapage:{noted.folder / 'day.html'}"


@pytest.mark.parametrize(("words", "did"), [((), []), (("--chaos", "3"), ["chaos out"])])
def test_of_a_day_that_broke_off_chaos_alone_is_written(
    words: tuple[str, ...], did: list[str], noted: Noted
) -> None:
    """The error is the command's, and no table or page is left."""
    noted.fails = True
    done = run("day", f"{DAY}", "--out", str(noted.folder), *words)
    assert (done.exit_code, noted.did) == (2, ["start", "replay", *did])
    assert "the chain is not idle" in done.stderr
    assert not (noted.folder / "day.html").exists()


@pytest.mark.parametrize("command", [("day", f"{DAY}", "--out", "out"), ("up",)])
def test_a_file_is_named_wherever_the_stack_runs(
    command: tuple[str, ...], noted: Noted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path below the current folder reaches the stack as an absolute one."""
    monkeypatch.chdir(tmp_path)
    Path("games.json").write_bytes(DEFAULT_SLATE.read_bytes())
    Path("mine.yaml").write_bytes(Settings().workflows_file.read_bytes())
    named = ("--schedule", "games.json", "--workflows", "mine.yaml")
    assert run(*command, *named).exit_code == 0
    assert noted.config is not None
    held = (noted.config.slate, noted.config.workflows)
    assert held == (tmp_path / "games.json", tmp_path / "mine.yaml")


def test_a_stack_that_stays_up_is_described(noted: Noted) -> None:
    """A person is told what to fetch first; a script gets the addresses and no more."""
    done = run("up")
    assert (done.exit_code, noted.did) == (0, ["start", "keep", "end", "kept"])
    assert done.stdout == f"{FIRST}\n"
    assert json.loads(run("up", "--json").stdout) == {name: f"its {name}" for name in SHOWN}


def test_a_kept_stack_leaves_room_for_a_day_that_is_not_kept(
    noted: Noted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second stack is refused only where it would stay up as well."""
    monkeypatch.setattr("local.stack.driver.kept_stack", lambda: "one")
    asked = ("day", f"{DAY}", "--out", str(noted.folder))
    assert "a kept stack is up already" in run(*asked, "--keep").stderr
    assert noted.did == []
    assert run(*asked).exit_code == 0
