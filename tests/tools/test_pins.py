"""The pins: every deployed package has one version and its files, and pip takes no other.

That pip takes these is seen where the bundle is installed (tests/local/stack/test_deployed.py).
"""

import re
import socket
import subprocess
import sys
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from common.settings import ROOT
from tools.pins import applies, constraints, extras_of, pins_of, requirements

DEPLOYED = (ROOT / "requirements.txt").read_text()
DIRECT = (ROOT / "requirements.in").read_text()
PYTHON = (ROOT / "config" / "python.txt").read_text().strip()
PIN = re.compile(
    r"^([\w.-]+)(\[[\w,-]+\])?==(\S+)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n", re.MULTILINE
)
OPTIONS = ["--require-hashes", "--only-binary :all:"]


def package(name: str, *needs: str, sha256: str | None = "ab" * 32) -> dict[str, Any]:
    """Make an entry of pip's report."""
    hashes = {"sha256": sha256} if sha256 else {}
    return {
        "metadata": {"name": name, "version": "1.0", "requires_dist": list(needs)},
        "download_info": {"url": f"https://x/{name}.whl", "archive_info": {"hashes": hashes}},
    }


def test_every_deployed_pin_has_a_hash() -> None:
    """requirements.txt consists of comments, the two options, and pins with hashes."""
    rest = PIN.sub("", DEPLOYED).splitlines()
    assert [line for line in rest if not line.startswith("#")] == OPTIONS
    assert len(PIN.findall(DEPLOYED)) > 50


def test_the_three_files_agree() -> None:
    """What requirements.in names and constraints.txt draws in is what requirements.txt pins."""
    pinned = {f"{name}=={version}".lower() for name, _, version, _ in PIN.findall(DEPLOYED)}
    drawn = (ROOT / "constraints.txt").read_text()
    named = {line.lower() for text in (DIRECT, drawn) for line in text.splitlines()}
    assert {line for line in named if line and not line.startswith("#")} == pinned


def test_a_package_has_the_same_hashes_with_and_without_extras() -> None:
    """A pin with an extra is the same files again, and stands beside the pin without it."""
    found: dict[str, set[tuple[str, str]]] = {}
    for name, _, version, hashes in PIN.findall(DEPLOYED):
        found.setdefault(name, set()).add((version, hashes))
    assert [name for name, files in found.items() if len(files) > 1] == []
    assert [name for name, extra, _, _ in PIN.findall(DEPLOYED) if extra]


def test_the_build_finds_the_framework_in_the_file() -> None:
    """The buildpack adds a functions-framework of its own where no line begins with that name."""
    assert re.search(r"^functions-framework\b([^-]|$)", DEPLOYED, re.MULTILINE)


def test_pins_have_the_extras_that_others_ask_for() -> None:
    """Extras of extras count; what a condition or an unasked extra rules out does not."""
    packages = [
        package("a", "B[x]>=1", 'c[y]; sys_platform == "win32"', 'c[z]; extra == "never"'),
        package("b", 'c[deep]; extra == "x"'),
        package("c"),
    ]
    asked = extras_of([each["metadata"] for each in packages], PYTHON)
    assert asked == {"b": {"x"}, "c": {"deep"}}
    made = pins_of({PYTHON: {"install": packages}})
    assert list(made) == ["a==1.0", "b==1.0", "b[x]==1.0", "c==1.0", "c[deep]==1.0"]
    assert requirements(made).count("--hash=sha256:" + "ab" * 32) == 5
    assert constraints(made, "# direct\nA==1.0\n").splitlines()[1:] == ["b==1.0", "c==1.0"]


def test_everything_that_is_drawn_in_has_a_pin() -> None:
    """What a pinned package needs on the deployed Python is pinned, with the extras asked for."""
    pinned = {f"{canonicalize_name(name)}{extra}" for name, extra, _, _ in PIN.findall(DEPLOYED)}
    plain = [name for name in pinned if "[" not in name]
    needs = {name: metadata(name).get_all("Requires-Dist") or [] for name in plain}
    packages = [{"name": name, "requires_dist": needs[name]} for name in plain]
    extras = extras_of(packages, PYTHON)
    asked = {f"{name}[{','.join(sorted(found))}]" for name, found in extras.items() if found}
    drawn = {
        canonicalize_name(needed.name)
        for name in plain
        for needed in map(Requirement, needs[name])
        if applies(needed, extras.get(name, set()), PYTHON)
    }
    assert drawn
    assert drawn | asked <= pinned


def test_a_file_without_a_hash_is_refused() -> None:
    """The error names package and address."""
    with pytest.raises(SystemExit, match=r"a==1\.0 from https://x/a\.whl has no sha256"):
        pins_of({PYTHON: {"install": [package("a", sha256=None)]}})


def test_each_python_may_have_files_of_its_own() -> None:
    """A pin has the hashes of all of them, and what only one Python needs is pinned as well."""
    older, newer = (
        [package("a", 'b; python_version < "3.12"', sha256=x * 32)] for x in ("cd", "ab")
    )
    made = pins_of({"3.11": {"install": [*older, package("b")]}, "3.13": {"install": newer}})
    assert made == {"a==1.0": ["ab" * 32, "cd" * 32], "b==1.0": ["ab" * 32]}
    assert requirements(made).count("--hash=sha256:") == 3


def resolve(path: Path) -> subprocess.CompletedProcess[str]:
    """Let pip resolve a file as the build does, without installing anything."""
    return subprocess.run(
        [*(sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed"), "-r", path],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def registry() -> None:
    """Skip where the registry cannot be reached."""
    try:
        socket.create_connection(("pypi.org", 443), timeout=5).close()
    except OSError as error:
        pytest.skip(f"pypi.org cannot be reached ({error}): the pins were not resolved")


@pytest.mark.stack
@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize(
    ("old", "new", "refused"),
    [
        (r"(h11==\S+ \\\n    --hash=sha256:)\w{8}", r"\g<1>00000000", "MATCH|No matching"),
        (r"h11==.*\n.*\n", "", "must have their versions pinned|Hashes are required"),
    ],
    ids=["another hash", "no pin"],
)
def test_pip_refuses_another_file_and_an_unpinned_one(
    tmp_path: Path, old: str, new: str, refused: str
) -> None:
    """A changed file, or a package that is drawn in without a pin, fails the build."""
    changed = re.sub(old, new, DEPLOYED)
    assert changed != DEPLOYED
    # A few packages suffice: each resolution asks the registry.
    few = [pin[0] for pin in PIN.finditer(changed) if pin[1] in ("h11", "httpcore", "certifi")]
    path = tmp_path / "requirements.txt"
    path.write_text("".join(f"{option}\n" for option in OPTIONS) + "".join(few))
    done = resolve(path)
    assert done.returncode != 0
    assert re.search(refused, done.stderr), done.stderr[-1000:]
