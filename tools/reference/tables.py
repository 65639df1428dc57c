"""docs/reference/tables.md: the kinds of table that intake reads, from kinds.toml."""

from collections.abc import Iterable

from tenglong.domain.intake.kinds import Choice, Column, TableKind, Unit, table_kinds
from tenglong.domain.kernel.rulefiles import load_rules
from tools.reference import markdown
from tools.reference.markdown import code

HEAD = """\
# Kinds of table

Drawn from `src/tenglong/domain/intake/kinds.toml` by `make docs`; do not edit. Source: {source}

A column is recognised by its official header or any of its synonyms, in any order, with the unit in
brackets, in the header or in a unit line above. “Required” columns must stand in the sheet. “Becomes” names
the [entry](ledger.md) that a date makes, or the amount that a number is. “Basis” marks a quantity that is
refused unless its basis or method (当量/等价, 核定/实测 …) is given in a column or a header.
"""


def page() -> str:
    """Kinds, then the units and the choices that their columns use."""
    kinds = list(table_kinds().values())
    columns = {column.id: column for kind in kinds for column in kind.columns}
    units = {column.unit.id: column.unit for column in columns.values() if column.unit}
    parts: list[str | Iterable[str]] = [
        HEAD.format(source=load_rules("tenglong.domain.intake", "kinds.toml").source)
    ]
    for kind in kinds:
        parts += [f"## {kind.name_zh} {kind.name_en} (`{kind.id}`)", kind_table(kind)]
    parts += [
        "## Units",
        "Factors are exact; a unit that is not listed is refused, never guessed.",
        unit_table(units.values()),
    ]
    parts += ["## Choices", "The official wording first, then what is also understood."]
    for column in columns.values():
        if column.choices:
            parts += [f"**{column.header}** (`{column.id}`): " + "; ".join(map(choice, column.choices)) + "."]
    return markdown.page(*parts)


def kind_table(kind: TableKind) -> list[str]:
    """The columns of a kind in official order."""
    header = ["column", "header", "also written", "type", "required", "becomes", "basis"]
    return markdown.table(header, [column_row(column) for column in kind.columns])


def column_row(column: Column) -> list[str]:
    """One column of a kind."""
    return [
        code(column.id),
        column.header_with_unit,
        "、".join(column.synonyms),
        column.type.value,
        "yes" if column.required else "",
        code(column.entry or column.measure),
        "must be given" if column.qualified else "",
    ]


def unit_table(units: Iterable[Unit]) -> list[str]:
    """What each unit is kept in, and what is accepted."""
    rows = [
        [
            code(unit.id),
            unit.canonical,
            ", ".join(f"{name} × {factor}" for name, factor in unit.accepted.items()),
        ]
        for unit in units
    ]
    return markdown.table(["unit", "kept in", "accepted"], rows)


def choice(answer: Choice) -> str:
    """A permitted answer with its synonyms."""
    return answer.label + (f"（{'、'.join(answer.synonyms)}）" if answer.synonyms else "")
