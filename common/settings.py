"""The settings, read once from the environment into one frozen object, and nowhere else."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from common.errors import ConfigError
from common.redaction import hide_login, redact, secrets_of_url
from common.source_settings import SourceSettings, check_proxy, gather, is_field

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "NBA_"
# Variables that Google's client libraries and emulators read under names of their own.
FOREIGN_NAMES = {
    "bigquery_emulator_host": "BIGQUERY_EMULATOR_HOST",
    "pubsub_emulator_host": "PUBSUB_EMULATOR_HOST",
    "storage_emulator_host": "STORAGE_EMULATOR_HOST",
}


WebhookForm = Literal["slack", "teams", "plain"]
"""The forms of a webhook; `common/incidents/forms/` has one module for each."""
_WEBHOOK = re.compile(r"https://[^\s/]+/\S*|http://(localhost|127\.0\.0\.1)(:\d+)?/\S*")
_LONG_WORD = re.compile(r"[\w.~%+-]{12,}")


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

    sources: dict[str, SourceSettings] = {}
    """What is set for single sources, by the name of the source; each field of one has a variable
    of its own, `NBA_<SOURCE>_<FIELD>`."""
    http_proxy: str | None = None
    """The HTTP proxy through which the own URLs of all sources are asked; a source's own
    `proxy` comes before it."""
    tell_incidents: bool = True
    """Whether the cleanup's sweep tells of incidents. A replayed day does not: its emulator takes
    a second to read the view."""
    webhook: SecretStr | None = None
    """The address to which notices of incidents are posted; it is a secret."""
    webhook_file: Path | None = None
    """A file that holds the address; read when `webhook` is unset."""
    webhook_form: WebhookForm = "plain"
    """What the address takes."""
    odds_api_reserve: int = Field(0, ge=0)
    """Credits of The Odds API that are never spent."""
    source_timeout_seconds: float = 30
    source_tries: int = 3
    source_interval_seconds: float | None = None
    """The shortest time between two requests to a host; unset, each source's own."""
    source_max_bytes: int = 32 * 1024 * 1024

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, given: dict[str, Any]) -> dict[str, Any]:
        return gather(given, cls.model_fields)

    @field_validator("http_proxy")
    @classmethod
    def _check_proxy(cls, value: str | None) -> str | None:
        return check_proxy(value)

    @field_validator("webhook")
    @classmethod
    def _check_webhook(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and _WEBHOOK.fullmatch(value.get_secret_value()) is None:
            raise ValueError("a webhook has the form https://host/path")
        return value

    def secrets(self) -> Iterator[str]:
        """Yield what no text may show; the content of key files is not among it."""
        yield from secrets_of_url(self.http_proxy or "")
        yield from secrets_of_webhook(self.webhook.get_secret_value() if self.webhook else "")
        for source in self.sources.values():
            yield from source.secrets()

    def source(self, name: str) -> SourceSettings:
        """Return what is set for a source."""
        return self.sources.get(name, SourceSettings())


def secrets_of_webhook(url: str) -> Iterator[str]:
    """Yield the long words after the host of a webhook: whoever knows them can post to it."""
    _, _, rest = url.partition("://")
    yield from _LONG_WORD.findall(rest.partition("/")[2])
    yield from secrets_of_url(url)


def variable(field: str) -> str:
    """Return the environment variable that sets a field."""
    return FOREIGN_NAMES.get(field, PREFIX + field.upper())


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Build the settings from an environment.

    Raises:
        ConfigError: a value does not fit its field; the text names the variable and the value.
    """
    for name, text in setting_defects(environment):
        raise ConfigError(f"environment variable {name}={text}")
    return Settings.model_validate(_given(environment))


def setting_defects(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each variable that is refused, with its value (a secret is hidden) and the reason."""
    for name, value in environment.items():
        if value and name.startswith(PREFIX) and name.endswith("_FALLBACK"):
            instead = f"{name.removesuffix('_FALLBACK')}_ROUTES"
            shown = repr(hide_login(value))
            yield name, f"{shown}: is not read any more; set {instead} to its URL"
        elif value and name.startswith(PREFIX) and name.isupper() and not _is_known(name):
            # Its value may be a secret under a mistyped name.
            yield name, f"(hidden): no setting has this name{_advice(name)}; see docs/settings.md"
    given = _given(environment)
    try:
        Settings.model_validate(given)
    except ValidationError as error:
        details = error.errors()
    else:
        return
    for detail in details:
        field = _field_at(detail["loc"])
        is_secret = "key" in field or field == "webhook"
        shown = "(hidden)" if is_secret else repr(hide_login(given.get(field, "")))
        yield variable(field), f"{shown}: {redact(detail['msg'])}; give it a valid value"


def _is_known(name: str) -> bool:
    field = name.removeprefix(PREFIX).lower()
    return (field in Settings.model_fields and field != "sources") or is_field(field)


def _advice(name: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a refusal

    known = (variable(field) for field in Settings.model_fields if field != "sources")
    return "".join(f"; {near} has" for near in get_close_matches(name, known, n=1))


def _given(environment: Mapping[str, str]) -> dict[str, str]:
    return {field: environment[variable(field)] for field in _fields(environment)}


def _fields(environment: Mapping[str, str]) -> list[str]:
    """List the fields that an environment sets: those of the settings, and those of sources."""
    own = [field for field in Settings.model_fields if field != "sources"]
    names = (name for name in environment if name.startswith(PREFIX) and name.isupper())
    of_sources = [name.removeprefix(PREFIX).lower() for name in names]
    fields = [*own, *filter(is_field, of_sources)]
    return [field for field in fields if environment.get(variable(field))]


def _field_at(place: Sequence[int | str]) -> str:
    """Return the field that a place in the settings belongs to, such as `nba_cdn_routes`."""
    parts = [str(part) for part in place]
    return "_".join(parts[1:3]) if parts[0] == "sources" else parts[0]


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, which are read at the first use."""
    return read_settings(os.environ)
