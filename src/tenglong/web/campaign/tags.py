"""Filters of the case pages: answers of the ledger's columns, indicators, units, sources."""

from typing import Any

from django import template
from django.utils.translation import get_language, gettext, gettext_lazy

from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.ledger.kinds import Attribute
from tenglong.web.templatetags.tenglong import in_script, label

register = template.Library()

UNITS = {
    "mu": gettext_lazy("亩"),
    "tce": gettext_lazy("吨标准煤"),
    "t": gettext_lazy("吨"),
    "万元": gettext_lazy("万元"),
    "人": gettext_lazy("人"),
}

VERDICTS = {
    "inserted": gettext_lazy("新增"),
    "updated": gettext_lazy("更新"),
    "unchanged": gettext_lazy("不变"),
    "rejected": gettext_lazy("退回"),
}
OTHER_ROWS = {
    "title": gettext_lazy("标题行"),
    "header": gettext_lazy("表头行"),
    "unit": gettext_lazy("单位行"),
    "total": gettext_lazy("合计行"),
    "note": gettext_lazy("说明行"),
}


@register.filter
def table_name(kind: str) -> str:
    """The name of a kind of table."""
    found = table_kind(kind)
    return found.name_en if get_language() == "en" else in_script(found.name_zh)


@register.filter
def verdict_label(id: str) -> str:
    """What becomes of a row."""
    return str(VERDICTS[id])


NEEDS = {
    "must": gettext_lazy("必须"),
    "may": gettext_lazy("视情"),
    "later": gettext_lazy("销号之后"),
}
VERDICTS_OF_PIECES = {
    "there": gettext_lazy("已有"),
    "missing": gettext_lazy("欠缺"),
    "misdated": gettext_lazy("日期不符"),
    "waived": gettext_lazy("已免交"),
    "needless": gettext_lazy("不适用"),
}


@register.filter
def need_label(id: str) -> str:
    """How much a piece of evidence is needed."""
    return str(NEEDS[id])


@register.filter
def verdict_of_piece(id: str) -> str:
    """What is the matter with a piece of evidence."""
    return str(VERDICTS_OF_PIECES[id])


@register.filter
def other_row(id: str) -> str:
    """What a row is that was not read as data."""
    return str(OTHER_ROWS.get(id, id))


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
def said_text(attribute: Attribute, text: str) -> str:
    """What was said of an attribute, as people read it; a dash where it was taken back."""
    columns = {"party": "relation", "batch": "batch", "measure": "measure", "origin": "list_source"}
    if attribute.id in columns:
        return answer(text, columns[attribute.id]) or "—"
    return in_script(text) or "—"


@register.filter
def reason(text: str) -> str:
    """A reason as it was recorded; a coded reason of removal (5 公用事业) in the reader's language."""
    code, _, words = text.partition(" ")
    return f"{code} {label(words)}" if code.isdecimal() else in_script(text)


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
    cell = source.get("cell") or (
        gettext("第 {row} 行").format(row=source["row"]) if source.get("row") else ""
    )
    return " · ".join(str(part) for part in (source.get("file"), source.get("sheet"), cell) if part)
