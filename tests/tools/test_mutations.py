"""The mutants of a source are its small changes; what does not run is not changed."""

import ast

import pytest

from tools.mutations import mutants_of

TRIED = ["try:\n    pass\nexcept E:\n    b()", "try:\n    a()\nexcept E:\n    pass"]
"""What is tried and what is done about an error, left out."""


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("x = a < b", ["x = a <= b", "x = a >= b"]),
        ("x = a and b", ["x = b", "x = a"]),
        ("x = not a", ["x = a"]),
        ("x = a + 1", ["x = a - 1", "x = a + 2"]),
        ("x = min(a, default=b)", ["x = max(a, default=b)", "x = min(a)"]),
        ("x = [a for a in b if a]", ["x = [a for a in b]"]),
        ("x = 'READY'", ["x = 'MUTANT'"]),
        ("x = 'a_field'", ["x = 'xa_field'"]),
        ("x = f'{a}/'", ["x = f'/'", "x = f'{a}'"]),
        ("x = {a: b, c: d}", ["x = {c: d}", "x = {a: b}"]),
        ("x = sorted(a)", ["x = list(a)"]),
        ("x = a.lower()", ["x = a"]),
        ("a.b = c", ["pass"]),
        ("x: Annotated[int, Field(a, le=b)] = c", ["x: Annotated[int, Field(a)] = c"]),
        ("try:\n    a()\nexcept E:\n    b()", ["if True:\n    a()", *TRIED]),
        ("with a:\n    x = b", ["if True:\n    x = b"]),
        ("x = (a, b)", ["x = (b,)", "x = (a,)"]),
        ("x = {a, b}", ["x = {b}", "x = {a}"]),
        ("if a:\n    b()", ["if not a:\n    b()", "if a:\n    pass"]),
        ("def f():\n    return a", ["def f():\n    return None"]),
        ("for a in b:\n    continue", ["for a in b:\n    pass"]),
    ],
)
def test_each_mutant_is_one_small_change(source: str, changed: list[str]) -> None:
    """Each mutant is the whole module with one change, in the order of the lines."""
    assert [ast.unparse(mutant.tree) for mutant in mutants_of(source)] == changed


@pytest.mark.parametrize(
    "source",
    [
        "def f(a: int | None) -> bool | None:\n    '''Text.'''",
        "x = 'A sentence for a person'",
        "x = f'{a + 1} games'",
        "Action = Literal['RUN', 'SKIP']",
        "Row = Mapping[str, tuple[int, str]]",
        "assert a is not None",
        "if TYPE_CHECKING:\n    from a import b",
        "def f():\n    return None",
        "x = situation.check(cause, answer, games=games)",
        "x = (a,)",
        "a, b = c",
        "x: tuple[int, str] = y",
        "for a, b in c:\n    pass",
    ],
)
def test_what_does_not_run_or_only_explains_is_kept(source: str) -> None:
    """Types, docstrings, sentences, assertions and explaining keywords give no mutants."""
    assert list(mutants_of(source)) == []


def test_a_mutant_leaves_the_others_alone() -> None:
    """The tree of one mutant contains no change of another."""
    trees = [ast.unparse(mutant.tree) for mutant in mutants_of("x = a < b\ny = 1")]
    assert trees == ["x = a <= b\ny = 1", "x = a >= b\ny = 1", "x = a < b\ny = 2"]
