"""Definitions of figures: exact values, print, and the article's arithmetic (domain.md §2.1)."""

from fractions import Fraction

import pytest

from tenglong.domain.campaign.figures import (
    Totals,
    definition,
    definitions,
    measures_of,
    parse_definitions,
    printed,
    slots_of,
    value,
)
from tenglong.domain.kernel.errors import BadRules, NotFound
from tenglong.domain.kernel.rulefiles import parse_rules
from tenglong.domain.ledger.kinds import vocabulary

PROVINCE = {"write_off_rate": Fraction("59.4")}


def totals(**slots: tuple[int, int]) -> Totals:
    found = Totals()
    for slot, (count, micro) in slots.items():
        found.add(slot, "", count, micro)
    return found


ARTICLE = totals(
    target=(730, 0),
    write_off=(520, 0),
    area_vacated=(500, 8_940_000_000),
    energy_freed=(520, 313_000_000_000),
)


@pytest.mark.parametrize(
    ("id", "text"),
    [
        ("firms_target", "730"),
        ("firms_written_off", "520"),
        ("write_off_rate", "71.2"),
        ("lead_pp", "11.8"),
        ("land_vacated", "8940"),
        ("energy_freed", "313000"),
    ],
)
def test_the_articles_figures(id, text):
    figure = definition(id)
    assert printed(figure, value(figure, ARTICLE, PROVINCE)) == text


def test_a_lead_comes_from_exact_rates_not_from_printed_ones():
    assert value(definition("lead_pp"), ARTICLE, PROVINCE) == Fraction(520, 730) * 100 - Fraction("59.4")


def test_nothing_is_said_without_a_denominator_or_a_reference():
    assert value(definition("write_off_rate"), Totals(), PROVINCE) is None
    assert value(definition("lead_pp"), ARTICLE, {}) is None
    assert printed(definition("lead_pp"), None) == "—"


def test_what_remains_is_the_baseline_less_what_was_freed():
    found = totals(energy_baseline=(9, 51_000_000_000), energy_freed=(7, 23_000_000_000))
    assert value(definition("energy_after"), found, {}) == 28_000


BASELINES = ("energy", "wastewater", "cod")


@pytest.mark.parametrize("id", [f"{of}_{when}" for of in BASELINES for when in ("before", "after")])
def test_what_nobody_stated_is_not_zero(id):
    assert value(definition(id), totals(target=(9, 0)), {}) is None
    assert printed(definition(id), value(definition(id), totals(target=(9, 0)), {})) == "—"


@pytest.mark.parametrize(
    "id", ["dischargers_before", "dischargers_after", "land_expected", "energy_expected"]
)
def test_nor_is_what_is_counted_or_expected_by_amounts_that_nobody_stated(id):
    assert value(definition(id), totals(target=(9, 0)), {}) is None


def test_a_stated_zero_is_zero():
    found = totals(wastewater_baseline=(3, 0))
    ids = ("wastewater_before", "wastewater_after", "dischargers_before", "dischargers_after")
    assert [value(definition(id), found, {}) for id in ids] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("id", "event", "slot"),
    [
        ("land_signed", "contract", "area_signed"),
        ("land_vacated", "premises", "area_vacated"),
        ("land_demolished", "demolition", "area_demolished"),
        ("land_net", "demolition", "area_net"),
        ("energy_freed", "write_off", "energy_freed"),
        ("wastewater_freed", "closure", "wastewater_freed"),
        ("cod_freed", "premises", "cod_freed"),
    ],
)
def test_what_an_event_brings_is_zero_before_it_and_unknown_until_it_is_stated(id, event, slot):
    figure = definition(id)
    assert value(figure, totals(target=(9, 0)), {}) == 0
    assert value(figure, totals(**{event: (2, 0)}), {}) is None
    assert value(figure, totals(**{event: (2, 0), slot: (1, 0)}), {}) == 0


def test_what_remains_is_unknown_while_what_was_freed_is():
    found = totals(energy_baseline=(9, 51_000_000_000), write_off=(2, 0))
    assert value(definition("energy_after"), found, {}) is None


def test_parties_are_counted_apart_and_together():
    found = Totals()
    found.add("contract", "landlord", 209, 0)
    found.add("contract", "tenant", 768, 0)
    ids = ("firms_signed", "firms_signed_landlord", "firms_signed_tenant")
    assert [value(definition(id), found, {}) for id in ids] == [977, 209, 768]


def test_merging_totals_adds_them():
    found = totals(area_net=(1, 5))
    found.merge(totals(area_net=(2, 7), target=(3, 0)))
    assert (found.counts["area_net", ""], found.sums["area_net", ""]) == (3, 12)
    assert found.counts["target", ""] == 3


def test_every_figure_reads_slots_that_the_ledger_has():
    for figure in definitions().values():
        in_ledger = [measure for measure in measures_of([figure]) if measure.in_ledger]
        assert set(slots_of(in_ledger)) <= set(vocabulary().slots), figure.id
        said = (figure.count, figure.sum, figure.part, figure.lead_of, figure.certificate)
        assert [bool(one) for one in said].count(True) == 1


def test_a_rate_needs_the_slots_of_both_its_parts():
    assert set(slots_of(measures_of([definition("lead_pp")]))) == {"target", "write_off"}


def test_unknown_figures_are_refused():
    with pytest.raises(NotFound, match="没有指标“x”"):
        definition("x")
    row = '[[figure]]\nid = "a"\nzh = "甲"\nen = "A"\nunit = "家"\nunit_en = "firms"\n'
    with pytest.raises(BadRules, match="引用了不存在的指标 b"):
        parse_definitions(parse_rules("f.toml", f'source = "t"\n{row}part = "b"\nwhole = "a"\n'.encode()))
    with pytest.raises(BadRules, match="指标定义有误"):
        parse_definitions(parse_rules("f.toml", f'source = "t"\n{row}colour = "b"\n'.encode()))
