"""`python -m local bundle`: the zip that Terraform uploads.

It contains what is deployed and nothing else, and the same checkout gives the same bytes. What the
platform does with it, read in GoogleCloudPlatform/buildpacks and functions-framework:

- It is unpacked to /workspace, where the function also runs. It needs no main.py at its root, as
  long as GOOGLE_FUNCTION_SOURCE names an existing file at build time, `functions/<name>/main.py`
  (`validateSource` in cmd/python/functions_framework/lib/lib.go).
- `python3 -m compileall -f -q .` runs over all of it: a file that does not compile fails the build
  (same file).
- requirements.txt at the root is installed; it has to name functions-framework, or the build adds a
  version of its own (same file; pkg/python/python.go). The file demands hashes, so that pip takes
  the files that were tested and no others. The build reuses installed packages for a day as long as
  requirements.txt is the same (`checkCache` in pkg/python/python.go); it contains every pin.
- The build passes GOOGLE_FUNCTION_SOURCE and GOOGLE_FUNCTION_TARGET on as FUNCTION_SOURCE and
  FUNCTION_TARGET (`SetFunctionsEnvVars` in pkg/gcpbuildpack/env.go) and starts
  `functions-framework` without arguments, which reads them (src/functions_framework/_cli.py).
- The framework puts the source's own folder on sys.path and not the working directory
  (src/functions_framework/_function_registry.py). So each `main.py` puts the bundle's root there
  itself: PYTHONPATH is the builder's, which sets it to the packages that it has installed.
"""

import hashlib
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from common.errors import BadInputError
from common.settings import ROOT
from local.commands.options import OutFile

DEPLOYED = {
    "common": (".py", ".html", ".css"),
    "functions": (".py",),
    "config/tables": (".json",),
    "config/topology.yaml": (".yaml",),
    "config/workflows.yaml": (".yaml",),
    "requirements.txt": (".txt",),
}
"""The files and folders of the bundle, and the only suffixes that each may contain.

Terraform or this machine reads the rest of `config`; changing that does not deploy a function.
"""
IGNORED = ("__pycache__",)
SECRETS = (b"PRIVATE KEY-----", b'"private_key"', b'"client_secret"')
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip entry can have."""
MODE = stat.S_IFREG | 0o644
UNIX = 3


@dataclass(frozen=True)
class Bundle:
    """A written bundle; `sha256` is the hash of its bytes, in hexadecimal."""

    path: Path
    sha256: str
    files: int
    size: int


def build(out: Path, root: Path = ROOT) -> Bundle:
    """Write the bundle of a checkout.

    Entries are stored without compression: zlib and zlib-ng compress the same text into different
    bytes, so that Terraform would see a change in a bundle from another machine.

    Raises:
        BadInputError: a file is missing, does not belong there, or looks like a secret.
    """
    contents = {path.relative_to(root).as_posix(): _content(path, root) for path in _files(root)}
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = out.with_name(f"{out.name}.new")
    try:
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_STORED) as archive:
            for name in sorted(contents):
                archive.writestr(_entry(name), contents[name])
        fresh.replace(out)
    finally:
        fresh.unlink(missing_ok=True)  # of a full disk
    data = out.read_bytes()
    return Bundle(out, hashlib.sha256(data).hexdigest(), len(contents), len(data))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system = UNIX
    entry.external_attr = MODE << 16
    return entry


def _files(root: Path) -> Iterator[Path]:
    for name, suffixes in DEPLOYED.items():
        top = root / name
        if not top.exists():
            raise BadInputError(f"{top} is missing; run this in a whole checkout")
        for path in _below(top, root):
            if path.suffix not in suffixes:
                raise BadInputError(
                    f"{path.relative_to(root)} is not a {suffixes[0]} file; move it out of "
                    f"{name}/, or name it in DEPLOYED of local/commands/develop/bundle.py"
                )
            yield path


def _below(path: Path, root: Path) -> Iterator[Path]:
    """Yield the files at or below a path, without caches and hidden files."""
    name = path.relative_to(root).as_posix()
    if path.name in IGNORED or path.name.startswith("."):
        return
    if path.is_symlink():
        raise BadInputError(f"{name} is a symbolic link; put the file itself there")
    if path.is_dir():
        for child in path.iterdir():
            yield from _below(child, root)
    else:
        yield path


def _content(path: Path, root: Path) -> bytes:
    data = path.read_bytes()
    if any(mark in data for mark in SECRETS):
        raise BadInputError(
            f"{path.relative_to(root)} contains what looks like a secret; keep it in Secret Manager"
        )
    return data


@click.command()
@click.option(
    "--out",
    type=OutFile(),
    metavar="FILE",
    default=Path("dist/bundle.zip"),
    help="Where to write it.",
)
def bundle(out: Path) -> None:
    """Build the zip that Terraform uploads, reproducibly."""
    try:
        made = build(out)
    except OSError as error:
        where = error.filename or out
        raise BadInputError(f"{where}: {error.strerror}; give another --out") from error
    click.echo(f"{made.path}  sha256 {made.sha256}  {made.files} files  {made.size} bytes")
