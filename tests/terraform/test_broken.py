"""Deliberately broken copies of the module: each must be refused."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.terraform.breaks import BREAKS, Break
from tests.terraform.offline import Offline, copied
from tests.terraform.parsed import Module, access
from tests.terraform.touched import Touch

TESTS = Path("terraform") / "tests"
VALIDATION = re.compile(r"(\n    condition +?= )(.*?)(\n    error_message )", re.DOTALL)
RUN = re.compile(r'^run "(\w+)" \{\n.*?^\}\n', re.DOTALL | re.MULTILINE)


def only_deploys(root: Path) -> str:
    """Leave a copy no test but the run `deploys`; returns that run's text."""
    (root / TESTS / "refusals.tftest.hcl").unlink()
    path = root / TESTS / "deployment.tftest.hcl"
    kept = RUN.sub(lambda run: run[0] if run[1] == "deploys" else "", path.read_text())
    path.write_text(kept)
    return kept


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unbroken copy."""
    return copied(tmp_path_factory.mktemp("whole") / "repository")


@pytest.fixture(scope="module")
def refused(offline: Offline, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The messages of the assertions that fail on one copy with all breaks."""
    copy = offline.copy(tmp_path_factory.mktemp("broken") / "repository")
    only_deploys(copy.root)
    for broken in BREAKS.values():
        broken.apply(copy.root)
    errors = [line for line in copy.lines("test", "-json") if line["@level"] == "error"]
    found: list[dict[str, Any]] = [line["diagnostic"] for line in errors if "diagnostic" in line]
    others = [one for one in found if one["summary"] != "Test assertion failed"]
    assert others == [], "a break that Terraform refuses before it tests hides the others"
    return {one["detail"] for one in found}


def test_every_assertion_has_its_break(whole: Path, tmp_path: Path) -> None:
    """No assertion of the run `deploys` is one that was never seen to fail."""
    text = only_deploys(shutil.copytree(whole, tmp_path / "repository"))
    assert set(re.findall(r'error_message = "(.*)"\n', text)) == BREAKS.keys()


@pytest.mark.parametrize("message", BREAKS)
def test_a_broken_copy_is_refused(message: str, refused: set[str]) -> None:
    """The assertion notices what breaks it."""
    assert message in refused


def test_a_refusal_is_noticed_when_it_is_gone(offline: Offline, tmp_path: Path) -> None:
    """No run of refusals.tftest.hcl passes on a copy whose variables take everything."""
    copy = offline.copy_variables(tmp_path / "repository")
    refusals = each_in_a_file_of_its_own(copy.root / TESTS / "refusals.tftest.hcl")
    path = copy.root / "terraform" / "variables.tf"
    anything, validations = VALIDATION.subn(r"\1true || (\2)\3", path.read_text())
    path.write_text(anything)
    lines = copy.lines("test", "-json", *(f"-filter=tests/{name}" for name in refusals))
    missed = {
        line["@testrun"]
        for line in lines
        if line.get("diagnostic", {}).get("summary") == "Missing expected failure"
    }
    assert validations >= len(refusals) > 0
    assert missed == {name.partition(".")[0] for name in refusals}


def each_in_a_file_of_its_own(path: Path) -> list[str]:
    """Split a file of runs, because Terraform skips the runs of a file after one that fails."""
    text = path.read_text()
    head = text[: text.index('run "')]
    runs = {f"{run[1]}.tftest.hcl": head + run[0] for run in RUN.finditer(text)}
    for name, alone in runs.items():
        path.with_name(name).write_text(alone)
    path.unlink()
    return list(runs)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('publishes = ["dead-letters"]', 'publishes = ["dead-letters", "scraper-requests"]'),
        ('appends   = ["workflow_decisions"]', "appends   = []"),
        ("data      = []", 'data      = ["read"]'),
        ("secret    = true", "secret    = false"),
    ],
)
def test_a_grant_too_many_or_too_few_is_found(
    old: str, new: str, whole: Path, tmp_path: Path, touches: set[Touch]
) -> None:
    """The table of grants differs by one from what the functions touch."""
    root = shutil.copytree(whole, tmp_path / "repository")
    Break("iam.tf", old, new).apply(root)
    assert len(access(Module(root)) ^ {touch for touch in touches if touch[1] != "state"}) == 1


@pytest.mark.parametrize(
    ("file", "old"),
    [("pubsub.tf", "ack_deadline_seconds "), ("functions.tf", "mount_path ")],
    ids=["argument", "argument of a dynamic block"],
)
def test_a_misspelt_argument_is_refused(
    file: str, old: str, offline: Offline, tmp_path: Path
) -> None:
    """`terraform validate` knows the provider's arguments."""
    copy = offline.copy(tmp_path / "repository")
    Break(file, old, f"x{old}").apply(copy.root)
    report = json.loads(copy.run("validate", "-json").stdout)
    assert "Unsupported argument" in {one["summary"] for one in report["diagnostics"]}
