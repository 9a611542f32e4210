"""Settings from the environment."""

from datetime import date
from pathlib import Path

import pytest

from common.configuration.topology import load_topology
from common.errors import ConfigError
from common.settings import FOREIGN_NAMES, ROOT, Settings, read_settings, variable


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
    """Numbers, dates and paths are typed; empty and unknown variables are ignored."""
    made = read_settings(
        {
            "NBA_LEASE_SECONDS": "700.5",
            "NBA_COLLECT_SINCE": "2025-11-01",
            "NBA_CLOCK_FILE": "/run/clock.json",
            "NBA_PROJECT": "",
            "NBA_UNKNOWN": "x",
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


def test_settings_do_not_change() -> None:
    """The settings are one frozen object a process."""
    with pytest.raises(ValueError, match="frozen"):
        setattr(Settings(), "project", "other")  # noqa: B010 - mypy knows that it is read-only
