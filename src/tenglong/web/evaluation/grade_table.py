"""The four-colour list as columns: the page and the workbook take the same values from here."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.registry.industry import read_industry
from tenglong.domain.reporting.grades import grade_colours
from tenglong.domain.reporting.sheets import Kind, Sheet, SheetColumn
from tenglong.queries.evaluation.results import ResultRow
from tenglong.web.evaluation.tags import adjusted_by, why_not
from tenglong.web.templatetags.tenglong import here_with, in_script

HEADS = (
    ("rank", _("位次")),
    ("name", _("企业")),
    ("place", _("属地")),
    ("", _("行业")),
    ("", _("排名分组")),
    ("total", _("总分")),
    ("", _("等级")),
    ("", _("调整或未参评的原因")),
)


def heads(request: HttpRequest, sort: str) -> list[dict[str, Any]]:
    """The heads of the columns: each turns the list to its order, the one in force turns it round."""
    return [_head(request, key, str(title), sort) for key, title in HEADS]


def _head(request: HttpRequest, key: str, title: str, sort: str) -> dict[str, Any]:
    lit, down = bool(key) and sort.removeprefix("-") == key, sort.startswith("-")
    turned = f"-{key}" if lit and not down else key
    address = here_with({"request": request}, sort=turned, page="") if key else ""
    order = ("descending" if down else "ascending") if lit else ""
    return {
        "amount": key == "total",
        "title": title,
        "address": address,
        "order": order,
        "arrow": ("↓" if down else "↑") if lit else "",
    }


def remark(row: ResultRow, scheme: Scheme) -> str:
    """Why the grade is not the one by quota, or why there is none."""
    return adjusted_by(row.adjustments, scheme) or why_not(row, scheme)


def industry_name(code: str) -> str:
    """The division of an industry in words, the code where it is not known."""
    return in_script(read_industry(code[:3]).name or code) if code else ""


def sheet(rows: Iterable[ResultRow], scheme: Scheme) -> Sheet:
    """The list as a sheet, the grades in their colours."""
    colours = grade_colours(scheme.grades.steps) if scheme.grades else {}
    columns = (
        SheetColumn(gettext("位次"), Kind.INTEGER, 8),
        SheetColumn(gettext("同组企业数"), Kind.INTEGER, 10),
        SheetColumn(gettext("企业"), width=34),
        SheetColumn(gettext("信用代码"), width=22),
        SheetColumn(gettext("属地"), width=16),
        SheetColumn(gettext("行业"), width=20),
        SheetColumn(gettext("排名分组"), width=16),
        SheetColumn(gettext("总分"), Kind.DECIMAL, 10, scheme.total.places),
        SheetColumn(gettext("按比例等级"), width=10, fills=colours),
        SheetColumn(gettext("等级"), width=8, fills=colours),
        SheetColumn(gettext("调整或未参评的原因"), width=40),
        SheetColumn(gettext("用地（亩）"), Kind.DECIMAL, 12),
    )
    lines = (
        (
            *(row.rank, row.peers, in_script(row.name), row.code, in_script(row.place)),
            *(
                industry_name(row.industry),
                in_script(row.peer_group),
                row.total,
                row.grade_by_quota,
                row.grade,
            ),
            *(remark(row, scheme), row.land),
        )
        for row in rows
    )
    return Sheet(gettext("评价结果"), columns, lines, frozen_columns=3)
