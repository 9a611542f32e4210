"""Makes the mistakes of `tools/mistakes.py`: `python -m tools.text_mutants [WORD ...]`.

Each is made in a copy of the tree, where the tests near it must fail. It prints those that no test
notices, and ends with 1 when there is one.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.mistake import Mistake
from tools.mistakes import MISTAKES

ROOT = Path(__file__).resolve().parents[1]
LINKED = (".venv", "../shared")
"""What is not copied: the environment, and the recordings beside the tree."""
TESTS_SECONDS_MAX = 900
"""Wall-clock seconds after which tests count as failed."""
PYTEST = ("-x", "-q", "--tb=no", "-p", "no:randomly", "-p", "no:cacheprovider")


@contextmanager
def copied() -> Iterator[Path]:
    """Copy what git knows or would take to a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="mistakes-") as folder:
        root = Path(folder) / "tree"
        for name in _files():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
        for name in LINKED:
            if (ROOT / name).exists():
                (root / name).symlink_to((ROOT / name).resolve())
        yield root


def _files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = filter(None, listed.stdout.split("\0"))
    return [name for name in names if (ROOT / name).is_file() and name != ".venv"]


@contextmanager
def made(mistake: Mistake, root: Path) -> Iterator[None]:
    """Make a mistake in a copy for a while."""
    path = root / mistake.file
    text = path.read_text(encoding="utf-8")
    if text.count(mistake.old) != 1:
        raise ValueError(f"{mistake.name}: {mistake.file} does not have once {mistake.old!r}")
    path.write_text(text.replace(mistake.old, mistake.new), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(text, encoding="utf-8")


def passes(tests: Sequence[str], root: Path) -> bool:
    """Whether tests pass in a copy."""
    command = [ROOT / ".venv/bin/python", "-B", "-m", "pytest", *PYTEST, *tests]
    try:
        done = subprocess.run(
            command, cwd=root, capture_output=True, timeout=TESTS_SECONDS_MAX, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def unnoticed(mistakes: Sequence[Mistake], root: Path) -> Iterator[Mistake]:
    """Yield the mistakes that their tests do not notice.

    Raises:
        ValueError: tests fail without any mistake, so that they would notice everything.
    """
    for tests in dict.fromkeys(mistake.tests for mistake in mistakes):
        if not passes(tests, root):
            raise ValueError(f"{', '.join(tests)}: fails without a mistake; mend that first")
    for mistake in mistakes:
        with made(mistake, root):
            noticed = not passes(mistake.tests, root)
        _say(f"{'noticed  ' if noticed else 'UNNOTICED'} {mistake.name}")
        if not noticed:
            yield mistake


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Make the mistakes whose name or file contains one of the words; all without any word."""
    parser = argparse.ArgumentParser(prog="text_mutants")
    parser.add_argument("words", nargs="*", help="parts of names or files; without any, all")
    words = parser.parse_args().words
    chosen = [
        mistake
        for mistake in MISTAKES
        if not words or any(word in f"{mistake.name} {mistake.file}" for word in words)
    ]
    with copied() as root:
        alive = list(unnoticed(chosen, root))
    _say(f"{len(chosen) - len(alive)} of {len(chosen)} noticed")
    sys.exit(1 if alive else 0)


if __name__ == "__main__":
    main()
