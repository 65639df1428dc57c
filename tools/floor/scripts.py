"""What a script asks of a browser that the oldest one cannot do, read with a parser of JavaScript (tree-sitter).

A member counts by its name, whatever object it is of: what a script itself names so, or asks for before it uses it,
stands in floor.toml with the reason.
"""

from collections.abc import Iterator

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser, Query, QueryCursor

from tools.floor.features import Found, newer

_LANGUAGE = Language(tree_sitter_javascript.language())
_SYNTAX = Query(
    _LANGUAGE,
    """
    (class_static_block) @static_block
    (binary_expression left: (private_property_identifier)) @private_in
    (await_expression) @await
    (regex_flags) @flags
    (for_in_statement "await" @await)
    """,
)
_NAMES = Query(
    _LANGUAGE,
    """
    (member_expression property: (property_identifier) @member)
    (object_pattern (shorthand_property_identifier_pattern) @member)
    (identifier) @name
    (variable_declarator name: (identifier) @own)
    (function_declaration name: (identifier) @own)
    (class_declaration name: (identifier) @own)
    (formal_parameters (identifier) @own)
    (formal_parameters (assignment_pattern left: (identifier) @own))
    (arrow_function parameter: (identifier) @own)
    """,
)
_FUNCTIONS = {"function_declaration", "function_expression", "arrow_function", "method_definition"}


def in_script(text: str) -> list[Found]:
    """Each newer feature of a script. Raises: ValueError where the parser does not understand it."""
    root = Parser(_LANGUAGE).parse(text.encode("utf-8")).root_node
    if root.has_error:
        raise ValueError("the script cannot be parsed")
    return sorted({*_syntax(root), *_names(root)}, key=lambda found: (found.line, found.feature))


def _syntax(root: Node) -> Iterator[Found]:
    captured = QueryCursor(_SYNTAX).captures(root)
    for label, nodes in (
        ("static block", captured.get("static_block", [])),
        ("#private in", captured.get("private_in", [])),
        (
            "await outside of functions",
            [one for one in captured.get("await", []) if not _is_in_function(one)],
        ),
        ("flag d of a pattern", [one for one in captured.get("flags", []) if b"d" in (one.text or b"")]),
        ("flag v of a pattern", [one for one in captured.get("flags", []) if b"v" in (one.text or b"")]),
    ):
        for node in nodes:
            yield from _look("syntax", label, label, node)


def _names(root: Node) -> Iterator[Found]:
    captured = QueryCursor(_NAMES).captures(root)
    own = {node.text for node in captured.get("own", [])}
    for node in captured.get("member", []):
        yield from _look("members", _text(node), f".{_text(node)}", node)
    for node in captured.get("name", []):
        if node.text not in own:
            yield from _look("globals", _text(node), _text(node), node)


def _is_in_function(node: Node) -> bool:
    parent = node.parent
    while parent is not None and parent.type not in _FUNCTIONS:
        parent = parent.parent
    return parent is not None


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8")


def _look(kind: str, name: str, label: str, node: Node) -> Iterator[Found]:
    since = newer(kind).get(name)
    if since:
        yield Found(label, since, node.start_point.row + 1)
