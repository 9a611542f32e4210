"""Pages of a bucket's objects: https://cloud.google.com/storage/docs/json_api/v1/objects/list."""

import base64
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from local.stack.storage_server import refusals
from local.stack.storage_server.objects import Bucket, Held, Query, Resource, number

ENTRIES_MAX = 1000
"""Of a page, whatever `maxResults` asks for."""
_NOT_SERVED = ("versions", "softDeleted", "matchGlob", "includeTrailingDelimiter")
_PART = re.compile(r"(\w+)(?:\(([\w,]+)\))?(?:,|$)")


def page(bucket: Bucket, query: Query) -> Resource:
    """List the objects and, by `delimiter`, the folders that a request asks for.

    Raises:
        RefusalError: a parameter is not one of this server's.
    """
    # The Python library writes False for false.
    unknown = [name for name in _NOT_SERVED if query.get(name, "false").lower() != "false"]
    if unknown:
        raise refusals.not_served(f"listing by {', '.join(unknown)}")
    most = min(number(query, "maxResults"), ENTRIES_MAX) if query.get("maxResults") else ENTRIES_MAX
    if most == 0:
        raise refusals.invalid_value("maxResults", query["maxResults"])
    entries = list(_entries(bucket, query, most + 1))
    shown = entries[:most]
    found: Resource = {
        "kind": "storage#objects",
        "items": [entry.resource for entry in shown if isinstance(entry, Held)],
        "prefixes": [entry for entry in shown if isinstance(entry, str)],
        "nextPageToken": _token(shown[-1]) if len(entries) > most else None,
    }
    return partial({name: value for name, value in found.items() if value}, query.get("fields"))


def partial(whole: Resource, fields: str | None) -> Resource:
    """Return the part of an answer that `fields` names, such as `items(name,size),prefixes`.

    https://cloud.google.com/storage/docs/json_api#partial-response

    Raises:
        RefusalError: it is written in another of the API's ways.
    """
    if fields is None:
        return whole
    if not re.fullmatch(f"({_PART.pattern})+", fields):
        raise refusals.not_served(f"fields in the form {fields!r}")
    return {
        name: _narrowed(whole[name], inner.split(",")) if inner else whole[name]
        for name, inner in _PART.findall(fields)
        if name in whole
    }


def _narrowed(items: Any, names: list[str]) -> list[dict[str, Any]]:  # noqa: ANN401 - JSON
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise refusals.invalid(f"Invalid field selection {','.join(names)}")
    return [{name: item[name] for name in names if name in item} for item in items]


def _entries(bucket: Bucket, query: Query, most: int) -> Iterator[Held | str]:
    """Yield the objects and folders of a page in the order of names, and one more."""
    prefix, after = query.get("prefix", ""), _last(query.get("pageToken"))
    start = max(query.get("startOffset", ""), after)
    end = query.get("endOffset") or None
    if not query.get("delimiter"):
        yield from bucket.names.listed(prefix, start, end, most)
        return
    found = bucket.names.listed(prefix, start, end, sys.maxsize)
    yield from _folded(found, prefix, query["delimiter"], after)


def _folded(found: Iterable[Held], prefix: str, delimiter: str, after: str) -> Iterator[Held | str]:
    """Yield a folder once for all objects below it."""
    last = after.removesuffix("\0")
    for held in found:
        head, mark, _ = held.resource["name"][len(prefix) :].partition(delimiter)
        if not mark:
            yield held
        elif (folder := prefix + head + mark) != last:
            last = folder
            yield folder


def _token(entry: Held | str) -> str:
    name = entry if isinstance(entry, str) else entry.resource["name"]
    return base64.urlsafe_b64encode(name.encode()).decode()


def _last(token: str | None) -> str:
    """Return the first name that a page after a token may have."""
    try:
        return base64.urlsafe_b64decode(token).decode() + "\0" if token else ""
    except ValueError as error:
        raise refusals.invalid_value("pageToken", token) from error
