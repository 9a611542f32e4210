"""The way into the function that shows pages: it reads only, so that nothing is ever redelivered.

| What happens | Answer |
| --- | --- |
| another method than GET or HEAD | 405 |
| shown | 200 |
| the address names nothing | 404, or 400 where it cannot be read |
| a port fails for now | 503 |
| anything else | 500, one ERROR line |
"""

from collections.abc import Callable, Mapping

from flask import Request

from common.runtime import Runtime, current

Page = tuple[str, int, Mapping[str, str]]
"""Body, status and headers."""
Show = Callable[[Runtime, str, Mapping[str, str]], Page]
"""Answers for a path and the parameters behind it."""
READING = ("GET", "HEAD")


def show(request: Request, load: Callable[[], Show]) -> Page:
    """Answer a request that functions-framework received.

    Args:
        request: as the framework passes it.
        load: returns what makes the pages; called for a request that asks for one.
    """
    if request.method not in READING:
        headers = {"Content-Type": "text/plain; charset=utf-8", "Allow": ", ".join(READING)}
        return "The console shows pages and changes nothing: use GET.\n", 405, headers
    return load()(current(), request.path, request.args)
