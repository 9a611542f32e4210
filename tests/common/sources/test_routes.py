"""The routes to a source: which there are, and where a path is by each."""

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest

from common.scrapers.model import Call
from common.scrapers.source import BUILT_IN, SourceSpec, source_of
from common.settings import Settings
from common.sources.client import AskOptions, Source
from common.sources.errors import (
    BlockedError,
    NoRouteError,
    NotFoundError,
    NotPublishedError,
    SourceError,
)
from common.sources.keys import why_off
from common.sources.routes import Route, routes_of, url_of
from tests.kit.scripted import DENIED, FakeClock, Script, call, source

CDN = source_of("nba_cdn")
STATS = source_of("nba_stats")
PROXY = "http://proxy.example:3128"


def ways(name: str, given: Mapping[str, str]) -> list[tuple[str, str, str | None]]:
    """Return name, base URL and proxy of each route to a source."""
    routes = routes_of(source_of(name), Settings.model_validate(given))
    return [(route.name, route.base_url, route.proxy) for route in routes]


ASKED = [spec for spec in BUILT_IN if not spec.behind_proxy]


@pytest.mark.parametrize("spec", ASKED, ids=lambda spec: spec.name)
def test_no_mirror_is_a_default(spec: SourceSpec) -> None:
    """Without settings a source has one route, the host of its owner."""
    assert ways(spec.name, {}) == [("primary", spec.base_url, None)]


def test_the_own_url_comes_first_then_the_routes_in_order() -> None:
    """Names of routes fit into the names of state objects: they have no dots and slashes."""
    given = {"nba_cdn_routes": "https://a.example https://b.example"}
    assert ways("nba_cdn", given) == [
        ("primary", "https://cdn.nba.com", None),
        ("route-1", "https://a.example", None),
        ("route-2", "https://b.example", None),
    ]


def test_a_proxy_is_on_the_way_to_the_own_url_alone() -> None:
    """A source's own proxy comes before that of all sources."""
    given = {"nba_cdn_routes": "https://a.example", "http_proxy": "http://all.example:1"}
    own, route = ways("nba_cdn", given)
    assert (own[2], route[2]) == ("http://all.example:1", None)
    assert ways("nba_cdn", {**given, "nba_cdn_proxy": PROXY})[0][2] == PROXY


def test_a_source_that_refuses_clouds_is_off() -> None:
    """The error names every variable that switches it on."""
    with pytest.raises(NoRouteError, match="nba_stats is off") as caught:
        routes_of(STATS, Settings())
    assert str(caught.value) == (
        "nba_stats is off, because stats.nba.com does not answer clouds: set NBA_NBA_STATS_PROXY "
        "to an HTTP proxy, NBA_NBA_STATS_ROUTES to another way to it, or NBA_NBA_STATS_URL to "
        "https://stats.nba.com where the machine is no cloud's"
    )
    assert caught.value.verdict == "unasked"
    assert why_off(STATS, Settings()) == str(caught.value)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"nba_stats_proxy": PROXY}, [("primary", "https://stats.nba.com", PROXY)]),
        ({"http_proxy": PROXY}, [("primary", "https://stats.nba.com", PROXY)]),
        (
            {"nba_stats_url": "https://stats.nba.com"},
            [("primary", "https://stats.nba.com", None)],
        ),
        ({"nba_stats_routes": "https://a.example"}, [("route-1", "https://a.example", None)]),
    ],
)
def test_a_source_that_refuses_clouds_is_switched_on(
    given: Mapping[str, str], expected: list[tuple[str, str, str | None]]
) -> None:
    """Its own URL is asked where a proxy or that URL is set; a route alone is asked alone."""
    assert ways("nba_stats", given) == expected
    assert why_off(STATS, Settings.model_validate(given)) is None


def test_why_a_source_without_its_key_is_off() -> None:
    """The reason names the variable of the key."""
    spec = source_of("bettingpros")
    assert "NBA_BETTINGPROS_KEY" in str(why_off(spec, Settings()))
    assert why_off(spec, Settings.model_validate({"bettingpros_key": "k"})) is None


PATH = "/static/json/liveData/boxscore/boxscore_0022500207.json"


@pytest.mark.parametrize(
    ("route", "path", "expected"),
    [
        ("https://a.example", PATH, f"https://a.example{PATH}"),
        ("https://a.example/b|/NBA", PATH, f"https://a.example/b/NBA{PATH[12:]}"),
        ("https://a.example|/", PATH, f"https://a.example{PATH[12:]}"),
        ("https://a.example|/NBA", "/other/x.json", "https://a.example/NBA/other/x.json"),
        ("https://a.example|/NBA", "/static/jsonp/x", "https://a.example/NBA/static/jsonp/x"),
        ("https://a.example", "/other/x.json", "https://a.example/other/x.json"),
    ],
)
def test_a_prefix_replaces_the_source_s_own(route: str, path: str, expected: str) -> None:
    """The source's prefix is replaced at the start of a path; another path gets it in front."""
    _, held = routes_of(CDN, Settings.model_validate({"nba_cdn_routes": route}))
    assert url_of(held, CDN, path) == expected


def test_a_source_without_a_prefix_is_given_one() -> None:
    """A gateway may serve a whole host below a folder."""
    (held,) = routes_of(STATS, Settings.model_validate({"nba_stats_url": "https://g.example|/nba"}))
    assert url_of(held, STATS, "/stats/x") == "https://g.example/nba/stats/x"


def test_absence_is_the_source_s_own_unless_the_route_has_another() -> None:
    """How an absent file looks belongs to a route."""
    given = {"nba_cdn_routes": "https://a.example|s3", "nba_injury_routes": "https://b.example"}
    settings = Settings.model_validate(given)

    def absences(name: str) -> list[str]:
        held: tuple[Route, ...] = routes_of(source_of(name), settings)
        return [route.absence for route in held]

    assert (absences("nba_cdn"), absences("nba_injury")) == (["404", "s3"], ["s3", "s3"])


def by_route(route: str, name: str = "nba_cdn") -> AskOptions:
    """Return options that ask by one route to a source."""
    settings = Settings.model_validate({f"{name}_routes": route})
    return AskOptions(routes_of(source_of(name), settings)[-1])


def test_a_route_is_asked_for_the_same_file_below_its_own_prefix() -> None:
    """The source's prefix is replaced; parameters and headers stay."""
    script = Script(httpx.Response(200, content=b"ok"))
    asked = Call("nba_cdn", "/static/json/liveData/x.json", {}, "label")
    source(script).fetch(asked, by_route("https://a.example/b|/NBA|s3"))
    (request,) = script.requests
    assert str(request.url) == "https://a.example/b/NBA/liveData/x.json"
    assert request.headers["origin"] == "https://www.nba.com"


@pytest.mark.parametrize(
    ("name", "route", "error"),
    [
        ("nba_cdn", "https://a.example|s3", NotFoundError),
        ("nba_cdn", "https://a.example", BlockedError),
        ("nba_injury", "https://a.example", NotPublishedError),
        ("nba_injury", "https://a.example|404", BlockedError),
    ],
)
def test_s2_a_route_s_absent_file_means_what_the_source_s_own_means(
    name: str, route: str, error: type[SourceError]
) -> None:
    """AccessDenied is an absent file where the route says so, and a block anywhere else."""
    with pytest.raises(error):
        source(Script(httpx.Response(403, content=DENIED))).fetch(call(name), by_route(route, name))


def test_a_source_that_is_off_is_not_asked() -> None:
    """Without a way to it no request is made, and none is tried again."""
    clock, script = FakeClock(), Script(httpx.Response(200))
    with pytest.raises(NoRouteError, match="NBA_NBA_STATS_PROXY"):
        source(script, clock, nba_stats_url=None).fetch(call("nba_stats"))
    assert (script.requests, clock.slept) == ([], [])


class Proxy(BaseHTTPRequestHandler):
    """An HTTP proxy that answers each request itself, with what it was asked for."""

    def do_GET(self) -> None:
        """Return the absolute URL of the request, and the login."""
        body = f"{self.path} {self.headers['Proxy-Authorization']}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Keep the test's output clean."""


def test_a_source_is_asked_through_its_proxy() -> None:
    """The proxy gets the absolute URL and its login, which no text shows; others ask directly."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        proxy = f"http://user:a-long-pass-word@127.0.0.1:{server.server_port}"
        direct = f"http://127.0.0.1:{server.server_port}"
        given = {
            "nba_cdn_url": direct,
            "nba_stats_url": "http://stats.example",
            "nba_stats_proxy": proxy,
        }
        asked = Source(
            Settings.model_validate({**given, "source_interval_seconds": 0}), FakeClock()
        )
        bodies = [asked.fetch(call(name)) for name in ("nba_cdn", "nba_stats", "nba_cdn")]
        asked.close()
        server.shutdown()
        thread.join()
    assert bodies[1] == b"http://stats.example/path?a=1 Basic (hidden)"
    assert bodies[::2] == [b"/path?a=1 None"] * 2
