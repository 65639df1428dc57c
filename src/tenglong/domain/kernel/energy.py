"""Energy in standard coal, by the factor table of an edition and on one basis (energy.toml; domain.md §5.1).

当量 (calorific) counts a kWh by its heat; 等价 (equivalent) by the coal that a power station burned for it in that
year. The two differ by about 2.4 times, so a result is on one basis or it is refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cache
from typing import Any, Literal

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import Message, label, listed, msg
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules

Basis = Literal["calorific", "equivalent"]

KGCE_PER_TCE = 1000
DIGITS = 60  # more than any amount times any factor has, so that products and sums stay exact


@dataclass(frozen=True)
class Factor:
    """kgce for one native unit in some editions; without a basis, on both. `source` says where it stands."""

    editions: tuple[str, ...]
    basis: str
    kgce: Decimal
    source: str


@dataclass(frozen=True)
class Carrier:
    """A form of energy: the units it is measured in (in native units), its factors, and other factors in use."""

    id: str
    zh: str
    native: str
    units: Mapping[str, Decimal]
    factors: tuple[Factor, ...]
    measurable: bool = True
    working_medium: bool = False
    must_state_basis: bool = False
    equivalent_between: tuple[Decimal, ...] = ()
    conflicts: tuple[tuple[Decimal, str], ...] = ()


@dataclass(frozen=True)
class FactorTable:
    """The carriers, and the editions and bases that a conversion may name, with the digest of the file."""

    carriers: Mapping[str, Carrier]
    editions: Mapping[str, str]
    bases: Mapping[str, str]
    digest: str


@dataclass(frozen=True)
class Used:
    """An amount of a carrier. `factor`: measured kgce for a native unit; `basis`: what the figure itself says."""

    carrier: str
    amount: Decimal
    unit: str
    factor: Decimal | None = None
    basis: Basis | None = None


@dataclass(frozen=True)
class Converted:
    """One line of a conversion as it is printed; `counts` is false for water, which is shown only."""

    used: Used
    kgce_per_native_unit: Decimal
    source: Message | str
    tce: Decimal
    counts: bool


def to_tce(
    quantities: Iterable[Used],
    *,
    edition: str,
    basis: Basis,
    equivalent_factors: Mapping[str, Decimal] | None = None,
) -> Decimal:
    """The tonnes of standard coal of what was used: exact, without energy-consuming media such as water.

    Raises:
        BadValue: as `conversion`.
    """
    lines = conversion(quantities, edition=edition, basis=basis, equivalent_factors=equivalent_factors)
    with localcontext(prec=DIGITS):
        return sum((line.tce for line in lines if line.counts), Decimal(0))


def conversion(
    quantities: Iterable[Used],
    *,
    edition: str,
    basis: Basis,
    equivalent_factors: Mapping[str, Decimal] | None = None,
) -> tuple[Converted, ...]:
    """Each line with the factor that was taken and its source, for the table that goes beside the total.

    `equivalent_factors`: the 等价 factors of the year for electricity, heat and steam, kgce for a native unit.

    Raises:
        BadValue: an edition, carrier or unit is unknown, an amount is negative, a figure is on another basis or
            says none though it must, or a factor that has to be stated is missing, not used or cannot be right.
    """
    table = factor_table()
    if edition not in table.editions:
        known = listed(table.editions.values())
        raise BadValue(msg("没有“{edition}”版的折标系数，可选：{known}。", edition=edition, known=known))
    if basis not in table.bases:
        known = listed(table.bases.values())
        raise BadValue(msg("没有“{basis}”这种折标口径，可选：{known}。", basis=basis, known=known))
    stated = equivalent_factors or {}
    for name in stated:
        carrier = _carrier(name, table)
        if basis != "equivalent" or not carrier.equivalent_between:
            problem = "给了“{carrier}”的等价系数，但按{basis}折算时不用它，请去掉，或改用等价值。"
            raise BadValue(msg(problem, carrier=label(carrier.zh), basis=label(table.bases[basis])))
    return tuple(_convert(used, edition, basis, stated, table) for used in quantities)


def _convert(
    used: Used, edition: str, basis: Basis, stated: Mapping[str, Decimal], table: FactorTable
) -> Converted:
    carrier = _carrier(used.carrier, table)
    _check_amount(used, carrier)
    _check_measured(used, carrier, basis)
    _check_basis(used, carrier, basis, table)
    if basis == "equivalent" and carrier.equivalent_between:
        factor, source = _stated(carrier, stated)
    elif used.factor is not None:
        factor, source = used.factor, msg("实测")
    else:
        factor, source = _reference(carrier, edition, basis, table)
    with localcontext(prec=DIGITS):
        tce = used.amount * carrier.units[used.unit] * factor / KGCE_PER_TCE
    return Converted(used, factor, source, tce, not carrier.working_medium)


def _carrier(carrier_id: str, table: FactorTable) -> Carrier:
    if carrier_id not in table.carriers:
        known = listed(carrier.zh for carrier in table.carriers.values())
        problem = "不认识能源品种“{carrier}”，可折标的品种有：{known}。"
        raise BadValue(msg(problem, carrier=carrier_id, known=known))
    return table.carriers[carrier_id]


def _check_amount(used: Used, carrier: Carrier) -> None:
    if used.unit not in carrier.units:
        problem = "{carrier}的单位“{unit}”无法折标，请用：{known}。"
        known = "、".join(carrier.units)
        raise BadValue(msg(problem, carrier=label(carrier.zh), unit=used.unit, known=known))
    if not used.amount.is_finite() or used.amount < 0:
        problem = "{carrier}的用量“{amount}”不对，应为零或正数，请核对后重填。"
        raise BadValue(msg(problem, carrier=label(carrier.zh), amount=used.amount))


def _check_measured(used: Used, carrier: Carrier, basis: str) -> None:
    if used.factor is None:
        return
    if not (used.factor.is_finite() and used.factor > 0):
        problem = "{carrier}的实测折标系数“{factor}”不对，应为正数（千克标准煤/{unit}），请核对后重填。"
        raise BadValue(msg(problem, carrier=label(carrier.zh), factor=used.factor, unit=carrier.native))
    if not carrier.measurable or (basis == "equivalent" and carrier.equivalent_between):
        problem = "{carrier}在这一口径下不用实测折标系数，请去掉“{factor}”，等价系数请按年度另填。"
        raise BadValue(msg(problem, carrier=label(carrier.zh), factor=used.factor))


def _check_basis(used: Used, carrier: Carrier, basis: str, table: FactorTable) -> None:
    if used.basis is None and carrier.must_state_basis:
        problem = "{carrier}没有注明当量值还是等价值，不能计入合计，请注明口径。"
        raise BadValue(msg(problem, carrier=label(carrier.zh)))
    if used.basis not in (None, basis):
        problem = "{carrier}按{found}填报，本次按{wanted}折标；两种口径不能相加，请换算成同一口径。"
        found, wanted = label(table.bases[str(used.basis)]), label(table.bases[basis])
        raise BadValue(msg(problem, carrier=label(carrier.zh), found=found, wanted=wanted))


def _stated(carrier: Carrier, stated: Mapping[str, Decimal]) -> tuple[Decimal, Message | str]:
    if carrier.id not in stated:
        problem = (
            "{carrier}按等价值折标须写明当年的等价系数（千克标准煤/{unit}），请填写，不能用当量系数代替。"
        )
        raise BadValue(msg(problem, carrier=label(carrier.zh), unit=carrier.native))
    factor, (low, high) = stated[carrier.id], carrier.equivalent_between
    if not low <= factor <= high:
        problem = "{carrier}的等价系数“{factor}”超出{low}—{high}千克标准煤/{unit}，请检查单位。"
        values = {"factor": factor, "low": low, "high": high, "unit": carrier.native}
        raise BadValue(msg(problem, carrier=label(carrier.zh), **values))
    return factor, msg("当年等价系数（使用者填写）")


def _reference(
    carrier: Carrier, edition: str, basis: str, table: FactorTable
) -> tuple[Decimal, Message | str]:
    for factor in carrier.factors:
        if edition in factor.editions and factor.basis in ("", basis):
            return factor.kgce, factor.source
    problem = "{edition}没有{carrier}的参考系数，请填写实测折标系数（千克标准煤/{unit}）。"
    values = {"edition": table.editions[edition], "unit": carrier.native}
    raise BadValue(msg(problem, carrier=label(carrier.zh), **values))


@cache
def factor_table() -> FactorTable:
    """The factor table that ships with the program."""
    return parse_table(load_rules("tenglong.domain.kernel", "energy.toml"))


def parse_table(rules: RuleFile) -> FactorTable:
    """A factor table from a parsed rule file."""
    content = rules.content
    units = {name: data["accepted"] for name, data in content["unit"].items()}
    carriers = (_parse_carrier(data, units) for data in content["carrier"])
    return FactorTable(
        carriers={carrier.id: carrier for carrier in carriers},
        editions={name: data["zh"] for name, data in content["edition"].items()},
        bases={name: data["zh"] for name, data in content["basis"].items()},
        digest=rules.digest,
    )


def _parse_carrier(data: dict[str, Any], units: Mapping[str, dict[str, str]]) -> Carrier:
    factors = (
        Factor(tuple(row["editions"]), row.get("basis", ""), Decimal(row["kgce"]), row["source"])
        for row in data.get("factor", ())
    )
    return Carrier(
        id=data["id"],
        zh=data["zh"],
        native=data["native"],
        units={unit: Decimal(times) for unit, times in units[data["native"]].items()},
        factors=tuple(factors),
        measurable=data.get("measurable", True),
        working_medium=data.get("working_medium", False),
        must_state_basis=data.get("must_state_basis", False),
        equivalent_between=tuple(Decimal(bound) for bound in data.get("equivalent_between", ())),
        conflicts=tuple((Decimal(row["value"]), row["where"]) for row in data.get("conflict", ())),
    )
