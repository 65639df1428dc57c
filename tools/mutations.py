"""Small changes of Python source, one node at a time: what `make mutants` tries. The text around a change stays."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
DROPPED = (ast.AugAssign, ast.Raise, ast.Continue, ast.Break, ast.Delete)


@dataclass(frozen=True)
class Mutation:
    """The bytes `start` … `end` of a file become `text`; `line` is where they begin."""

    kind: str
    line: int
    start: int
    end: int
    text: str

    def applied(self, source: bytes) -> bytes:
        """The file with this change."""
        return source[: self.start] + self.text.encode() + source[self.end :]


def mutations(source: bytes) -> list[Mutation]:
    """Every change of a file, in the order of its text."""
    tree, offsets = ast.parse(source), _line_offsets(source)
    found = []
    for node, kind, text in _all_changes(tree):
        start = offsets[node.lineno - 1] + node.col_offset
        end = offsets[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        found.append(Mutation(kind, node.lineno, start, end, text))
    return sorted(found, key=lambda one: (one.start, one.end, one.kind))


def _all_changes(tree: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, str, str]]:
    for node in _running(tree):
        if isinstance(node, (ast.If, ast.While)) and isinstance(
            node.test, (ast.Name, ast.Attribute, ast.Call)
        ):
            yield node.test, "condition", _said(ast.UnaryOp(ast.Not(), node.test))
        for kind, text in _changes(node):
            yield node, kind, text


def _line_offsets(source: bytes) -> list[int]:
    offsets = [0]
    for line in source.splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    return offsets


def _running(node: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    """The expressions and statements that do something when the program runs.

    Left out: annotations, decorators (`frozen=True` guards programmers, a cache only saves time), f-strings (Python
    3.11 does not know where their parts are), the words of sentences, what only type checkers read: an `assert`
    that something is not None says what mypy cannot see, and what only a mistake of the program reaches: `raise Bug`,
    `strict` of a `zip`.
    """
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.JoinedStr, ast.Import, ast.ImportFrom, ast.Global, ast.Assert)):
            continue
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            continue
        if _is_apart(node, child) or _only_after_a_mistake(child):
            continue
        if isinstance(child, (ast.expr, ast.stmt)):
            yield child
        yield from _running(child)


def _is_apart(node: ast.AST, child: ast.AST) -> bool:
    """Whether a child is an annotation, a decorator, or the name of a type."""
    annotations = (getattr(node, "annotation", None), getattr(node, "returns", None))
    if child in annotations or child in getattr(node, "decorator_list", ()):
        return True
    value = getattr(node, "value", None)  # A = B | C, which names a type
    return isinstance(node, ast.Assign) and child is value and _names_types(child)


def _only_after_a_mistake(node: ast.AST) -> bool:
    """Whether nothing that a user can do makes it matter: a check of the program's own work, as an `assert` is."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        return isinstance(node.exc.func, ast.Name) and node.exc.func.id == "Bug"
    return isinstance(node, ast.keyword) and node.arg == "strict"


def _names_types(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _names_types(node.left) and _names_types(node.right)
    if isinstance(node, ast.Subscript):
        return _names_types(node.value)
    return isinstance(node, ast.Name) and (
        node.id[:1].isupper() or node.id in ("int", "str", "bool", "float")
    )


def _changes(node: ast.expr | ast.stmt) -> Iterator[tuple[str, str]]:
    """(kind, new text) for each way in which a node is changed."""
    change = CHANGES.get(type(node))
    if change is not None:
        yield from change(node)
    if isinstance(node, DROPPED):
        yield "dropped", "pass"


def _comparison(node: ast.Compare) -> Iterator[tuple[str, str]]:
    for place, op in enumerate(node.ops):
        ops = [*node.ops[:place], COMPARISONS[type(op)](), *node.ops[place + 1 :]]
        yield "comparison", _said(ast.Compare(node.left, ops, node.comparators))


def _arithmetic(node: ast.BinOp) -> Iterator[tuple[str, str]]:
    other = OPERATORS.get(type(node.op))
    if other is not None and not _is_text(node.left) and not _is_text(node.right):
        yield "arithmetic", _said(ast.BinOp(node.left, other(), node.right))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _boolean(node: ast.BoolOp) -> Iterator[tuple[str, str]]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield "and/or", _said(ast.BoolOp(other, node.values))


def _unary(node: ast.UnaryOp) -> Iterator[tuple[str, str]]:
    if isinstance(node.op, (ast.Not, ast.USub, ast.Invert)):
        yield "sign", _said(node.operand)


def _constant(node: ast.Constant) -> Iterator[tuple[str, str]]:
    if isinstance(node.value, bool):
        yield "constant", str(not node.value)
    elif isinstance(node.value, int):
        yield "constant", str(node.value + 1)
    elif isinstance(node.value, float):
        yield "constant", repr(node.value * 2 or 1.0)


def _chosen(node: ast.IfExp) -> Iterator[tuple[str, str]]:
    yield "condition", _said(ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse))


def _returned(node: ast.Return) -> Iterator[tuple[str, str]]:
    nothing = isinstance(node.value, ast.Constant) and (node.value.value is None or node.value.value is False)
    if node.value is not None and not nothing:  # who asks whether sees no difference of False and None
        yield "returned", "return None"


def _called(node: ast.Expr) -> Iterator[tuple[str, str]]:
    if isinstance(node.value, (ast.Call, ast.Yield, ast.YieldFrom)):
        yield "dropped", "pass" if isinstance(node.value, ast.Call) else "yield from ()"


def _said(node: ast.expr) -> str:
    return f"({ast.unparse(ast.fix_missing_locations(node))})"


CHANGES: dict[type[ast.AST], Callable[..., Iterator[tuple[str, str]]]] = {
    ast.Compare: _comparison,
    ast.BinOp: _arithmetic,
    ast.BoolOp: _boolean,
    ast.UnaryOp: _unary,
    ast.Constant: _constant,
    ast.IfExp: _chosen,
    ast.Return: _returned,
    ast.Expr: _called,
}
