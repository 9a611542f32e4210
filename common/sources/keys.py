"""The keys of APIs, and why a source that lacks one is off."""

from pathlib import Path

from common.redaction import learn
from common.scrapers.source import SourceSpec
from common.settings import Settings, variable
from common.sources.errors import MissingKeyError, SourceError
from common.sources.routes import routes_of


def key_of(spec: SourceSpec, settings: Settings) -> str:
    """Return the key of a source; an empty text for a source without one.

    Raises:
        MissingKeyError: the source needs a key, and none is set.
    """
    if spec.key is None:
        return ""
    given = settings.source(spec.name)
    key = given.key.get_secret_value() if given.key else _content(given.key_file)
    if not key:
        raise MissingKeyError(
            f"{spec.owner} needs a key: set {variable(f'{spec.name}_key')}, or "
            f"{variable(f'{spec.name}_key_file')} to a file that holds it"
        )
    learn([key])
    return key


def why_off(spec: SourceSpec, settings: Settings) -> str | None:
    """Return why a source is not asked until something is set; None for one that is asked."""
    try:
        routes_of(spec, settings)
        key_of(spec, settings)
    except SourceError as error:
        return str(error)
    return None


def _content(file: Path | None) -> str:
    try:
        return file.read_text().strip() if file is not None else ""
    except OSError:
        return ""  # `key_of` raises MissingKeyError, which names the variables
