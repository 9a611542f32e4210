"""Settings from the environment."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from common.cloud.storage import RETRY_SECONDS_MAX
from common.configuration.topology import load_topology
from common.errors import ConfigError
from common.settings import (
    FOREIGN_NAMES,
    ROOT,
    Settings,
    read_settings,
    secrets_of_webhook,
    setting_defects,
    variable,
)
from common.source_settings import (
    RouteSetting,
    SourceSettings,
    check_proxy,
    is_field,
    parse_route,
    parse_routes,
)


def test_an_empty_environment_is_production() -> None:
    """Without variables the settings are those of production."""
    made = read_settings({})
    assert made == Settings()
    assert made.clock_file is None
    assert not any((made.bigquery_emulator_host, made.pubsub_emulator_host))
    assert made.workflows_file.is_file()
    assert made.topology_file.is_file()


def test_every_field_has_its_variable() -> None:
    """Variables begin with NBA_, except those of Google's libraries."""
    names = {field: variable(field) for field in Settings.model_fields if field != "sources"}
    assert names["project"] == "NBA_PROJECT"
    assert names["storage_emulator_host"] == "STORAGE_EMULATOR_HOST"
    assert len(set(names.values())) == len(names)
    assert set(FOREIGN_NAMES) <= set(names)


def test_variables_are_typed() -> None:
    """Numbers, dates and paths are typed; empty and foreign variables are ignored."""
    made = read_settings(
        {
            "NBA_LEASE_SECONDS": "700.5",
            "NBA_COLLECT_SINCE": "2025-11-01",
            "NBA_CLOCK_FILE": "/run/clock.json",
            "NBA_PROJECT": "",
            "PATH": "/bin",
        }
    )
    assert (made.lease_seconds, made.collect_since) == (700.5, date(2025, 11, 1))
    assert (made.clock_file, made.project) == (Path("/run/clock.json"), "nba-props-platform")


@pytest.mark.parametrize(
    ("name", "value"), [("NBA_LEASE_SECONDS", "soon"), ("NBA_COLLECT_SINCE", "TODAY")]
)
def test_a_value_of_another_type_is_refused(name: str, value: str) -> None:
    """The error for a wrong value names the variable and the value."""
    with pytest.raises(ConfigError) as caught:
        read_settings({name: value})
    assert f"{name}={value!r}" in str(caught.value)


def test_a_route_is_a_base_url_a_prefix_and_an_absence() -> None:
    """Prefix and absence may be left out; spaces or commas separate routes."""
    made = read_settings(
        {
            "NBA_NBA_CDN_URL": "https://own.example/base/|/NBA/",
            "NBA_NBA_CDN_ROUTES": "https://a.example|/NBA|s3, https://b.example|404\nhttps://c.example|/",
        }
    )
    given = made.source("nba_cdn")
    assert given.url == RouteSetting(base_url="https://own.example/base", prefix="/NBA")
    assert given.routes == (
        RouteSetting(base_url="https://a.example", prefix="/NBA", absence="s3"),
        RouteSetting(base_url="https://b.example", absence="404"),
        RouteSetting(base_url="https://c.example", prefix=""),
    )
    assert made.source("nba_stats") == SourceSettings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NBA_NBA_CDN_ROUTES", "mirror.example"),
        ("NBA_NBA_CDN_ROUTES", "https://a.example ftp://b.example"),
        ("NBA_NBA_CDN_ROUTES", "https://a.example|NBA"),
        ("NBA_NBA_CDN_ROUTES", "https://a.example|/NBA|gcs"),
        ("NBA_NBA_CDN_URL", "https:///static"),
        ("NBA_NBA_STATS_PROXY", "proxy.example:3128"),
        ("NBA_HTTP_PROXY", "socks5://proxy.example:1080"),
    ],
)
def test_a_route_of_another_form_is_refused(name: str, value: str) -> None:
    """The error names the variable and the value, and the form that is wanted."""
    with pytest.raises(ConfigError, match="form") as caught:
        read_settings({name: value})
    assert f"{name}={value!r}" in str(caught.value)


@pytest.mark.parametrize("name", ["NBA_NBA_CDN_ROUTES", "NBA_NBA_CDN_PROXY", "NBA_HTTP_PROXY"])
def test_r10_a_refused_url_is_shown_without_its_login(name: str) -> None:
    """The error for a URL of another form contains no user and no password."""
    with pytest.raises(ConfigError) as caught:
        read_settings({name: "gopher://user:pass-word@proxy.example"})
    assert "(hidden)@proxy.example" in str(caught.value)
    assert "pass-word" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_a_fallback_is_refused_with_what_replaces_it() -> None:
    """The setting of earlier versions is not silently ignored."""
    with pytest.raises(ConfigError, match=r"NBA_NBA_STATS_FALLBACK.*NBA_NBA_STATS_ROUTES"):
        read_settings({"NBA_NBA_STATS_FALLBACK": "https://proxy.example"})


def test_r10_the_key_does_not_show() -> None:
    """Neither the repr nor the JSON of the settings contains the key."""
    made = read_settings({"NBA_ODDS_API_KEY": "s3cret"})
    key = made.source("odds_api").key
    assert key is not None
    assert key.get_secret_value() == "s3cret"
    assert "s3cret" not in repr(made) + str(made) + made.model_dump_json()


def test_r6_the_durations_are_in_their_order() -> None:
    """Function timeout < ack deadline < lease < retry span holds."""
    delivery = load_topology(ROOT / "config" / "topology.yaml").delivery
    assert (
        delivery.function_timeout_seconds
        < delivery.ack_deadline_seconds
        < Settings().lease_seconds
        < delivery.retention_seconds
    )


def test_x9_a_task_that_asks_to_its_end_can_still_upload() -> None:
    """An upload and the claim's end may each be tried for a minute within the function's time."""
    delivery = load_topology(ROOT / "config" / "topology.yaml").delivery
    asked = Settings().scrape_seconds
    assert asked + 2 * RETRY_SECONDS_MAX <= delivery.function_timeout_seconds


def test_x7_no_circuit_stays_open_from_one_slot_to_the_next() -> None:
    """The controller ticks each hour; a task of the last slot ends before the next."""
    assert (
        Settings().circuit_seconds + Settings().scrape_seconds < timedelta(hours=1).total_seconds()
    )


def test_settings_do_not_change() -> None:
    """The settings are one frozen object a process."""
    with pytest.raises(ValueError, match="frozen"):
        setattr(Settings(), "project", "other")  # noqa: B010 - mypy knows that it is read-only


LOGIN = "https://user:pass-word@host.example"


@pytest.mark.parametrize(
    "name",
    [
        "NBA_HTTP_PROXY",
        "NBA_NBA_CDN_PROXY",
        "NBA_NBA_CDN_URL",
        "NBA_NBA_CDN_ROUTES",
        "NBA_ODDS_API_KEY",
    ],
)
def test_r10_a_secret_is_known_whatever_setting_holds_it(name: str) -> None:
    """The password of every URL, and the key, is among what no text may show."""
    value = "pass-word" if name.endswith("KEY") else LOGIN
    assert "pass-word" in read_settings({name: value}).secrets()


def test_r10_a_key_is_known_though_a_file_holds_one_too() -> None:
    """The key itself comes first, and is what is sent."""
    given = {"NBA_ODDS_API_KEY": "pass-word", "NBA_ODDS_API_KEY_FILE": "/nowhere"}
    assert [*read_settings(given).secrets()] == ["pass-word"]


def test_the_proxy_of_all_sources_is_no_source_s_own() -> None:
    """Though its name has the form of one's."""
    made = read_settings({"NBA_HTTP_PROXY": "http://p:1"})
    assert (made.http_proxy, made.sources) == ("http://p:1", {})


def test_r10_whoever_knows_a_webhook_can_post_to_it() -> None:
    """So its words are known, the password of its login too, and a refused one is not shown."""
    url = "https://u:a-pass-word@hooks.example/services/T0123456789AB/x"
    assert {"a-pass-word", "T0123456789AB"} <= {*read_settings({"NBA_WEBHOOK": url}).secrets()}
    refused = [text for _, text in setting_defects({"NBA_WEBHOOK": "ftp://hooks/T0123456789AB"})]
    assert refused == ["(hidden): Value error, a webhook has the form https://host/path; " + GIVE]


GIVE = "give it a valid value"


def test_the_host_of_a_webhook_is_no_secret() -> None:
    """Lines name it; what stands behind it is hidden, and short words are none."""
    url = "https://hooks.long-name.example/short-word/T0123456789AB/B0123456789"
    assert [*secrets_of_webhook(url)] == ["T0123456789AB"]


def test_r10_the_password_of_every_route_is_known() -> None:
    """Not only that of the first one."""
    routes = "https://a.example https://u:one-secret@b.example https://u:two-secret@c.example"
    made = read_settings({"NBA_NBA_CDN_ROUTES": routes})
    assert {"one-secret", "two-secret"} <= set(made.secrets())


def test_a_source_s_settings_may_be_given_whole_or_by_field() -> None:
    """Both for one source: the field of its own comes on top."""
    whole = {"nba_cdn": {"proxy": "http://p:1", "routes": ["https://a.example", ROUTE]}}
    made = Settings.model_validate({"sources": whole, "nba_cdn_url": "https://b.example"})
    given = made.source("nba_cdn")
    assert given.proxy == "http://p:1"
    assert [route.base_url for route in given.routes] == ["https://a.example", "https://c.example"]
    assert given.url == RouteSetting(base_url="https://b.example")
    assert made.sources.keys() == {"nba_cdn"}
    both = Settings.model_validate({"sources": whole, "nba_cdn_proxy": "http://own:1"})
    assert both.source("nba_cdn").proxy == "http://own:1"
    with pytest.raises(ValueError, match="routes"):
        SourceSettings.model_validate({"routes": [7]})
    assert SourceSettings.model_validate({"routes": 7}).routes == ()
    assert SourceSettings.model_validate({"url": ROUTE}).url == ROUTE


ROUTE = RouteSetting(base_url="https://c.example")


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("NBA_ODDS_API_KEY_FILE", "", None),
        ("NBA_CIRCUIT_FAILURES", "0", "NBA_CIRCUIT_FAILURES='0': Input should be greater"),
        ("NBA_ODDS_API_RESERVE", "-1", "NBA_ODDS_API_RESERVE='-1': Input should be greater"),
        ("NBA_NBA_CDN_URL", "x", "NBA_NBA_CDN_URL='x': Value error, a route has the form"),
        ("NBA_NBA_CDN_URL", "http://u:p/w@h", "NBA_NBA_CDN_URL='http://(hidden)@h': Value error"),
        ("NBA_NBA_CDN_ROUTES", "x", "NBA_NBA_CDN_ROUTES='x': Value error"),
        ("NBA_NBA_CDN_PROXY", "http://h/x", "NBA_NBA_CDN_PROXY='http://h/x': Value error, a proxy"),
        ("STORAGE_EMULATOR_HOST", "http://h", None),
        ("nba_lease_seconds", "soon", None),
        ("NBA_Lease_Second", "soon", None),
        ("NBA_WEBHOOK_FORM", "mail", "NBA_WEBHOOK_FORM='mail': Input should be 'slack'"),
        ("NBA_SOURCES", "x", "NBA_SOURCES=(hidden): no setting has this name; NBA_"),
        (
            "NBA_WORKFLOW_FILE",  # FU1
            "my.yaml",
            "NBA_WORKFLOW_FILE=(hidden): no setting has this name; NBA_WORKFLOWS_FILE has",
        ),
        ("NBA_ODDS_API_KEYY", "p/w", "NBA_ODDS_API_KEYY=(hidden): no setting has this name"),
        ("NBA_X_FALLBACK", "x", "NBA_X_FALLBACK='x': is not read any more; set NBA_X_ROUTES to"),
        ("NBA_X_FALLBACK", "", None),
        ("NBA_X_FALLBACK", "https://u:p/w@h", "NBA_X_FALLBACK='https://(hidden)@h': is not"),
        (
            "NBA_WEBHOOK_FILES",
            "x",
            "NBA_WEBHOOK_FILES=(hidden): no setting has this name; NBA_WEBHOOK_FILE has; see docs",
        ),
        ("X_FALLBACK", "x", None),
    ],
)
def test_a_variable_that_is_refused_is_named_with_its_value(
    name: str, value: str, shown: str | None
) -> None:
    """One that is empty, in lower case or not ours is not read at all."""
    found = [f"{field}={text}" for field, text in setting_defects({name: value})]
    if shown is None:
        assert found == []
    else:
        (only,) = found
        assert only.startswith(shown)
        assert "p/w" not in only


@pytest.mark.parametrize(
    "text", [" https://a.example , ", "https://a.example,", "https://a.example"]
)
def test_what_is_left_empty_between_routes_is_none(text: str) -> None:
    """A comma or blank at an end separates nothing."""
    assert parse_routes(text) == (RouteSetting(base_url="https://a.example"),)


def test_every_refused_variable_is_named() -> None:
    """Not only the first."""
    given = {"NBA_LEASE_SECONDS": "x", "NBA_CIRCUIT_FAILURES": "0", "NBA_NBA_CDN_URL": "x"}
    assert [name for name, _ in setting_defects(given)] == [*given]


@pytest.mark.parametrize(
    ("url", "base", "prefix"),
    [
        ("http://h", "http://h", None),
        ("https://h:8080/a/b/", "https://h:8080/a/b", None),
        ("https://u:p%2Fw@h|/", "https://u:p%2Fw@h", ""),
        ("https://h|/NBA/", "https://h", "/NBA"),
    ],
)
def test_a_route_is_kept_without_slashes_at_its_ends(
    url: str, base: str, prefix: str | None
) -> None:
    """Paths begin with one."""
    assert parse_route(url) == RouteSetting(base_url=base, prefix=prefix)


@pytest.mark.parametrize("url", ["https://h:port", "https://u:p/w@h", "https://h:99999"])
def test_a_route_without_a_host_and_port_is_refused(url: str) -> None:
    """A slash in a password would end the host."""
    with pytest.raises(ValueError, match=r"needs a host and port; write / as %2F"):
        parse_route(url)


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("http://h:1", True),
        ("https://u:p@h:1/", True),
        ("http://h/x", False),
        ("ftp://h", False),
        ("http://", False),
        ("", False),
    ],
)
def test_a_proxy_is_a_url_without_a_path(url: str, *, is_one: bool) -> None:
    """Its error shows the form and nothing of it."""
    if is_one:
        assert check_proxy(url) == url
    else:
        with pytest.raises(ValueError, match=r"^a proxy has the form http://user:password@host"):
            check_proxy(url)
    assert check_proxy(None) is None


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        *((f"nba_cdn_{what}", True) for what in ("url", "routes", "proxy", "key", "key_file")),
        *((name, False) for name in ("nba_cdn", "url", "_url", "1x_url", "Nba_url", "nba_cdn_x")),
    ],
)
def test_a_field_of_a_source_has_its_name_before_it(name: str, *, is_one: bool) -> None:
    """Whatever the source is called."""
    assert is_field(name) is is_one
