"""The zip that Terraform uploads: what is deployed and nothing else, the same bytes every time.

What the platform does with it, read in GoogleCloudPlatform/buildpacks and functions-framework:

- It is unpacked to /workspace, where the function also runs. It needs no main.py at its root, as
  long as GOOGLE_FUNCTION_SOURCE names an existing file at build time, `functions/<name>/main.py`
  (`validateSource` in cmd/python/functions_framework/lib/lib.go).
- `python3 -m compileall -f -q .` runs over all of it: a file that does not compile fails the build
  (same file).
- requirements.txt at the root is installed; it has to name functions-framework, or the build adds a
  version of its own (same file; pkg/python/python.go). pip finds its `-c constraints.txt` beside
  it. What was installed is taken again for a day, as long as requirements.txt alone is the same
  (`checkCache` in pkg/python/python.go), so it also names the hash of constraints.txt.
- The build hands GOOGLE_FUNCTION_SOURCE and GOOGLE_FUNCTION_TARGET on as FUNCTION_SOURCE and
  FUNCTION_TARGET (`SetFunctionsEnvVars` in pkg/gcpbuildpack/env.go) and starts
  `functions-framework` without arguments, which reads them (src/functions_framework/_cli.py).
- The framework puts the source's own folder on sys.path and not the working directory
  (src/functions_framework/_function_registry.py), so `common` is found only with
  PYTHONPATH=/workspace at run time.
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

DEPLOYED = {
    "common": ".py",
    "functions": ".py",
    "config/tables": ".json",
    "config/topology.yaml": ".yaml",
    "config/workflows.yaml": ".yaml",
    "constraints.txt": ".txt",
    "requirements.txt": ".txt",
}
"""What goes in, and the suffix of what may be there; anything else there is refused.

The rest of `config` is read by Terraform or on this machine: a change of it deploys no function.
"""
IGNORED = ("__pycache__",)
SECRETS = (b"PRIVATE KEY-----", b'"private_key"', b'"client_secret"')
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold."""
MODE = stat.S_IFREG | 0o644
UNIX = 3


@dataclass(frozen=True)
class Bundle:
    """A written bundle; `sha256` is of its bytes, in hexadecimal."""

    path: Path
    sha256: str
    files: int
    size: int


def build(out: Path, root: Path = ROOT) -> Bundle:
    """Write the bundle of a checkout.

    Entries are stored, not deflated: zlib and zlib-ng pack the same text into different bytes, and
    Terraform would take a bundle from another machine for a change.

    Raises:
        BadInputError: something is missing, does not belong in there, or looks like a secret.
    """
    held = {path.relative_to(root).as_posix(): _content(path, root) for path in _files(root)}
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = out.with_name(f"{out.name}.new")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(held):
            archive.writestr(_entry(name), held[name])
    fresh.replace(out)
    data = out.read_bytes()
    return Bundle(out, hashlib.sha256(data).hexdigest(), len(held), len(data))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system = UNIX
    entry.external_attr = MODE << 16
    return entry


def _files(root: Path) -> Iterator[Path]:
    for name, suffix in DEPLOYED.items():
        top = root / name
        if not top.exists():
            raise BadInputError(f"{top} is missing; run this in a whole checkout")
        for path in _below(top, root):
            if path.suffix != suffix:
                raise BadInputError(
                    f"{path.relative_to(root)} is not a {suffix} file; move it out of {name}/, or "
                    "name it in DEPLOYED of local/commands/develop/bundle.py"
                )
            yield path


def _below(path: Path, root: Path) -> Iterator[Path]:
    """The files at or below a path, without caches and hidden ones."""
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
            f"{path.relative_to(root)} holds what looks like a secret; keep it in Secret Manager"
        )
    return data


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("dist/bundle.zip"),
    help="Where to write it.",
)
def bundle(out: Path) -> None:
    """Build the zip that Terraform uploads; the same checkout gives the same bytes."""
    try:
        made = build(out)
    except OSError as error:
        where = error.filename or out
        raise BadInputError(f"{where}: {error.strerror}; mend it or give another --out") from error
    click.echo(f"{made.path}  sha256 {made.sha256}  {made.files} files  {made.size} bytes")
