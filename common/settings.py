"""Settings: read once from the environment into one frozen object, nowhere else."""

import os
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from common.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "NBA_"
# Names that Google's own client libraries and emulators use keep those names.
FOREIGN_NAMES = {
    "bigquery_emulator_host": "BIGQUERY_EMULATOR_HOST",
    "pubsub_emulator_host": "PUBSUB_EMULATOR_HOST",
    "storage_emulator_host": "STORAGE_EMULATOR_HOST",
}


class Settings(BaseModel):
    """All that can differ between two deployments; `NBA_<FIELD>` in the environment sets a field.

    Durations are seconds. The order function timeout < ack deadline < lease < retry span must
    hold (design, rule R6): 540 < 600 < 660 < 7 days.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    project: str = "nba-props-platform"
    dataset: str = "nba_orchestration"
    data_bucket: str = "nba-scraped-data"
    state_bucket: str = "nba-orchestration-state"
    workflows_file: Path = ROOT / "config" / "workflows.yaml"
    topology_file: Path = ROOT / "config" / "topology.yaml"
    topic_prefix: str = ""
    """Before every topic of the topology, so that two deployments can share a project."""
    collect_since: date | None = None
    """Games before this date are never caught up, and cleanup looks for no object that others wrote
    before it; unset, catch-up looks back its 72 h and cleanup eight days."""
    lease_seconds: float = 660
    read_retry_seconds: float = 30

    clock_file: Path | None = None
    """Where the local stack keeps its virtual clock; unset in production."""
    bigquery_emulator_host: str | None = None
    pubsub_emulator_host: str | None = None
    storage_emulator_host: str | None = None

    scrape_seconds: float = 420
    """No source is asked or waited for beyond this: the 540 s must also cover the upload."""
    circuit_failures: int = Field(5, ge=1)
    circuit_seconds: float = 900
    """Less than the hour between two slots, so that no slot finds a circuit open from another."""

    odds_api_key: SecretStr | None = None
    odds_api_key_file: Path | None = None
    """A mounted Secret Manager version; read when the key itself is not in the environment."""
    nba_cdn_url: str = "https://cdn.nba.com"
    nba_stats_url: str = "https://stats.nba.com"
    nba_official_url: str = "https://official.nba.com"
    nba_injury_url: str = "https://ak-static.cms.nba.com"
    nba_gamebook_url: str = "https://statsdmz.nba.com"
    odds_api_url: str = "https://api.the-odds-api.com"
    odds_api_reserve: int = Field(0, ge=0)
    """Credits of The Odds API that are never spent."""
    # Not ending in `_url`: the local stack sets all of those to its one source.
    nba_cdn_fallback: str | None = None
    nba_stats_fallback: str | None = None
    nba_official_fallback: str | None = None
    nba_injury_fallback: str | None = None
    nba_gamebook_fallback: str | None = None
    odds_api_fallback: str | None = None
    source_timeout_seconds: float = 30
    source_tries: int = 3
    source_interval_seconds: float = 0.6
    """Least time between two requests to one host: NBA.com answers 403 to quick ones (S6)."""
    source_max_bytes: int = 32 * 1024 * 1024


def variable(field: str) -> str:
    """The environment variable that sets `field`."""
    return FOREIGN_NAMES.get(field, PREFIX + field.upper())


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Build the settings from an environment.

    Raises:
        ConfigError: a variable does not have its field's type; names variable and value.
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
    """The settings of this process, read at the first use."""
    return read_settings(os.environ)
