"""Miswritten copies of a real register of Zhejiang firms (刘文 2019, CC BY-NC-SA 4.0), in ../shared/data/03_firms.

The register is split in two halves by the hash of its codes: thresholds are chosen on half 0, results are
reported on half 1. In each half 80 % of the list's rows are in the register and 20 % are not.
Rules of miswriting, each drawn for itself: 35 % another region in front; 20 % another legal form; 0/1/2
slips of the pen in 60/30/10 %; 10 % a bracket; 10 % traditional characters; 5 % bear the name the firm had
before the register's present one; 2 % another county; 30 % no address, 10 % another house number; codes
missing at a given rate, 2 % of the rest with one wrong character.
"""

import csv
import gzip
import random
import re
import zlib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path

from benchmarks.invented_firms import BRAND, FORMS, miscoded, slip_of_the_pen
from tenglong.domain.campaign.reconciliation.comparison import Candidate, candidate
from tenglong.domain.registry.codes import CodeStatus, read_code
from tenglong.domain.registry.names import normalise

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "03_firms" / "zj_registry"
FILES = ("DEV_jiaxing_other.csv", "DEV_zhejiang_other_cities.csv.gz")
SHARED = 0.8

Row = dict[str, str]


def register_and_list(half: int, missing_codes: float) -> tuple[list[Candidate], list[Candidate]]:
    """The register of one half and a list of its miswritten firms; equal ids are the truth."""
    rows = [row for row in register_rows() if zlib.crc32(row["uscc"].encode()) % 2 == half]
    dice = random.Random(half)
    dice.shuffle(rows)
    size = int(len(rows) / (2 - SHARED))
    outside = len(rows) - size
    counties = sorted({row["uscc"][2:8] for row in rows})
    register, copies = [], []
    for number, row in enumerate(rows):
        renamed = dice.random() < 0.05
        if number < size:
            register.append(_firm(dice, number, row, renamed))
        if number >= outside:
            copies.append(_copy(dice, number, row, missing_codes, counties))
    dice.shuffle(copies)
    return register, copies


def register_rows() -> Iterator[Row]:
    """The firms of the register whose code is valid, each once."""
    seen = set()
    for name in FILES:
        opener = gzip.open if name.endswith(".gz") else open
        with opener(FOLDER / name, "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                code = row["uscc"] or ""
                whole = read_code(code).status is CodeStatus.VALID and "\ufffd" not in row["name"]
                if whole and code not in seen and row["name"]:
                    seen.add(code)
                    yield row


def _firm(dice: random.Random, number: int, row: Row, renamed: bool) -> Candidate:
    names = [row["name"]]
    if renamed:
        core = normalise(row["name"]).core
        names = [row["name"].replace(core[:2], "".join(dice.sample(BRAND, 2)), 1), row["name"]]
    place = row["uscc"][2:8]
    return candidate(number, *names, code=row["uscc"], place=place, address=row["address"] or "")


def _copy(dice: random.Random, number: int, row: Row, missing_codes: float, counties: list[str]) -> Candidate:
    place = row["uscc"][2:8]
    if dice.random() < 0.02:
        place = dice.choice([county for county in counties if county[:4] == place[:4]])
    return candidate(
        number,
        _miswritten(dice, row["name"], row["city"] or ""),
        code=miscoded(dice, row["uscc"], missing_codes),
        place=place,
        address=_address(dice, row["address"] or ""),
    )


def _miswritten(dice: random.Random, name: str, city: str) -> str:
    parts = normalise(name)
    if dice.random() < 0.35:
        prefix = dice.choice((city, f"{city}市", "浙江", f"浙江省{city}市", ""))
        name = prefix + parts.core + parts.legal_form
    if parts.legal_form and dice.random() < 0.20:
        name = re.sub(f"{parts.legal_form}$", dice.choice(list(FORMS)), name)
    for _ in range(dice.choices((0, 1, 2), (0.6, 0.3, 0.1))[0]):
        name = slip_of_the_pen(dice, name)
    if dice.random() < 0.10:
        name = name.replace("有限公司", "（浙江）有限公司") if dice.random() < 0.3 else f"{name}（个体）"
    return name.translate(traditional()) if dice.random() < 0.10 else name


def _address(dice: random.Random, address: str) -> str:
    luck = dice.random()
    if luck < 0.30:
        return ""
    return re.sub(r"\d+号", f"{dice.randrange(1, 999)}号", address) if luck < 0.40 else address


@cache
def traditional() -> dict[int, str]:
    """Simplified characters and the traditional ones that they stand for."""
    table = resources.files("opencc").joinpath("dictionary/STCharacters.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if "\t" in line)
    return {ord(simple): old.split(" ")[0] for simple, old in pairs if len(simple) == 1}
