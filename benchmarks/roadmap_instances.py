"""Realistic roadmap problems of any size, from a seed.

    python -m benchmarks.roadmap_instances 10000 FOLDER [--seed 7] [--rich]

writes FOLDER/problem.json with its tables firms.parquet and measures.parquet. Everything is invented; nothing is a
real firm. What is drawn, and why:

- Size, land, energy, COD, output and jobs of a firm are log-normal and correlated through its size and its industry
  (30 industries), as in a county's register: a few large firms, many workshops; 60 % of firms discharge COD.
- Four measures with what each frees: upgrade (12 % of land, 18 % of energy, 35 % of COD), relocate into a park (70, 10,
  50 %), convert (40, 25, 20 %) and close (97 %, all, all). Their cost follows energy, land or jobs, with noise of
  25-30 %. Converting loses 4 % of the firm's output, closing 25 %.
- Staff days follow energy, jobs or land. Relocating takes floor space in the park of the firm's zone.
- Eight quarters. Zones of about 150 firms (10 to 90 zones), one park for three zones.
- Limits: 5.5 % of all firms' mean cost as money per quarter; 8.5 % of a zone's mean staff days per zone and quarter;
  35 % of the space that relocating everybody would take per park; targets for land, energy and COD by the fourth
  and the last quarter, from 97 % (land) to 103 % (COD) of what a plan without targets reaches.
- A benefit is 3 per mu, 0.35 per tce, 8 per t of COD, minus lost output, discounted by 5 % per quarter. [assumption]

`--rich` adds what county plans have besides: a tenth of the firms are tenants of a landlord who must start first,
closing earns a bonus that falls with time (早搬早奖), money is paid 30/30/40 over three quarters, and one firm in fifty
must start.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

MEASURES = ("upgrade", "relocate", "convert", "close")
QUARTERS = 8
DISCOUNT = 0.95
AMOUNTS = {
    "land": {"kind": "brings", "unit": "亩", "decimals": 1},
    "energy": {"kind": "brings", "unit": "吨标准煤", "decimals": 1},
    "cod": {"kind": "brings", "unit": "吨", "decimals": 2},
    "output": {"kind": "takes", "unit": "万元", "decimals": 1},
    "money": {"kind": "takes", "unit": "万元", "decimals": 1},
    "staff_days": {"kind": "takes", "unit": "工日", "decimals": 1},
    "space": {"kind": "takes", "unit": "亩", "decimals": 1},
}
WEIGHTS = {"land": 3.0, "energy": 0.35, "cod": 8.0, "output": -1.0}
TARGETS = {"land": (0.97, 0.97), "energy": (0.98, 0.98), "cod": (1.02, 1.03)}


@dataclass(frozen=True)
class Instance:
    """The columns of an instance: amounts by firm and measure."""

    amounts: dict[str, Any]
    zone: Any
    park: Any

    @property
    def firms(self) -> int:
        """How many firms there are."""
        return len(self.zone)


def draw(firms: int, seed: int) -> Instance:
    """The firms and what their measures bring and take."""
    r = np.random.default_rng(seed)
    zones = int(min(90, max(10, firms // 150)))
    parks = max(4, zones // 3)
    industry = r.integers(0, 30, firms)
    energy_like, cod_like = r.normal(0, 0.5, 30)[industry], r.normal(0, 0.8, 30)[industry]
    size = r.normal(0, 1, firms)
    land = np.exp(2.3 + 0.7 * size + r.normal(0, 0.4, firms))
    energy = np.exp(4.2 + 0.9 * size + energy_like + r.normal(0, 0.6, firms))
    cod = np.exp(-0.5 + 0.6 * size + cod_like + r.normal(0, 0.8, firms)) * (r.random(firms) < 0.6)
    output = np.exp(5 + 0.9 * size - 0.3 * energy_like + r.normal(0, 0.7, firms))
    jobs = np.exp(2.5 + 0.8 * size + r.normal(0, 0.4, firms))

    def part(whole: Any, *shares: tuple[float, float]) -> Any:
        drawn = [np.clip(r.normal(mean, spread, firms), 0.01, 1) for mean, spread in shares]
        return np.stack([whole * share for share in drawn], 1)

    freed = {
        "land": part(land, (0.12, 0.05), (0.7, 0.1), (0.4, 0.12), (0.97, 0.0)),
        "energy": part(energy, (0.18, 0.06), (0.1, 0.05), (0.25, 0.08), (1.0, 0.0)),
        "cod": part(cod, (0.35, 0.1), (0.5, 0.15), (0.2, 0.08), (1.0, 0.0)),
    }

    def noisy(whole: Any, spread: float) -> Any:
        return whole * np.exp(r.normal(0, spread, firms))

    costs = [2.2 * noisy(energy**0.75, 0.25), 9 * noisy(land, 0.25), 5 * noisy(land, 0.3)]
    money = np.stack([*costs, 6 * land + 3.5 * noisy(jobs, 0.25)], 1)
    days = np.stack([3 + 0.02 * energy, 6 + 0.4 * jobs, 5 + 0.25 * land, 8 + 0.6 * jobs], 1)
    days *= np.exp(r.normal(0, 0.2, (firms, 4)))
    space, lost = np.zeros((firms, 4)), np.zeros((firms, 4))
    space[:, 1] = 0.35 * noisy(land, 0.1)
    lost[:, 2], lost[:, 3] = 0.04 * output, 0.25 * output
    zone = r.choice(zones, firms, p=r.dirichlet(np.full(zones, 8)))
    amounts = freed | {"output": lost, "money": money, "staff_days": days, "space": space}
    rounded = {name: np.round(column, int(AMOUNTS[name]["decimals"])) for name, column in amounts.items()}
    return Instance(rounded, zone, zone // 3 % parks)


def limits(instance: Instance) -> list[dict[str, Any]]:
    """Money by quarter, staff days by zone and quarter, space by park; without targets."""
    money, days = instance.amounts["money"].mean(1).sum(), instance.amounts["staff_days"].mean(1)
    found: list[dict[str, Any]] = [
        {"id": f"money-{q}", "amount": "money", "from": q, "until": q, "at_most": round(0.055 * money, 1)}
        for q in range(1, QUARTERS + 1)
    ]
    for zone in np.unique(instance.zone):
        most = round(0.085 * days[instance.zone == zone].sum(), 1)
        found += [
            {
                "id": f"staff-{zone}-{q}",
                "amount": "staff_days",
                "where": {"zone": f"Z{zone}"},
                "from": q,
                "until": q,
                "at_most": most,
            }
            for q in range(1, QUARTERS + 1)
        ]
    for park in np.unique(instance.park):
        most = round(0.35 * instance.amounts["space"][instance.park == park].sum(), 1)
        found.append(
            {"id": f"space-{park}", "amount": "space", "where": {"park": f"P{park}"}, "at_most": most}
        )
    return found


def head(instance: Instance, limits: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """The JSON of a problem whose tables are Parquet files."""
    starts = [f"{2026 + q // 4}-{q % 4 * 3 + 1:02d}-01" for q in range(QUARTERS)]
    return {
        "format": "tenglong-roadmap/1",
        "name": name,
        "periods": starts,
        "amounts": AMOUNTS,
        "firms": {"file": "firms.parquet"},
        "measures": {"file": "measures.parquet"},
        "limits": limits,
        "aim": {
            "kind": "benefit",
            "weights": WEIGHTS,
            "discount": DISCOUNT,
            "source": "invented [assumption]",
        },
    }


def ids(firms: int) -> list[str]:
    """The names of the firms."""
    return [f"F{number:07d}" for number in range(firms)]


def write_tables(folder: Path, instance: Instance, *, rich: bool) -> None:
    """firms.parquet and measures.parquet."""
    names = ids(instance.firms)
    zone, park = [f"Z{zone}" for zone in instance.zone], [f"P{park}" for park in instance.park]
    must = np.arange(instance.firms) % 50 == 0 if rich else np.zeros(instance.firms, bool)
    pq.write_table(
        pa.table({"id": names, "must": must, "zone": zone, "park": park}), folder / "firms.parquet"
    )
    columns = {"firm": np.repeat(names, 4), "name": list(MEASURES) * instance.firms}
    columns |= {name: column.ravel() for name, column in instance.amounts.items()}
    if rich:
        columns["bonus"] = bonuses(instance)
    pq.write_table(pa.table(columns), folder / "measures.parquet")


def bonuses(instance: Instance) -> list[list[float] | None]:
    """For closing, a bonus of a tenth of its cost that falls by a hundredth each quarter; for nothing else."""
    cost = instance.amounts["money"][:, MEASURES.index("close")]
    tiers = np.round(cost[:, None] * (0.1 - 0.01 * np.arange(QUARTERS)), 1)
    return [tier for line in tiers.tolist() for tier in (None, None, None, line)]


def enrich(content: dict[str, Any], instance: Instance) -> dict[str, Any]:
    """The head of a rich instance: instalments, a bonus, and landlords before tenants of their zone."""
    money = AMOUNTS["money"] | {"profile": [0.3, 0.3, 0.4]}
    bonus = {"kind": "takes", "unit": "万元", "decimals": 1}
    names = ids(instance.firms)
    tenants = range(9, instance.firms, 10)
    orders = [{"first": names[tenant - 1], "then": names[tenant], "gap": 1} for tenant in tenants]
    spent = 0.012 * instance.amounts["money"][:, MEASURES.index("close")].sum()
    paid = [{"id": "bonus", "amount": "bonus", "at_most": round(spent, 1)}]
    amounts = AMOUNTS | {"money": money, "bonus": bonus}
    return content | {"amounts": amounts, "orders": orders, "limits": content["limits"] + paid}


def targets(folder: Path) -> list[dict[str, Any]]:
    """What a plan without targets frees by the middle and by the end, moved a little."""
    from tenglong.domain.roadmap.checking import arrivals
    from tenglong.domain.roadmap.files.problems import read_problem
    from tenglong.domain.roadmap.solvers.running import first_plan

    problem = read_problem(folder / "problem.json")
    arrived = arrivals(problem, first_plan(problem))
    found = []
    for number, amount in enumerate(problem.amounts):
        for until, share in zip((QUARTERS // 2, QUARTERS), TARGETS.get(amount.id, ()), strict=False):
            chosen = (arrived.amount == number) & (arrived.period < until)
            reached = float(amount.natural(int(arrived.value[chosen].sum())))
            limit = {"id": f"{amount.id}-by-{until}", "amount": amount.id, "until": until}
            found.append(limit | {"at_least": round(share * reached, 1)})
    return found


def write(folder: Path, firms: int, seed: int = 7, *, rich: bool = False) -> Path:
    """Write an instance and return the path of its problem file."""
    folder.mkdir(parents=True, exist_ok=True)
    instance = draw(firms, seed)
    path = folder / "problem.json"
    write_tables(folder, instance, rich=rich)
    known = limits(instance)
    for turn in range(2):  # without targets first, because these are taken from a plan
        content = head(instance, known, f"{firms} firms, seed {seed}" + (", rich" if rich else ""))
        content = enrich(content, instance) if rich else content
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        if not turn:
            known += targets(folder)
    return path


def main() -> None:
    """Write one instance."""
    parser = argparse.ArgumentParser(description="write an invented roadmap problem")
    parser.add_argument("firms", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rich", action="store_true")
    arguments = parser.parse_args()
    print(write(arguments.folder, arguments.firms, arguments.seed, rich=arguments.rich))


if __name__ == "__main__":
    main()
