"""Rows of a real register of Zhejiang firms (see register_copies), written in every way that reconciliation got wrong:
`python -m benchmarks.register_classes` prints a markdown table.

The register is split by the hash of its codes: half 0 was looked at while rules were made, half 1 is reported
(`--choose` prints half 0). Of the firms of the list 43 % are in the register, 57 % are not, as in the trial that
found 1 % of them matched with certainty. Each row is written in one of WAYS, rows of either kind alike, without
codes, once with addresses and once without. Rows that are branches of a firm of the register must be questions or
new, never certain; they count in no recall.
"""

import random
import re
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.invented_firms import BRAND, slip_of_the_pen
from benchmarks.register_copies import FOLDER, Row, register_rows, traditional
from benchmarks.results import Result
from tenglong.domain.campaign.matching.lists import Pair, match_lists
from tenglong.domain.campaign.reconciliation import Certainty
from tenglong.domain.campaign.reconciliation.comparison import Candidate, candidate
from tenglong.domain.registry.names import names_in, normalise

CHOOSING_HALF, REPORTED_HALF = 0, 1
INSIDE = 0.435
BRANCHES = ("门市部", "中心店", "嘉善分公司", "第二分店", "营业部")
CITIES = ("苏州", "深圳市", "惠州市", "合肥", "青岛市")
HEAD = """| half | addresses | way | in the register | certain | with questions | not in it | certain, wrong |
|---|---|---|---|---|---|---|---|"""

Way = Callable[[random.Random, Row], tuple[str, ...]]


def _as_it_is(dice: random.Random, row: Row) -> tuple[str, ...]:
    return (row["name"],)


def _other_region(dice: random.Random, row: Row) -> tuple[str, ...]:
    name, city = normalise(row["name"], row["uscc"][2:8]), row["city"] or ""
    return (dice.choice(("", city, f"{city}市", f"浙江省{city}市")) + name.core + name.legal_form,)


def _town_in_front(dice: random.Random, row: Row) -> tuple[str, ...]:
    name = normalise(row["name"], row["uscc"][2:8])
    town = re.search(r"([^\W\d]{2}镇)", (row["address"] or "").rpartition("市")[2].rpartition("县")[2])
    return ((town[1] if town else "") + name.core + name.legal_form,)


def _other_form(dice: random.Random, row: Row) -> tuple[str, ...]:
    name = row["name"]
    if name.endswith("有限责任公司"):
        return (name.replace("有限责任公司", "有限公司"),)
    return (re.sub("(有限公司|厂)$", dice.choice(("厂", "有限责任公司", "")), name),)


def _former_in_brackets(dice: random.Random, row: Row) -> tuple[str, ...]:
    new = "浙江" + "".join(dice.sample(BRAND, 3)) + "新材料有限公司"
    return names_in(
        new + dice.choice(("（原{}）", "(曾用名:{})", "（原名：{}）", "(前身为{})")).format(row["name"])
    )


def _renamed(dice: random.Random, row: Row) -> tuple[str, ...]:
    return names_in(f"{row['name']}（现更名为{''.join(dice.sample(BRAND, 3))}科技有限公司）")


def _one_slip(dice: random.Random, row: Row) -> tuple[str, ...]:
    return (slip_of_the_pen(dice, row["name"]),)


def _two_slips(dice: random.Random, row: Row) -> tuple[str, ...]:
    return (slip_of_the_pen(dice, slip_of_the_pen(dice, row["name"])),)


def _signs(dice: random.Random, row: Row) -> tuple[str, ...]:
    name = row["name"].translate(traditional())
    return (dice.choice((name, f" {name}", f"{name}（个体）", name.replace("有限", " 有限"))),)


def _foreign_region(dice: random.Random, row: Row) -> tuple[str, ...]:
    name = normalise(row["name"], row["uscc"][2:8])
    return (dice.choice(CITIES) + name.core + name.legal_form,)


def _short(dice: random.Random, row: Row) -> tuple[str, ...]:
    return (normalise(row["name"], row["uscc"][2:8]).core,)


WAYS: dict[str, Way] = {
    "as it is": _as_it_is,
    "another region": _other_region,
    "town in front": _town_in_front,
    "another legal form": _other_form,
    "former name in brackets": _former_in_brackets,
    "new name in brackets": _renamed,
    "one slip": _one_slip,
    "two slips": _two_slips,
    "signs and traditional": _signs,
    "city of another province": _foreign_region,
    "without region and form": _short,
}


@dataclass(frozen=True)
class Outcome:
    """What became of a list: by way, how many rows are in the register and found, and how many certain are wrong."""

    title: str
    seconds: float
    rows: Counter[str]
    certain: Counter[str]
    found: Counter[str]
    others: Counter[str]
    wrong: Counter[str]
    proposed: int

    @property
    def recall(self) -> float:
        """The share of rows of the register's firms that are found, questions among them."""
        return self.found.total() / self.rows.total()

    @property
    def f1(self) -> float:
        """Of all pairs, questions among them, but for branches."""
        return 2 * self.found.total() / (self.proposed + self.rows.total())

    @property
    def false_certain(self) -> float:
        """The share of all rows that were matched with certainty to another firm."""
        return self.wrong.total() / (self.rows.total() + self.others.total())


def outcomes(half: int, size: int | None = None) -> Iterator[Outcome]:
    """The same rows with addresses and without."""
    for with_address in (True, False):
        register, rows, ways = _lists(half, size, with_address)
        start = time.process_time()
        pairs = match_lists(rows, register)
        title, seconds = "given" if with_address else "missing", time.process_time() - start
        way_of = {row.id: way for row, way in zip(rows, ways, strict=True)}
        yield _outcome(title, seconds, pairs, {firm.id for firm in register}, way_of)


def measure() -> Iterator[Result]:
    """Lines of the table of `python -m benchmarks`; none where the register does not lie beside the repository."""
    for one in outcomes(REPORTED_HALF) if FOLDER.exists() else ():
        quality = f"recall {one.recall:.3f}, F1 {one.f1:.3f}, false certain {one.false_certain:.5f}"
        yield Result(
            what=f"matching, every way of writing, addresses {one.title}: {quality}",
            database="—",
            seconds=one.seconds,
            statistic="once, processor",
            baseline="—",
            baseline_seconds=one.seconds,
        )


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    if not FOLDER.exists():
        print(f"{FOLDER.parent.name}/{FOLDER.name} does not lie beside the repository: nothing to measure.")
        return
    half = CHOOSING_HALF if "--choose" in arguments else REPORTED_HALF
    size = next((int(one) for one in arguments if one.isdigit()), None)
    print(HEAD)
    for one in outcomes(half, size):
        for way in (*WAYS, "branch"):
            cells = (
                one.title,
                way,
                one.rows[way],
                one.certain[way],
                one.found[way],
                one.others[way],
                one.wrong[way],
            )
            print(f"| {half} | {' | '.join(str(cell) for cell in cells)} |")
        told = (
            f"recall {one.recall:.4f}, F1 {one.f1:.4f}, certain {one.certain.total() / one.rows.total():.4f}"
        )
        print(
            f"\n{one.title}: {told}, false certain {one.false_certain:.5f}, {one.seconds:.1f} s of processor\n"
        )


def _lists(
    half: int, size: int | None, with_address: bool
) -> tuple[list[Candidate], list[Candidate], list[str]]:
    """A register, rows (equal ids are one firm, negative ones branches) and the way of each row."""
    dice = random.Random(half)
    firms = [row for row in register_rows() if zlib.crc32(row["uscc"].encode()) % 2 == half]
    dice.shuffle(firms)
    firms = firms[:size]
    inside = int(len(firms) * INSIDE)
    register = [
        _candidate(at, (row["name"],), row, True, row["uscc"]) for at, row in enumerate(firms[:inside])
    ]
    rows, ways, names = [], [], list(WAYS)
    for at, row in enumerate(firms):
        way = names[at % len(names)]
        rows.append(_candidate(at, WAYS[way](dice, row), row, with_address))
        ways.append(way)
        if at < inside and at % 10 == 0:
            rows.append(_candidate(-1 - at, (row["name"] + dice.choice(BRANCHES),), row, with_address))
            ways.append("branch")
    return register, rows, ways


def _candidate(id: int, names: tuple[str, ...], row: Row, with_address: bool, code: str = "") -> Candidate:
    address = (row["address"] or "") if with_address else ""
    return candidate(id, *names, code=code, place=row["uscc"][2:8], address=address)


def _outcome(
    title: str, seconds: float, pairs: Sequence[Pair], known: set[int | str], way_of: dict[int | str, str]
) -> Outcome:
    certain = [pair for pair in pairs if pair.certainty is Certainty.CERTAIN]
    return Outcome(
        title,
        seconds,
        Counter(way for id, way in way_of.items() if id in known),
        Counter(way_of[pair.left_id] for pair in certain if pair.left_id == pair.right_id),
        Counter(way_of[pair.left_id] for pair in pairs if pair.left_id == pair.right_id),
        Counter(way for id, way in way_of.items() if id not in known),
        Counter(way_of[pair.left_id] for pair in certain if pair.left_id != pair.right_id),
        sum(way_of[pair.left_id] != "branch" for pair in pairs),
    )


if __name__ == "__main__":
    main(sys.argv[1:])
