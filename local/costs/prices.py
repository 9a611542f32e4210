"""Reads list prices and assumptions from config/prices.yaml."""

from datetime import date
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from common.errors import ConfigError
from common.messages.models import describe
from common.settings import ROOT

PRICES = ROOT / "config" / "prices.yaml"


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
    start: float
    rounding: float
    storage_call: float
    query_job: float
    publish: float
    source_request: float
    months_kept: int
    image_gib: float
    log_bytes: int
    page_loads: dict[str, int]
    page_loads_otherwise: int
    object_bytes: dict[str, int]


class Prices(_Strict):
    """The content of config/prices.yaml."""

    version: int
    prices: dict[str, Price]
    airflow: Airflow
    measured: dict[str, Seconds]
    assumed: Assumed


def load_prices(path: Path = PRICES) -> Prices:
    """Read the prices.

    Raises:
        ConfigError: the file has another form; the error names file, field and value.
    """
    try:
        return Prices.model_validate(yaml.safe_load(path.read_text()))
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: {error}; see config/prices.yaml") from error
    except ValidationError as error:
        raise ConfigError(f"{path}: {describe(error)}; see config/prices.yaml") from error
