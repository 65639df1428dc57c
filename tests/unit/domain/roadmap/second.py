"""A second checker: slow, in fractions, straight from docs/algorithms/roadmap.md and the description of the format.

It tries every plan of a small problem, so it knows what the best is worth; nothing is shared with `check` or a solver.
"""

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import floor, gcd
from typing import Any

from tests.unit.domain.roadmap.small import content

Option = tuple[str, int]
Said = dict[str, Option]


def half_up(number: Fraction) -> int:
    """Half away from zero."""
    return floor(number + Fraction(1, 2)) if number >= 0 else -floor(-number + Fraction(1, 2))


class Second:
    """A problem, option by option."""

    def __init__(self, file: dict[str, Any]):
        self.file, self.periods, self.amounts = file, len(file["periods"]), file["amounts"]
        aims = file["aim"] if isinstance(file["aim"], list) else [file["aim"]]
        self.aims, self.limits, self.orders = aims, file.get("limits", []), list(file.get("orders", []))
        self.firms = {one["id"]: dict(one) for one in file["firms"]}
        self.last: dict[str, int] = {}
        self.wishes: dict[str, Any] = {}
        for one in file.get("clearances", []):
            about = [id for id, firm in self.firms.items() if self.fits(one["where"], firm)]
            if one.get("bonus") is None:
                for id in about:
                    self.firms[id]["must"] = True
                    self.last[id] = min(self.last.get(id, self.periods), one["by"])
            else:
                self.wishes[f"clearance:{one['id']}"] = one
                self.orders += [{"first": id, "then": f"clearance:{one['id']}"} for id in about]
        self.options = {id: dict(self.of(id)) for id in [*self.firms, *self.wishes]}

    @staticmethod
    def fits(where: dict[str, Any], firm: dict[str, Any]) -> bool:
        """Whether a firm has one of the values of each tag."""
        tags = firm.get("tags", {})
        return all(tags.get(k) in ([v] if isinstance(v, str) else v) for k, v in where.items())

    def of(self, id: str) -> Iterator[tuple[Option, dict[tuple[str, int], int]]]:
        """The options of a firm: what arrives of which amount in which period, from 1, in stored units."""
        if id in self.wishes:
            one = self.wishes[id]
            yield (
                ("clearance", one["by"]),
                {("bonus", one["by"]): int(Fraction(one["bonus"]) * 10 ** self.places(0))},
            )
            return
        for measure in self.firms[id].get("measures", []):
            first, last = measure.get("from", 1), measure.get("until", self.periods)
            for start in range(first, min(last, self.last.get(id, self.periods)) + 1):
                arrived: dict[tuple[str, int], int] = {}
                for amount, size in measure.get("amounts", {}).items():
                    for period, units in self.arrivals(measure, amount, size, start, start - first):
                        arrived[amount, period] = arrived.get((amount, period), 0) + units
                reward = self.reward(id, measure["name"], start)
                if reward:
                    arrived["kept", start] = reward
                yield (measure["name"], start), arrived

    def arrivals(
        self, measure: dict[str, Any], amount: str, size: Any, start: int, place: int
    ) -> list[tuple[int, int]]:
        """When how many units of an amount arrive."""
        spec, own = self.amounts[amount], None
        if isinstance(size, dict):
            size, own = size["total"], size["profile"]
        total = int(Fraction(size[place] if isinstance(size, list) else size) * 10 ** spec.get("decimals", 2))
        duration, timed = measure.get("duration", 1), None
        if "timing" in measure:
            timing = self.file["timings"][measure["timing"]]
            duration = timing["duration"][start - 1]
            timed = timing.get("profiles", {}).get(amount)
        shares = own or (timed and timed[start - 1]) or spec.get("profile")
        if not shares:
            shares = [1] if spec["kind"] == "takes" else [0] * (duration - 1) + [1]
        found, before, upto = [], 0, Fraction(0)
        for lag, share in enumerate(shares):
            upto += Fraction(share)
            found.append((start + lag, half_up(total * upto) - before))
            before = half_up(total * upto)
        return found

    def reward(self, id: str, measure: str, start: int) -> int:
        """What keeping an announced option earns."""
        said = self.file.get("announced") or {"choices": []}
        names = [one["name"] for one in self.firms[id].get("measures", [])]
        for one in said["choices"]:
            if one["firm"] == id and one["measure"] in names:
                each, other = (Fraction(said[key]) for key in ("per_period", "other"))
                value = other + each * (self.periods - abs(start - one["start"]))
                value -= other if measure != one["measure"] else 0
                return max(0, int(value * 10 ** self.places(0)))
        return 0

    def places(self, aim: int) -> int:
        """Places of the value of an aim."""
        one = self.aims[aim]
        if one["kind"] == "cost":
            return int(self.amounts[one.get("amount", "money")].get("decimals", 2))
        return int(one.get("decimals", 4)) + max(self.amounts[id].get("decimals", 2) for id in one["weights"])

    def worth(self, aim: int, amount: str, period: int) -> int:
        """A stored unit, in stored units of the aim."""
        one = self.aims[aim]
        if amount in ("bonus", "kept"):
            return int(aim == 0)
        if one["kind"] == "cost":
            return -int(amount == one.get("amount", "money"))
        weight = Fraction(one["weights"].get(amount, 0)) * Fraction(one.get("discount", 1)) ** (period - 1)
        finer = self.places(aim) - one.get("decimals", 4) - self.amounts[amount].get("decimals", 2)
        return half_up(weight * 10 ** one.get("decimals", 4)) * int(Fraction(10) ** finer) if weight else 0

    def value(self, aim: int, said: Said) -> int:
        """What a plan is worth."""
        return sum(self.value_of(aim, id, option) for id, option in said.items())

    def value_of(self, aim: int, id: str, option: Option) -> int:
        """What an option is worth."""
        return sum(n * self.worth(aim, a, p) for (a, p), n in self.options[id][option].items())

    def used(self, limit: dict[str, Any], id: str, option: Option) -> Fraction:
        """What an option counts for a limit, in the unit of the amount."""
        if id in self.wishes or not self.fits(limit.get("where", {}), self.firms[id]):
            return Fraction(0)
        until = limit.get("until") or 10**9
        units = sum(
            n
            for (a, p), n in self.options[id][option].items()
            if a == limit["amount"] and limit.get("from", 1) <= p <= until
        )
        return Fraction(units, 10 ** self.amounts[limit["amount"]].get("decimals", 2))

    def feasible(self, said: Said, floors: list[int]) -> bool:
        """Whether a plan breaks nothing."""
        if any(option not in self.options.get(id, {}) for id, option in said.items()):
            return False
        if any(firm.get("must") and id not in said for id, firm in self.firms.items()):
            return False
        for one in self.orders:
            if one["then"] in said:
                if one["first"] not in said:
                    return False
                if said[one["then"]][1] < said[one["first"]][1] + one.get("gap", 0):
                    return False
        for one in self.limits:
            total = sum((self.used(one, id, option) for id, option in said.items()), Fraction(0))
            if one.get("at_most") is not None and total > Fraction(one["at_most"]):
                return False
            if one.get("at_least") is not None and total < Fraction(one["at_least"]):
                return False
        return all(self.value(aim, said) >= least for aim, least in enumerate(floors))

    def plans(self) -> Iterator[Said]:
        """Every plan."""
        ids = list(self.options)
        for chosen in product(*([None, *self.options[id]] for id in ids)):
            yield {id: option for id, option in zip(ids, chosen, strict=True) if option}

    def best(self, aim: int, floors: list[int]) -> Said | None:
        """The plan that is worth most."""
        able = (said for said in self.plans() if self.feasible(said, floors))
        return max(able, key=lambda said: self.value(aim, said), default=None)

    def kept(self, aim: int, said: Said) -> int:
        """What later aims must keep of what a plan reaches."""
        value = self.value(aim, said)
        return value - floor(Fraction(self.aims[aim].get("tolerance", 0)) * abs(value))

    def bound(self, aim: int, floors: list[int], prices: dict[str, Any], value: int | None = None) -> int:
        """L(prices), one option after the other; with a tree the best of its leaves, or the value of a known plan."""
        able = {id: self.able(id) for id in self.options}
        if "tree" not in prices:
            found = self.most(aim, floors, prices, able)
            return floor(
                found if found is not None else self.most(aim, floors, prices, able, nobody=True) or 0
            )
        worths = [abs(self.value_of(aim, id, one)) for id, some in able.items() for one in some if one]
        step, left = gcd(*worths) or 1, {id: set(some) for id, some in able.items()}
        root = self.most(aim, floors, prices, able)
        if value is not None and root is not None:
            for id, some in able.items():
                gains = {one: self.gain(aim, id, one, prices) for one in some}
                kept = {one for one in some if root - max(gains.values()) + gains[one] >= value + 1}
                left[id] = kept
        nodes = list(prices["tree"])
        leaves = self.leaves(nodes, left)
        assert not nodes
        found_ = [
            self.most(
                aim, floors, prices if own is None else own, {i: [*some] for i, some in allowed.items()}
            )
            for own, allowed in leaves
        ]
        best = [floor(one / step) * step for one in found_ if one is not None]
        return max([*best, *([] if value is None else [value])], default=floor(root or 0))

    def leaves(self, nodes: list[Any], left: dict[str, set[Any]]) -> list[tuple[Any, dict[str, set[Any]]]]:
        """The prices of each leaf with what is left there; takes the nodes off the list."""
        node = nodes.pop(0)
        if node is None or "firm" not in node:
            return [(node, left)]
        low, high = node.get("from", 1), node.get("until", self.periods)
        inside = {
            one
            for one in left[node["firm"]]
            if one and low <= one[1] <= high and node.get("measure", one[0]) == one[0]
        }
        first = self.leaves(nodes, left | {node["firm"]: inside})
        return first + self.leaves(nodes, left | {node["firm"]: left[node["firm"]] - inside})

    def able(self, id: str) -> list[Option | None]:
        """What a firm may do at all: None is to wait; an option that breaks an at_most alone it may not take."""
        waits: list[Option | None] = [] if id in self.firms and self.firms[id].get("must") else [None]
        most = [one for one in self.limits if one.get("at_most") is not None]
        return waits + [
            option
            for option in self.options[id]
            if all(self.used(one, id, option) <= Fraction(one["at_most"]) for one in most)
        ]

    def most(
        self,
        aim: int,
        floors: list[int],
        prices: dict[str, Any],
        able: dict[str, list[Option | None]],
        *,
        nobody: bool = False,
    ) -> Fraction | None:
        """What no plan of such options is worth more than; None where a firm has nothing to do, unless it counts 0."""
        total = Fraction(0)
        for one in self.limits:
            places = self.amounts[one["amount"]].get("decimals", 2)
            most = one.get("at_most") is not None
            units = Fraction(one["at_most"] if most else one["at_least"]) * 10**places
            total += prices["limits"].get(one["id"], 0) * (floor(units) if most else floor(-units))
            for cut in prices.get("rounded", ()):
                if cut["limit"] == one["id"]:
                    total += cut["price"] * Fraction(*rounded(floor(units), floor(units), cut["divisor"]))
        total -= sum(price * least for price, least in zip(prices["floors"], floors, strict=True))
        for id, some in able.items():
            if not some and not nobody:
                return None
            gains = [self.gain(aim, id, option, prices) * prices["denominator"] for option in some]
            total += max(gains, default=Fraction(0))
        return total / prices["denominator"]

    def gain(self, aim: int, id: str, option: Option | None, prices: dict[str, Any]) -> Fraction:
        """What an option is worth under prices."""
        if option is None:
            return Fraction(0)
        gain = Fraction(self.value_of(aim, id, option) * prices["denominator"])
        for one in self.limits:
            units = self.used(one, id, option) * 10 ** self.amounts[one["amount"]].get("decimals", 2)
            charged = prices["limits"].get(one["id"], 0) * units
            gain -= charged if one.get("at_most") is not None else -charged
            for cut in prices.get("rounded", ()):
                if cut["limit"] == one["id"]:
                    bound = floor(Fraction(one["at_most"]) * units_of_one(self.amounts[one["amount"]]))
                    gain -= cut["price"] * Fraction(*rounded(int(units), bound, cut["divisor"]))
        gain += sum(p * self.value_of(n, id, option) for n, p in enumerate(prices["floors"]))
        for number, period, price in prices["orders"]:
            order = self.orders[number]
            if id == order["then"] and option[1] <= period + 1:
                gain -= price
            if id == order["first"] and option[1] <= period + 1 - order.get("gap", 0):
                gain += price
        return gain / prices["denominator"]


def units_of_one(amount: dict[str, Any]) -> int:
    """Stored units in one of an amount."""
    return int(10 ** amount.get("decimals", 2))


def rounded(units: int, bound: int, divisor: int) -> tuple[int, int]:
    """Mixed integer rounding as textbooks have it, as a fraction: ⌊u⌋ + max(0, {u} - {b}) / (1 - {b}), not divided."""
    share, most = Fraction(units, divisor), Fraction(bound, divisor)
    over = max(Fraction(0), share - floor(share) - (most - floor(most)))
    left = 1 - (most - floor(most))
    found = (floor(share) + over / left) * left * divisor
    return found.numerator, found.denominator


def text_of(units: int, places: int) -> str:
    """Stored units as a number."""
    return format(Decimal(units).scaleb(-places).normalize() + 0, "f")


def canonical(value: Any) -> Any:
    """Numbers as one text for one number, keys in order."""
    if isinstance(value, dict):
        return (
            "{"
            + ",".join(f"{json.dumps(k, ensure_ascii=False)}:{canonical(value[k])}" for k in sorted(value))
            + "}"
        )
    if isinstance(value, list):
        return "[" + ",".join(canonical(one) for one in value) + "]"
    if isinstance(value, float | Decimal):
        number = Decimal(repr(value)) if isinstance(value, float) else value
        return format(number.normalize() + 0, "f")
    return json.dumps(value, ensure_ascii=False)


def digest(value: Any) -> str:
    """Of the content."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def stated(said: Said) -> list[dict[str, Any]]:
    """Choices as a file says them."""
    return [{"firm": id, "measure": option[0], "start": option[1]} for id, option in said.items()]


def named(file: dict[str, Any], plan: dict[str, Any]) -> dict[str, Any]:
    """A plan file with the digests that belong to it."""
    problem = digest(file)
    lines = plan["choices"] and sorted([one["firm"], one["measure"], one["start"]] for one in plan["choices"])
    return plan | {"problem": problem, "digest": digest({"problem": problem, "choices": lines})}


def plan_file(file: dict[str, Any], saids: list[Said], prices: list[dict[str, Any]]) -> dict[str, Any]:
    """A plan file that is right, if the plans are feasible."""
    second, floors, aims = Second(exactly(file)), [], []
    for aim, (said, certificate) in enumerate(zip(saids, prices, strict=True)):
        value = second.value(aim, said)
        bound = second.bound(aim, floors, certificate, value)
        parts = None if not bound and value else -(-(bound - value) * 10**8 // abs(bound or 1))
        places = second.places(aim)
        kind = second.aims[aim]["kind"]
        aims.append(
            {
                "name": second.aims[aim].get("name", kind),
                "value": text_of(value, places),
                "bound": text_of(bound, places),
                "gap": None if parts is None else f"{parts // 10**8}.{parts % 10**8:08d}",
                "certificate": certificate,
            }
        )
        if aim + 1 < len(saids):
            aims[-1]["choices"] = stated(said)
        floors.append(second.kept(aim, said))
    optimal = all(one["value"] == one["bound"] for one in aims)
    plan = {
        "format": "tenglong-roadmap-plan/2",
        "status": "optimal" if optimal else "feasible",
        "aims": aims,
        "choices": stated(saids[-1]),
    }
    return named(file, plan)


def exactly(file: dict[str, Any]) -> dict[str, Any]:
    """The same with exact numbers."""
    found: dict[str, Any] = json.loads(json.dumps(file), parse_float=Decimal)
    return found


def rich() -> dict[str, Any]:
    """A small problem with every rule of the format in it."""
    file = content()
    close, upgrade = file["firms"][0]["measures"]
    close["timing"] = "holidays"
    del close["duration"]
    close["from"], close["until"] = 1, 3
    close["amounts"]["money"] = [4, 5, 6]
    upgrade["until"] = 3
    file["amounts"]["staff"] = {"kind": "takes", "decimals": 0, "profile": [0.5, 0.5]}
    file["firms"][1]["measures"][0] |= {"duration": 2, "from": 1, "until": 2}
    file["firms"][1]["measures"][0]["amounts"] |= {"staff": 3, "money": {"total": 5, "profile": [0.5, 0.5]}}
    file["firms"][2]["measures"][0] |= {"from": 2, "until": 4, "duration": 2}
    file["firms"][2]["measures"][0]["amounts"]["staff"] = 2
    file["timings"] = {
        "holidays": {
            "duration": [1, 2, 2, 1],
            "profiles": {"money": [[1], [0.5, 0.5], [0.4, 0.6], [0.5, 0.5]]},
        }
    }
    file["limits"] = [
        {"id": "early", "amount": "money", "from": 1, "until": 3, "at_most": 16.8},
        {"id": "money", "amount": "money", "at_most": 18},
        {
            "id": "staff",
            "amount": "staff",
            "where": {"zone": ["东", "西"]},
            "from": 1,
            "until": 2,
            "at_most": 4,
        },
        {"id": "east", "amount": "land", "where": {"zone": "东"}, "until": 4, "at_least": 1},
    ]
    file["clearances"] = [
        {"id": "duty", "where": {"zone": "西"}, "by": 2},
        {"id": "wish", "where": {"zone": "东"}, "by": 4, "bonus": 0.5},
    ]
    file["announced"] = {
        "per_period": 0.05,
        "other": 0.3,
        "choices": [
            {"firm": "C", "measure": "close", "start": 3},
            {"firm": "A", "measure": "upgrade", "start": 2},
        ],
    }
    file["aim"] = [
        {
            "kind": "benefit",
            "weights": {"land": 1, "money": -0.01},
            "discount": 0.95,
            "decimals": 4,
            "tolerance": 0.1,
        },
        {"kind": "cost", "amount": "money"},
    ]
    return file


PRICES: list[dict[str, Any]] = [
    {
        "denominator": 3,
        "limits": {"early": 1000, "money": 20000, "staff": 30000, "east": 700},
        "floors": [],
        "orders": [[0, 1, 900000], [2, 3, 1800000]],
    },
    {"denominator": 7000, "limits": {"money": 5, "east": 3}, "floors": [1], "orders": [[1, 2, 4]]},
]


def best_plans(file: dict[str, Any]) -> list[Said]:
    """The best plan of each aim in order."""
    second, floors, found = Second(exactly(file)), [], []
    for aim in range(len(second.aims)):
        said = second.best(aim, floors)
        assert said is not None
        found.append(said)
        floors.append(second.kept(aim, said))
    return found
