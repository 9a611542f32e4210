"""Write the pins from what pip resolved: requirements.txt with hashes, and constraints.txt.

`make pins` runs it on a folder of reports of `pip install --dry-run --report`, one for each Python
that is deployed or set up, on the platform of the build. Each pin has the hashes of the files that
pip installs there, so that pip demands a hash for everything
(https://pip.pypa.io/en/stable/topics/secure-installs/) and takes no other file.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PLATFORM = {
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "os_name": "posix",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
}
"""The platform of the build, for the conditions of requirements."""
HEAD = """\
# What is deployed: each package in one version, as a file with one of its hashes (Linux x86-64;
# Pythons may have files of their own).
# Written by `make pins` from requirements.in, never by hand (docs/deploy.md).
--require-hashes
--only-binary :all:
"""
CONSTRAINTS_HEAD = (
    "# What requirements.in draws in; written by `make pins`, never by hand (docs/deploy.md).\n"
)


def pins_of(reports: Mapping[str, dict[str, Any]]) -> dict[str, list[str]]:
    """Return the hashes of each package's files, by its pin, in the order of names.

    A package that others ask for with an extra is pinned twice, without and with it: in its
    hash-checking mode pip takes `google-auth[pyopenssl]` for a package of its own.

    Args:
        reports: pip's report for each Python, by its version, such as `3.13`.

    Raises:
        SystemExit: a file has no sha256; its name and address are given.
    """
    found: dict[str, set[str]] = {}
    for python, report in reports.items():
        extras = extras_of([each["metadata"] for each in report["install"]], python)
        for each in report["install"]:
            for pin, digest in _pins(each, extras):
                found.setdefault(pin, set()).add(digest)
    return {pin: sorted(found[pin]) for pin in sorted(found, key=str.lower)}


def extras_of(packages: list[dict[str, Any]], python: str) -> dict[str, set[str]]:
    """Return which extras of each package the others ask for, by its canonical name."""
    found: dict[str, set[str]] = {}
    while True:
        before = sum(map(len, found.values()))
        for package in packages:
            own = found.get(canonicalize_name(package["name"]), set())
            for needed in map(Requirement, package.get("requires_dist", [])):
                if applies(needed, own, python):
                    found.setdefault(canonicalize_name(needed.name), set()).update(needed.extras)
        if sum(map(len, found.values())) == before:
            return found


def applies(needed: Requirement, extras: set[str], python: str) -> bool:
    """Whether a package with some extras needs another one, with a Python on the platform."""
    marker = needed.marker
    known = {**PLATFORM, "python_version": python, "python_full_version": f"{python}.0"}
    return marker is None or any(
        marker.evaluate({**known, "extra": extra}) for extra in ("", *extras)
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


def requirements(pins: Mapping[str, list[str]]) -> str:
    """Write the text of requirements.txt."""
    hashes = {pin: [f"--hash=sha256:{one}" for one in digests] for pin, digests in pins.items()}
    return HEAD + "".join(" \\\n    ".join([pin, *hashes[pin]]) + "\n" for pin in pins)


def constraints(pins: Mapping[str, list[str]], direct: str) -> str:
    """Write the text of constraints.txt: the pins that requirements.in does not have itself."""
    named = set(re.findall(r"^\S+==\S+", direct.lower(), re.MULTILINE))
    plain = [pin for pin in pins if "[" not in pin]  # a constraint must not have extras
    return CONSTRAINTS_HEAD + "".join(f"{pin}\n" for pin in plain if pin.lower() not in named)


def main(reports: Path, folder: Path) -> None:
    """Write both files into the folder that has requirements.in."""
    pins = pins_of({path.stem: json.loads(path.read_text()) for path in reports.glob("*.json")})
    direct = (folder / "requirements.in").read_text()
    (folder / "requirements.txt").write_text(requirements(pins))
    (folder / "constraints.txt").write_text(constraints(pins, direct))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
