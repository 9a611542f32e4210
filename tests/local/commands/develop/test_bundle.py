"""The bundle contains what is deployed, and is the same for the same files."""

import errno
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from common.errors import BadInputError
from common.settings import ROOT
from local.commands.cli import main
from local.commands.develop.bundle import build
from local.simulator.world import ROUTES
from tests.local.commands.command_line import assert_one_line, run

KEPT = {
    "common/__init__.py": "",
    "common/core.py": "X = 1\n",
    "functions/a/main.py": "",
    "config/workflows.yaml": "workflows: []\n",
    "config/topology.yaml": "topics: []\n",
    "config/tables/t.json": "[]\n",
    "requirements.txt": "functions-framework==3.10.2\n",
}
NOT_DEPLOYED = {
    "common/__pycache__/core.cpython-311.pyc": "x",
    "common/.env": "KEY=1",
    "config/slates/2025-11.json": "{}",
    "config/prices.yaml": "{}",
    "config/topology.yaml.orig": "",
    "config/workflows.schema.json": "{}",
    "local/commands/cli.py": "",
    "tests/test_a.py": "",
    ".git/config": "",
    ".venv/lib/a.py": "",
    "requirements-dev.txt": "",
    "requirements.in": "",
    "constraints.txt": "",
    "README.md": "",
}


def checkout(folder: Path, files: dict[str, str]) -> Path:
    """Write a checkout's files, in the given order."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def names(path: Path) -> list[str]:
    """Return the names in a bundle."""
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_it_contains_what_is_deployed_and_nothing_else(tmp_path: Path) -> None:
    """It contains functions, code, configuration and the pins of packages, in name order."""
    root = checkout(tmp_path / "tree", {**NOT_DEPLOYED, **KEPT})
    made = build(tmp_path / "out" / "bundle.zip", root)
    assert names(made.path) == sorted(KEPT)
    assert made.files == len(KEPT)
    assert made.size == made.path.stat().st_size


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    """Order, times and permissions of the files do not change the bundle."""
    first = checkout(tmp_path / "first", KEPT)
    second = checkout(tmp_path / "second", dict(reversed(KEPT.items())))
    for number, name in enumerate(KEPT):
        os.utime(second / name, (number, number))
        (second / name).chmod(0o700 if number % 2 else 0o400)
    one, two = build(tmp_path / "1.zip", first), build(tmp_path / "2.zip", second)
    assert one.sha256 == two.sha256
    assert one.path.read_bytes() == two.path.read_bytes()


def test_what_a_killed_build_has_left_is_not_kept(tmp_path: Path) -> None:
    """Its file is written anew, not added to."""
    root = checkout(tmp_path / "tree", KEPT)
    build(tmp_path / "1.zip", root).path.replace(tmp_path / "2.zip.new")
    assert names(build(tmp_path / "2.zip", root).path) == sorted(KEPT)
    assert not (tmp_path / "2.zip.new").exists()


def test_other_content_gives_another_hash(tmp_path: Path) -> None:
    """Changed content changes the hash by which Terraform recognises a new bundle."""
    one = build(tmp_path / "1.zip", checkout(tmp_path / "first", KEPT))
    changed = {**KEPT, "common/core.py": "X = 2\n"}
    two = build(tmp_path / "2.zip", checkout(tmp_path / "second", changed))
    assert one.sha256 != two.sha256


def test_entries_are_plain_readable_files(tmp_path: Path) -> None:
    """Every entry has the same time and mode and is stored uncompressed."""
    made = build(tmp_path / "bundle.zip", checkout(tmp_path / "tree", KEPT))
    with zipfile.ZipFile(made.path) as archive:
        found = {(e.date_time, e.external_attr >> 16, e.compress_type) for e in archive.infolist()}
    assert found == {((1980, 1, 1, 0, 0, 0), 0o100644, zipfile.ZIP_STORED)}


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("common/model.bin", "x", r"common/model.bin is not a .py file"),
        ("functions/a/notes.md", "x", r"functions/a/notes.md is not a .py file"),
        (
            "config/tables/key.json",
            '{"private_key": "x"}',
            r"config/tables/key.json contains what looks like a sec",
        ),
        (
            "common/key.py",
            "K = '-----BEGIN PRIVATE KEY-----'",
            r"common/key.py contains what looks",
        ),
    ],
)
def test_what_does_not_belong_there_is_refused(
    tmp_path: Path, name: str, text: str, expected: str
) -> None:
    """A file that does not belong there, or contains a secret, is refused by name."""
    root = checkout(tmp_path / "tree", {**KEPT, name: text})
    with pytest.raises(BadInputError, match=expected):
        build(tmp_path / "bundle.zip", root)
    assert not (tmp_path / "bundle.zip").exists()


@pytest.mark.parametrize("target", [".", "a-file"])
@pytest.mark.parametrize("link", ["common/out.py", "functions/b", "config/tables/t2.json"])
def test_a_symbolic_link_is_refused(tmp_path: Path, link: str, target: str) -> None:
    """A symbolic link, which could lead out of the tree, is refused by name."""
    root = checkout(tmp_path / "tree", KEPT)
    (tmp_path / "a-file").write_text("outside")
    (root / link).symlink_to(tmp_path / target)
    with pytest.raises(BadInputError, match=f"{link} is a symbolic link"):
        build(tmp_path / "bundle.zip", root)


@pytest.mark.parametrize("gone", ["config/topology.yaml", "requirements.txt"])
def test_half_a_checkout_is_refused(tmp_path: Path, gone: str) -> None:
    """A checkout without its pins or topics is refused with the name of the missing file."""
    files = {name: text for name, text in KEPT.items() if name != gone}
    with pytest.raises(BadInputError, match=f"{gone} is missing"):
        build(tmp_path / "bundle.zip", checkout(tmp_path / "tree", files))


def test_this_checkout_has_every_function_in_its_bundle(tmp_path: Path) -> None:
    """The bundle of this checkout contains every function and the files that settings name."""
    held = set(names(build(tmp_path / "bundle.zip").path))
    assert {f"functions/{function}/main.py" for function in ROUTES} < held
    assert {"config/workflows.yaml", "config/topology.yaml", "requirements.txt"} < held
    assert {name.split("/")[0] for name in held} == {
        "common",
        "config",
        "functions",
        "requirements.txt",
    }


def test_the_command_prints_path_hash_files_and_bytes(tmp_path: Path) -> None:
    """The command prints one line, the same in another environment."""
    out = tmp_path / "bundle.zip"
    here = CliRunner().invoke(main, ["bundle", "--out", str(out)])
    made = build(tmp_path / "again.zip")
    assert here.output == f"{out}  sha256 {made.sha256}  {made.files} files  {made.size} bytes\n"
    there = subprocess.run(
        ["/bin/sh", "-c", f"umask 077; exec {sys.executable} -m local bundle --out {out}"],
        cwd=ROOT,
        env={"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert there.stdout == here.output


def test_what_cannot_be_put_into_its_place_leaves_nothing(tmp_path: Path) -> None:
    """Neither beside a folder, which a file cannot replace, nor in it."""
    root = checkout(tmp_path / "tree", KEPT)
    (tmp_path / "out" / "x").mkdir(parents=True)
    with pytest.raises(OSError, match="out"):
        build(tmp_path / "out", root)
    assert {path.name for path in tmp_path.iterdir()} == {"tree", "out"}
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["x"]


def test_an_error_of_the_command_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that cannot be written is one line with exit status 2."""
    monkeypatch.setattr(os, "access", lambda *_: True)
    done = run("bundle", "--out", "/proc/x/bundle.zip")
    assert_one_line(done, "error: /proc/x: No such file or directory; give another --out\n")


def test_an_error_without_a_path_names_the_file_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A full disk is told with the bundle that did not fit."""

    def full(_: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("local.commands.develop.bundle.build", full)
    said = "error: dist/bundle.zip: No space left on device; give another --out\n"
    assert_one_line(run("bundle"), said)
