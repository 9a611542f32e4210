"""Write-ahead objects in the state bucket: what was decided once stays decided."""

import json
from collections.abc import Mapping
from typing import Any

from common.errors import ConflictError, TransientError
from common.runtime import Runtime


def write_once(
    runtime: Runtime,
    name: str,
    content: Mapping[str, Any],
    *,
    metadata: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    """Store `content` under a name, or return what is stored there already.

    Whoever comes second, at once or later, goes on with what the first one decided.
    """
    bucket = runtime.settings.state_bucket
    try:
        runtime.storage.create(bucket, name, json.dumps(content).encode(), metadata=metadata)
    except ConflictError:
        held = read_once(runtime, name)
        assert held is not None
        return held
    return content


def write_anew(runtime: Runtime, name: str, content: Mapping[str, Any]) -> Mapping[str, Any]:
    """Store `content` in place of what `write_once` stored under a name, which nobody has seen.

    Raises:
        TransientError: it was replaced meanwhile, by another delivery or by our own write whose
            answer was lost; the next delivery finds it.
    """
    bucket = runtime.settings.state_bucket
    held = runtime.storage.stat(bucket, name)
    body = json.dumps(content).encode()
    try:
        runtime.storage.replace(bucket, name, body, generation=held.generation if held else 0)
    except ConflictError as error:
        raise TransientError(f"{name} was written meanwhile; deliver again") from error
    return content


def read_once(runtime: Runtime, name: str) -> Mapping[str, Any] | None:
    """What `write_once` stored under a name; None when nothing is."""
    held = runtime.storage.read(runtime.settings.state_bucket, name)
    if held is None:
        return None
    content: Mapping[str, Any] = json.loads(held[0])
    return content
