"""What is shown of a stored row: a frozen value without a way back to the database."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Self, TypeVar, get_args

from django.db.models import Model, QuerySet

from tenglong.domain.kernel.errors import Bug

T = TypeVar("T")


@dataclass(frozen=True)
class Value:
    """A row as faces see it: its subclasses name the columns that they may read.

    A field whose type is a Value is made of the related row; the statement that read the row must have brought it. A
    template that asks for anything else is a bug and not a blank.
    """

    @classmethod
    def of(cls, row: Model) -> Self:
        """The value of `row`."""
        names, made = _parts(cls)  # type: ignore[arg-type]  # mypy asks the hash of its instances
        said = [getattr(row, name) for name in names]
        for place, kind in made:
            if said[place] is not None:
                said[place] = kind.of(said[place])
        return cls(*said)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise Bug("a value has no such field", value=type(self).__name__, field=name)


@dataclass(frozen=True)
class Named(Value):
    """A place or a firm by its name."""

    pk: int
    name: str


@dataclass(frozen=True)
class Titled(Value):
    """A roster by its title."""

    pk: int
    code: str
    title: str
    title_en: str


class Rows(Sequence[T]):
    """A long list of rows in their order, as what `values` makes of some of them; a part is read when it is asked
    for."""

    def __init__(self, rows: QuerySet[Any, Any], values: Callable[[Sequence[Any]], Iterable[T]]):
        self._rows, self._values = rows, values

    def __len__(self) -> int:
        return self._rows.count()

    def __getitem__(self, part: Any) -> Any:
        if isinstance(part, slice):
            return list(self._values(list(self._rows[part])))
        return next(iter(self._values([self._rows[part]])))


@cache
def _parts(cls: type[Value]) -> tuple[tuple[str, ...], tuple[tuple[int, type[Value]], ...]]:
    """The fields in order, and the places of those that are made into a sort of value."""
    kinds = [_value_in(field.type) for field in fields(cls)]
    made = tuple((place, kind) for place, kind in enumerate(kinds) if kind is not None)
    return tuple(field.name for field in fields(cls)), made


def _value_in(declared: Any) -> type[Value] | None:
    kinds = (declared, *get_args(declared))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Value)), None)
