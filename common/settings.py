"""The settings, read once from the environment into one frozen object, and nowhere else."""

import os
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from common.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "NBA_"
# Variables that Google's client libraries and emulators read under names of their own.
FOREIGN_NAMES = {
    "bigquery_emulator_host": "BIGQUERY_EMULATOR_HOST",
    "pubsub_emulator_host": "PUBSUB_EMULATOR_HOST",
    "storage_emulator_host": "STORAGE_EMULATOR_HOST",
}


class Settings(BaseModel):
    """All that may differ between two deployments; `NBA_<FIELD>` in the environment sets a field.

    Durations are seconds. Function timeout < ack deadline < lease < retry span must hold (rule
    R6): 540 < 600 < 660 < 7 days.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    project: str = "nba-props-platform"
    dataset: str = "nba_orchestration"
    data_bucket: str = "nba-scraped-data"
    state_bucket: str = "nba-orchestration-state"
    workflows_file: Path = ROOT / "config" / "workflows.yaml"
    topology_file: Path = ROOT / "config" / "topology.yaml"
    topic_prefix: str = ""
    """Precedes the name of every topic, so that two deployments can share a project."""
    collect_since: date | None = None
    """The first date (Eastern) that this deployment answers for.

    Catch-up collects no earlier game, and cleanup ignores earlier objects that others wrote. When
    it is unset, catch-up looks back 72 hours and cleanup eight days.
    """
    lease_seconds: float = 660
    read_retry_seconds: float = 30

    clock_file: Path | None = None
    """The file in which the local stack keeps its virtual clock; unset in production."""
    bigquery_emulator_host: str | None = None
    pubsub_emulator_host: str | None = None
    storage_emulator_host: str | None = None

    scrape_seconds: float = 420
    """How long a task may ask its source and wait; the function's 540 s also cover the upload."""
    circuit_failures: int = Field(5, ge=1)
    """Failures in a row that open the circuit of a source."""
    circuit_seconds: float = 900
    """How long a circuit stays open: less than the time between two slots (an hour), so that no
    slot finds a circuit open from the slot before."""

    odds_api_key: SecretStr | None = None
    odds_api_key_file: Path | None = None
    """The mounted Secret Manager version; read when the environment does not hold the key."""
    nba_cdn_url: str = "https://cdn.nba.com"
    nba_stats_url: str = "https://stats.nba.com"
    nba_official_url: str = "https://official.nba.com"
    nba_injury_url: str = "https://ak-static.cms.nba.com"
    nba_gamebook_url: str = "https://statsdmz.nba.com"
    odds_api_url: str = "https://api.the-odds-api.com"
    odds_api_reserve: int = Field(0, ge=0)
    """Credits of The Odds API that are never spent."""
    # These do not end in `_url`, because the local stack points every `_url` at its fake source.
    nba_cdn_fallback: str | None = None
    nba_stats_fallback: str | None = None
    nba_official_fallback: str | None = None
    nba_injury_fallback: str | None = None
    nba_gamebook_fallback: str | None = None
    odds_api_fallback: str | None = None
    source_timeout_seconds: float = 30
    source_tries: int = 3
    source_interval_seconds: float = 0.6
    """The shortest time between two requests to a host; NBA.com refuses faster ones (403, S6)."""
    source_max_bytes: int = 32 * 1024 * 1024


def variable(field: str) -> str:
    """Return the environment variable that sets a field."""
    return FOREIGN_NAMES.get(field, PREFIX + field.upper())


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Build the settings from an environment.

    Raises:
        ConfigError: a value does not fit its field; the text names the variable and the value.
    """
    given = {
        field: environment[variable(field)]
        for field in Settings.model_fields
        if environment.get(variable(field))
    }
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        shown = "(hidden)" if "key" in field else repr(given.get(field))
        raise ConfigError(
            f"environment variable {variable(field)}={shown}: {first['msg']}; give it a valid value"
        ) from error


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, which are read at the first use."""
    return read_settings(os.environ)
