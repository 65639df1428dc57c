"""Rows of places that do not make one tree on every day are refused, with the rows named."""

from dataclasses import replace
from datetime import date

import pytest

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.rulefiles import load_rules, parse_rules
from tenglong.domain.registry.divisions import read_places
from tenglong.domain.registry.territory import Level, Place, check_places

START, MERGER = date(2000, 1, 1), date(2010, 1, 1)
COUNTY = Place(1, "990001", "甲县", Level.COUNTY, None, 1, START)
OLD = Place(2, "990001101", "乙镇", Level.TOWN, 1, 1, START, MERGER, successor_id=3)
HEIR = Place(3, "990001102", "丙镇", Level.TOWN, 1, 2, START)


def test_a_merger_is_accepted() -> None:
    check_places([COUNTY, OLD, HEIR])


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([COUNTY, replace(HEIR, id=1)], "重复的 id"),
        ([COUNTY, replace(HEIR, parent_id=9)], "上级不存在"),
        ([replace(COUNTY, parent_id=1)], "成环"),
        ([replace(COUNTY, parent_id=3), HEIR], "成环"),
        ([COUNTY, replace(HEIR, valid_from=date(1999, 1, 1))], "没有上级"),
        ([COUNTY, replace(OLD, successor_id=None)], "由谁承接"),
        ([COUNTY, OLD, replace(HEIR, valid_from=date(2011, 1, 1))], "并不存在"),
        ([COUNTY, replace(OLD, valid_to=START), HEIR], "终止日期不晚于"),
        ([COUNTY, OLD, HEIR, replace(OLD, id=4, valid_from=date(2009, 1, 1))], "重叠"),
        (
            [COUNTY, OLD, HEIR, replace(OLD, id=4, valid_from=date(2012, 1, 1), valid_to=date(2013, 1, 1))],
            "空档",
        ),
        ([COUNTY, replace(HEIR, successor_id=1)], "没有终止日期"),
        (
            [replace(COUNTY, valid_to=MERGER, successor_id=5), HEIR, replace(COUNTY, id=5, code="990002")],
            "没有上级",
        ),
    ],
)
def test_a_broken_tree_is_refused(rows: list[Place], word: str) -> None:
    with pytest.raises(BadRules, match=word):
        check_places(rows)


def test_the_shipped_rows_have_a_source_and_unique_ids() -> None:
    rules = load_rules("tenglong.domain.registry", "data/places.toml")
    assert "GB/T 2260" in rules.source
    assert sorted(row.id for row in read_places(rules)) == list(range(1, 13))


@pytest.mark.parametrize(
    "row", ['{ id = 1, code = "99" }', '{ id = 1, code = "99", name = "甲", level = "星球", order = 1 }']
)
def test_a_bad_row_names_the_file(row: str) -> None:
    rules = parse_rules("places.toml", f'source = "test"\nalways = 1949-10-01\nplaces = [{row}]'.encode())
    with pytest.raises(BadRules, match=r"places\.toml"):
        read_places(rules)
