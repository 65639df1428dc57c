"""Checks a roadmap plan against its problem: python check.py PROBLEM.json PLAN.json

A program of its own: one file, Python 3.10 or later, nothing but the standard library, no solver and no table of one.
It reads both files itself, in whole numbers and fractions, and believes no field that it can compute: every choice is
looked up, every limit added up, every bound added up again from its prices. What is not as the format says is refused.

It ends with 0: the plan is feasible and what it says of itself is proven; 1: refused; 2: feasible, or said to have no
plan, but something is a claim that is not proven. The first line is Chinese, the second says the same in English.

Sizes: PROBLEM up to 512 MB and PLAN up to 256 MB; a number up to 24 characters, a price up to 60 digits; 400 periods;
60,000,000 entries of options in all (what one option brings or takes in one period, counted once for each aim and
once for each leaf of a tree that has prices of its own); 200,000 nodes of a tree.
What is refused is refused within a second up to files of 500 kB together and 50,000 entries; above, in proportion.
Limits, clearances and earlier aims may be compared with firms as often as that allows: 400,000 times, and once more
for each byte of PROBLEM and 20 times for each entry; firms that the same filters name count as one.

Why a bound holds (weak duality): a plan takes one option of each firm, or none. For prices >= 0 of the limits and
orders that it keeps, its value is at most its value plus price x what the limit leaves, and that sum splits into one
maximum for each firm plus price x bound for each limit. Options that break an at_most all alone are in no plan.

Why a tree proves more: each of its branches splits what plans there are by one firm, into those in which it takes one
of some options and those in which it does not. Every plan is therefore in one leaf, and worth no more than the bound
that the prices of that leaf prove for the options that are left there; and it is a multiple of what divides the value
of every option. The nodes are a list: a branch, all nodes of its first side, all nodes of its second.

Why a leaf may price limits that are rounded: options are taken whole or not at all. Where what they use of a limit is
in all at most its bound, what `rounded_share` makes of each use is at most what it makes of the bound: each is divided
by a whole number and rounded down; of its rest counts what exceeds the rest of the bound (mixed integer rounding, which
makes no more of parts than of their sum, and never less of more).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import sys
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from heapq import heappop, heappush
from io import TextIOWrapper
from itertools import accumulate, pairwise
from json.encoder import encode_basestring
from math import ceil, floor, gcd, inf, lcm
from typing import Any, NamedTuple, NoReturn

PROBLEM, PLAN, OLD_PLAN = "tenglong-roadmap/1", "tenglong-roadmap-plan/2", "tenglong-roadmap-plan/1"
PROVEN, REFUSED, CLAIMED = 0, 1, 2
MOST_PROBLEM, MOST_PLAN = 512 * 2**20, 256 * 2**20
MOST_ENTRIES, MOST_CLEARED = 60_000_000, 400_000
LOOKS, LOOKS_A_BYTE, LOOKS_AN_ENTRY = 400_000, 1, 20
MOST_NODES = 200_000
MOST_PERIODS, LONGEST_NUMBER, LONGEST_PRICE, LARGEST = 400, 24, 60, 10**12
WISH, STABILITY = "clearance", "stability"


class Verdict(NamedTuple):
    """What the check ends with, and why, in Chinese and in English."""

    code: int
    chinese: str
    english: str


class Refused(Exception):
    """Something does not hold: a sentence in Chinese and the same in English."""


def refuse(chinese: str, english: str, *fields: object) -> NoReturn:
    """Refuse with a sentence; fields are cut to what fits a line."""
    shown = [shorten(field) for field in fields]
    raise Refused(chinese.format(*shown), english.format(*shown))


def shorten(field: object) -> str:
    """A field of a sentence: printable, and not longer than a line."""
    said = "".join(one if one.isprintable() else "?" for one in str(field)[:200])
    return said if len(said) <= 80 else said[:77] + "..."


# Reading: JSON without its liberties.


def read(path: str, most: int) -> bytes:
    """The bytes of a regular file of at most so many bytes."""
    try:
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(number, "rb") as file:
            if not stat.S_ISREG(os.fstat(number).st_mode):
                refuse("“{}”不是普通文件。", "'{}' is no regular file.", path)
            raw = file.read(most + 1)
    except (OSError, ValueError) as error:
        refuse("“{}”无法读取（{}）。", "'{}' cannot be read ({}).", path, getattr(error, "strerror", error))
    if len(raw) > most:
        refuse("“{}”超过 {} 字节。", "'{}' has more than {} bytes.", path, most)
    return raw


def parse(raw: bytes, what: str) -> tuple[dict[str, Any], str]:
    """The object in a file, numbers as int or Decimal, and the digest of its content."""
    if raw.startswith(b"\xef\xbb\xbf"):
        refuse(
            "{} 以 BOM 开头，应为不带 BOM 的 UTF-8。",
            "{} begins with a BOM, expected UTF-8 without one.",
            what,
        )
    try:
        found = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=unique,
            parse_int=whole_number,
            parse_float=decimal_number,
            parse_constant=decimal_number,
        )
        digest = digest_of(found)
    except UnicodeError:
        refuse("{} 不是 UTF-8 文本。", "{} is no UTF-8 text.", what)
    except json.JSONDecodeError as error:
        said = (what, error.lineno, error.colno)
        refuse("{} 第 {} 行第 {} 列起不是有效的 JSON。", "{} is no valid JSON from line {} column {}.", *said)
    except RecursionError:
        refuse("{} 嵌套过深。", "{} is nested too deeply.", what)
    if type(found) is not dict:
        refuse("{} 应为一个对象 {{…}}。", "{} should be an object {{…}}.", what)
    return found, digest


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are all different."""
    found = dict(pairs)
    if len(found) != len(pairs):
        key = Counter(key for key, _ in pairs).most_common(1)[0][0]
        refuse("键“{}”在同一对象里出现两次。", "The key '{}' stands twice in one object.", key)
    return found


def whole_number(text: str) -> int:
    """A whole number of JSON."""
    if text == "-0" or len(text) > LONGEST_PRICE:
        refuse("数字 {} 不合格式。", "The number {} is not of the form.", text)
    return int(text)


def decimal_number(text: str) -> Decimal:
    """A decimal number of JSON: no exponent, no negative zero, nothing that is no number."""
    if len(text) > LONGEST_NUMBER or not re.fullmatch(r"-?[0-9]+\.[0-9]+", text):
        refuse(
            "数字 {} 不合格式，应写成不带指数的小数。",
            "The number {} is not of the form (no exponents).",
            text,
        )
    found = Decimal(text)
    if not found and text.startswith("-"):
        refuse("数字 {} 不合格式。", "The number {} is not of the form.", text)
    return found


def canonical(value: Any) -> str:
    """The same text for the same content: keys in order, no white space, 1 for 1.00."""
    if type(value) is dict:
        lines = [f"{encode_basestring(key)}:{canonical(value[key])}" for key in sorted(value)]
        return "{" + ",".join(lines) + "}"
    if type(value) is list:
        return "[" + ",".join(map(canonical, value)) + "]"
    if type(value) is str:
        return encode_basestring(value)
    if type(value) is Decimal:
        return format(value, "f").rstrip("0").rstrip(".")
    return json.dumps(value, ensure_ascii=False)


def digest_of(value: Any) -> str:
    """The SHA-256 of the canonical text."""
    return hashlib.sha256(canonical(value).encode("utf-8")).hexdigest()


# Types: each takes a value and says where it stands; what it does not know it refuses.

Type = Callable[[Any, str], Any]


def expected(where: str, chinese: str, english: str) -> NoReturn:
    """Refuse a value of another type."""
    refuse("{} 应为" + chinese + "。", "{} should be " + english + ".", where)


def any_text(value: Any, where: str) -> Any:
    """Any text."""
    return value if type(value) is str else expected(where, "文字", "a text")


def text(value: Any, where: str) -> Any:
    """A text of 1 to 200 characters."""
    return (
        value
        if type(value) is str and 0 < len(value) <= 200
        else expected(where, "1 至 200 字的文字", "a text of 1 to 200 characters")
    )


def flag(value: Any, where: str) -> Any:
    """True or false."""
    return value if type(value) is bool else expected(where, " true 或 false", "true or false")


def day(value: Any, where: str) -> Any:
    """A day, as 2026-01-31."""
    if type(value) is str and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            date(*map(int, value.split("-")))
        except ValueError:
            expected(where, "日期", "a day")
        return value
    return expected(where, "日期，如 2026-01-31", "a day, as 2026-01-31")


def whole(low: int, high: int) -> Type:
    """A whole number within bounds."""
    said = f" {low} 至 {high} 的整数", f"a whole number from {low} to {high}"
    return lambda value, where: (
        value if type(value) is int and low <= value <= high else expected(where, *said)
    )


def number(low: int, high: int) -> Type:
    """A decimal number within bounds."""
    said = f" {low} 至 {high} 的数字", f"a number from {low} to {high}"
    return lambda value, where: (
        value if type(value) in (int, Decimal) and low <= value <= high else expected(where, *said)
    )


def one_of(*known: str) -> Type:
    """One of these texts."""
    said = "其中之一：" + "、".join(known), "one of " + ", ".join(known)
    return lambda value, where: value if type(value) is str and value in known else expected(where, *said)


def rows(of: Type, least: int = 0, most: int = 10**9) -> Type:
    """A list of so many."""
    said = f" {least} 至 {most} 项的列表", f"a list of {least} to {most}"

    def check(value: Any, where: str) -> Any:
        if type(value) is not list or not least <= len(value) <= most:
            expected(where, *said)
        return [of(one, f"{where}[{place}]") for place, one in enumerate(value, 1)]

    return check


def named(of: Type) -> Type:
    """An object with keys of its own choice."""

    def check(value: Any, where: str) -> Any:
        if type(value) is not dict:
            expected(where, "对象", "an object")
        return {text(key, f"{where} 的键"): of(one, f"{where}.{key}") for key, one in value.items()}

    return check


def record(must: dict[str, Type], may: dict[str, Type] | None = None) -> Type:
    """An object with these keys and no others."""
    known = {**must, **(may or {})}

    def check(value: Any, where: str) -> Any:
        if type(value) is not dict:
            expected(where, "对象", "an object")
        for key in value:
            if key not in known:
                refuse("{} 没有“{}”这一项。", "{} has no key '{}'.", where, key)
        for key in must:
            if key not in value:
                refuse("{} 缺少“{}”。", "{} lacks '{}'.", where, key)
        return {key: known[key](one, f"{where}.{key}") for key, one in value.items()}

    return check


def either(*kinds: tuple[type, Type]) -> Type:
    """As the type of the value says; the last for all others."""

    def check(value: Any, where: str) -> Any:
        return next((of for kind, of in kinds if type(value) is kind), kinds[-1][1])(value, where)

    return check


def nothing(value: Any, where: str) -> Any:
    """null."""
    return value if value is None else expected(where, " null", "null")


def maybe(of: Type) -> Type:
    """null or that."""
    return either((type(None), nothing), (object, of))


SIZE, REAL, SHARE, PERIOD = (
    number(0, LARGEST),
    number(-LARGEST, LARGEST),
    number(0, 1),
    whole(1, MOST_PERIODS),
)
SHARES = rows(SHARE, 1, MOST_PERIODS)
TOTAL = either((list, rows(SIZE, 0, MOST_PERIODS)), (object, SIZE))
AMOUNT = record(
    {"kind": one_of("brings", "takes")},
    {"unit": any_text, "decimals": whole(0, 6), "profile": rows(SHARE, 0, MOST_PERIODS)},
)
TIMING = record(
    {"duration": rows(PERIOD, 1, MOST_PERIODS)}, {"profiles": named(rows(SHARES, 0, MOST_PERIODS))}
)
MEASURE = record(
    {"name": text},
    {
        "from": PERIOD,
        "until": PERIOD,
        "duration": PERIOD,
        "timing": text,
        "amounts": named(either((dict, record({"total": TOTAL, "profile": SHARES})), (object, TOTAL))),
    },
)
FIRM = record({"id": text}, {"tags": named(text), "must": flag, "measures": rows(MEASURE)})
WHERE = named(either((list, rows(text, 1)), (object, text)))
LIMIT = record(
    {"id": text, "amount": text},
    {
        "where": WHERE,
        "from": PERIOD,
        "until": maybe(PERIOD),
        "at_most": maybe(REAL),
        "at_least": maybe(REAL),
        "cost": maybe(SIZE),
    },
)
ORDER = record({"first": text, "then": text}, {"gap": whole(0, 10_000)})
CLEARANCE = record({"id": text, "where": WHERE, "by": PERIOD}, {"bonus": maybe(SIZE)})
CHOICE = record({"firm": text, "measure": text, "start": PERIOD})
ANNOUNCED = record({"per_period": SIZE, "other": SIZE, "choices": rows(CHOICE)})
BENEFIT = record(
    {"kind": one_of("benefit"), "weights": named(REAL)},
    {
        "name": any_text,
        "discount": number(0, 1),
        "decimals": whole(0, 9),
        "source": any_text,
        "tolerance": SHARE,
    },
)
COST = record({"kind": one_of("cost")}, {"name": any_text, "amount": text, "tolerance": SHARE})


def one_aim(value: Any, where: str) -> Any:
    """A benefit or a cost."""
    return (COST if type(value) is dict and value.get("kind") == "cost" else BENEFIT)(value, where)


PROBLEM_FILE = record(
    {
        "format": one_of(PROBLEM),
        "periods": rows(day, 1, MOST_PERIODS),
        "amounts": named(AMOUNT),
        "firms": rows(FIRM),
        "aim": either((list, rows(one_aim, 1)), (object, one_aim)),
    },
    {
        "name": any_text,
        "timings": named(TIMING),
        "measures": nothing,
        "limits": rows(LIMIT),
        "orders": rows(ORDER),
        "clearances": rows(CLEARANCE),
        "announced": maybe(ANNOUNCED),
    },
)
PRICE = whole(0, 10**LONGEST_PRICE)
PRICES = {
    "denominator": whole(1, 10**LONGEST_PRICE),
    "limits": named(PRICE),
    "floors": rows(PRICE),
    "orders": rows(rows(PRICE, 3, 3)),
}
BRANCH = record({"firm": text}, {"measure": text, "from": PERIOD, "until": PERIOD})
ROUNDED = record({"limit": text, "divisor": whole(1, LARGEST**2), "price": PRICE})
LEAF = maybe(record(PRICES, {"rounded": rows(ROUNDED)}))


def node(value: Any, where: str) -> Any:
    """A branch of a tree, or a leaf: its prices, or null for those of the certificate."""
    return (BRANCH if type(value) is dict and "firm" in value else LEAF)(value, where)


CHOICES = maybe(rows(CHOICE))
STATED = {
    "name": any_text,
    "value": maybe(any_text),
    "bound": maybe(any_text),
    "gap": maybe(any_text),
    "certificate": maybe(record(PRICES, {"tree": rows(node, 1, MOST_NODES)})),
}
PLAN_FILE = record(
    {
        "format": one_of(PLAN),
        "problem": any_text,
        "digest": any_text,
        "status": one_of("optimal", "feasible", "infeasible"),
        "aims": rows(record(STATED, {"choices": CHOICES}), 1),
        "choices": CHOICES,
    }
)
OLD_PLAN_FILE = record(
    {
        "format": one_of(OLD_PLAN),
        "problem": any_text,
        "status": one_of("optimal", "within_gap", "feasible"),
        "reason": any_text,
        "method": any_text,
        "aim": any_text,
        "kept": rows(REAL),
        "value": maybe(any_text),
        "bound": maybe(any_text),
        "gap": maybe(any_text),
        "choices": CHOICES,
        "certificate": maybe(
            record(
                {
                    **PRICES,
                    "bound": lambda value, where: (
                        value if type(value) is int else expected(where, "整数", "a whole number")
                    ),
                }
            )
        ),
    },
    {
        "claimed": maybe(record({"solver": text, "bound": any_text, "gap": maybe(any_text)})),
        "trajectory": rows(named(lambda value, where: value)),
    },
)


# A problem, in stored units: whole numbers.


def stored(value: Any, places: int, where: str) -> int:
    """A number in units of 10^-places; one that is not whole in them is refused."""
    units = value.scaleb(places) if type(value) is Decimal else value * 10**places
    whole_units = int(units)
    if whole_units != units:
        refuse("{}：{} 的小数超过 {} 位。", "{}: {} has more than {} decimals.", where, value, places)
    return whole_units


def rounded(above: int, below: int) -> int:
    """A fraction, half away from zero."""
    half = (2 * abs(above) + below) // (2 * below)
    return half if above >= 0 else -half


def natural(units: int, places: int) -> str:
    """Stored units as a decimal number."""
    digits = str(abs(units)).rjust(places + 1, "0")
    cut = len(digits) - places
    return ("-" if units < 0 else "") + (digits[:cut] + "." + digits[cut:]).rstrip("0").rstrip(".")


class Spread:
    """Shares of an amount by periods after the start, rounded so that they add up to it."""

    def __init__(self, shares: list[Any]):
        exact = [Fraction(share) for share in shares]
        self.below = lcm(*(share.denominator for share in exact))
        sums = accumulate(int(share * self.below) for share in exact)
        self.up_to = [(lag, one) for lag, (one, share) in enumerate(zip(sums, exact, strict=True)) if share]
        self.known: dict[int, list[tuple[int, int]]] = {}

    def parts(self, amount: int) -> list[tuple[int, int]]:
        """(periods after the start, units); parts of nothing are left out."""
        if amount not in self.known:
            ends = [(lag, (2 * amount * one + self.below) // (2 * self.below)) for lag, one in self.up_to]
            before = [0, *(units for _, units in ends)]
            found = [(lag, units - old) for (lag, units), old in zip(ends, before, strict=False)]
            self.known[amount] = [one for one in found if one[1]]
        return self.known[amount]


def arrival(shares: list[Any], where: str) -> Any:
    """How an amount arrives by these shares: whole after so many periods, or spread."""
    if sum(shares) != 1:  # exact: 28 digits hold sums of numbers of 24 characters
        refuse("{} 的各期比例之和应为 1。", "The shares of {} should add up to 1.", where)
    return len(shares) - 1 if shares[-1] == 1 else Spread(shares)


Uses = list[tuple[int, int, int]]
"""What an option brings and takes: (amount, period, units)."""


class Measure(NamedTuple):
    """May start from `first` until `last`; an amount is its units (or those by start) and how it arrives."""

    name: str
    first: int
    last: int
    begins: int
    amounts: list[tuple[int, Any, Any]]
    rewards: dict[int, int]

    def uses(self, start: int, rewarded: int) -> Uses:
        """What the option brings and takes that starts then."""
        found = []
        for amount, units, arrives in self.amounts:
            spread = arrives[start] if type(arrives) is list else arrives
            size = units[start - self.begins] if type(units) is list else units
            if type(spread) is not int:
                found += [(amount, start + lag, part) for lag, part in spread.parts(size)]
            elif size:
                found.append((amount, start + spread, size))
        if start in self.rewards:
            found.append((rewarded, start, self.rewards[start]))
        return found


class Firm(NamedTuple):
    """A firm with its measures by name."""

    id: str
    tags: dict[str, str]
    must: bool
    measures: dict[str, Measure]


Filter = tuple[tuple[str, frozenset[str]], ...]
"""Tags, and of each the values of which a firm must have one."""


def fits(tags: dict[str, str], where: Filter) -> bool:
    """Whether a firm with these tags counts."""
    return all(tags.get(key) in values for key, values in where)


Filters = frozenset[int]
"""The numbers of the limits' filters that a firm fits."""


class Limit(NamedTuple):
    """The sum of an amount over firms (by the number of their filter) and periods against a bound."""

    id: str
    amount: int
    where: int
    first: int
    last: float
    at_most: bool
    bound: int


class Running:
    """Units by period, added up: what lies between two periods is one difference."""

    def __init__(self, parts: Iterable[tuple[float, int]]):
        by_period: dict[float, int] = {}
        for period, units in parts:
            by_period[period] = by_period.get(period, 0) + units
        self.periods = sorted(by_period)
        self.sums = [0, *accumulate(by_period[period] for period in self.periods)]

    def between(self, first: float, last: float) -> int:
        """The units from a period to another, both counted."""
        return self.sums[bisect_right(self.periods, last)] - self.sums[bisect_left(self.periods, first)]


class Aim(NamedTuple):
    """What is maximised: `worth(amount, period)` for each stored unit, in 10^-places."""

    name: str
    places: int
    tolerance: Fraction
    worth: Callable[[int, int], int]


class Problem:
    """A problem file, understood."""

    def __init__(self, raw: bytes):
        content, self.digest = parse(raw, "PROBLEM")
        self.looks, self.entries, self.patience = 0, 0, LOOKS + LOOKS_A_BYTE * len(raw)
        if type(content.get("firms")) is dict:
            chinese = "企业在表文件里，本程序只读一个 JSON 文件，请先用 tenglong plan --single 合成一个。"
            refuse(
                chinese, "The firms are in a table file; make a single JSON file with tenglong plan --single."
            )
        file = PROBLEM_FILE(content, "PROBLEM")
        self.periods, self.amounts = len(file["periods"]), file["amounts"]
        self.numbers = {id: place for place, id in enumerate(self.amounts)}
        self.places = [one.get("decimals", 2) for one in self.amounts.values()]
        if any(one >= two for one, two in pairwise(file["periods"])):
            refuse("各期的首日应由早到晚。", "The periods should be in order.")
        profiles = [(id, one.get("profile")) for id, one in self.amounts.items()]
        self.profiles = {id: arrival(shares, f"amounts.{id}.profile") for id, shares in profiles if shares}
        self.timings = file.get("timings", {})
        for id, one in self.timings.items():
            self.check_timing(f"timings.{id}", one)
        self.arriving: dict[tuple[str, str], Any] = {}
        self.firms: dict[str, Firm] = {}
        for one in file["firms"]:
            self.add(Firm(one["id"], one.get("tags", {}), one.get("must", False), self.measures(one)))
        self.tags: dict[str, set[str]] = {}
        for firm in self.firms.values():
            for key, value in firm.tags.items():
                self.tags.setdefault(key, set()).add(value)
        self.filters: dict[Filter, int] = {}
        self.limits = [self.limit(one) for one in file.get("limits", [])]
        self.filter_keys = {key for where in self.filters for key, _ in where}
        self.named: dict[Filters, Filters] = {}
        self.fitting: dict[tuple[tuple[str, str], ...], Filters] = {}
        if len({limit.id for limit in self.limits}) < len(self.limits):
            refuse("limits 里有重复的编号。", "limits has an id twice.")
        self.orders = [self.order(one) for one in file.get("orders", [])]
        aims = file["aim"] if type(file["aim"]) is list else [file["aim"]]
        self.aims = [
            self.benefit(one, first=not place)
            if one["kind"] == "benefit"
            else self.cost(one, first=not place)
            for place, one in enumerate(aims)
        ]
        self.clear(file.get("clearances", []))
        self.promise(file.get("announced"))
        for firm in self.firms.values():
            if firm.must and not firm.measures:
                refuse("企业 {} 必须启动，却没有措施。", "Firm {} must start but has no measure.", firm.id)

    def add(self, firm: Firm) -> None:
        """One more firm."""
        if firm.id in self.firms:
            refuse("企业编号“{}”重复。", "The firm id '{}' stands twice.", firm.id)
        self.firms[firm.id] = firm

    def amount(self, id: str, where: str) -> int:
        """The number of an amount."""
        return (
            self.numbers[id]
            if id in self.numbers
            else refuse("{}：amounts 中没有“{}”。", "{}: amounts has no '{}'.", where, id)
        )

    def check_timing(self, where: str, timing: dict[str, Any]) -> None:
        """Refuse a timing that has not one entry for each period, or names no amount."""
        profiles = timing.get("profiles", {})
        if any(len(entries) != self.periods for entries in (timing["duration"], *profiles.values())):
            refuse("{} 应为每期一项。", "{} should have one entry for each period.", where)
        for amount, entries in profiles.items():
            self.amount(amount, where)
            timing["profiles"][amount] = [arrival(shares, f"{where}.{amount}") for shares in entries]

    def usual(self, amount: str, lasts: int) -> Any:
        """By the profile of the amount; else takings at the start, benefits in the last period."""
        takes = self.amounts[amount]["kind"] == "takes"
        return self.profiles.get(amount, 0 if takes else lasts - 1)

    def timed(self, timing: str, amount: str) -> Any:
        """How an amount arrives from each start period."""
        if (timing, amount) not in self.arriving:
            said = self.timings[timing]
            found = said.get("profiles", {}).get(amount)
            self.arriving[timing, amount] = found or [self.usual(amount, one) for one in said["duration"]]
        return self.arriving[timing, amount]

    def measures(self, firm: dict[str, Any]) -> dict[str, Measure]:
        """The measures of a firm by name."""
        found: dict[str, Measure] = {}
        for one in firm.get("measures", []):
            where = f"firms.{firm['id']}.{one['name']}"
            first, last = one.get("from", 1) - 1, one.get("until", self.periods) - 1
            if one["name"] in found:
                refuse("{} 重复。", "{} stands twice.", where)
            if not first <= last < self.periods:
                refuse(
                    "{}：from 不应晚于 until，until 不应超过期数。",
                    "{}: from should not be after until, nor until after the last period.",
                    where,
                )
            if "timing" in one and one["timing"] not in self.timings:
                refuse("{}：timings 中没有“{}”。", "{}: timings has no '{}'.", where, one["timing"])
            amounts = [
                self.sized(where, id, size, one, last - first + 1)
                for id, size in one.get("amounts", {}).items()
            ]
            found[one["name"]] = Measure(one["name"], first, last, first, amounts, {})
        return found

    def sized(
        self, where: str, id: str, size: Any, measure: dict[str, Any], starts: int
    ) -> tuple[int, Any, Any]:
        """An amount of a measure in stored units, with how it arrives."""
        where, amount = f"{where}.{id}", self.amount(id, where)
        if type(size) is dict:
            arrives, size = arrival(size["profile"], where), size["total"]
        elif "timing" in measure:
            arrives = self.timed(measure["timing"], id)
        else:
            arrives = self.usual(id, measure.get("duration", 1))
        if type(size) is not list:
            return amount, stored(size, self.places[amount], where), arrives
        if len(size) != starts:
            refuse("{} 应为每个开始时期一个数字。", "{} should have one number for each start period.", where)
        return amount, [stored(one, self.places[amount], where) for one in size], arrives

    def look(self, times: int) -> None:
        """Count comparisons; refuse a problem that asks for more than its size explains."""
        self.looks += times
        if self.looks > self.patience + LOOKS_AN_ENTRY * self.entries:
            chinese = "问题过大：限制、清零要求或前面目标与所涉企业的组合太多（已比较 {} 次）。"
            english = "Too large: limits, clearances or earlier aims name too many firms ({} comparisons)."
            refuse(chinese, english, self.looks)

    def count(self, entries: int) -> None:
        """Count entries of options; refuse more than there may be."""
        self.entries += entries
        if self.entries > MOST_ENTRIES:
            chinese = "问题过大，选项合计超过 {} 项。"
            refuse(chinese, "Too large: more than {} entries of options.", MOST_ENTRIES)

    def filters_of(self, firm: Firm) -> Filters:
        """The limits' filters that a firm fits: one object for all firms that the same filters name."""
        tags = tuple(one for one in firm.tags.items() if one[0] in self.filter_keys)
        if tags not in self.fitting:
            self.look(sum(2 + len(where) for where in self.filters))
            found = frozenset(number for where, number in self.filters.items() if fits(firm.tags, where))
            self.fitting[tags] = self.named.setdefault(found, found)
        return self.fitting[tags]

    def where(self, said: dict[str, Any], where: str) -> Filter:
        """A filter; each of its values must be some firm's."""
        found = tuple((key, frozenset([one] if type(one) is str else one)) for key, one in said.items())
        for key, values in found:
            for value in values:
                if value not in self.tags.get(key, ()):
                    refuse(
                        "{}：没有企业的标签“{}”是“{}”。",
                        "{}: no firm has the tag '{}' = '{}'.",
                        where,
                        key,
                        value,
                    )
        return found

    def limit(self, one: dict[str, Any]) -> Limit:
        """A limit in stored units: an at_most rounded down, an at_least up, which changes nothing for whole units."""
        where, most, least, until = (
            f"limits.{one['id']}",
            one.get("at_most"),
            one.get("at_least"),
            one.get("until"),
        )
        amount, first = self.amount(one["amount"], where), one.get("from", 1) - 1
        if (most is None) == (least is None):
            refuse(
                "{} 应写明 at_most 或 at_least 之一。", "{} should state either at_most or at_least.", where
            )
        if first >= self.periods or until is not None and not first < until <= self.periods:
            refuse(
                "{}：from 不应晚于 until，until 不应超过期数。",
                "{}: from should not be after until, nor until after the last period.",
                where,
            )
        stated: Any = least if most is None else most
        units = Fraction(stated) * 10 ** self.places[amount]
        bound = ceil(units) if most is None else floor(units)
        last, about = inf if until is None else until - 1, self.where(one.get("where", {}), where)
        number = self.filters.setdefault(about, len(self.filters))
        return Limit(one["id"], amount, number, first, last, most is not None, bound)

    def order(self, one: dict[str, Any]) -> tuple[str, str, int]:
        """The firm that starts first, the one that may start then, and how many periods after."""
        for id in (one["first"], one["then"]):
            if id not in self.firms:
                refuse("orders：没有编号为“{}”的企业。", "orders: no firm has the id '{}'.", id)
        if one["first"] == one["then"]:
            refuse("orders：first 和 then 不应是同一家企业。", "orders: first and then should be two firms.")
        return one["first"], one["then"], one.get("gap", 0)

    def benefit(self, one: dict[str, Any], *, first: bool) -> Aim:
        """weight x discount^(period of arrival), rounded; bonuses and rewards count as they are."""
        weights = {self.amount(id, "aim.weights"): Fraction(weight) for id, weight in one["weights"].items()}
        decimals, discount = 10 ** one.get("decimals", 4), Fraction(one.get("discount", 1))
        if not discount:
            refuse("aim.discount 应大于 0。", "aim.discount should be above 0.")
        most, extra = max((self.places[amount] for amount in weights), default=0), len(self.places)
        known: dict[tuple[int, int], int] = {}
        powers = [(1, 1)]

        def worth(amount: int, period: int) -> int:
            if amount >= extra or amount not in weights:
                return int(first and amount >= extra)
            while len(powers) <= period:
                above, below = powers[-1]
                powers.append((above * discount.numerator, below * discount.denominator))
            if (amount, period) not in known:
                (above, below), weight = powers[period], weights[amount]
                unit = rounded(weight.numerator * decimals * above, weight.denominator * below)
                known[amount, period] = unit * 10 ** (most - self.places[amount])
            return known[amount, period]

        places = one.get("decimals", 4) + most
        return Aim(one.get("name", "benefit"), places, Fraction(one.get("tolerance", 0)), worth)

    def cost(self, one: dict[str, Any], *, first: bool) -> Aim:
        """The less of an amount, the better."""
        amount, extra = self.amount(one.get("amount", "money"), "aim.amount"), len(self.places)
        worth = lambda a, period: -int(a == amount) if a < extra else int(first)  # noqa: E731
        return Aim(one.get("name", "cost"), self.places[amount], Fraction(one.get("tolerance", 0)), worth)

    def clear(self, clearances: list[dict[str, Any]]) -> None:
        """Firms that must start by a period; a wish is a firm of its own that may start when they have."""
        self.bonus, wishes = len(self.places), []
        groups: dict[tuple[tuple[str, str], ...], tuple[dict[str, str], list[str]]] = {}
        for firm in self.firms.values():
            groups.setdefault(tuple(sorted(firm.tags.items())), (firm.tags, []))[1].append(firm.id)
        due: dict[str, int] = {}
        cleared = 0
        for one in clearances:
            where, by = f"clearances.{one['id']}", one["by"] - 1
            about = self.where(one["where"], where)
            self.look(len(groups) * (2 + len(about)))
            firms = [id for tags, ids in groups.values() if fits(tags, about) for id in ids]
            if not firms:
                refuse("{} 没有涉及任何企业。", "{} names no firm.", where)
            if by >= self.periods:
                refuse("{}：by 不应超过期数。", "{}: by should not be after the last period.", where)
            cleared += len(firms)
            if cleared > MOST_CLEARED:
                chinese = "问题过大：清零要求与所涉企业的组合超过 {} 个。"
                english = "Too large: clearances times the firms they name exceed {}."
                refuse(chinese, english, MOST_CLEARED)
            if one.get("bonus") is None:
                due.update((id, min(due.get(id, by), by)) for id in firms)
            else:
                units = stored(one["bonus"], self.aims[0].places, where)
                wish = Measure(WISH, by, by, by, [(self.bonus, units, 0)], {})
                wishes.append((Firm(f"{WISH}:{one['id']}", {}, False, {WISH: wish}), firms))
        self.oblige(due)
        place = {id: number for number, id in enumerate(self.firms)}
        for wish_firm, firms in wishes:
            self.add(wish_firm)
            self.orders += [(id, wish_firm.id, 0) for id in sorted(firms, key=place.__getitem__)]

    def oblige(self, due: dict[str, int]) -> None:
        """Firms that must have started by a period."""
        for id, by in due.items():
            firm = self.firms[id]
            kept = {name: m._replace(last=min(m.last, by)) for name, m in firm.measures.items()}
            self.firms[id] = firm._replace(must=True, measures=kept)

    def promise(self, said: dict[str, Any] | None) -> None:
        """Rewards for keeping what was announced: most for the same start, less for another, nothing for waiting."""
        self.stability = self.bonus + 1
        if said is None:
            return
        if STABILITY in self.amounts:
            refuse(
                "amounts.{}：这一名称已用于对原方案的保持。",
                "amounts.{}: the name is taken by what keeps an announced plan.",
                STABILITY,
            )
        each, other = (
            stored(said[key], self.aims[0].places, f"announced.{key}") for key in ("per_period", "other")
        )
        seen: set[str] = set()
        for choice in said["choices"]:
            if choice["firm"] not in self.firms or choice["firm"] in seen:
                refuse(
                    "announced：没有企业“{}”，或它出现两次。",
                    "announced: no firm '{}', or it stands twice.",
                    choice["firm"],
                )
            seen.add(choice["firm"])
            firm = self.firms[choice["firm"]]
            for name, measure in firm.measures.items() if choice["measure"] in firm.measures else ():
                for start in range(measure.first, measure.last + 1):
                    units = (
                        other
                        + each * (self.periods - abs(start - choice["start"] + 1))
                        - other * (name != choice["measure"])
                    )
                    if units > 0:
                        measure.rewards[start] = units

    def options(self, firm: Firm) -> Iterator[tuple[int, Uses]]:
        """Start and uses of each option of a firm."""
        for measure in firm.measures.values():
            for start in range(measure.first, measure.last + 1):
                yield start, measure.uses(start, self.stability)


# A plan and its certificates.

Chosen = dict[str, tuple[int, Uses]]
"""Start and uses of the firms that do not wait."""


class Prices(NamedTuple):
    """A certificate, each price at its limit, earlier aim, or firm."""

    below: int
    limits: list[tuple[Limit, int]]
    floors: list[int]
    moved: dict[str, list[int]]


def chosen(problem: Problem, choices: list[dict[str, Any]]) -> Chosen:
    """What a list of choices does: each must be an option of its firm."""
    found: Chosen = {}
    for one in choices:
        firm = problem.firms.get(one["firm"])
        measure = firm.measures.get(one["measure"]) if firm else None
        start = one["start"] - 1
        if measure is None or not measure.first <= start <= measure.last:
            refuse("企业 {} 的选择不是它的选项。", "The choice of firm {} is no option of it.", one["firm"])
        if one["firm"] in found:
            refuse("企业 {} 在方案中出现两次。", "Firm {} stands twice in the plan.", one["firm"])
        found[one["firm"]] = start, measure.uses(start, problem.stability)
    return found


def break_nothing(problem: Problem, plan: Chosen, kept: list[tuple[Aim, int]]) -> None:
    """Refuse a plan that breaks an obligation, an order, a limit, or what earlier aims keep."""
    for firm in problem.firms.values():
        if firm.must and firm.id not in plan:
            refuse("企业 {} 必须启动，方案中却在等待。", "Firm {} must start but waits.", firm.id)
    for first, then, gap in problem.orders:
        if then in plan and (first not in plan or plan[then][0] < plan[first][0] + gap):
            refuse(
                "次序：企业 {} 应在企业 {} 启动至少 {} 期之后启动。",
                "Order: firm {} may start after firm {} only, {} periods at least.",
                then,
                first,
                gap,
            )
    check_limits(problem, plan)
    entries = sum(len(uses) for _, uses in plan.values())
    for aim, least in kept:
        problem.look(entries)
        value = value_of(aim, plan)
        if value < least:
            said = (aim.name, natural(value, aim.places), natural(least, aim.places))
            refuse("前一目标 {}：{}，低于应保持的 {}。", "Earlier aim {}: {}, below the {} to keep.", *said)


def check_limits(problem: Problem, plan: Chosen) -> None:
    """Refuse a plan that breaks a limit; what the same filters name is added up together."""
    sums: dict[int, dict[Filters, dict[int, int]]] = {}
    for id, (_, uses) in plan.items():
        filters = problem.filters_of(problem.firms[id])
        for amount, period, units in uses:
            periods = sums.setdefault(amount, {}).setdefault(filters, {})
            periods[period] = periods.get(period, 0) + units
    running: dict[tuple[int, int], Running] = {}
    for limit in problem.limits:
        if (limit.amount, limit.where) not in running:
            groups = sums.get(limit.amount, {})
            named = [periods for filters, periods in groups.items() if limit.where in filters]
            problem.look(len(groups) + sum(map(len, named)))
            parts = (part for periods in named for part in periods.items())
            running[limit.amount, limit.where] = Running(parts)
        reached = running[limit.amount, limit.where].between(limit.first, limit.last)
        said = (limit.id, *(natural(one, problem.places[limit.amount]) for one in (reached, limit.bound)))
        if limit.at_most and reached > limit.bound:
            refuse("限制 {}：{}，超过上限 {}。", "Limit {}: {}, above {}.", *said)
        if not limit.at_most and reached < limit.bound:
            refuse("限制 {}：{}，未达到 {}。", "Limit {}: {}, below {}.", *said)


def value_of(aim: Aim, plan: Chosen) -> int:
    """What a plan is worth, in stored units."""
    return sum(
        units * aim.worth(amount, period) for _, uses in plan.values() for amount, period, units in uses
    )


def prices_of(problem: Problem, said: dict[str, Any], earlier: int) -> Prices:
    """The prices of a certificate."""
    rest = dict(said["limits"])
    limits = [(limit, rest.pop(limit.id)) for limit in problem.limits if limit.id in rest]
    if rest:
        refuse(
            "证书给没有的限制“{}”定价。",
            "The certificate prices a limit '{}' that there is not.",
            next(iter(rest)),
        )
    if len(said["floors"]) != earlier:
        refuse(
            "证书应为每个前面目标各有一个价格。",
            "The certificate should have one price for each earlier aim.",
        )
    moved: dict[str, list[int]] = {}
    seen: set[tuple[int, int]] = set()
    for number, period, price in said["orders"]:
        if number >= len(problem.orders) or period >= problem.periods or (number, period) in seen:
            refuse(
                "证书给没有的次序定价，或给同一次序定价两次。",
                "The certificate prices an order that there is not, or one twice.",
            )
        seen.add((number, period))
        first, then, gap = problem.orders[number]
        moved.setdefault(then, [0] * problem.periods)[period] -= price
        if period >= gap:
            moved.setdefault(first, [0] * problem.periods)[period - gap] += price
    for starts in moved.values():  # what is said of a period holds for all starts up to it
        starts[:] = [*accumulate(starts[::-1])][::-1]
    return Prices(said["denominator"], limits, said["floors"], moved)


def least_by_period(windows: list[tuple[int, int, float]], periods: int) -> list[float]:
    """The least bound of those that count a period; the last one for all periods after the plan's."""
    waiting = sorted(((first, bound, last) for bound, first, last in windows), reverse=True)
    found, here = [], list[tuple[int, float]]()
    for period in range(periods + 1):
        while waiting and waiting[-1][0] <= period:
            heappush(here, waiting.pop()[1:])
        while here and here[0][1] < period:
            heappop(here)
        found.append(here[0][0] if here else inf)
    return found


class Caps:
    """The at_most limits of an amount: windows of periods, each with the least bound, the tightest first."""

    def __init__(self, limits: list[Limit], periods: int):
        least: dict[tuple[int, float], int] = {}
        for one in limits:
            window = one.first, one.last
            least[window] = min(least.get(window, one.bound), one.bound)
        windows = sorted((bound, first, last) for (first, last), bound in least.items())
        self.lowest, self.last = windows[0][0], periods
        self.least = least_by_period(windows, periods)
        self.wide = [one for one in windows if one[1] < one[2]]

    def bar(self, parts: list[tuple[int, int]], look: Callable[[int], None]) -> bool:
        """Whether these units by period break one: a part alone, or what a window of several periods counts."""
        total = sum(units for _, units in parts)
        if total <= self.lowest:
            return False
        if any(units > self.least[min(period, self.last)] for period, units in parts):
            return True
        tight = bisect_left(self.wide, (total,)) if len(parts) > 1 else 0
        look(2 * tight)
        running = Running(parts)
        return any(running.between(first, last) > bound for bound, first, last in self.wide[:tight])


class Group:
    """Firms that the same filters name: what a unit is worth under the prices, and what they may not exceed."""

    def __init__(self, filters: Filters, problem: Problem, prices: Prices):
        problem.look(1 + len(prices.limits))
        self.filters, self.problem = filters, problem
        self.worth: dict[tuple[int, int], int] = {}
        changes: dict[int, list[tuple[float, int]]] = {}
        for limit, price in prices.limits:
            if limit.where in filters:
                charged = price if limit.at_most else -price
                changes.setdefault(limit.amount, []).extend(
                    [(limit.first, charged), (limit.last + 1, -charged)]
                )
        self.charged = {amount: Running(some) for amount, some in changes.items()}

    @cached_property
    def caps(self) -> dict[int, Caps]:
        """The at_most limits by amount."""
        self.problem.look(len(self.problem.limits) + self.problem.periods)
        capped: dict[int, list[Limit]] = {}
        for limit in self.problem.limits:
            if limit.at_most and limit.where in self.filters:
                capped.setdefault(limit.amount, []).append(limit)
        return {amount: Caps(limits, self.problem.periods) for amount, limits in capped.items()}

    @cached_property
    def never(self) -> bool:
        """Whether even nothing is too much."""
        return any(caps.lowest < 0 for caps in self.caps.values())

    def bars(self, uses: Uses, look: Callable[[int], None]) -> bool:
        """Whether an option breaks an at_most all alone."""
        parts: dict[int, list[tuple[int, int]]] = {}
        for amount, period, units in uses:
            if amount in self.caps:
                parts.setdefault(amount, []).append((period, units))
        return self.never or any(self.caps[amount].bar(some, look) for amount, some in parts.items())

    def price(self, amount: int, period: int) -> int:
        """What the limits charge for a unit."""
        return self.charged[amount].between(0, period) if amount in self.charged else 0


def of_limits(prices: Prices, kept: list[tuple[Aim, int]]) -> int:
    """What the limits, and what earlier aims keep, add to a bound."""
    total = sum(price * (limit.bound if limit.at_most else -limit.bound) for limit, price in prices.limits)
    return total - sum(price * least for price, (_, least) in zip(prices.floors, kept, strict=True))


class Bounding:
    """The bound that prices prove for an aim, and the least that any plan is worth: known when it is added up."""

    def __init__(
        self, problem: Problem, prices: Prices, aim: Aim, kept: list[tuple[Aim, int]], *, least: bool = False
    ):
        self.problem, self.prices, self.aim, self.kept, self.asked = problem, prices, aim, kept, least
        self.groups: dict[Filters, Group] = {}
        self.least, self.nobody = 0, ""

    def added_up(self) -> int:
        """L(prices), without its fraction."""
        total = of_limits(self.prices, self.kept) + sum(
            self.best(firm) for firm in self.problem.firms.values()
        )
        return total // self.prices.below

    def best(self, firm: Firm) -> int:
        """What the best option of a firm is worth under the prices."""
        group, moved = self.group(firm), self.prices.moved.get(firm.id)
        best, least = ([], []) if firm.must else ([0], [0])
        for start, uses in self.problem.options(firm):
            self.problem.count(1 + len(uses))
            if group.bars(uses, self.problem.look):
                continue
            gain = moved[start] if moved else 0
            for amount, period, units in uses:
                if (amount, period) not in group.worth:
                    group.worth[amount, period] = self.worth(amount, period, group)
                gain += units * group.worth[amount, period]
            best.append(gain)
            if self.asked:
                least.append(sum(units * self.aim.worth(amount, period) for amount, period, units in uses))
        if not best:
            self.nobody = firm.id
        self.least += min(least, default=0)
        return max(best, default=0)

    def group(self, firm: Firm) -> Group:
        """The firms that the same filters name."""
        return self.grouped(self.problem.filters_of(firm))

    def grouped(self, filters: Filters) -> Group:
        """The same, by the filters."""
        if filters not in self.groups:
            self.groups[filters] = Group(filters, self.problem, self.prices)
        return self.groups[filters]

    def worth(self, amount: int, period: int, group: Group) -> int:
        """What a unit is worth under the prices, times their denominator."""
        worth = self.aim.worth(amount, period) * self.prices.below
        kept = zip(self.prices.floors, self.kept, strict=True)
        self.problem.look(len(self.kept))
        worth += sum(price * aim.worth(amount, period) for price, (aim, _) in kept)
        return worth - group.price(amount, period)


# A tree: what each leaf allows, and the bound of the plans in it.


class Branch(NamedTuple):
    """A firm takes one of its options (of a measure, or of any) that start in these periods, or it does not."""

    firm: str
    measure: str | None
    first: int
    last: int

    def holds(self, measure: str, start: int) -> bool:
        """Whether an option is one of them."""
        return self.first <= start <= self.last and self.measure in (None, measure)


Path = tuple["Path", Branch, bool] | None
"""The way to a node, from its end: what was split and on which side one went; None: the root."""


def branch_of(problem: Problem, said: dict[str, Any]) -> Branch:
    """A branch; one that splits nothing is allowed."""
    firm = problem.firms.get(said["firm"])
    measure, first, last = said.get("measure"), said.get("from", 1), said.get("until", problem.periods)
    known = firm is not None and (measure is None or measure in firm.measures)
    if not known or not first <= last <= problem.periods:
        refuse(
            "证书的分支 {} 不是问题中企业的选项。",
            "A branch of the certificate, {}, names no options of a firm.",
            said["firm"],
        )
    return Branch(said["firm"], measure, first - 1, last - 1)


def leaves_of(problem: Problem, nodes: list[Any]) -> list[tuple[Any, Path]]:
    """The leaves with the way to each: every branch must have its two sides, and nothing may be left over."""
    found: list[tuple[Any, Path]] = []
    waiting: list[Path] = [None]
    for one in nodes:
        if not waiting:
            break
        path = waiting.pop()
        if one is None or "denominator" in one:
            found.append((one, path))
        else:
            branch = branch_of(problem, one)
            waiting += [(path, branch, False), (path, branch, True)]
    if waiting or len(found) * 2 - 1 != len(nodes):
        refuse(
            "证书的分支树不完整，或有多余的节点。",
            "The tree of the certificate is not whole, or has nodes to spare.",
        )
    return found


class Rounded(NamedTuple):
    """A limit that is rounded, with what divides it and its price."""

    limit: Limit
    divisor: int
    price: int


def rounded_share(units: int, bound: int, divisor: int) -> int:
    """What is left of a use, or of the bound itself, where a limit is divided and rounded."""
    rest = bound % divisor
    return units // divisor * (divisor - rest) + max(0, units % divisor - rest)


def rounded_of(problem: Problem, said: dict[str, Any]) -> list[Rounded]:
    """The rounded limits of a leaf: only an at_most may be rounded."""
    if "rounded" not in said:
        return []
    known = {limit.id: limit for limit in problem.limits if limit.at_most}
    for one in said["rounded"]:
        if one["limit"] not in known:
            refuse(
                "证书取整的限制“{}”不是问题中的上限。",
                "The certificate rounds a limit '{}', which is no at_most of the problem.",
                one["limit"],
            )
    return [Rounded(known[one["limit"]], one["divisor"], one["price"]) for one in said["rounded"]]


Offer = tuple[str, int, int, list[tuple[int, int]], int]
"""An option: measure, start, what it is worth, its units by place in a list of what units are worth, its entries."""


class Tree:
    """The best bound of any leaf of a tree; `void` is whether every leaf is proven to hold no plan."""

    def __init__(self, bounding: Bounding, certificate: dict[str, Any], value: int | None = None):
        self.root, self.problem, self.value = bounding, bounding.problem, value
        self.places: dict[tuple[Filters, int, int], int] = {}
        self.groups = {id: bounding.group(firm) for id, firm in self.problem.firms.items()}
        self.offers = {id: self.offered(firm) for id, firm in self.problem.firms.items()}
        self.entries = sum(2 + one[4] for offers in self.offers.values() for one in offers)
        self.step = gcd(*(one[2] for offers in self.offers.values() for one in offers)) or 1
        self.earlier, self.void = len(bounding.kept), True
        self.waits = {id: not firm.must for id, firm in self.problem.firms.items()}
        nodes = certificate["tree"]
        self.problem.patience += LOOKS_AN_ENTRY * len(nodes)
        leaves = leaves_of(self.problem, nodes)
        self.own = self.gains(bounding.prices)
        self.best = {id: self.most(id, gains, ()) for id, gains in self.own.items()}
        self.leave_out(value)
        self.used = self.uses_of(
            [one for said, _ in leaves if said for one in rounded_of(self.problem, said)]
        )
        self.bounds = [self.leaf(said, path) for said, path in leaves]

    def leave_out(self, value: int | None) -> None:
        """Keep the options that a plan worth more than a known one may hold, by the prices of the certificate."""
        known = [one for one in self.best.values() if one is not None]
        if value is None or len(known) < len(self.best):
            return
        prices = self.root.prices
        most = of_limits(prices, self.root.kept) + sum(known) - (value + 1) * prices.below
        for id, gains in self.own.items():
            least = (self.best[id] or 0) - most
            kept = [k for k, gain in enumerate(gains) if gain >= least]
            self.offers[id], self.own[id] = [self.offers[id][k] for k in kept], [gains[k] for k in kept]
            self.waits[id] = self.waits[id] and least <= 0
        self.entries = sum(2 + one[4] for offers in self.offers.values() for one in offers)

    def offered(self, firm: Firm) -> list[Offer]:
        """The options of a firm that break no at_most alone."""
        found: list[Offer] = []
        group, filters = self.groups[firm.id], self.problem.filters_of(firm)
        for measure in firm.measures.values():
            for start in range(measure.first, measure.last + 1):
                uses = measure.uses(start, self.problem.stability)
                if not group.bars(uses, self.problem.look):
                    worth = sum(units * self.root.aim.worth(amount, period) for amount, period, units in uses)
                    parts = [
                        (self.places.setdefault((filters, amount, period), len(self.places)), units)
                        for amount, period, units in uses
                    ]
                    found.append((measure.name, start, worth, parts, len(uses)))
        return found

    def gains(self, prices: Prices) -> dict[str, list[int]]:
        """What the options of each firm are worth under prices."""
        self.problem.count(self.entries)
        priced = Bounding(self.problem, prices, self.root.aim, self.root.kept)
        worth = [
            priced.worth(amount, period, priced.grouped(filters)) for filters, amount, period in self.places
        ]
        found = {}
        for id, offers in self.offers.items():
            moved = prices.moved.get(id)
            found[id] = [
                sum([units * worth[place] for place, units in parts]) + (moved[start] if moved else 0)
                for _, start, _, parts, _ in offers
            ]
        return found

    def uses_of(self, rounded: list[Rounded]) -> dict[str, list[tuple[str, int, int]]]:
        """By limit what options use of it: firm, place of the option, units; those of nothing left out."""
        limits = {one.limit.id: one.limit for one in rounded}
        found: dict[str, list[tuple[str, int, int]]] = {id: [] for id in limits}
        if not limits:
            return found
        self.problem.look(len(self.places) * len(limits))
        inside: dict[int, list[str]] = {}
        for (filters, amount, period), place in self.places.items():
            for one in limits.values():
                if amount == one.amount and one.first <= period <= one.last and one.where in filters:
                    inside.setdefault(place, []).append(one.id)
        self.problem.count(self.entries)
        for id, offers in self.offers.items():
            for k, offer in enumerate(offers):
                totals: dict[str, int] = {}
                for place, units in offer[3]:
                    self.problem.look(len(inside.get(place, ())))
                    for limit in inside.get(place, ()):
                        totals[limit] = totals.get(limit, 0) + units
                for limit, units in totals.items():
                    found[limit].append((id, k, units))
        return found

    def charge(self, gains: dict[str, list[int]], rounded: list[Rounded]) -> int:
        """Take what rounded limits charge off the gains; what their bounds are worth."""
        total = 0
        for limit, divisor, price in rounded:
            uses = self.used[limit.id]
            self.problem.look(1 + len(uses))
            for id, k, units in uses:
                gains[id][k] -= price * rounded_share(units, limit.bound, divisor)
            total += price * rounded_share(limit.bound, limit.bound, divisor)
        return total

    def allowed(self, id: str, way: Iterable[tuple[Branch, bool]]) -> tuple[bool, list[int]]:
        """Whether a firm may wait on this way, and which of its options it may take."""
        waits = self.waits[id] and not any(side for _, side in way)
        offers = enumerate(self.offers[id])
        return waits, [k for k, one in offers if all(b.holds(one[0], one[1]) == side for b, side in way)]

    def most(self, id: str, gains: list[int], way: Iterable[tuple[Branch, bool]]) -> int | None:
        """What the best that a firm may do is worth; None: it can do nothing."""
        waits, kept = self.allowed(id, way)
        return max([gains[k] for k in kept] + [0] * waits, default=None)

    @property
    def bound(self) -> int | None:
        """No plan is worth more; None: no leaf holds a better one, and none is known."""
        return max((one for one in [self.value, *self.bounds] if one is not None), default=None)

    def leaf(self, said: Any, path: Path) -> int | None:
        """The bound of the plans in a leaf; None: a firm has nothing left to do."""
        ways: dict[str, list[tuple[Branch, bool]]] = {}
        while path is not None:
            path, branch, side = path
            ways.setdefault(branch.firm, []).append((branch, side))
        self.problem.look(sum(len(way) * (1 + len(self.offers[id])) for id, way in ways.items()))
        own = said is None
        prices = self.root.prices if own else prices_of(self.problem, said, self.earlier)
        gains = self.own if own else self.gains(prices)
        charged = 0 if own else self.charge(gains, rounded_of(self.problem, said))
        best = self.best if own else {id: self.most(id, some, ()) for id, some in gains.items()}
        best = best | {id: self.most(id, gains[id], way) for id, way in ways.items()}
        if None in best.values():
            return None
        known = [one for one in best.values() if one is not None]
        total = of_limits(prices, self.root.kept) + charged + sum(known)
        bound = total // prices.below // self.step * self.step
        self.void = self.void and bound < self.least(ways)
        return bound

    def least(self, ways: dict[str, list[tuple[Branch, bool]]]) -> int:
        """No plan in a leaf is worth less."""
        total = 0
        for id, offers in self.offers.items():
            waits, kept = self.allowed(id, ways.get(id, ()))
            total += min([offers[k][2] for k in kept] + [0] * waits, default=0)
        return total


def gap_text(value: int, bound: int, *, up: bool = True) -> str | None:
    """(bound - value) / |bound| to eight places, rounded up; null where the bound is 0 and not met."""
    missing = bound - value
    if not bound:
        return None if missing else "0.00000000"
    scaled = missing * 10**8
    share = -(-scaled // abs(bound)) if up else (2 * scaled + abs(bound)) // (2 * abs(bound))
    return f"{share // 10**8}.{share % 10**8:08d}"


def follows(what: str, said: Any, again: Any) -> None:
    """Refuse a field that does not follow."""
    if said != again:
        refuse(
            "{}：文件写的是 {}，重新计算为 {}。",
            "{}: the file says {}, computed again it is {}.",
            what,
            said,
            again,
        )


def check(problem_raw: bytes, plan_raw: bytes, digest: str | None = None) -> Verdict:
    """What is to be said of a plan file and its problem file; `digest` is that of a problem with tables."""
    try:
        return checked(problem_raw, plan_raw, digest)
    except Refused as error:
        return Verdict(REFUSED, *error.args)


def checked(problem_raw: bytes, plan_raw: bytes, digest: str | None) -> Verdict:
    """The same; what does not hold is raised."""
    content, _ = parse(plan_raw, "PLAN")
    if content.get("format") == OLD_PLAN:
        return checked_old(problem_raw, OLD_PLAN_FILE(content, "PLAN"))
    if content.get("status") in ("stopped", "failed") and content.get("choices") is None:
        sentence = "求解没有得到结果（{}）：文件里没有方案，没有可核对的内容，请重新求解。"
        english = "Solving ended without a result ({}): the file has no plan, there is nothing to check; solve again."
        refuse(sentence, english, content["status"])
    plan = PLAN_FILE(content, "PLAN")
    problem = Problem(problem_raw)
    digest = digest or problem.digest
    follows("problem", plan["problem"], digest)
    decided = {"problem": digest, "choices": plan["choices"]}
    if plan["choices"]:
        decided["choices"] = sorted([one["firm"], one["measure"], one["start"]] for one in plan["choices"])
    follows("digest", plan["digest"], digest_of(decided))
    return without_plan(problem, plan) if plan["status"] == "infeasible" else aims_hold(problem, plan)


def checked_old(problem_raw: bytes, old: dict[str, Any]) -> Verdict:
    """A plan of form 1: its problem is named by its bytes, its gap is rounded half up, it has a single aim."""
    problem = Problem(problem_raw)
    aim = problem.aims[0]
    follows("problem", old["problem"], hashlib.sha256(problem_raw).hexdigest())
    if old["kept"] or len(problem.aims) > 1:
        chinese = "旧格式 1 的方案没有前面目标的证书，请重新求解。"
        refuse(chinese, "A plan of the old form 1 has no certificates of earlier aims; solve again.")
    if old["choices"] is None or old["certificate"] is None:
        refuse("旧格式 1 的文件没有方案或证书。", "A file of the old form 1 without a plan or certificate.")
    bound, value = old["certificate"].pop("bound"), value_of(aim, chosen(problem, old["choices"]))
    follows("bound", old["bound"], natural(bound, aim.places))
    follows("gap", old["gap"], gap_text(value, bound, up=False))
    stated = {"name": old["aim"], "value": old["value"], "bound": old["bound"], "gap": gap_text(value, bound)}
    status = "optimal" if value == bound else "feasible"
    aims = [{**stated, "certificate": old["certificate"]}]
    found = aims_hold(problem, {"status": status, "aims": aims, "choices": old["choices"]})
    said = f"{found.chinese}（按旧格式 1 核对。）", f"{found.english} (Checked under the old form 1.)"
    if old.get("claimed") is None and old["status"] in (status, "feasible"):
        return Verdict(PROVEN, *said)
    if old["status"] == "within_gap":
        claim = (
            "状态“差距之内”没有写明多少，只是声明。",
            "Its status within_gap does not say which gap: a claim.",
        )
    else:
        claim = (
            "状态或求解器的上界只是声明，没有证明。",
            "Its status or a solver's bound is a claim, not proven.",
        )
    return Verdict(CLAIMED, said[0] + claim[0], said[1] + " " + claim[1])


def aims_hold(problem: Problem, plan: dict[str, Any]) -> Verdict:
    """Go through the aims in order; what each reached is what the next ones keep, less its tolerance."""
    if len(plan["aims"]) != len(problem.aims):
        fields = len(problem.aims), len(plan["aims"])
        refuse("方案应写明 {} 个目标，现有 {} 个。", "The plan should state {} aims and states {}.", *fields)
    kept: list[tuple[Aim, int]] = []
    chinese, english, proven = ["方案可行"], ["The plan is feasible"], True
    for place, stated in enumerate(plan["aims"], 1):
        last = place == len(problem.aims)
        if last == ("choices" in stated):
            sentence = "前面目标各有自己的 choices，最后一个用方案的 choices。"
            refuse(sentence, "Each earlier aim has choices of its own, the last those of the plan.")
        value, bound = aim_holds(problem, stated, plan["choices"] if last else stated["choices"], kept)
        said = [shorten(stated[key]) for key in ("name", "value", "bound")]
        gap = stated["gap"] or "-"
        chinese.append("目标 {}：价值 {}；证书成立，上界 {}，差距 {}".format(*said, gap))
        english.append("aim {}: value {}; the certificate holds, bound {}, gap {}".format(*said, gap))
        proven = proven and value == bound
        share = problem.aims[place - 1].tolerance
        kept.append((problem.aims[place - 1], value - abs(value) * share.numerator // share.denominator))
    follows("status", plan["status"], "optimal" if proven else "feasible")
    return Verdict(PROVEN, "；".join(chinese) + "。", "; ".join(english) + ".")


def aim_holds(
    problem: Problem, stated: dict[str, Any], choices: Any, kept: list[tuple[Aim, int]]
) -> tuple[int, int]:
    """Value and bound of an aim, computed again: what is quick to refuse comes first."""
    aim = problem.aims[len(kept)]
    if choices is None or stated["certificate"] is None:
        refuse("目标 {} 没有方案或没有证书。", "Aim {} has no plan or no certificate.", aim.name)
    done = chosen(problem, choices)
    break_nothing(problem, done, kept)
    value, prices = value_of(aim, done), prices_of(problem, stated["certificate"], len(kept))
    follows("name", stated["name"], aim.name)
    follows("value", stated["value"], natural(value, aim.places))
    bound = bound_of(Bounding(problem, prices, aim, kept), stated["certificate"], value)
    follows("bound", stated["bound"], natural(bound, aim.places))
    follows("gap", stated["gap"], gap_text(value, bound))
    return value, bound


def bound_of(bounding: Bounding, certificate: dict[str, Any], value: int) -> int:
    """The bound that a certificate proves, by its prices alone, or by its tree and the value of a plan."""
    tree = Tree(bounding, certificate, value).bound if "tree" in certificate else None
    return bounding.added_up() if tree is None else tree


def without_plan(problem: Problem, plan: dict[str, Any]) -> Verdict:
    """Whether it is proven that no plan keeps every rule: a bound below what any is worth, or a firm with no option."""
    stated, aim = plan["aims"][0], problem.aims[0]
    nothing_else = stated["value"] is stated["gap"] is plan["choices"] is None
    if not nothing_else or len(plan["aims"]) > 1 or "choices" in stated:
        sentence = "没有可行方案的文件不应有方案、价值和差距。"
        refuse(sentence, "A file that says there is no plan should have no plan, value or gap.")
    follows("name", stated["name"], aim.name)
    free = {"denominator": 1, "limits": {}, "floors": [], "orders": []}
    found = Bounding(problem, prices_of(problem, stated["certificate"] or free, 0), aim, [], least=True)
    bound, proven = found.added_up(), stated["certificate"] is not None
    follows("bound", stated["bound"], natural(bound, aim.places) if proven else None)
    if found.nobody:
        said = "没有可行方案，已证明：企业 {} 必须启动，却没有可用的选项：期限内不能启动，或单独就超过限制。"
        english = "There is no feasible plan, proven: firm {} must start but cannot in time, or breaks a limit alone."
        return Verdict(PROVEN, said.format(shorten(found.nobody)), english.format(shorten(found.nobody)))
    split = proven and "tree" in stated["certificate"]
    if bound < found.least or split and Tree(found, stated["certificate"]).void:
        return Verdict(
            PROVEN, "没有可行方案，已由证书证明。", "There is no feasible plan; the certificate proves it."
        )
    chinese = "文件声明没有可行方案；这只是声明，没有证明。"
    return Verdict(CLAIMED, chinese, "The file claims that there is no feasible plan; this is not proven.")


def main(arguments: list[str]) -> int:
    """Check the two files that are named, print the verdict, and return its code."""
    usage = "python check.py PROBLEM.json PLAN.json"
    if len(arguments) != 2:
        return say(Verdict(REFUSED, f"用法：{usage}", f"Usage: {usage}"))
    return say(check_files(*arguments))


def say(verdict: Verdict) -> int:
    """Print a verdict in both languages; its code."""
    sys.stdout.write(f"{verdict.chinese}\n{verdict.english}\n")
    return verdict.code


def check_files(problem: str | bytes, plan: str, digest: str | None = None) -> Verdict:
    """The verdict on two files; the problem may have been read already."""
    try:
        raw = problem if isinstance(problem, bytes) else read(problem, MOST_PROBLEM)
        return check(raw, read(plan, MOST_PLAN), digest)
    except Refused as error:
        return Verdict(REFUSED, *error.args)
    except MemoryError:
        return Verdict(REFUSED, "内存不足，无法核对。", "There is not enough memory to check.")
    except (RecursionError, ArithmeticError, LookupError, TypeError, ValueError):
        english = "There is something in the files that is not understood."
        return Verdict(REFUSED, "文件里有本程序不能理解的内容。", english)


if __name__ == "__main__":
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main(sys.argv[1:]))
