"""The list of suspected firms: every hit with what it rests on, and the rules that could not be tried."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from tenglong.domain.evaluation.screening import Screening
from tenglong.domain.evaluation.screening.rules import Rules
from tenglong.domain.evaluation.tables.found import Unread
from tenglong.domain.kernel.quantities import exact_text
from tenglong.domain.reporting.sheets import Page, Sheet, SheetColumn

COLUMNS: Mapping[str, tuple[str, int]] = {
    "id": ("企业编号", 24),
    "name": ("企业名称", 28),
    "result": ("结果", 10),
    "rule": ("规则", 8),
    "title": ("规则名称", 24),
    "version": ("版本", 10),
    "sentence": ("理由", 60),
    "inputs": ("所用数据", 40),
    "thresholds": ("阈值", 24),
    "source": ("规则出处", 30),
    "data_source": ("数据来源", 30),
    "date": ("日期", 12),
}
"""The columns of the list by id: header and width."""

Row = tuple[str, ...]


def suspect_rows(
    rules: Rules, found: Screening, names: Mapping[str, str], unread: Sequence[Unread]
) -> Iterator[Row]:
    """Hits, then what could not be tested, hints that a hit may be false, and the rows that could not be read."""
    titles = {rule.id: (rule.zh, rule.version) for rule in rules.rules}
    for hit in found.hits:
        yield (
            *(hit.firm, names.get(hit.firm, ""), "疑似", hit.rule, titles[hit.rule][0], hit.version),
            *(str(hit.sentence), _said(hit.inputs, rules), _said(hit.thresholds, rules)),
            *(hit.source, hit.data_source, hit.date.isoformat()),
        )
    for one in found.untested:
        lacking = "缺少：" + "、".join(_label(id, rules) for id in one.missing)
        title, version = titles[one.rule]
        first = (one.firm, names.get(one.firm, ""), "未能检验", one.rule, title, version, lacking)
        yield (*first, *("",) * (len(COLUMNS) - len(first)))
    guards = {guard.id: guard.zh for guard in rules.guards}
    for hint in found.hints:
        words = f"可能不属实，剔除原因代码 {hint.reason}，请现场核实"
        first = (hint.firm, names.get(hint.firm, ""), "甄别提示", hint.guard, guards[hint.guard], "", words)
        yield (*first, *("",) * (len(COLUMNS) - len(first)))
    for row in unread:
        first = (row.id, row.name, "无法读取", "", "", "", str(row.message))
        yield (*first, *("",) * (len(COLUMNS) - len(first)))


def suspect_page(rules: Rules, year: int, rows: Sequence[Row], data_digest: str) -> Page:
    """The list as a page of a workbook."""
    columns = tuple(SheetColumn(header, width=width) for header, width in COLUMNS.values())
    notes = ("命中不是结论，应现场核实。", f"规则摘要 {rules.digest}", f"数据摘要 {data_digest}")
    return Page(Sheet("疑似企业", columns, rows, frozen_columns=2), f"{year}年疑似低效企业筛查", notes=notes)


def _said(values: Mapping[str, object], rules: Rules) -> str:
    return "；".join(f"{_label(id, rules)} {_shown(value)}" for id, value in values.items())


def _label(id: str, rules: Rules) -> str:
    quantities = {quantity.id: quantity.zh for quantity in rules.quantities}
    return rules.columns[id].zh if id in rules.columns else quantities.get(id, id)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None:
        return "缺"
    return exact_text(value) if isinstance(value, Fraction | int) else str(value)
