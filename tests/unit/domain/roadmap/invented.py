"""Invented facts for generation: a cluster in the shape of Xitang, a list in the shape of the province's."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

from tenglong.domain.roadmap.facts import LANDLORD, OWNER, TENANT, FirmFacts

START, DEADLINE = date(2021, 4, 27), date(2021, 12, 31)
TOWN = "330421103"
ZONES = ("第一整治区块", "第二整治区块", "第三整治区块", "第四整治区块", "第五整治区块")
POLLUTING = ("染色", "电镀", "喷漆")
TEAMS = 24


def firm(id: str, **known: object) -> FirmFacts:
    """One case of the button cluster."""
    facts = FirmFacts(id, int(id), f"演示{id}", TOWN, "西塘镇", ZONES[0], "第1攻坚小组")
    return replace(facts, **known)  # type: ignore[arg-type]


def number(rng: Random, least: float, most: float, places: int = 2) -> Decimal:
    """Any amount between two."""
    return Decimal(f"{rng.uniform(least, most):.{places}f}")


def xitang(
    landlords: int = 213, tenants: int = 781, enforced: int = 37, upgraded: int = 44
) -> list[FirmFacts]:
    """213 landlords, 781 tenants, 37 enforced, 44 upgraded; five zones, 24 teams; 65 + 140 dischargers."""
    rng, found = Random(20210427), []
    for n in range(landlords):
        place = {"zone": rng.choice(ZONES), "team": f"第{rng.randint(1, TEAMS)}攻坚小组", "parcel": f"P{n}"}
        land, energy = number(rng, 1.5, 9), number(rng, 2, 60)
        found.append(_new(found, batch="vacate", party=LANDLORD, land=land, energy=energy, **place))
    for n in range(tenants + enforced):
        landlord = found[rng.randrange(landlords)]
        process = (rng.choice(POLLUTING),) if rng.random() < 0.17 else ()
        water = Decimal(25 * rng.randint(10, 90)) if process else None
        found.append(
            _new(
                found,
                batch="vacate" if n < tenants else "enforce",
                party=TENANT,
                landlord=landlord.id,
                zone=landlord.zone,
                team=landlord.team,
                parcel=landlord.parcel,
                processes=process,
                energy=number(rng, 2, 50),
                jobs=Decimal(rng.randint(2, 25)),
                wastewater=water,
                cod=water and water * Decimal("0.0004"),
            )
        )
    for _ in range(upgraded):
        place = {"zone": rng.choice(ZONES), "team": f"第{rng.randint(1, TEAMS)}攻坚小组"}
        land = number(rng, 5, 40)
        known = {"land": land, "energy": number(rng, 100, 900), "jobs": Decimal(rng.randint(30, 200))}
        found.append(_new(found, batch="upgrade", party=OWNER, grade="B", **place, **known))
    return found


def province(count: int = 730) -> list[FirmFacts]:
    """Firms of all kinds: no batch, no team, half of them rated C, half D; 45 towns."""
    rng, found = Random(730), []
    for _ in range(count):
        place = f"3304{rng.randint(1, 45):02d}100"
        land = number(rng, 3, 60)
        found.append(
            _new(
                found,
                place=place,
                town=f"镇{place}",
                zone="",
                team="",
                party=rng.choice((OWNER, OWNER, "")),
                grade=rng.choice("CD"),
                processes=(rng.choice(("印染", "铸造", "电镀")),) if rng.random() < 0.3 else (),
                land=land,
                energy=number(rng, 20, 2000),
                jobs=Decimal(rng.randint(10, 300)),
                tax=number(rng, 1, 8) * land,
            )
        )
    return found


def _new(before: list[FirmFacts], **known: object) -> FirmFacts:
    return firm(str(len(before) + 1), **known)
