"""What every topic of the API has in common: its problems, its pages, and no parameter is passed over in silence."""

from collections.abc import Callable, Sequence, Set
from functools import wraps
from typing import Any, Generic, TypeVar

from django.http import HttpRequest
from ninja import Field, Router, Schema
from pydantic import ConfigDict

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


class Given(Schema):
    """What a caller hands in: exactly these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class Paging(Schema):
    """Which part of a list."""

    limit: int = Field(50, ge=1, le=MOST, description="how many, at most 200")
    offset: int = Field(0, ge=0, le=10**9, description="how many to pass over")


class Page(Schema, Generic[T]):
    """A part of a list in its order; `count` is the length of the whole list."""

    items: list[T]
    count: int


def paged(rows: Sequence[Any], paging: Paging, each: Callable[[Any], Any] | None = None) -> dict[str, Any]:
    """The part of `rows` that was asked for, as a Page; each made into what `each` says."""
    part = rows[paging.offset : paging.offset + paging.limit]
    return {"items": [each(row) for row in part] if each else part, "count": len(rows)}


class Topic(Router):
    """Operations on one topic. One that is asked with a parameter it does not know refuses: a misspelt `as_of`
    would otherwise give figures of another day without a word."""

    def add_api_operation(
        self, path: str, methods: list[str], view_func: Callable[..., Any], **options: Any
    ) -> None:
        """Add an operation with the problems that each may answer."""

        @wraps(view_func)
        def strict(request: HttpRequest, **values: Any) -> Any:
            _check_known(request.GET.keys(), known["query"])
            _check_known(request.POST.keys() - {"csrfmiddlewaretoken"}, known["form"])
            _check_known(request.FILES.keys(), known["file"])
            return view_func(request, **values)

        options["response"] = {**PROBLEMS, **options["response"]}
        super().add_api_operation(path, methods, strict, **options)
        models = strict._ninja_operation.models  # type: ignore[attr-defined]
        known: dict[str, set[str]] = {"query": set(), "form": set(), "file": set()}
        for model in models:
            if model.__ninja_param_source__ in known:
                known[model.__ninja_param_source__].update(
                    getattr(model, "__ninja_flatten_map__", model.model_fields)
                )


def _check_known(given: Set[str], known: Set[str]) -> None:
    if unknown := sorted(given - known):
        problem = "没有参数“{name}”，可用的参数有：{known}。"
        raise BadValue(msg(problem, name=shown(unknown[0]), known="、".join(sorted(known)) or "—"))
