"""Write the pins from what pip resolved: requirements.txt with hashes, and constraints.txt.

`make pins` runs it on the report of `pip install --dry-run --report` for the platform of the build.
Each pin has the hash of the one file that the build installs, so that pip demands a hash for
everything (https://pip.pypa.io/en/stable/topics/secure-installs/) and takes no other file.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PYTHON = (ROOT / "config" / "python.txt").read_text().strip()
"""The Python that is deployed, such as `3.13`; Terraform and the Makefile read it there too."""
BUILD = {
    "python_version": PYTHON,
    "python_full_version": f"{PYTHON}.0",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "os_name": "posix",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
}
"""The platform of the build, for the conditions of requirements."""
HEAD = """\
# What is deployed: each package in one version, as the one file with this hash (Linux x86-64).
# Written by `make pins` from requirements.in, never by hand (docs/deploy.md).
--require-hashes
--only-binary :all:
"""
CONSTRAINTS_HEAD = (
    "# What requirements.in draws in; written by `make pins`, never by hand (docs/deploy.md).\n"
)


def pins_of(report: dict[str, Any]) -> dict[str, str]:
    """Return the hash of each package's file, by its pin, in the order of names.

    A package that others ask for with an extra is pinned twice, without and with it: in its
    hash-checking mode pip takes `google-auth[pyopenssl]` for a package of its own.

    Raises:
        SystemExit: a file has no sha256; its name and address are given.
    """
    extras = extras_of([each["metadata"] for each in report["install"]])
    pins = (pin for each in report["install"] for pin in _pins(each, extras))
    return dict(sorted(pins, key=lambda pin: pin[0].lower()))


def extras_of(packages: list[dict[str, Any]]) -> dict[str, set[str]]:
    """Return which extras of each package the others ask for, by its canonical name."""
    found: dict[str, set[str]] = {}
    while True:
        before = sum(map(len, found.values()))
        for package in packages:
            own = found.get(canonicalize_name(package["name"]), set())
            for needed in map(Requirement, package.get("requires_dist", [])):
                if applies(needed, own):
                    found.setdefault(canonicalize_name(needed.name), set()).update(needed.extras)
        if sum(map(len, found.values())) == before:
            return found


def applies(needed: Requirement, extras: set[str]) -> bool:
    """Whether a package with some extras needs another one on the platform of the build."""
    marker = needed.marker
    return marker is None or any(
        marker.evaluate({**BUILD, "extra": extra}) for extra in ("", *extras)
    )


def _pins(found: dict[str, Any], extras: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    name, version = found["metadata"]["name"], found["metadata"]["version"]
    origin = found["download_info"]
    digest = origin.get("archive_info", {}).get("hashes", {}).get("sha256")
    if not digest:
        raise SystemExit(f"pins: {name}=={version} from {origin['url']} has no sha256; pin another")
    yield f"{name}=={version}", digest
    if asked := ",".join(sorted(extras.get(canonicalize_name(name), ()))):
        yield f"{name}[{asked}]=={version}", digest


def requirements(pins: dict[str, str]) -> str:
    """Write the text of requirements.txt."""
    return HEAD + "".join(f"{pin} \\\n    --hash=sha256:{digest}\n" for pin, digest in pins.items())


def constraints(pins: dict[str, str], direct: str) -> str:
    """Write the text of constraints.txt: the pins that requirements.in does not have itself."""
    named = set(re.findall(r"^\S+==\S+", direct.lower(), re.MULTILINE))
    plain = [pin for pin in pins if "[" not in pin]  # a constraint must not have extras
    return CONSTRAINTS_HEAD + "".join(f"{pin}\n" for pin in plain if pin.lower() not in named)


def main(report: Path, folder: Path) -> None:
    """Write both files into the folder that has requirements.in."""
    pins = pins_of(json.loads(report.read_text()))
    direct = (folder / "requirements.in").read_text()
    (folder / "requirements.txt").write_text(requirements(pins))
    (folder / "constraints.txt").write_text(constraints(pins, direct))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
