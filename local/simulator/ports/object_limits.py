"""What Cloud Storage refuses of an object's name and metadata; see `common/cloud/limits.py`."""

from collections.abc import Mapping
from itertools import chain

from common.cloud import limits

_FORBIDDEN = (".", "..")
_CHALLENGES = ".well-known/acme-challenge/"


def refusal_of(name: str, metadata: Mapping[str, str]) -> str | None:
    """Return why an object is refused: its name (`limits.OBJECT_NAME_BYTES`) or its metadata."""
    size = len(name.encode())
    if not 0 < size <= limits.OBJECT_NAME_BYTES.most:
        return f"object name of {size} bytes"
    if name in _FORBIDDEN or name.startswith(_CHALLENGES) or "\r" in name or "\n" in name:
        return f"object name {name[:80]!r}"
    held = sum(map(len, map(str.encode, chain.from_iterable(metadata.items()))))
    if held > limits.METADATA_BYTES.most:
        return f"metadata of {held} bytes at {name!r:.80}"
    return None
