"""The Makefile: setup from the pins, and `make soak`."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from common.settings import ROOT

PINS = ("requirements.in", "constraints.txt", "requirements-dev.txt")
WORKS = "#!/bin/sh\n"
BROKEN = "#!/bin/sh\nexit 127\n"
MAKES_ENVIRONMENT = """#!/bin/sh
[ "$2" = venv ] || exit 0
mkdir -p .venv/bin
for tool in pip uv; do
  printf '#!/bin/sh\\necho %s "$@" >> asked\\n%s\\n' $tool "$(cat $tool.rest)" > .venv/bin/$tool
done
chmod +x .venv/bin/*
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Copy what `make setup` reads, and a PATH without any Python, `bin`."""
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    for name in ("Makefile", *PINS):
        shutil.copyfile(ROOT / name, tmp_path / name)
    (tmp_path / "bin").mkdir()
    for name in ("make", "mkdir", "cat", "chmod", "touch"):
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    return tmp_path


def program(checkout: Path, name: str, text: str) -> None:
    """Put a program onto the checkout's PATH."""
    path = checkout / "bin" / name
    path.write_text(text)
    path.chmod(0o755)


def setup(checkout: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `make setup` with the checkout's PATH alone, and `system` for /usr/bin."""
    return subprocess.run(
        ["make", "setup", "SYSTEM=system", *words],
        cwd=checkout,
        env={"PATH": str(checkout / "bin")},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.stack
@pytest.mark.parametrize(
    ("words", "missing"),
    [([], "Python"), (["PYTHON=no-such-python"], "no-such-python")],
    ids=["none", "named"],
)
def test_make_names_a_missing_python(checkout: Path, words: list[str], missing: str) -> None:
    """Without a usable Python, `make setup` prints which ones it would take, and fails."""
    program(checkout, "python3.13", BROKEN)
    program(checkout, "python3.10", WORKS)
    done = setup(checkout, *words)
    assert done.returncode == 2
    assert f"make: {missing} not found; install one of Python 3.14 3.13 3.12 3.11 " in done.stderr


@pytest.mark.stack
@pytest.mark.parametrize(
    ("works", "broken", "taken"),
    [
        (["3.11", "3.12", "3.13", "3.14"], [], "3.14"),
        (["3.11", "3.13", "3.15"], [], "3.13"),
        (["3.11", "3.12"], ["3.13", "3.14"], "3.12"),
        (["3.11"], [], "3.11"),
    ],
)
def test_make_takes_the_newest_python_that_works(
    checkout: Path, works: list[str], broken: list[str], taken: str
) -> None:
    """A later one is not taken, nor one without `venv`, nor a shim that leads nowhere."""
    for versions, text in ((works, WORKS), (broken, BROKEN)):
        for version in versions:
            program(checkout, f"python{version}", text)
    assert f"\npython{taken} -m venv --clear .venv\n" in setup(checkout, "-n").stdout


@pytest.mark.stack
@pytest.mark.parametrize(
    ("system", "taken"), [("3.12", "system/python3.12"), ("3.11", "python3.12")]
)
def test_of_one_version_make_takes_the_systems_python(
    checkout: Path, system: str, taken: str
) -> None:
    """It is built with optimizations; a newer one is preferred to it all the same."""
    program(checkout, "python3.12", WORKS)
    (checkout / "system").mkdir()
    program(checkout, f"../system/python{system}", WORKS)
    assert f"\n{taken} -m venv --clear .venv\n" in setup(checkout, "-n").stdout


@pytest.mark.stack
def test_a_python_is_asked_for_all_that_an_environment_needs(checkout: Path) -> None:
    """Debian's has `venv` without `ensurepip`, so that making an environment fails."""
    program(checkout, "python3.14", '#!/bin/sh\necho "$@" >> asked\n')
    assert setup(checkout, "-n").returncode == 0
    assert (checkout / "asked").read_text().splitlines()[0] == "-c import ensurepip, venv"


@pytest.mark.stack
@pytest.mark.parametrize(
    ("pip", "uv", "installs"),
    [
        ("", "", ["pip", "uv"]),
        ("", "exit 2", ["pip", "uv", "pip"]),
        ('[ "$1" != install ]', "exit 127", ["pip", "uv", "pip"]),
        ("exit 1", "exit 2", ["pip", "uv", "pip"]),
    ],
    ids=["uv installs", "uv fails", "uv cannot be had", "both fail"],
)
def test_pip_installs_where_uv_does_not(
    checkout: Path, pip: str, uv: str, installs: list[str]
) -> None:
    """Both are given the same pins, and the environment counts as made only when one succeeded."""
    program(checkout, "python3.12", MAKES_ENVIRONMENT)
    (checkout / "pip.rest").write_text(pip)
    (checkout / "uv.rest").write_text(uv)
    done = setup(checkout)
    asked = (checkout / "asked").read_text().splitlines()
    assert [line.split()[0] for line in asked] == installs
    assert all(line.endswith("-r requirements-dev.txt") for line in asked[1:])
    assert (
        (done.returncode == 0) == (checkout / ".venv" / "installed").exists() == (pip != "exit 1")
    )


@pytest.mark.stack
@pytest.mark.parametrize("name", PINS)
def test_a_newer_pin_rebuilds_the_environment(tmp_path: Path, name: str) -> None:
    """`make -q setup` has nothing to do until one of the pins' files is newer."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    shutil.copyfile(ROOT / "Makefile", tmp_path / "Makefile")
    (tmp_path / ".venv").mkdir()
    for number, each in enumerate((*PINS, ".venv/installed")):
        (tmp_path / each).touch()
        os.utime(tmp_path / each, (number, number))
    asked = ["make", "-q", "setup", "PYTHON=python"]
    assert subprocess.run(asked, cwd=tmp_path, timeout=30, check=False).returncode == 0
    os.utime(tmp_path / name, (9, 9))
    assert subprocess.run(asked, cwd=tmp_path, timeout=30, check=False).returncode == 1


@pytest.mark.stack
def test_every_module_is_compiled_once(tmp_path: Path) -> None:
    """A caller that writes no bytecode would have hundreds of processes compile all of it."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    done = subprocess.run(
        ["make", "-f", ROOT / "Makefile", "--eval", "told: ; @env", "told", "PYTHON=python"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "OTHER": "1"},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert "OTHER=1" in done.stdout
    assert "PYTHONDONTWRITEBYTECODE" not in done.stdout


TARGETS = {
    "run": ["python -m local day 2025-11-12 --out out/2025-11-12"],
    "bench": ["python -m local bench"],
    "explore": ["python -m local explore --minutes 30"],
    "explore MINUTES=2": ["python -m local explore --minutes 2"],
    "soak-tests": ['python -m pytest -m "soak or not stack"'],
    "soak-weeks": [
        "python -m local soak --schedule ../shared/data/schedule-2024-25.json --seeds 10000"
    ],
    "soak-weeks SCHEDULE=a SEEDS=3": ["python -m local soak --schedule a --seeds 3"],
    "lint": ["ruff check .", "ruff format --check .", "nice -n 19 mypy"],
    "mutants MODULES=a": ["nice -n 19 python tools/mutants.py a"],
    "mistakes WORDS=a": ["nice -n 19 python -m tools.text_mutants a"],
    "bundle": ["python -m local bundle --out dist/bundle.zip"],
}


@pytest.fixture
def installed(checkout: Path) -> Path:
    """A checkout in which everything is installed."""
    for name in (*PINS, "requirements-checkov.txt"):
        os.utime(shutil.copy(ROOT / name, checkout / name), (1, 1))
    for name in (".venv", ".venv/checkov"):
        (checkout / name).mkdir()
        (checkout / name / "installed").touch()
    return checkout


def printed(checkout: Path, *words: str) -> list[str]:
    """Return what a target would run, without the environment's path."""
    done = subprocess.run(
        ["make", "-n", *words, "PYTHON=python"],
        cwd=checkout,
        env={"PATH": str(checkout / "bin")},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return [line.replace(".venv/bin/", "") for line in done.stdout.splitlines()]


@pytest.mark.parametrize("words", TARGETS)
def test_a_target_runs_what_it_says(words: str, installed: Path) -> None:
    """What is given by name takes the place of the default."""
    assert printed(installed, *words.split()) == TARGETS[words]


def test_make_test_lints_and_runs_every_test(installed: Path) -> None:
    """None is left out by a mark."""
    lines = printed(installed, "test")
    assert {*TARGETS["lint"]} < {*lines}
    (tests,) = (line for line in lines if "-m pytest" in line)
    assert tests.endswith(" --dist loadgroup")  # some share what only one worker may hold
    assert not {"-m", "-k", "tests"} & {*tests.removeprefix("python -m pytest").split()}


@pytest.mark.parametrize("newer", ["requirements-checkov.txt", ".venv/installed"])
def test_make_test_installs_what_checks_terraform(newer: str, installed: Path) -> None:
    """Again when its pins or the environment are newer; a test that lacks it is skipped."""
    assert not [line for line in printed(installed, "test") if "checkov" in line]
    for number, each in enumerate((".venv/installed", ".venv/checkov/installed", newer), 1):
        os.utime(installed / each, (number, number))
    assert "python -m venv --clear --without-pip .venv/checkov" in printed(installed, "test")


def test_pins_are_those_of_the_build_s_platform(installed: Path) -> None:
    """Wheels alone, of CPython on Ubuntu 22.04; what fails on the way writes no pin."""
    told = " ".join(" ".join(printed(installed, "pins")).replace("\\", " ").split())
    assert told.startswith("set -e; ")
    assert (
        "--implementation cp --only-binary :all: --platform manylinux_2_28_x86_64"
        " --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64"
    ) in told


def test_make_soak_is_both_searches(installed: Path) -> None:
    """First the tests, then the weeks."""
    assert printed(installed, "soak") == [*TARGETS["soak-tests"], *TARGETS["soak-weeks"]]


@pytest.mark.stack
def test_soak_continues_after_a_failure_with_k(tmp_path: Path) -> None:
    """`make soak` stops when its tests fail; `make -k soak` runs the random weeks as well."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "ran $2"\nexit 1\n')
    python.chmod(0o755)
    for name in (*PINS, "Makefile", ".venv/installed"):
        (tmp_path / name).touch()
    shutil.copyfile(ROOT / "Makefile", tmp_path / "Makefile")
    for flags, ran in (((), ["pytest"]), (("-k",), ["pytest", "local"])):
        done = subprocess.run(
            ["make", *flags, "soak"],
            cwd=tmp_path,
            env={name: value for name, value in os.environ.items() if name != "MAKEFLAGS"},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 2
        assert [line[4:] for line in done.stdout.splitlines() if line.startswith("ran ")] == ran
