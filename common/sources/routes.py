"""The routes to a source: its own URL, then the further ones that the operator has set."""

from dataclasses import dataclass

from common.scrapers.source import SourceSpec
from common.settings import Settings, variable
from common.source_settings import Absence, RouteSetting
from common.sources.errors import NoRouteError

PRIMARY = "primary"
"""The name of the route by a source's own URL."""


@dataclass(frozen=True)
class Route:
    """One way to the files of a source.

    Attributes:
        name: `primary`, `route-1`, `route-2`, …; events of the source's health contain it.
        base_url: the scheme, the host and what stands before every path there.
        prefix: what stands at the start of every path there, in place of the source's own prefix.
        absence: how the host answers for a file that it does not have.
        proxy: the HTTP proxy on the way; None asks the host directly.
    """

    name: str
    base_url: str
    prefix: str
    absence: Absence
    proxy: str | None = None


def routes_of(spec: SourceSpec, settings: Settings) -> tuple[Route, ...]:
    """List the ways to a source in the order in which they are asked.

    Raises:
        NoRouteError: the source refuses clouds, and neither a URL, a proxy nor a route is set.
    """
    given = settings.source(spec.name)
    proxy = given.proxy or settings.http_proxy
    further = [_route(f"route-{number}", each, spec) for number, each in enumerate(given.routes, 1)]
    if not spec.behind_proxy or given.url or proxy:
        own = given.url or RouteSetting(base_url=spec.base_url)
        return (_route(PRIMARY, own, spec, proxy), *further)
    if not further:
        raise NoRouteError(_off(spec))
    return tuple(further)


def url_of(route: Route, spec: SourceSpec, path: str) -> str:
    """Return where a path of a source is by a route; the source's own prefix is replaced."""
    if spec.prefix and path.startswith(f"{spec.prefix}/"):
        path = path.removeprefix(spec.prefix)
        return f"{route.base_url}{route.prefix}{path}"
    return route.base_url + (path if route.prefix == spec.prefix else route.prefix + path)


def _route(name: str, given: RouteSetting, spec: SourceSpec, proxy: str | None = None) -> Route:
    prefix = spec.prefix if given.prefix is None else given.prefix
    return Route(name, given.base_url, prefix, given.absence or spec.absence, proxy)


def _off(spec: SourceSpec) -> str:
    host = spec.base_url.removeprefix("https://")
    named = [variable(f"{spec.name}_{what}") for what in ("proxy", "routes", "url")]
    return (
        f"{spec.name} is off, because {host} does not answer clouds: set {named[0]} to an HTTP "
        f"proxy, {named[1]} to another way to it, or {named[2]} to {spec.base_url} where the "
        "machine is no cloud's"
    )
