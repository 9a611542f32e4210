"""Cold starts are measured with the packages that an instance has."""

import json
import subprocess
import sys
from importlib.metadata import PackagePath
from pathlib import Path
from types import SimpleNamespace

import pytest

from local.bench import deployed
from local.bench.deployed import link_deployed

LOOK = """
import json
from importlib.util import find_spec
print(json.dumps([bool(find_spec(name)) for name in ("google.cloud.storage", "numpy", "pytest")]))
"""


def test_only_what_is_deployed_is_found(tmp_path: Path) -> None:
    """The pinned packages can be imported; those that only a developer has cannot."""
    link_deployed(tmp_path)
    done = subprocess.run(
        [sys.executable, "-S", "-c", LOOK],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(done.stdout) == [True, False, False]


def test_only_what_lies_beside_a_package_is_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs are installed outside of it; a package may have no files at all."""
    files = [PackagePath("a/b.py"), PackagePath("../../bin/a")]
    for file in files:
        file.dist = SimpleNamespace(locate_file=lambda path: tmp_path / "site" / path)  # type: ignore[assignment]
    given = iter([files])
    found = lambda _: SimpleNamespace(files=next(given, None))  # noqa: E731
    monkeypatch.setattr(deployed, "distribution", found)
    folder = tmp_path / "one" / "two" / "three"
    link_deployed(folder)
    links = [path for path in tmp_path.rglob("*") if path.is_symlink()]
    assert links == [folder / "a" / "b.py"]
    assert links[0].readlink() == tmp_path / "site" / "a" / "b.py"
