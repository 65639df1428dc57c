"""合计 rows against the sum of the rows they claim to add up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.quantities import plain


@dataclass(frozen=True)
class _Stated:
    ref: str
    column_id: str
    header: str
    value: Decimal
    possible: tuple[Decimal, Decimal]


class TotalsCheck:
    """Collects data rows and total rows of one sheet, then tells which totals do not agree.

    A total may cover everything, everything above it, or what lies between it and the total before: any of
    the three makes it right. Ratios and averages (亩均…) do not add up and should not be handed in.
    """

    def __init__(self) -> None:
        self._sums: dict[str, Decimal] = {}
        self._since: dict[str, Decimal] = {}
        self._stated: list[_Stated] = []

    def add(self, values: Mapping[str, Decimal]) -> None:
        """A data row's quantities by column id."""
        for column_id, value in values.items():
            self._sums[column_id] = self._sums.get(column_id, Decimal(0)) + value
            self._since[column_id] = self._since.get(column_id, Decimal(0)) + value

    def state(self, cells: Sequence[tuple[str, str, str, Decimal]]) -> None:
        """A total row's quantities: (column id, header, ref, value)."""
        for column_id, header, ref, value in cells:
            possible = (self._sums.get(column_id, Decimal(0)), self._since.get(column_id, Decimal(0)))
            self._stated.append(_Stated(ref, column_id, header, value, possible))
        self._since = {}

    def warnings(self, sheet: str) -> Iterator[Message]:
        """One sentence for each total that agrees with none of the sums it may mean."""
        for stated in self._stated:
            final = self._sums.get(stated.column_id, Decimal(0))
            if stated.value not in (final, *stated.possible):
                problem = (
                    "工作表“{sheet}”{ref} 的合计“{header}”是 {stated}，数据行相加是 {computed}，请核对。"
                )
                yield msg(
                    problem,
                    sheet=sheet,
                    ref=stated.ref,
                    header=stated.header,
                    stated=plain(stated.value),
                    computed=plain(stated.possible[0] or final),
                )
