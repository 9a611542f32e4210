"""Reads the file in which a kept stack is described."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from common.errors import ConfigError

FIELDS: Mapping[str, type] = MappingProxyType(
    {
        "pid": int,
        "control": str,
        "folder": str,
        "project": str,
        "dataset": str,
        "data_bucket": str,
        "state_bucket": str,
        "environment": dict,
        "functions": dict,
    }
)
"""What commands read of the description, and its type."""
PID_MAX = 2**22
"""The largest number that Linux gives a process."""
ADVICE = "end what `pgrep -f local.stack.keeper` lists, if you need it no more, and remove the file"


def read_kept(path: Path) -> Mapping[str, Any] | None:
    """Return the description of a kept stack; None where there is no file.

    Raises:
        ConfigError: the file is damaged; the text names it and the field.
    """
    if not path.exists():
        return None
    try:
        held = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: not JSON ({error}); {ADVICE}") from error
    if not isinstance(held, dict):
        raise ConfigError(f"{path}: not a JSON object; {ADVICE}")
    for name, kind in FIELDS.items():
        if not isinstance(held.get(name), kind):
            said = f"{name} is {held.get(name)!r:.40}, not {kind.__name__}"
            raise ConfigError(f"{path}: {said}; {ADVICE}")
    if not 0 < held["pid"] <= PID_MAX:
        raise ConfigError(f"{path}: pid is {held['pid']!r:.40}, no process; {ADVICE}")
    return held
