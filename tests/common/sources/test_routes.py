"""The routes to a source: which there are, and where a path is by each."""

from collections.abc import Mapping

import pytest

from common.scrapers.source import BUILT_IN, SourceSpec, source_of
from common.settings import Settings
from common.sources.errors import NoRouteError
from common.sources.keys import why_off
from common.sources.routes import Route, routes_of, url_of

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
    for name in ("PROXY", "ROUTES", "URL"):
        assert f"NBA_NBA_STATS_{name}" in str(caught.value)
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
