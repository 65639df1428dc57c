"""The board of contracts: by team, zone, day and month, on the page and as a workbook."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext

from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.quantities import half_up
from tenglong.domain.reporting.sheets import Cell, Kind, Page, Sheet, SheetColumn
from tenglong.domain.reporting.writers.xlsx import write_pages
from tenglong.domain.roadmap.signing import Board, Line, days_to_sign
from tenglong.queries.campaign.figures import Question
from tenglong.queries.roadmap.signing import signing_board
from tenglong.web.pages import page
from tenglong.web.sheets import saved
from tenglong.web.templatetags.tenglong import day, in_script, moment, place_name, said

CENT = 6
"""Decimals of 10,000 yuan that say a cent."""


@page(Permission.VIEW)
def board(request: HttpRequest) -> HttpResponse:
    """Who has signed of the chosen roster and unit."""
    asked = request.here.question()
    context = {
        "asked": asked,
        "board": signing_board(asked),
        "to_sign": days_to_sign(),
        "exports": request.here.may(Permission.EXPORT),
    }
    return render(request, "roadmaps/signing.html", context)


@page(Permission.EXPORT)
def board_sheet(request: HttpRequest) -> HttpResponse:
    """The same board as a workbook, one sheet for each of its tables."""
    asked = request.here.question()
    title = gettext("{roster}签约榜{day}").format(roster=said(asked.roster, "title"), day=day(asked.as_of))
    pages = _pages(signing_board(asked), asked, title)
    return saved(write_pages(pages, title=title, created=request.here.now), title=title)


def _pages(found: Board, asked: Question, title: str) -> list[Page]:
    notes = [
        gettext("口径：{definition}").format(definition=said(asked.roster, "definition")),
        gettext("数据截至 {day}，按 {moment} 所知").format(
            day=day(asked.as_of), moment=moment(asked.known_at)
        ),
    ]
    unit = in_script(place_name(asked.territory, asked.as_of))
    sheets = (
        _lines(gettext("按专班"), gettext("专班"), found.teams, found.whole),
        _lines(gettext("按片区"), gettext("片区"), found.zones, found.whole),
        _days(found),
        _months(found),
    )
    return [Page(sheet, f"{unit} {title}", gettext("金额：万元"), notes) for sheet in sheets]


def _lines(name: str, header: str, lines: Iterable[Line], whole: Line) -> Sheet:
    counts = (
        gettext("对象（家）"),
        gettext("签约（家）"),
        gettext("其中房东"),
        gettext("其中承租户"),
        gettext("未签约"),
    )
    money = (gettext("合同总价"), gettext("已付"), gettext("合同待付"))
    columns = (
        SheetColumn(header, width=24),
        *(SheetColumn(one, Kind.INTEGER) for one in counts),
        *(SheetColumn(one, Kind.DECIMAL, 18, CENT) for one in money),
    )
    rows = [_row(line.name or gettext("未填报"), line) for line in lines]
    return Sheet(name, columns, rows, _row(gettext("合计"), whole))


def _row(name: str, line: Line) -> list[Cell]:
    counts = [line.targets, line.signed, line.landlords, line.tenants, line.left]
    return [in_script(name), *counts, line.price, line.paid, line.owed]


def _days(found: Board) -> Sheet:
    counts = (
        gettext("当日签约"),
        gettext("其中房东"),
        gettext("其中承租户"),
        gettext("累计签约"),
        gettext("剩余"),
    )
    columns = (
        SheetColumn(gettext("日期"), Kind.DATE),
        SheetColumn(gettext("第几天"), Kind.INTEGER),
        *(SheetColumn(one, Kind.INTEGER) for one in counts),
        SheetColumn(gettext("匀速应剩"), Kind.DECIMAL, 12, 1),
    )
    rows = [
        (
            one.day,
            one.number,
            one.signed,
            one.landlords,
            one.tenants,
            one.total,
            one.left,
            half_up(one.even, 1),
        )
        for one in found.days
    ]
    return Sheet(gettext("按日"), columns, rows)


def _months(found: Board) -> Sheet:
    columns = (
        SheetColumn(gettext("月份")),
        SheetColumn(gettext("约定应付"), Kind.DECIMAL, 18, CENT),
        SheetColumn(gettext("实付"), Kind.DECIMAL, 18, CENT),
    )
    return Sheet(gettext("按月"), columns, [(one.month, one.due, one.paid) for one in found.months])


urls = [
    path("signing", board, name="signing"),
    path("signing.xlsx", board_sheet, name="signing.sheet"),
]
