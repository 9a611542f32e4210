"""One request to a source: where it goes, and what it carries."""

from collections.abc import Mapping
from dataclasses import dataclass

from common.scrapers.model import Call
from common.scrapers.source import source_of
from common.sources.answers import secrets_of
from common.sources.routes import Route, url_of


@dataclass(frozen=True)
class Request:
    """A GET request.

    Attributes:
        url: scheme, host and path.
        params: the query in its order, which stats.nba.com's edge looks at; the key comes last.
        headers: those of the source, with its key where it takes it there.
        secrets: what no text may show.
    """

    url: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    secrets: tuple[str, ...]


def build(call: Call, route: Route, key: str) -> Request:
    """Build the request of a call by a route of its source."""
    spec = source_of(call.source)
    params, headers = dict(call.params), dict(spec.headers)
    if spec.key is not None:
        (params if spec.key.place == "query" else headers)[spec.key.name] = key
    secrets = (*secrets_of(key, route.base_url), *secrets_of("", route.proxy or ""))
    return Request(url_of(route, spec, call.path), params, headers, secrets)
