"""Cold starts are measured with the packages that an instance has."""

import json
import subprocess
import sys
from pathlib import Path

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
