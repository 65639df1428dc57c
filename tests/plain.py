"""Faces give plain values: in every test that opens a page or calls the API, a stored row or a query in a template's
context or in what an operation answers is an error.

Django tells tests of every template that it renders, those that others include as well.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from functools import wraps
from typing import Any

from django.core.paginator import Page
from django.db.models import Manager, Model, QuerySet
from django.test.signals import template_rendered

LOOKED_AT, DEPTH = 20, 8
"""So many parts of a list are looked at, so deep: the rows of a page are all of one kind."""
OWN = frozenset({"request", "user", "perms"})
"""What Django itself puts into every context: who asks."""


class NotPlain(AssertionError):
    """A template, or the schema of an answer, would get a way back to the database."""


def check_templates() -> None:
    """Look at the context of every template from now on."""
    template_rendered.connect(_heard, weak=False)


def check_answers() -> None:
    """Look at what every operation of the API answers from now on, before its schema reads it."""
    from ninja import Status  # not before there are settings
    from ninja.operation import Operation

    answer = Operation._result_to_response

    @wraps(answer)
    def looked_at(operation: Operation, request: Any, result: Any, *rest: Any) -> Any:
        said = result.value if isinstance(result, Status) else result
        _refuse(f"{operation.methods[0]} {operation.path}", stored_in(said, "answer"))
        return answer(operation, request, result, *rest)

    Operation._result_to_response = looked_at  # type: ignore[method-assign]


def stored_in(value: Any, path: str, depth: int = 0) -> Iterator[str]:
    """Where in a value rows or queries lie."""
    if isinstance(value, Model | QuerySet | Manager):
        yield f"{path}: {type(value).__name__}"
    elif depth < DEPTH:
        for name, part in _parts(value):
            yield from stored_in(part, f"{path}{name}", depth + 1)


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    if dataclasses.is_dataclass(value):
        yield from (
            (f".{field.name}", getattr(value, field.name, None)) for field in dataclasses.fields(value)
        )
    elif isinstance(value, Page):
        yield ".object_list", value.object_list
    elif isinstance(value, Mapping):
        yield from ((f"[{key}]", part) for key, part in list(value.items())[:LOOKED_AT])
        yield from ((".keys", key) for key in list(value)[:LOOKED_AT])
    elif isinstance(value, list | tuple | set | frozenset):
        yield from (("[]", part) for part in list(value)[:LOOKED_AT])
    elif type(value).__name__ == "Here":
        yield from ((f".{name}", part) for name, part in vars(value).items() if not name.startswith("_"))


def _heard(sender: Any, template: Any, context: Any, **_: Any) -> None:
    layers: Sequence[Any] = [layer for layer in context.dicts if isinstance(layer, Mapping)]
    places = (
        place
        for layer in layers
        for name, value in layer.items()
        if name not in OWN
        for place in stored_in(value, str(name))
    )
    _refuse(template.name, places)


def _refuse(whom: str, places: Iterator[str]) -> None:
    if found := sorted(set(places)):
        raise NotPlain(f"{whom}: {', '.join(found)}; give it a frozen value (queries/values.py)")
