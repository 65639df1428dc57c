"""The Gantt and the load of teams as tables, and the certificate in words: arithmetic without a database."""

from datetime import date
from decimal import Decimal

import pytest

from tenglong.queries.roadmap.grid import gantt_table, load_table
from tenglong.queries.roadmap.overview import printed_gap
from tenglong.queries.roadmap.results import certificate_of
from tenglong.queries.roadmap.views import Bar, Gantt, GanttZone, TeamLoad
from tenglong.store.models import Roadmap

PERIODS = (date(2021, 5, 1), date(2021, 6, 1), date(2021, 7, 1), date(2021, 8, 1))


def bar(measure: str, start: date, done: date, count: int) -> Bar:
    return Bar(measure, "vacate", start, done, count, Decimal(0))


def test_a_cell_counts_what_starts_and_what_is_under_way() -> None:
    bars = (
        bar("vacate_recover", date(2021, 6, 1), date(2021, 7, 20), 4),
        bar("vacate_recover", date(2021, 5, 1), date(2021, 6, 10), 3),
        bar("close", date(2021, 7, 1), date(2021, 12, 1), 2),
    )
    zone = gantt_table(Gantt(PERIODS, date(2021, 8, 31), (GanttZone("东区", bars),))).zones[0]
    assert (zone.zone, zone.count) == ("东区", 9)
    vacated, closed = zone.rows
    assert (vacated.measure, vacated.count) == ("vacate_recover", 7)
    assert [(cell.starts, cell.under_way) for cell in vacated.cells] == [(3, 3), (4, 7), (0, 4), (0, 0)]
    assert [(cell.starts, cell.under_way) for cell in closed.cells] == [(0, 0), (0, 0), (2, 2), (0, 2)]


def test_a_week_looks_as_full_as_it_is() -> None:
    weeks = tuple(date(2021, 5, 3 + 7 * n) for n in range(4))
    days = [Decimal(text) for text in ("0", "10", "20", "20.1")]
    known = TeamLoad("一组", Decimal(20), tuple(zip(weeks, days, strict=True)))
    unknown = TeamLoad("二组", None, ((weeks[1], Decimal(7)),))
    table = load_table((known, unknown))
    assert table.weeks == weeks
    assert [(cell.percent, cell.step) for cell in table.rows[0].cells] == [
        (Decimal("0.0"), 0), (Decimal("50.0"), 1), (Decimal("100.0"), 4), (Decimal("100.5"), 5),
    ]  # fmt: skip
    assert [(cell.days, cell.percent) for cell in table.rows[1].cells] == [
        (Decimal(0), None), (Decimal(7), None), (Decimal(0), None), (Decimal(0), None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("gap", "printed"),
    [
        ("0", "0"),
        ("0.000581", "0.059"),
        ("0.0000389", "0.0039"),
        ("0.01", "1"),
        ("0.012301", "1.24"),
        ("0.5", "50"),
    ],
)
def test_a_gap_is_never_printed_smaller_than_it_is(gap: str, printed: str) -> None:
    assert printed_gap(gap) == Decimal(printed) >= Decimal(gap) * 100


def test_the_certificate_is_one_sentence() -> None:
    assert certificate_of(Roadmap()) is None
    assert (
        str(certificate_of(Roadmap(gap="0.00058"))) == "已证明：在全部可行方案中，没有比它好 0.058% 以上的。"
    )
    assert str(certificate_of(Roadmap(gap="0"))) == "已证明：在全部可行方案中，没有比它更好的。"
