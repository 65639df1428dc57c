"""The table of firms from the register: land, history, merged records, units and bases; and the price list."""

from datetime import date
from decimal import Decimal

import pytest

from tenglong.actions import evaluation
from tenglong.domain.access.policy import Scope, scope_of
from tenglong.domain.evaluation.loading import read_scheme
from tenglong.domain.evaluation.schemes import Scheme as SchemeFile
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.quantities import MICRO
from tenglong.queries.evaluation.firms_table import firms_table
from tenglong.queries.evaluation.prices import price_list
from tenglong.queries.registry.parcels import land_on
from tenglong.store.models import Firm, FirmMerge, Holding, Observation, Parcel
from tests.guards import guards_down
from tests.integration.campaign.world import MACHINE
from tests.integration.evaluation.world import (
    COUNTY,
    SCHEME,
    XITANG,
    YEAR,
    County,
    at,
    build_county,
    drafted,
    observe,
    scheme_in_force,
)

pytestmark = pytest.mark.django_db(transaction=True)
EVERYWHERE = Scope(everywhere=True)


def scheme_file(**changes: str) -> SchemeFile:
    text = SCHEME.format(version=1)
    for old, new in changes.items():
        text = text.replace(old, new)
    return read_scheme("test.toml", text.encode())


def table(county: County, scheme: SchemeFile | None = None, year: int = YEAR) -> dict[int, dict]:
    found = firms_table(scheme or scheme_file(), COUNTY, year, EVERYWHERE)
    return {int(row["id"]): row for row in found.rows if row["year"] == year}


def parcel(county: County, number: str, area: str | None) -> Parcel:
    micro = None if area is None else int(Decimal(area) * MICRO)
    return Parcel.objects.create(number=number, area_micro=micro, place=county.firms[0].place)


def hold(parcel: Parcel, firm: Firm, relation: str = "owner", *, floor: int | None = None, **more) -> None:
    micro = None if floor is None else floor * MICRO
    Holding.objects.create(parcel=parcel, firm=firm, relation=relation, floor_area_micro=micro, **more)


def test_a_row_has_what_the_register_knows_and_nothing_made_up() -> None:
    county = build_county()
    Firm.objects.filter(pk=county.firms[1].pk).update(size="", industry="")
    with guards_down():
        Observation.objects.filter(firm=county.firms[1], indicator="energy").delete()
    rows = table(county)
    assert len(rows) == 10
    first, second = rows[county.firms[0].pk], rows[county.firms[1].pk]
    assert (first["name"], first["code"], first["county"], first["town"]) == (
        "演示1号厂",
        "T-1",
        "嘉善县",
        "西塘镇",
    )
    assert (first["scale"], first["tax"], first["land"]) == ("规上", Decimal(100), Decimal(10))
    assert (second["scale"], second["industry_code"], second["energy"], second["utility"]) == (None,) * 4
    town = firms_table(scheme_file(), COUNTY, YEAR, scope_of(county.town))
    assert {row["place"] for row in town.rows} == {XITANG}


def test_the_latest_observation_counts_also_that_of_a_merged_record() -> None:
    county = build_county()
    kept, absorbed = county.firms[0], county.firms[9]
    observe(kept, tax=101)
    observe(absorbed, tax=33)
    Firm.objects.filter(pk=absorbed.pk).update(absorbed_by=kept)
    rows = table(county)
    assert absorbed.pk not in rows and rows[kept.pk]["tax"] == 33


def test_flags_are_observations_that_are_not_zero() -> None:
    county = build_county()
    observe(county.firms[0], utility=1)
    observe(county.firms[1], utility=0)
    rows = table(county)
    assert [rows[firm.pk]["utility"] for firm in county.firms[:3]] == [True, False, None]
    run = drafted(county, scheme_in_force(county))
    assert run.results.get(firm=county.firms[0]).grade == "T"


def test_land_is_own_and_leased_in_without_leased_out() -> None:
    county = build_county()
    owner, tenant, both, other = county.firms[:4]
    with guards_down():
        Observation.objects.filter(indicator="land").delete()
    whole = parcel(county, "P-1", "30")
    hold(whole, owner, floor=9000)
    hold(whole, tenant, "tenant", floor=3000, landlord=owner)
    own = parcel(county, "P-2", "7")
    hold(own, both)
    shared = parcel(county, "P-3", "0.000005")
    hold(shared, both)
    hold(shared, other)
    hold(parcel(county, "P-0", "5"), owner, until=date(2020, 6, 30))
    land = land_on(date(2020, 12, 31), {})
    assert (land[owner.pk].owned, land[owner.pk].rented_out, land[owner.pk].used) == (
        30 * MICRO, 10 * MICRO, 20 * MICRO,
    )  # fmt: skip
    assert (land[tenant.pk].owned, land[tenant.pk].used) == (None, 10 * MICRO)
    assert land[both.pk].owned + land[other.pk].owned == 7 * MICRO + 5
    assert [land[firm.pk].shared_parcel for firm in (owner, tenant, both, other)] == [
        "P-1",
        "P-1",
        "P-2",
        "P-2",
    ]
    rows = table(county)
    assert rows[owner.pk]["land"] == 20 and rows[county.firms[5].pk]["land"] is None
    observe(owner, land=19)
    assert table(county)[owner.pk]["land"] == 19


def test_leased_floors_of_unknown_size_are_not_guessed() -> None:
    county = build_county()
    owner, tenant = county.firms[:2]
    whole = parcel(county, "P-1", "30")
    hold(whole, owner)
    hold(whole, tenant, "tenant", landlord=owner)
    land = land_on(date(2020, 12, 31), {})
    assert land[owner.pk].used == 30 * MICRO and land[tenant.pk].used is None
    hold(parcel(county, "P-2", None), tenant)
    assert land_on(date(2020, 12, 31), {})[tenant.pk].used is None


def test_firms_on_one_parcel_share_the_result() -> None:
    county = build_county()
    best, worst = county.firms[0], county.firms[9]
    whole = parcel(county, "P-1", "20")
    hold(whole, best)
    hold(whole, worst, "tenant", landlord=best)
    run = drafted(county, scheme_in_force(county))
    shared = {row.firm_id: (row.total, row.rank) for row in run.results.filter(firm__in=[best, worst])}
    assert shared[best.pk] == shared[worst.pk] and run.results.get(firm=best).peers == 9


def test_another_basis_or_unit_is_refused_with_the_firms_named() -> None:
    county = build_county()
    odd = county.firms[3]
    observe(odd, basis="calorific", energy=55)
    assert table(county)[odd.pk]["energy"] == 100  # the wanted basis is there too
    with guards_down():
        Observation.objects.filter(firm=odd, indicator="energy", basis="equivalent").delete()
    with pytest.raises(BadValue, match="演示4号厂"):
        table(county)
    with guards_down():
        Observation.objects.filter(firm=odd, indicator="energy").update(basis="equivalent", unit="万元")
    with pytest.raises(BadValue, match="综合能耗.*单位"):
        table(county)


def test_last_years_rows_come_where_a_benchmark_is_last_years() -> None:
    county = build_county()
    observe(county.firms[0], year=YEAR - 1, tax=50, land=10, value_added=1, energy=1)
    last = scheme_file(**{'average = "pooled"': 'average = "pooled", year = "last"'})
    found = firms_table(last, COUNTY, YEAR, EVERYWHERE)
    assert {int(row["year"]) for row in found.rows} == {YEAR - 1, YEAR} and len(found.rows) == 20


def test_years_in_d_are_counted_from_final_results_only() -> None:
    county = build_county()
    scheme = scheme_in_force(county)
    run = drafted(county, scheme)
    worst = county.firms[9]

    def years() -> Decimal:
        for indicator in ("tax", "land", "value_added", "energy"):
            if not Observation.objects.filter(firm=worst, year=YEAR + 1, indicator=indicator).exists():
                observe(worst, year=YEAR + 1, **{indicator: 10})
        return table(county, year=YEAR + 1)[worst.pk]["years_in_d"]

    assert years() == 0
    evaluation.publicise(actor=county.chief, at=at(14), run=run)
    assert years() == 0
    evaluation.finalise(actor=county.chief, at=at(23), run=run)
    assert years() == 1 and table(county)[worst.pk]["years_in_d"] == 0


def test_the_price_list_charges_the_highest_and_says_where_nothing_is_known() -> None:
    county = build_county()
    run = drafted(county, scheme_in_force(county))
    run = evaluation.publicise(actor=county.chief, at=at(14), run=run)
    run = evaluation.finalise(actor=county.chief, at=at(23), run=run)
    unknown = price_list(run, EVERYWHERE)
    assert not unknown.known and unknown.rows == ()
    relief = price_list(run, EVERYWHERE, "land_use_tax")
    assert relief.year == 2021 and relief.known
    assert [(row.grade, str(row.charge.rate.value)) for row in relief.rows if row.place == "西塘镇"] == [
        ("B", "-80"), ("B", "-80"), ("A", "-100"),
    ]  # fmt: skip
    tried = price_list(run, EVERYWHERE, rates_of="370000")
    assert {(row.name, row.years, str(row.charge.rate.value)) for row in tried.rows} == {
        ("演示9号厂", 1, "0.05"), ("演示10号厂", 1, "0.05"),
    }  # fmt: skip
    assert [row.name for row in price_list(run, scope_of(county.town), rates_of="370000").rows] == [
        "演示9号厂"
    ]


def test_a_large_county_takes_few_statements(django_assert_max_num_queries) -> None:
    county = build_county(firms=60)
    with django_assert_max_num_queries(12):
        assert len(table(county)) == 60


def test_the_machine_may_do_what_the_county_may() -> None:
    county = build_county()
    scheme = evaluation.import_scheme(actor=MACHINE, at=at(13), text=SCHEME.format(version=1), code=COUNTY)
    assert evaluation.put_in_force(actor=county.chief, at=at(13), scheme=scheme).in_force_by == "chief"


def test_a_table_is_what_was_known_at_one_moment() -> None:
    county = build_county()
    firm, other = county.firms[:2]
    before = firms_table(scheme_file(), COUNTY, YEAR, EVERYWHERE, known_at=at(13))
    with guards_down():
        Observation.objects.create(
            firm=firm, year=YEAR, indicator="tax", quantity=7 * MICRO, unit="万元", basis="",
            recorded_at=at(14), recorded_by="demo",
        )  # fmt: skip
    merge = FirmMerge(
        kept=firm, absorbed=other, decided_by="demo", decided_at=at(14), reason="同址", voidable_entries={}
    )
    merge.save()
    assert firms_table(scheme_file(), COUNTY, YEAR, EVERYWHERE, known_at=at(13)) == before
    now = firms_table(scheme_file(), COUNTY, YEAR, EVERYWHERE, known_at=at(14))
    tax = {row["id"]: row["tax"] for row in now.rows if row["year"] == YEAR}
    assert tax[str(firm.pk)] != next(row["tax"] for row in before.rows if row["id"] == str(firm.pk))
