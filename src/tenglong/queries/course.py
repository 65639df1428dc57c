"""What is asked once in a request, a command or a job, however many of its parts need it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

T = TypeVar("T")
_course: ContextVar[dict[str, Any] | None] = ContextVar("course", default=None)


@contextmanager
def one_course() -> Iterator[None]:
    """A request, a command or a job; one that is done within another asks for itself."""
    mark = _course.set({})
    try:
        yield
    finally:
        _course.reset(mark)


def in_course(key: str, build: Callable[[], T]) -> T:
    """What was answered under `key` since the course began, else `build`'s answer, which outside of one is not kept."""
    kept = _course.get()
    if kept is None:
        return build()
    if key not in kept:
        kept[key] = build()
    return cast(T, kept[key])


def ask_again(key: str) -> None:
    """What was answered under `key` holds no longer: whoever changed it says so."""
    (_course.get() or {}).pop(key, None)
