"""What every topic of the API has in common: its problems, its pages, and no parameter is passed over in silence."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Generic, TypeVar

from django.http import HttpRequest
from ninja import Field, Router, Schema

from tenglong.api.values import shown
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg

T = TypeVar("T")
MOST = 200


class Problem(Schema):
    """Why there is no answer: a sentence for people, and what kind of problem it is for programs."""

    error: str
    kind: str


PROBLEMS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409), Problem)


class Paging(Schema):
    """Which part of a list."""

    limit: int = Field(50, ge=1, le=MOST, description="how many, at most 200")
    offset: int = Field(0, ge=0, le=10**9, description="how many to pass over")


class Page(Schema, Generic[T]):
    """A part of a list in its order; `count` is the length of the whole list."""

    items: list[T]
    count: int


def paged(rows: Sequence[Any], paging: Paging) -> dict[str, Any]:
    """The part of `rows` that was asked for, as a Page."""
    return {"items": rows[paging.offset : paging.offset + paging.limit], "count": len(rows)}


class Topic(Router):
    """Operations on one topic. One that is asked with a parameter it does not know refuses: a misspelt `as_of`
    would otherwise give figures of another day without a word."""

    def add_api_operation(
        self, path: str, methods: list[str], view_func: Callable[..., Any], **options: Any
    ) -> None:
        """Add an operation with the problems that each may answer."""

        @wraps(view_func)
        def strict(request: HttpRequest, **values: Any) -> Any:
            if unknown := sorted(request.GET.keys() - known):
                problem = "没有参数“{name}”，可用的参数有：{known}。"
                raise BadValue(msg(problem, name=shown(unknown[0]), known="、".join(sorted(known)) or "—"))
            return view_func(request, **values)

        options["response"] = {**PROBLEMS, **options["response"]}
        super().add_api_operation(path, methods, strict, **options)
        models = strict._ninja_operation.models  # type: ignore[attr-defined]
        queries = [model for model in models if model.__ninja_param_source__ == "query"]
        known = {name for model in queries for name in model.__ninja_flatten_map__}
