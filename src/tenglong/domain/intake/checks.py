"""What a row must satisfy as a whole, once its cells are read."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from tenglong.domain.intake.kinds import TableKind, measure_unit
from tenglong.domain.intake.numbers import accepted_factors, unit_key
from tenglong.domain.intake.parsed import Severity, tidy
from tenglong.domain.intake.rows import Cell, CellProblem
from tenglong.domain.intake.shapes import FoundColumn
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.quantities import plain


class RowChecks:
    """The checks of one table: required cells, basis or method, a header's year, an event's unit."""

    def __init__(self, kind: TableKind, columns: Sequence[FoundColumn]):
        self._kind = kind
        self._columns = columns
        self._found = {found.column.id: found for found in columns}
        self._required = [c for c in columns if c.column.required and not c.column.as_written]
        self._qualified = [found for found in columns if found.column.qualifier]
        self._dated = [found for found in columns if found.year is not None] if "year" in self._found else []

    def run(self, row: int, cells: dict[str, Cell], refused: set[str]) -> Iterator[CellProblem]:
        """The problems of one row; adds what headers say of basis and method, converts an event's quantity.

        `refused` are the columns that already have a problem: they are not called empty as well.
        """
        for found in self._required:
            if found.column.id not in cells and found.column.id not in refused:
                yield self._problem(
                    row, found, msg("“{header}”不能为空，请填写。", header=found.column.header)
                )
        for found in self._qualified:
            yield from self._qualifier(row, found, cells, refused)
        for found in self._dated:
            year = cells.get("year")
            if found.column.id in cells and year and year.value != found.year:
                problem = "表头写的是 {header} 年，这一行的年度是 {year}，请核对后分行填写。"
                yield self._problem(row, found, msg(problem, header=found.year, year=year.value))
        if "quantity" in cells:
            yield from self._quantity(row, cells)

    def _problem(self, row: int, found: FoundColumn, message: Message) -> CellProblem:
        return CellProblem(found.column.id, f"{found.letters}{row}", message, Severity.ERROR)

    def _qualifier(
        self, row: int, found: FoundColumn, cells: dict[str, Cell], refused: set[str]
    ) -> Iterator[CellProblem]:
        """The basis or method of a quantity: its own column, or the header; both must agree.

        A kind without a column for it (pushed_roster) does not ask.
        """
        qualifier = self._kind.by_id.get(found.column.qualifier or "")
        if found.column.id not in cells or qualifier is None:
            return
        own = cells.get(qualifier.id)
        if own and found.qualifier and own.value != found.qualifier:
            problem = "“{header}”的表头写的是“{above}”，这一行写的是“{own}”，请改成一致。"
            above = next(choice.label for choice in qualifier.choices if choice.id == found.qualifier)
            yield self._problem(
                row, found, msg(problem, header=found.column.header, above=above, own=own.raw)
            )
        elif found.qualifier and not own:
            cells[qualifier.id] = Cell(found.header_ref, found.header, found.qualifier)
        elif not own and found.column.qualified and qualifier.id not in refused:
            labels = "、".join(choice.label for choice in qualifier.choices)
            problem = "“{header}”没有说明“{qualifier}”，请在表头括号里或“{qualifier}”列写明：{labels}。"
            header = found.column.header
            yield self._problem(
                row, found, msg(problem, header=header, qualifier=qualifier.header, labels=labels)
            )

    def _quantity(self, row: int, cells: dict[str, Cell]) -> Iterator[CellProblem]:
        """An event's quantity is converted by the unit beside it; which quantity it is must be said."""
        found, cell = self._found["quantity"], cells["quantity"]
        measure, unit_cell = cells.get("event_measure"), cells.get("quantity_unit")
        unit = measure_unit(str(measure.value)) if measure else None
        if unit is None:
            del cells["quantity"]
            yield self._problem(row, found, msg("填写了数量，但没有写“数量指标”（如签约面积），请补充。"))
            return
        factors = accepted_factors(unit)
        written = unit_key(tidy(unit_cell.raw)) if unit_cell else ""
        if written not in factors:
            del cells["quantity"]
            problem = "数量没有写明可识别的计量单位，请在“计量单位”列填写：{known}。"
            yield self._problem(row, found, msg(problem, known="、".join(unit.accepted)))
        elif isinstance(cell.value, Decimal):
            cells["quantity"] = Cell(cell.ref, cell.raw, plain(cell.value * factors[written]))
