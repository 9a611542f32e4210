"""Settings that switch every source on: a URL for each, and a key where one is needed."""

from common.scrapers.source import sources


def switched_on(url: str | None = None, key: str = "none") -> dict[str, str]:
    """Return fields of the settings, such as `nba_cdn_url` and `odds_api_key`.

    Args:
        url: one server for all sources; None sets the source's own URL, so that a source that
            waits for a proxy is asked as well.
        key: shorter than a real one, which the client would hide wherever an answer repeats it.
    """
    urls = {f"{name}_url": url or spec.base_url for name, spec in sources().items()}
    return {**urls, **{f"{name}_key": key for name, spec in sources().items() if spec.key}}
