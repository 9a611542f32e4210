"""The functions as functions-framework serves them, on the world in memory."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import functions_framework
import pytest
from werkzeug.test import TestResponse

from common.runtime import install
from common.settings import ROOT
from local.simulator.world import World
from tests.kit.world import Answer, Call, new_world


@cache
def app(function: str) -> Any:
    """A function's real application."""
    source = ROOT / "functions" / function / "main.py"
    return functions_framework.create_app(function, str(source), "http")


@pytest.fixture
def world() -> World:
    """A world at 12:45 ET, its schedule stored."""
    return new_world()


@pytest.fixture
def call(world: World) -> Iterator[Call]:
    """Post a body (bytes, or what JSON holds) to a function on the world's present runtime."""

    def post(function: str, body: Any, headers: dict[str, str] | None = None) -> Answer:
        install(world.runtime)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = headers or {"Content-Type": "application/json"}
        found: TestResponse = app(function).test_client().post("/", data=data, headers=headers)
        return Answer(found.status_code, found.get_json())

    yield post
    install(None)
