"""`tenglong convert-energy`: amounts of energy to tonnes of standard coal, each with its factor and source."""

import argparse
import re
import sys
from decimal import Decimal
from typing import get_args

from tenglong.cli.output import print_table
from tenglong.domain.kernel.energy import Basis, Used, conversion, factor_table
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.quantities import parse_quantity, plain

_USED = re.compile(r"([^=]+)=([\d.,]+)\s*(\S+)")
_FACTOR = re.compile(r"([^=]+)=([\d.,]+)")


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "used", nargs="+", metavar="USED", help="能源=数量和单位，如 电力=120万千瓦时，可写多项"
    )
    parser.add_argument(
        "--basis", choices=get_args(Basis), required=True, help="当量 calorific 或等价 equivalent"
    )
    editions = list(factor_table().editions)
    parser.add_argument("--edition", choices=editions, default=editions[-1], help="折标系数的版本")
    parser.add_argument(
        "--factor", action="append", default=[], help="当年的等价系数：能源=每单位千克标准煤，可重复"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print each line of the conversion and the total."""
    used = [_used(text) for text in arguments.used]
    factors = dict(_factor(text) for text in arguments.factor)
    lines = conversion(used, edition=arguments.edition, basis=arguments.basis, equivalent_factors=factors)
    carriers = factor_table().carriers
    rows = [
        [
            carriers[line.used.carrier].zh,
            f"{plain(line.used.amount):f} {line.used.unit}",
            f"{plain(line.kgce_per_native_unit):f} kgce/{carriers[line.used.carrier].native}",
            f"{plain(line.tce):f}" if line.counts else f"（{plain(line.tce):f}，不计入）",
            str(line.source),
        ]
        for line in lines
    ]
    print_table(["能源", "数量", "系数", "吨标准煤", "出处"], rows)
    total = sum((line.tce for line in lines if line.counts), Decimal(0))
    sys.stdout.write(f"合计 {plain(total):f} 吨标准煤（{factor_table().bases[arguments.basis]}）\n")
    return 0


def _used(text: str) -> Used:
    match = _USED.fullmatch(text.strip())
    if not match:
        raise BadValue(msg("“{text}”无法识别，请写成 电力=120万千瓦时 的形式。", text=text))
    return Used(_carrier(match[1]), parse_quantity(match[2]), match[3])


def _factor(text: str) -> tuple[str, Decimal]:
    match = _FACTOR.fullmatch(text.strip())
    if not match:
        raise BadValue(msg("系数“{text}”无法识别，请写成 电力=0.305 的形式。", text=text))
    return _carrier(match[1]), parse_quantity(match[2])


def _carrier(name: str) -> str:
    """The id of a carrier given by id or name; what is unknown stays, and the conversion refuses it."""
    return next(
        (one.id for one in factor_table().carriers.values() if name.strip() in (one.id, one.zh)), name.strip()
    )
