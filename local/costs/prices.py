"""Reads list prices, latencies and other assumptions from config/prices.yaml and latencies.yaml."""

from datetime import date
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from common.errors import ConfigError
from common.messages.models import describe
from common.settings import ROOT

PRICES = ROOT / "config" / "prices.yaml"
LATENCIES = ROOT / "config" / "latencies.yaml"
Kind = Literal["storage", "query", "insert", "publish", "source", "push", "finalize", "start"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Price(_Strict):
    """A list price in US dollars a unit, and the units of a month that are free."""

    label: str
    unit: str
    price: float
    free: float
    source: str
    taken: date
    confirmed: bool
    note: str = ""


class Airflow(_Strict):
    """The price of a month of a managed Airflow environment, in US dollars."""

    label: str
    month: float
    source: str
    taken: date
    confirmed: bool
    note: str = ""


class Seconds(_Strict):
    """Processor seconds of an instance's first event, and of a later one."""

    cold: float
    warm: float


class Assumed(_Strict):
    """Values that are assumed, not measured; see config/prices.yaml."""

    vcpu: float
    gib: float
    rounding: float
    months_kept: int
    image_gib: float
    log_bytes: int
    page_loads: dict[str, int]
    page_loads_otherwise: int
    object_bytes: dict[str, int]


class Latency(_Strict):
    """How long one thing takes in the cloud, in seconds, and from where that is taken."""

    seconds: float
    source: str
    note: str


class Prices(_Strict):
    """The content of config/prices.yaml, and the latencies of config/latencies.yaml."""

    version: int
    prices: dict[str, Price]
    airflow: Airflow
    measured: dict[str, Seconds]
    assumed: Assumed
    latencies: dict[Kind, Latency]

    def seconds(self, kind: Kind) -> float:
        """Return how long one thing of a kind is assumed to take in the cloud."""
        return self.latencies[kind].seconds


def load_prices(path: Path = PRICES, latencies: Path = LATENCIES) -> Prices:
    """Read prices and latencies.

    Raises:
        ConfigError: a file has another form; the error names field and value.
    """
    try:
        read = {**yaml.safe_load(path.read_text()), **yaml.safe_load(latencies.read_text())}
        return Prices.model_validate(read)
    except (OSError, TypeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: {error}; see config/prices.yaml") from error
    except ValidationError as error:
        raise ConfigError(f"{path}: {describe(error)}; see config/prices.yaml") from error
