"""Makes the mutants of a module: copies of its syntax tree with one small mistake each."""

import ast
import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_CODE = re.compile(r"[A-Z][A-Z_]+")
"""Texts that other code compares with: reason codes, statuses, alert levels."""
_NAME = re.compile(r"\S*[a-z]\S*")
"""Texts that are no sentence: fields, attributes, parts of paths, formats, hosts."""
_NORMALISING = {"strip", "lower", "upper", "casefold", "removeprefix", "removesuffix", "rstrip"}
"""Methods that a text may go without until somebody writes it otherwise."""
_EXPLAINING_METHOD = "check"
"""A method (`Situation.check`) whose keywords only explain a decision; they are kept."""
_TYPES = {"Literal", "Callable", "Mapping", "Sequence", "tuple", "dict", "list", "type"}
_NOT_RUN = {"annotation", "returns", "decorator_list", "type_params"}
_SHOWN_CHARACTERS_MAX = 100


@dataclass(frozen=True)
class Mutant:
    """One changed module: the line of the change, the change in words, and the whole tree."""

    line: int
    change: str
    tree: ast.Module


def mutants_of(source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module's source, in the order of its lines."""
    tree = ast.parse(source)
    for node in sorted(_places(tree), key=lambda node: (node.lineno, node.col_offset)):
        for new in _RULES.get(type(node), _unchanged)(node):
            changed = ast.fix_missing_locations(_Swap(node, new).visit(tree))
            change = f"{_text(node)}  ->  {_text(new)}"
            yield Mutant(node.lineno, change, cast("ast.Module", changed))


class _Swap(ast.NodeTransformer):
    """Copies a tree with one node replaced."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old = old
        self._new = new

    def visit(self, node: ast.AST) -> Any:
        if node is self._old:
            return ast.copy_location(self._new, node)
        made = copy.copy(node)
        for name, value in ast.iter_fields(made):
            if isinstance(value, list):  # NodeTransformer changes lists in place
                setattr(made, name, list(value))
        return self.generic_visit(made)


def _places(node: ast.AST) -> Iterator[Any]:
    """Yield the nodes that run, without types, docstrings, decorators, assertions and sentences."""
    for name, value in ast.iter_fields(node):
        if name in _NOT_RUN:
            if name == "annotation" and value:
                yield from _bounds(value)
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.Assert) or _explains(child):
                continue
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                continue
            if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
                continue
            if isinstance(child, ast.Subscript) and ast.unparse(child.value) in _TYPES:
                continue
            if isinstance(child, ast.expr | ast.stmt):
                yield child
            yield from _places(child)


def _bounds(annotation: ast.AST) -> Iterator[Any]:
    """Yield what pydantic runs of a type: the bounds and patterns of `Field(...)`."""
    for part in ast.walk(annotation):
        if isinstance(part, ast.Call):
            yield part
            yield from _places(part)


def _explains(node: ast.AST) -> bool:
    """Whether a node is a text with values in it that is written for people: one with a blank."""
    if not isinstance(node, ast.JoinedStr):
        return False
    return any(isinstance(part, ast.Constant) and " " in part.value for part in node.values)


def _unchanged(_node: ast.AST) -> Iterator[ast.AST]:
    return iter(())


def _comparison(node: ast.Compare) -> Iterator[ast.AST]:
    for place, op in enumerate(node.ops):
        for other in _COMPARED[type(op)]:
            yield _with(node, ops=[*node.ops[:place], other(), *node.ops[place + 1 :]])


def _without_one(node: ast.BoolOp) -> Iterator[ast.AST]:
    for place in range(len(node.values)):
        rest = [*node.values[:place], *node.values[place + 1 :]]
        yield ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0]


def _positive(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


def _computation(node: ast.BinOp) -> Iterator[ast.AST]:
    if other := _COMPUTED.get(type(node.op)):
        yield ast.BinOp(node.left, other(), node.right)


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
    elif isinstance(value, str) and _CODE.fullmatch(value):
        yield ast.Constant("MUTANT")
    elif isinstance(value, str) and _NAME.fullmatch(value):
        yield ast.Constant(f"x{value}")


def _name_of_parts(node: ast.JoinedStr) -> Iterator[ast.AST]:
    """Leave out each part of a name that is put together, and each format."""
    for place, part in enumerate(node.values):
        before, after = node.values[:place], node.values[place + 1 :]
        yield ast.JoinedStr([*before, *after])
        if isinstance(part, ast.FormattedValue) and part.format_spec:
            yield ast.JoinedStr([*before, _with(part, format_spec=None), *after])


def _condition(node: ast.If | ast.IfExp) -> Iterator[ast.AST]:
    if not isinstance(
        node.test, ast.Compare | ast.BoolOp | ast.UnaryOp
    ):  # these are changed themselves
        yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))


def _unfiltered(
    node: ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp,
) -> Iterator[ast.AST]:
    for place, part in enumerate(node.generators):
        if part.ifs:
            kept = [*node.generators[:place], _with(part, ifs=[]), *node.generators[place + 1 :]]
            yield _with(node, generators=kept)


def _call(node: ast.Call) -> Iterator[ast.AST]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name in _SWAPPED:
        yield _with(node, func=ast.Name(_SWAPPED[name], ast.Load()))
    if isinstance(node.func, ast.Attribute) and node.func.attr == _EXPLAINING_METHOD:
        return
    if name == "sorted":
        yield ast.Call(ast.Name("list", ast.Load()), node.args, [])
    if isinstance(node.func, ast.Attribute) and node.func.attr in _NORMALISING:
        yield node.func.value
    for place, keyword in enumerate(node.keywords):
        if keyword.arg == "description":  # for people
            continue
        yield _with(node, keywords=[*node.keywords[:place], *node.keywords[place + 1 :]])


def _answer(node: ast.Return) -> Iterator[ast.AST]:
    """Return None instead of a value, unless the value is a falsy constant."""
    valued = node.value is not None
    if valued and not (isinstance(node.value, ast.Constant) and not node.value.value):
        yield ast.Return(ast.Constant(None))


def _shorter(node: ast.Tuple | ast.List | ast.Set) -> Iterator[ast.AST]:
    """Leave out one of several members: a list of which one is tested loses another unnoticed."""
    written = isinstance(node, ast.Set) or isinstance(node.ctx, ast.Load)
    for place in range(len(node.elts) if written and len(node.elts) > 1 else 0):
        yield _with(node, elts=[*node.elts[:place], *node.elts[place + 1 :]])


def _entry_left_out(node: ast.Dict) -> Iterator[ast.AST]:
    for place in range(len(node.keys) if len(node.keys) > 1 else 0):
        keys = [*node.keys[:place], *node.keys[place + 1 :]]
        yield ast.Dict(keys, [*node.values[:place], *node.values[place + 1 :]])


def _not_stored(node: ast.Assign) -> Iterator[ast.AST]:
    """Leave out what is stored in an object; without a variable a test would fail by its name."""
    if all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets):
        yield ast.Pass()


def _uncaught(node: ast.Try) -> Iterator[ast.AST]:
    """Leave out a handler of errors, and what is done in any case."""
    for place in range(len(node.handlers)):
        yield _tried(node, handlers=[*node.handlers[:place], *node.handlers[place + 1 :]])
    if node.finalbody:
        yield _tried(node, finalbody=[])


def _tried(node: ast.Try, **fields: object) -> ast.AST:
    made = _with(node, **fields)
    if made.handlers or made.finalbody:
        return cast("ast.AST", made)
    return ast.If(ast.Constant(value=True), [*made.body, *made.orelse], [])


def _unguarded(node: ast.With) -> Iterator[ast.AST]:
    if not any(item.optional_vars for item in node.items):
        yield ast.If(ast.Constant(value=True), node.body, [])


def _left_out(_node: ast.stmt) -> Iterator[ast.AST]:
    yield ast.Pass()


_RULES: Mapping[type[ast.AST], Callable[[Any], Iterator[ast.AST]]] = {
    ast.Compare: _comparison,
    ast.BoolOp: _without_one,
    ast.UnaryOp: _positive,
    ast.BinOp: _computation,
    ast.Constant: _constant,
    ast.If: _condition,
    ast.IfExp: _condition,
    ast.GeneratorExp: _unfiltered,
    ast.ListComp: _unfiltered,
    ast.SetComp: _unfiltered,
    ast.DictComp: _unfiltered,
    ast.Call: _call,
    ast.Return: _answer,
    ast.Tuple: _shorter,
    ast.List: _shorter,
    ast.Set: _shorter,
    ast.Dict: _entry_left_out,
    ast.JoinedStr: _name_of_parts,
    ast.Assign: _not_stored,
    ast.Try: _uncaught,
    ast.With: _unguarded,
    ast.Expr: _left_out,
    ast.Delete: _left_out,
    ast.AugAssign: _left_out,
    ast.Raise: _left_out,
    ast.Continue: _left_out,
    ast.Break: _left_out,
}


def _with(node: Any, **fields: object) -> Any:
    made = copy.copy(node)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def _text(node: ast.AST) -> str:
    line = " ".join(ast.unparse(node).split())
    return line if len(line) <= _SHOWN_CHARACTERS_MAX else f"{line[: _SHOWN_CHARACTERS_MAX - 3]}..."
