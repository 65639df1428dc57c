"""The workbook of an evaluation: the firms in four colours, what they were held against, who was not rated."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from tenglong.domain.evaluation.explanation.wording import without_value
from tenglong.domain.evaluation.schemes import Scheme, Step
from tenglong.domain.evaluation.tables.kind import basis_words
from tenglong.domain.evaluation.tables.measures import Line, decimal_of
from tenglong.domain.evaluation.tables.wanted import wanted_by
from tenglong.domain.kernel.messages import Message, label, msg
from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.reporting.sheets import Cell, Kind, Page, Sheet, SheetColumn

Row = Mapping[str, object]
BLANK_ROWS = 20
_RULES = load_rules("tenglong.domain.reporting", "grades.toml").content


@dataclass(frozen=True)
class NotRated:
    """A firm without a result, and the sentence that says why."""

    id: str
    name: str
    why: str


def grade_colours(steps: Sequence[Step]) -> dict[str, str]:
    """The colour of each grade: A green, B blue, C yellow, D red."""
    letters, places = _RULES["letters"], _RULES["places"]
    found = {}
    for number, step in enumerate(steps):
        by_place = places[number] if number < min(len(places), len(steps) - 1) else _RULES["rest"]
        found[step.grade] = letters.get(step.grade[:1], by_place)
    return found


def grade_pages(
    scheme: Scheme,
    *,
    year: int,
    rows: Iterable[Row],
    names: Mapping[str, str],
    benchmarks: Sequence[Line],
    cuts: Sequence[Line],
    not_rated: Sequence[NotRated],
    notes: Sequence[str],
) -> tuple[Page, ...]:
    """The pages of the workbook; `rows` are result rows (docs/algorithms/evaluation.md §8) in the order of the list."""
    title = f"{scheme.title}：{year}年评价结果"
    columns = tuple(_columns(scheme, names))
    listed = Sheet("评价结果", columns, (_cells(scheme, row, names) for row in rows), frozen_columns=2)
    held = Sheet("基准值与分数线", _MEASURES, _measure_rows(scheme, benchmarks, cuts))
    left = Sheet("未评企业", _LEFT, ((one.id, one.name, one.why) for one in not_rated))
    return (
        Page(listed, title, notes=notes),
        Page(held, f"{scheme.title}：基准值与分数线"),
        Page(left, f"{scheme.title}：未评企业及原因"),
    )


def blank_page(scheme: Scheme) -> Page:
    """An empty table of firms with the columns that the scheme reads, as `tenglong evaluate` recognises them."""
    columns = [SheetColumn(header, width=24) for header in ("企业名称", "统一社会信用代码")]
    columns.append(SheetColumn("年度", Kind.INTEGER, 8))
    required = wanted_by(scheme).required
    for id, column in scheme.column.items():
        if id in required:
            kind = Kind.DECIMAL if column.type == "number" else Kind.TEXT
            said = [word for word in (basis_words(column.basis), column.unit) if word]
            header = f"{column.zh}({','.join(said)})" if said else column.zh
            columns.append(SheetColumn(header, kind, max(12, 2 * len(header))))
    blanks = ([None] * len(columns) for _ in range(BLANK_ROWS))
    return Page(Sheet("企业表", tuple(columns), blanks, frozen_columns=2), f"{scheme.title}：企业表")


def reason_words(
    scheme: Scheme, status: str, reason: str, known: Mapping[str, Fraction | None] = MappingProxyType({})
) -> Message:
    """Why a row has no grade, in words; `known` are figures of the firm by column, as far as they are at hand."""
    if status == "out_of_scope":
        return msg("不在评价范围内")
    fixed = {
        "no_peers": msg("缺少分组列"),
        "no_indicators": msg("没有一项指标可以计分"),
        "no_id": msg("没有写明是哪家企业"),
        "no_year": msg("没有写年度"),
        "unreadable": msg("有单元格无法读取"),
    }
    exempt = {one.id: msg("{name}（按办法不参评）", name=label(one.zh)) for one in scheme.exempt}
    lacking = {
        f"no_{one.id}": msg(
            "“{name}”不能计算：{why}", name=label(one.zh), why=without_value(scheme, one, known)
        )
        for one in scheme.indicator
    }
    return (fixed | lacking | exempt).get(reason, msg("{reason}", reason=reason))


_MEASURES = (
    SheetColumn("类别", width=12),
    SheetColumn("指标或等级", width=24),
    SheetColumn("分组", width=28),
    SheetColumn("数值", Kind.DECIMAL, 16, places=4),
    SheetColumn("单位", width=14),
    SheetColumn("企业数", Kind.INTEGER, 10),
)
_LEFT = (SheetColumn("企业编号", width=24), SheetColumn("企业名称", width=30), SheetColumn("原因", width=60))


def _columns(scheme: Scheme, names: Mapping[str, str]) -> Iterator[SheetColumn]:
    yield SheetColumn("企业编号", width=24)
    if names:
        yield SheetColumn("企业名称", width=30)
    colours = grade_colours(scheme.grades.steps) if scheme.grades else {}
    yield SheetColumn("等级", width=8, fills=colours)
    yield SheetColumn("总分", Kind.DECIMAL, 10, places=scheme.total.places)
    yield from (SheetColumn("位次", Kind.INTEGER, 8), SheetColumn("同组企业数", Kind.INTEGER, 10))
    yield from (SheetColumn(scheme.column[name].zh) for name in _peers(scheme))
    for one in scheme.indicator:
        yield SheetColumn(f"{one.zh}（{one.unit}）" if one.unit else one.zh, Kind.DECIMAL, 14, places=4)
        yield SheetColumn(f"{one.zh}得分", Kind.DECIMAL, 12, places=4)
    yield SheetColumn("加减分", Kind.DECIMAL, 10)
    yield SheetColumn("按比例等级", width=10, fills=colours)
    yield from (SheetColumn("等级调整", width=24), SheetColumn("说明", width=28))


def _cells(scheme: Scheme, row: Row, names: Mapping[str, str]) -> list[Cell]:
    rules = {one.id: one.zh for one in scheme.adjust}
    id, status, reason = (str(row[name] or "") for name in ("id", "status", "reason"))
    cells: list[Cell] = [id, *([names.get(id, "")] if names else []), str(row["grade"] or "")]
    cells += [_number(row["total"]), _whole(row["rank"]), _whole(row["peers"])]
    cells += [str(row[name] or "") for name in _peers(scheme)]
    for one in scheme.indicator:
        cells += [_number(row[f"value_{one.id}"]), _number(row[f"score_{one.id}"])]
    adjusted = "、".join(rules[id] for id in str(row["adjustments"] or "").split())
    why = "" if status == "rated" else str(reason_words(scheme, status, reason))
    return [*cells, _number(row["points"]), str(row["grade_by_quota"] or ""), adjusted, why]


def _measure_rows(scheme: Scheme, benchmarks: Sequence[Line], cuts: Sequence[Line]) -> Iterator[list[Cell]]:
    indicators = {one.id: one for one in scheme.indicator}
    for line in benchmarks:
        one = indicators[line.id]
        yield ["基准值", one.zh, "、".join(line.group) or "全部", line.value, one.unit, line.firms]
    for line in cuts:
        yield ["分数线", line.id, "、".join(line.group) or "全部", line.value, "分", line.firms]


def _peers(scheme: Scheme) -> tuple[str, ...]:
    return scheme.grades.peers if scheme.grades else ()


def _number(value: object) -> Decimal | None:
    return None if value is None else decimal_of(value)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
