"""What an operator may set for one source: its URL, further routes, a proxy and a key."""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, SecretStr, field_validator

from common.redaction import secrets_of_url

Absence = Literal["404", "s3"]
"""How a host answers for a file that it does not have: with 404, or as S3 does, with 403 and
AccessDenied in XML."""
ROUTE_FORM = "https://host/base|/PREFIX|s3"
_ROUTE = re.compile(
    r"(?P<base_url>https?://[^\s|,/]+[^\s|,]*)(\|(?P<prefix>/[^\s|,]*))?(\|(?P<absence>404|s3))?"
)
_PROXY = re.compile(r"https?://[^\s/]+/?")
_FIELD = re.compile(r"(?P<source>[a-z][a-z0-9_]*?)_(?P<what>url|routes|proxy|key|key_file)")


class RouteSetting(BaseModel):
    """One way to the files of a source.

    Attributes:
        base_url: the scheme, the host and what stands before every path there.
        prefix: replaces the source's own prefix at the start of a path; None keeps that one.
        absence: how the host answers for an absent file; None means as the source itself does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: str
    prefix: str | None = None
    absence: Absence | None = None


class SourceSettings(BaseModel):
    """The settings of one source; what is left out follows from its declaration.

    Attributes:
        url: replaces the source's own base URL, in the form of a route.
        routes: further ways to the same files, in the order in which they are asked.
        proxy: the HTTP proxy through which the source's own URL is asked.
        key: the key of the API.
        key_file: a file that holds the key; read when `key` is unset.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: RouteSetting | None = None
    routes: tuple[RouteSetting, ...] = ()
    proxy: str | None = None
    key: SecretStr | None = None
    key_file: Path | None = None

    def secrets(self) -> Iterator[str]:
        """Yield what no text may show: the key, and the passwords of URLs."""
        if self.key:
            yield self.key.get_secret_value()
        for route in (self.url, *self.routes):
            yield from secrets_of_url(route.base_url) if route else ()
        yield from secrets_of_url(self.proxy or "")

    @field_validator("url", mode="before")
    @classmethod
    def _read_url(cls, value: object) -> object:
        return parse_route(value) if isinstance(value, str) else value

    @field_validator("routes", mode="before")
    @classmethod
    def _read_routes(cls, value: object) -> object:
        if isinstance(value, str):
            return parse_routes(value)
        given = value if isinstance(value, list | tuple) else ()
        return [parse_route(each) if isinstance(each, str) else each for each in given]

    @field_validator("proxy")
    @classmethod
    def _check_proxy(cls, value: str | None) -> str | None:
        return check_proxy(value)


def parse_routes(text: str) -> tuple[RouteSetting, ...]:
    """Read routes that spaces or commas separate.

    Raises:
        ValueError: one of them has another form.
    """
    return tuple(parse_route(each) for each in re.split(r"[\s,]+", text) if each)


def parse_route(text: str) -> RouteSetting:
    """Read a route in the form `https://host/base|/PREFIX|s3`; the last two parts are optional.

    Raises:
        ValueError: the text has another form.
    """
    found = _ROUTE.fullmatch(text)
    if found is None:
        # The text itself is not shown: it may be half of a login that contains a space.
        raise ValueError(f"a route has the form {ROUTE_FORM} (absence: s3 or 404)")
    _check_login(found["base_url"])
    prefix = found["prefix"]
    return RouteSetting(
        base_url=found["base_url"].rstrip("/"),
        prefix=None if prefix is None else prefix.rstrip("/"),
        absence=found["absence"],
    )


def _check_login(url: str) -> None:
    """Refuse a login with a slash: it would be read as the host, and be shown as one."""
    try:
        urlsplit(url).port  # noqa: B018 - reading it raises
    except ValueError:
        raise ValueError("a route needs a host and port; write / as %2F in a password") from None


def check_proxy(value: str | None) -> str | None:
    """Return the URL of an HTTP proxy.

    Raises:
        ValueError: it has another form.
    """
    if value is not None and _PROXY.fullmatch(value) is None:
        raise ValueError("a proxy has the form http://user:password@host:port")
    return value


def gather(given: Mapping[str, Any], others: Collection[str]) -> dict[str, Any]:
    """Collect the fields of sources, such as `nba_cdn_url`, under `sources` by source.

    Args:
        given: fields of the settings; those of sources have the form `<source>_<what>`.
        others: the names that are fields of the settings themselves.
    """
    found = {name: _FIELD.fullmatch(name) for name in given if name not in others}
    rest = {name: value for name, value in given.items() if not found.get(name)}
    sources = {name: dict(fields) for name, fields in dict(rest.pop("sources", {})).items()}
    for name, match in found.items():
        if match is not None:
            sources.setdefault(match["source"], {})[match["what"]] = given[name]
    return {**rest, "sources": sources}


def is_field(name: str) -> bool:
    """Return whether a name has the form of a source's field, such as `nba_cdn_url`."""
    return _FIELD.fullmatch(name) is not None
