"""Terraform on a copy of the module, with ../shared/tools/tf-schema-provider as its providers."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import grpc

from common.settings import ROOT

TOOL = ROOT.parent / "shared" / "tools" / "tf-schema-provider"
SCHEMA = TOOL / "schemas" / "google-8.7.0.json"
BEYOND = [Path(__file__).parent / f"google_{noun}.json" for noun in ("billing_budget", "iap")]
"""Resource types that the tool's schema leaves out, extracted as its README says."""
TIME = Path(__file__).parent / "time.json"
"""The resource of hashicorp/time that is used, in the tool's form."""
CHANNEL = "google_monitoring_notification_channel"
ATTACHED = "TF_REATTACH_PROVIDERS"
"""Names running providers; https://developer.hashicorp.com/terraform/plugin/debugging."""
DEPLOYED = re.compile(r"^(?:resource|data|import|check|output) .*?^\}\n", re.DOTALL | re.MULTILINE)
"""A block of a file that makes something or reads something made."""
DEPLOYMENT, REFUSALS = (f"-filter=tests/{noun}.tftest.hcl" for noun in ("deployment", "refusals"))
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
        environment: names the running providers.
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

    def copy_variables(self, root: Path) -> "Offline":
        """Make a copy of the variables, without what is deployed and the locals that name it.

        Each run of a refusal takes a twentieth of the time there.
        """
        copy = self.copy(root)
        for path in (root / "terraform").glob("*.tf"):
            kept = DEPLOYED.sub("", path.read_text())
            path.write_text("" if "google_" in kept else kept)
        return copy


@contextmanager
def prepared(scratch: Path) -> Iterator[Offline]:
    """Copy the module and initialise it with the offline providers, which this process serves."""
    with ExitStack() as served:
        attached = {
            f"registry.terraform.io/hashicorp/{schema['provider']}": served.enter_context(
                _served(schema, scratch / schema["provider"])
            )
            for schema in schemas()
        }
        environment = {**_tool("tfcheck").clean_env(), ATTACHED: json.dumps(attached)}
        environment["GOGC"] = "400"  # Go's collector would take a third of Terraform's time.
        made = Offline(copied(scratch / "repository"), environment)
        began = made.run("init", "-backend=false", "-no-color")
        assert began.returncode == 0, began.stdout + began.stderr
        yield made


def schemas() -> list[dict[str, Any]]:
    """What the offline providers know, in the tool's form."""
    google = json.loads(SCHEMA.read_text())
    for path in BEYOND:
        google["resources"] |= json.loads(path.read_text())
    _mark_write_only(google["resources"][CHANNEL]["b"]["sensitive_labels"]["a"])
    return [google, json.loads(TIME.read_text())]


def _mark_write_only(attributes: dict[str, dict[str, str]]) -> None:
    """Mark the write-only arguments: the tool's schema holds flags by hand, and lacks these.

    The provider names each of them so, beside the version that has it written again:
    https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/using_write_only_attributes
    """
    for name, facts in attributes.items():
        if name.endswith("_wo") and f"{name}_version" in attributes:
            facts["f"] += "w"


@contextmanager
def _served(schema: dict[str, Any], socket: Path) -> Iterator[dict[str, Any]]:
    """Serve a provider; yield where Terraform attaches to it.

    Terraform would start each provider some forty times, which takes longer than all else it does.
    """
    provider = _tool("provider")
    knows = provider.Provider(schema)
    methods = {
        name: grpc.unary_unary_rpc_method_handler(provider.guarded(getattr(knows, name)))
        for name in dir(knows)
        if name[0].isupper()
    }
    server = grpc.server(ThreadPoolExecutor())
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler("tfplugin6.Provider", methods)]
    )
    server.add_insecure_port(f"unix:{socket}")
    server.start()
    yield {
        "Protocol": "grpc",
        "ProtocolVersion": 6,
        "Pid": os.getpid(),
        "Test": True,  # it is not ended with a command
        "Addr": {"Network": "unix", "String": str(socket)},
    }
    server.stop(None).wait()


def copied(root: Path) -> Path:
    """Copy what Terraform reads, with a stand-in for the bundle."""
    for part in ("terraform", "config"):
        shutil.copytree(ROOT / part, root / part, ignore=LEFT_BEHIND)
    (root / "dist").mkdir()
    (root / "dist" / "bundle.zip").write_bytes(b"stands for the bundle")
    return root


def _tool(name: str) -> ModuleType:
    """Import one of the tool's modules, which import each other by their bare names."""
    sys.path.append(str(TOOL))
    try:
        return import_module(name)
    finally:
        sys.path.remove(str(TOOL))
