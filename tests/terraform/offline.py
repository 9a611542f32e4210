"""Terraform on a copy of the module, with ../shared/tools/tf-schema-provider as its provider."""

import importlib.util
import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from common.settings import ROOT

TOOL = ROOT.parent / "shared" / "tools" / "tf-schema-provider"
SCHEMA = TOOL / "schemas" / "google-8.7.0.json"
BUDGET = Path(__file__).parent / "google_billing_budget.json"
"""A resource type that the tool's schema leaves out, extracted as its README says."""
TIME = Path(__file__).parent / "time.json"
"""The resource of hashicorp/time that is used, in the tool's form."""
LEFT_BEHIND = shutil.ignore_patterns(".terraform", ".terraform.lock.hcl", "*.tfstate*", "*.tfvars")


def missing() -> str | None:
    """Explain why Terraform cannot be run here; None when it can."""
    if shutil.which("terraform") is None:
        return "Terraform is not installed: fmt, validate and test of terraform/ were not run"
    if not SCHEMA.exists():
        return f"{SCHEMA} is not there: validate and test of terraform/ were not run"
    return None


@dataclass(frozen=True)
class Offline:
    """A copy of the repository's deployed parts in which `terraform init` has been run.

    Attributes:
        root: has terraform/, config/ and a stand-in for dist/bundle.zip.
        environment: with the mirror of the offline provider.
    """

    root: Path
    environment: Mapping[str, str]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Terraform in the module."""
        return subprocess.run(
            ["terraform", *words],
            cwd=self.root / "terraform",
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def lines(self, *words: str) -> list[dict[str, Any]]:
        """Run a command with `-json`; returns its report line by line."""
        return [json.loads(line) for line in self.run(*words).stdout.splitlines()]

    def copy(self, root: Path) -> "Offline":
        """Make another copy, to be broken."""
        shutil.copytree(self.root, root, symlinks=True)
        return Offline(root, self.environment)


def prepare(scratch: Path) -> Offline:
    """Copy the module and initialise it with the offline provider."""
    tool = _tool()
    schema = json.loads(SCHEMA.read_text())
    schema["resources"] |= json.loads(BUDGET.read_text())
    extended = scratch / SCHEMA.name
    extended.write_text(json.dumps(schema))
    config = tool.setup(scratch / "provider", [extended, TIME])
    made = Offline(
        copied(scratch / "repository"), tool.clean_env() | {"TF_CLI_CONFIG_FILE": str(config)}
    )
    began = made.run("init", "-backend=false", "-no-color")
    assert began.returncode == 0, began.stdout + began.stderr
    return made


def copied(root: Path) -> Path:
    """Copy what Terraform reads, with a stand-in for the bundle."""
    for part in ("terraform", "config"):
        shutil.copytree(ROOT / part, root / part, ignore=LEFT_BEHIND)
    (root / "dist").mkdir()
    (root / "dist" / "bundle.zip").write_bytes(b"stands for the bundle")
    return root


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tfcheck", TOOL / "tfcheck.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
