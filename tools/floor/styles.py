"""What a style sheet asks of a browser that the oldest one cannot do, read with a parser of CSS (tinycss2).

A newer value is fine behind an older one of the same property, as a browser keeps the last that it understands; not
where a variable stands in it, as then it is judged too late. A rule with a newer selector is fine behind the same rule
with an older one; what stands under @supports of something newer is fine.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import tinycss2

from tools.floor.features import Found, newer

_CONDITIONAL = {
    "media",
    "supports",
    "layer",
    "container",
    "scope",
    "starting-style",
    "keyframes",
    "-webkit-keyframes",
}


def in_style(text: str) -> list[Found]:
    """Each newer feature of a style sheet."""
    return list(_rules(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)))


def in_declarations(text: str) -> list[Found]:
    """Each newer feature of a style attribute."""
    return list(_block(tinycss2.parse_blocks_contents(text, skip_comments=True, skip_whitespace=True)))


def _rules(rules: Sequence[Any]) -> Iterator[Found]:
    before = None
    for rule in rules:
        if rule.type == "at-rule":
            yield from _at_rule(rule)
        elif rule.type == "qualified-rule":
            body = tinycss2.serialize(rule.content)
            if body != before:
                yield from _selector(rule.prelude)
            before = body
            yield from _inside(rule.content)


def _at_rule(rule: Any) -> Iterator[Found]:
    name = rule.lower_at_keyword
    yield from _look("rules", name, f"@{name}", rule)
    if name == "media":
        yield from _media(rule.prelude)
    condition = tinycss2.serialize(rule.prelude).strip()
    is_guarded = name == "supports" and not condition.startswith("not") and any(_condition(rule.prelude))
    if rule.content is None or is_guarded:
        return
    if name in _CONDITIONAL:
        yield from _rules(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True))
    else:
        yield from _inside(rule.content)


def _condition(prelude: Sequence[Any]) -> Iterator[Found]:
    """What is newer in the brackets of @supports."""
    for token in prelude:
        if token.type == "() block":
            yield from _block(tinycss2.parse_blocks_contents(token.content, skip_whitespace=True))
            yield from _condition(token.content)
        elif token.type == "function" and token.lower_name == "selector":
            yield from _selector(token.arguments)


def _media(prelude: Sequence[Any]) -> Iterator[Found]:
    for token in prelude:
        if token.type == "() block":
            yield from _media(token.content)
        elif token.type == "ident":
            yield from _look("medias", token.lower_value, f"@media {token.lower_value}", token)
        elif token.type == "literal" and token.value in ("<", ">", "<=", ">="):
            yield from _look("syntax", "range of a media query", "range of a media query", token)


def _selector(tokens: Sequence[Any]) -> Iterator[Found]:
    for before, token in zip([None, *tokens], tokens, strict=False):
        follows_colon = before is not None and before.type == "literal" and before.value == ":"
        if token.type == "ident" and follows_colon:
            yield from _look("pseudos", token.lower_value, f":{token.lower_value}", token)
        elif token.type == "function":
            yield from _look("pseudos", token.lower_name, f":{token.lower_name}()", token)
            yield from _arguments(token)
        elif token.type == "literal" and token.value == "&":
            yield from _look("syntax", "nesting", "nesting", token)
        elif token.type.endswith("block"):
            continue  # of an attribute: words, no selectors


def _arguments(function: Any) -> Iterator[Found]:
    name, arguments = function.lower_name, function.arguments
    if name == "not" and any(token.type == "literal" and token.value == "," for token in arguments):
        yield from _look("syntax", "list in :not()", "list in :not()", function)
    if name.startswith("nth-") and any(token.type == "ident" and token.value == "of" for token in arguments):
        yield from _look("syntax", "of in :nth-child()", "of in :nth-child()", function)
    yield from _selector(arguments)


def _inside(content: Sequence[Any]) -> Iterator[Found]:
    yield from _block(tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True))


def _block(parts: Sequence[Any]) -> Iterator[Found]:
    understood: set[str] = set()
    for part in parts:
        if part.type == "declaration":
            found = list(_declaration(part))
            if not _has_older(part, understood):
                yield from found
            understood.add(part.lower_name)
        elif part.type in ("qualified-rule", "at-rule"):
            yield from _look("syntax", "nesting", "nesting", part)


def _has_older(part: Any, understood: set[str]) -> bool:
    """Whether a browser that does not understand the declaration keeps an earlier one."""
    name = part.lower_name
    is_judged_at_once = not name.startswith("--") and not _has_variable(part.value)
    return f"-webkit-{name}" in understood or (name in understood and is_judged_at_once)


def _declaration(part: Any) -> Iterator[Found]:
    name = part.lower_name
    yield from _look("properties", name, name, part)
    for token in part.value:
        if token.type == "ident":
            yield from _look("values", f"{name}: {token.lower_value}", f"{name}: {token.lower_value}", token)
    yield from _value(part.value)


def _value(tokens: Sequence[Any]) -> Iterator[Found]:
    for token in tokens:
        if token.type == "dimension":
            yield from _look("functions", token.lower_unit, f"unit {token.lower_unit}", token)
        elif token.type == "function":
            yield from _look("functions", token.lower_name, f"{token.lower_name}()", token)
            first = next((one for one in token.arguments if one.type != "whitespace"), None)
            if first is not None and first.type == "ident" and first.lower_value == "from":
                yield from _look("syntax", "relative colour", "relative colour", token)
            yield from _value(token.arguments)
        elif token.type.endswith("block"):
            yield from _value(token.content)


def _has_variable(tokens: Sequence[Any]) -> bool:
    functions = [token for token in tokens if token.type == "function"]
    return any(one.lower_name == "var" or _has_variable(one.arguments) for one in functions)


def _look(kind: str, name: str, label: str, token: Any) -> Iterator[Found]:
    since = newer(kind).get(name)
    if since:
        yield Found(label, since, token.source_line)
