"""What to write instead of a wrong value is shown by the field's own example."""

from typing import Annotated

import pytest
from pydantic import BaseModel, Field, ValidationError

from common.configuration.advice import advice, nearest


class Window(BaseModel):
    """A window in a file."""

    start: Annotated[str, Field(examples=["10:00", "23:00"])]
    hours: Annotated[list[int], Field(examples=[[6, 8]])]


class File(BaseModel):
    """A file of windows by their names."""

    windows: dict[str, Window]


@pytest.mark.parametrize(
    ("window", "said"),
    [
        ({"start": "10:00", "hours": ["x"]}, "for example 6"),
        ({"start": 5, "hours": [6]}, 'for example "10:00"'),
        ({"hours": [6]}, 'is missing; write start: "10:00"'),
    ],
)
@pytest.mark.parametrize("name", ["start", "hours", "evening"])
def test_the_innermost_field_s_example_is_shown(
    window: dict[str, object], said: str, name: str
) -> None:
    """A window that has a field's name is no such field."""
    with pytest.raises(ValidationError) as caught:
        File.model_validate({"windows": {name: window}})
    (detail,) = caught.value.errors()
    assert said in advice(detail, Window.model_fields)


def test_a_missing_field_without_an_example_is_written_with_dots() -> None:
    """The advice names the field and leaves its value open."""
    with pytest.raises(ValidationError) as caught:
        File.model_validate({})
    (detail,) = caught.value.errors()
    assert advice(detail, File.model_fields) == "is missing; write windows: ..."


def test_the_known_names_are_listed_in_alphabetical_order() -> None:
    """A similar name is offered first, and then all names in alphabetical order."""
    known = ("stop", "end", "start")
    assert nearest("strat", known) == "did you mean 'start'? known are end, start, stop"
    assert nearest("x", known) == "known are end, start, stop"
