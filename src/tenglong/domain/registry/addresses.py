"""Addresses, taken apart just enough to say whether two of them are the same place."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from tenglong.domain.kernel.folding import folded
from tenglong.domain.registry.divisions import load_places
from tenglong.domain.registry.names import without_regions

_TOWN = re.compile(r"^([^\W\d]{2,5}?)(?:街道|镇|乡)")
_ROAD = re.compile(r"([^\W\d]{1,8}?(?:大道|路|街|巷|弄|村|社区))")
_NUMBER = re.compile(r"(\d+)(?:-\d+)?(?:号|弄)")


class Nearness(StrEnum):
    """How two addresses compare; UNKNOWN when one of them says too little."""

    SAME = "same"
    SAME_ROAD = "same_road"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class NormalAddress:
    """`text` lacks regions, spaces and punctuation; `town`, `road` and `number` are "" where not found."""

    text: str
    town: str = ""
    road: str = ""
    number: str = ""


def normalise_address(address: str) -> NormalAddress:
    """The parts of `address`; never raises."""
    plain = folded(address)
    plain = re.sub(r"[^\w-]|_", "", plain)
    text = without_regions(plain)
    town = _town(text)
    rest = text[len(town) :] if town else text
    rest = re.sub(r"^(?:街道|镇|乡)", "", rest)
    road, number = _ROAD.search(rest), _NUMBER.search(rest)
    return NormalAddress(text, town, road[1] if road else "", number[1] if number else "")


def nearness(left: NormalAddress, right: NormalAddress) -> Nearness:
    """Compare road (or village) and number; towns do not decide, as they are merged and renamed."""
    if not left.text or not right.text:
        return Nearness.UNKNOWN
    if left.text == right.text:
        return Nearness.SAME
    if not left.road or not right.road:
        return Nearness.UNKNOWN
    if left.road != right.road:
        return Nearness.DIFFERENT
    return Nearness.SAME if left.number and left.number == right.number else Nearness.SAME_ROAD


def _town(text: str) -> str:
    found = _TOWN.match(text)
    if found:
        return found[1]
    return next((name for name in _known_towns() if text.startswith(name)), "")


@cache
def _known_towns() -> tuple[str, ...]:
    """Short names of the towns that ship with the program, longest first: people leave 镇 away."""
    towns = (place.name for place in load_places().places.values() if place.level == "town")
    return tuple(
        sorted((re.sub(r"(?:街道|镇|乡)$", "", name) for name in towns), key=lambda name: (-len(name), name))
    )
