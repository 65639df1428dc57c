"""Filters of the case pages: answers of the ledger's columns, indicators, units, sources."""

from typing import Any

from django import template
from django.utils.translation import gettext, gettext_lazy

from tenglong.domain.intake.kinds import table_kind
from tenglong.web.templatetags.tenglong import in_script, label

register = template.Library()

UNITS = {
    "mu": gettext_lazy("亩"),
    "tce": gettext_lazy("吨标准煤"),
    "t": gettext_lazy("吨"),
    "万元": gettext_lazy("万元"),
    "人": gettext_lazy("人"),
}


@register.filter
def quantity_unit(id: str) -> str:
    """A unit of amounts and observations in the reader's language."""
    return str(UNITS.get(id, id))


@register.filter
def answer(id: str, column: str) -> str:
    """The label of an answer in a column of the case ledger; what is not an answer stays as it is."""
    choices = table_kind("case_ledger").column(column).choices
    return next((label(choice.label) for choice in choices if choice.id == id), in_script(id))


@register.filter
def basis(id: str) -> str:
    """The basis or method of an observation: 当量, 实测 and the like."""
    for column in ("energy_basis", "wastewater_method"):
        for choice in table_kind("observations").column(column).choices:
            if choice.id == id:
                return label(choice.label)
    return in_script(id)


@register.filter
def indicator(id: str) -> str:
    """The name of an observed indicator."""
    column = table_kind("observations").by_id.get(id)
    return label(column.header) if column else id


@register.filter
def origin(source: dict[str, Any]) -> str:
    """Where a value came from: file, sheet and cell; "" when nothing is known."""
    cell = source.get("cell") or (gettext("第 {row} 行").format(row=source["row"]) if source.get("row") else "")
    return " · ".join(str(part) for part in (source.get("file"), source.get("sheet"), cell) if part)
