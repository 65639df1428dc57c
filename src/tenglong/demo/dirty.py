"""Rows as they really arrive: what is wrong with each, and what the intake should make of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tenglong.demo.sheets import Row

REJECTED, WARNED = "rejected", "warning"


@dataclass(frozen=True)
class DirtyRow:
    """A row of the file `file`, told apart by the firm's name; `verdict` is REJECTED or WARNED."""

    file: str
    name: str
    verdict: str
    why: str
    row: Row


PUSHED, REVIEW, LEDGER, OBSERVED = "pushed", "review", "ledger", "observed"
_BASE: dict[str, Row] = {
    PUSHED: {
        "county": "嘉善县",
        "town": "西塘镇",
        "pushed_on": date(2021, 9, 3),
        "push_reason": "D类两年以上",
    },
    REVIEW: {"county": "桐乡市", "town": "濮院镇", "decision": "剔除", "checked_on": date(2021, 9, 6)},
    LEDGER: {"county": "海宁市", "town": "许村镇", "batch": "腾退", "measure": "关停淘汰"},
    OBSERVED: {"county": "平湖市", "town": "新埭镇", "year": 2020, "tax": Decimal("12.5")},
}
_WRONG: Sequence[tuple[str, str, Row]] = (
    (PUSHED, "日期不存在", {"pushed_on": "2021-02-30"}),
    (PUSHED, "日期在填报日期之后", {"pushed_on": date(2021, 12, 1)}),
    (PUSHED, "日期写成文字", {"pushed_on": "九月上旬"}),
    (PUSHED, "没有这个县", {"county": "嘉膳县"}),
    (PUSHED, "镇不属于该县", {"town": "濮院镇"}),
    (PUSHED, "月份超出范围", {"pushed_on": "2021/13/45"}),
    (REVIEW, "剔除没有原因代码", {}),
    (REVIEW, "剔除原因为其他而无说明", {"removal_reason": "9"}),
    (REVIEW, "剔除原因代码不存在", {"removal_reason": "17"}),
    (REVIEW, "新增没有理由", {"decision": "新增"}),
    (REVIEW, "拟办写法不明", {"decision": "待定"}),
    (LEDGER, "销号日期在填报日期之后", {"written_off_on": date(2022, 1, 5)}),
    (LEDGER, "没有核查就销号", {"closed_on": date(2021, 9, 18), "written_off_on": date(2021, 9, 20)}),
    (LEDGER, "未签约就腾空", {"emptied_on": date(2021, 9, 18)}),
    (LEDGER, "面积没有起算日期", {"area_vacated": Decimal("12.3")}),
    (LEDGER, "面积写成文字", {"area_vacated": "约三十亩", "written_off_on": date(2021, 9, 20)}),
    (LEDGER, "日期超出范围", {"closed_on": "2021/13/45"}),
    (LEDGER, "处置方式不在选项之内", {"measure": "再观察"}),
    (OBSERVED, "能耗没有写明当量或等价", {"energy": Decimal("530")}),
    (OBSERVED, "年度不是年份", {"year": "去年"}),
    (OBSERVED, "税收带文字", {"tax": "详见附件"}),
    (OBSERVED, "废水没有写明核算方法", {"wastewater": Decimal("1200")}),
)


def rejected_rows() -> list[DirtyRow]:
    """Rows that may not come in. Their firms exist nowhere else."""
    rows = []
    for number, (file, why, wrong) in enumerate(_WRONG, start=1):
        name = f"演示问题数据第{number:02d}号企业"
        rows.append(DirtyRow(file, name, REJECTED, why, {"firm_name": name, **_BASE[file], **wrong}))
    return rows


def garble(rows: Sequence[Row]) -> Iterator[DirtyRow]:
    """Spoils the codes of some rows of the pushed roster, in place, the way typists and exports do.

    The firms stay recognisable by name, and the review form brings the right codes.
    """
    spoilt = (
        ("字母 O 当成数字 0", lambda code: code[:8] + code[8:].replace("0", "O")),
        ("少一位", lambda code: code[:-1]),
        ("多两位", lambda code: code + "00"),
        ("15 位旧注册号", lambda code: "330421000012341"),
    )
    with_zero = [row for row in rows[40:] if "0" in str(row["code"])[8:]]
    for (why, spoil), row in zip(spoilt, with_zero, strict=False):
        row["code"] = spoil(str(row["code"]))
        yield DirtyRow(PUSHED, str(row["firm_name"]), WARNED, why, row)
    tidy = rows[30:33]
    for row, shape in zip(tidy, ("{}(1/1)", "'{}", " {} "), strict=True):
        row["code"] = shape.format(row["code"])


def dirt_of(file: str) -> list[Row]:
    """The rows to add to a file of the kind `file`."""
    return [dict(item.row) for item in rejected_rows() if item.file == file]
