"""Two rows held against each other, field by field.

The steps ("levels") of each field are the ones that the probabilities are made for; the first step that
applies counts. None means that one side is silent, which says nothing either way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cdist

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules
from tenglong.domain.registry.addresses import Nearness, NormalAddress, nearness, normalise_address
from tenglong.domain.registry.codes import CodeStatus, read_code
from tenglong.domain.registry.names import NormalName, normal_name, plain_text

Key = int | str


class Field(StrEnum):
    """What is compared."""

    NAME = "name"
    CODE = "code"
    COUNTY = "county"
    REPRESENTATIVE = "representative"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row of a list, or one firm of the register, as far as recognising it needs.

    `names` holds the present name first, then former ones. `county` is a six-character code; "" in any
    field means not known. `code_valid` is False for a code whose check digit fails.
    """

    id: Key
    names: tuple[NormalName, ...]
    code: str = ""
    code_valid: bool = False
    county: str = ""
    address: NormalAddress = field(default_factory=lambda: NormalAddress(""))
    representative: str = ""


def candidate(
    id: Key, *names: str, code: str = "", place: str = "", address: str = "", representative: str = ""
) -> Candidate:
    """A candidate from cells as they were typed; `place` is the code of a county or town."""
    reading = read_code(code)
    return Candidate(
        id=id,
        names=tuple(normal_name(name, place[:6]) for name in names if name),
        code=reading.code,
        code_valid=reading.status is CodeStatus.VALID,
        county=place[:6],
        address=normalise_address(address),
        representative=plain_text(representative),
    )


Levels = Mapping[Field, str | None]


def compare(left: Candidate, right: Candidate) -> Levels:
    """The level of every field; names by the most alike pair of their present and former names."""
    return {
        Field.NAME: best_name_level(left, right),
        Field.CODE: _equal(valid_code(left), valid_code(right)),
        Field.COUNTY: _equal(left.county, right.county),
        Field.REPRESENTATIVE: _equal(left.representative, right.representative),
        Field.ADDRESS: _address_level(left.address, right.address),
    }


def name_levels() -> tuple[str, ...]:
    """The levels of the name field, most alike first."""
    return ("full", "core", *rules().content["name_similarity"], "different")


def valid_code(row: Candidate) -> str:
    """The code of `row` if its check digit holds: only such codes can contradict each other."""
    return row.code if row.code_valid else ""


def joinable_names(row: Candidate) -> tuple[NormalName, ...]:
    """The names that mean something when they are equal: not masked, longer than three characters."""
    return tuple(name for name in row.names if name.joinable)


def best_name_level(left: Candidate, right: Candidate) -> str | None:
    """The level of the most alike pair of joinable names; None where one side has none."""
    order = name_levels()
    found = [_name_level(one, other) for one in joinable_names(left) for other in joinable_names(right)]
    return min(found, key=order.index, default=None)


def similarity(left: Candidate, right: Candidate) -> float:
    """How alike the most alike pair of names is, 0 to 1, without region and legal form."""
    return max((_likeness(one, other) for one in left.names for other in right.names), default=0.0)


def likenesses(core: bytes, cores: Sequence[bytes]) -> npt.NDArray[np.float64]:
    """How alike a name without region and legal form is to each of many, as `similarity` has it; all as UTF-8 bytes."""
    return cdist([core], cores, scorer=JaroWinkler.similarity, dtype=np.float64)[0]


def explain(left: Candidate, right: Candidate) -> tuple[Message, ...]:
    """One sentence for every field that says something, for a page that shows both sides."""
    levels = compare(left, right)
    found = (
        _explain_code(left, right),
        _explain_name(left, right, levels[Field.NAME]),
        _explain_county(left, right, levels[Field.COUNTY]),
        _explain_representative(levels[Field.REPRESENTATIVE]),
        _explain_address(left, right, levels[Field.ADDRESS]),
    )
    return tuple(sentence for sentence in found if sentence)


@cache
def rules() -> RuleFile:
    """reconciliation.toml: thresholds, similarity steps and blocking keys."""
    return load_rules("tenglong.domain.campaign.reconciliation", "reconciliation.toml")


def _name_level(one: NormalName, other: NormalName) -> str:
    if one.full == other.full:
        return "full"
    if one.core == other.core:
        return "core"
    likeness = _likeness(one, other)
    steps: dict[str, float] = rules().content["name_similarity"]
    return next((level for level, least in steps.items() if likeness >= least), "different")


def _likeness(one: NormalName, other: NormalName) -> float:
    """On bytes, because DuckDB compares bytes and both engines must agree."""
    return JaroWinkler.similarity(one.core.encode(), other.core.encode())


def _equal(left: str, right: str) -> str | None:
    if not left or not right:
        return None
    return "same" if left == right else "different"


def _address_level(left: NormalAddress, right: NormalAddress) -> str | None:
    found = nearness(left, right)
    return None if found is Nearness.UNKNOWN else found.value


def _explain_code(left: Candidate, right: Candidate) -> Message | None:
    if not left.code or not right.code:
        return msg("至少一方没有信用代码。")
    if left.code == right.code:
        return msg("信用代码相同：{code}。", code=left.code)
    return msg("信用代码不同：{left} 与 {right}。", left=left.code, right=right.code)


def _explain_name(left: Candidate, right: Candidate, level: str | None) -> Message | None:
    if level is None:
        return msg("至少一方没有可用来比对的名称。")
    pairs = [(one, other) for one in joinable_names(left) for other in joinable_names(right)]
    one, other = max(pairs, key=lambda pair: (pair[0].full == pair[1].full, _likeness(*pair)))
    if level == "full":
        former = one != left.names[0] or other != right.names[0]
        return msg("曾用名相同：{name}。" if former else "名称相同：{name}。", name=one.full)
    if level == "core":
        return msg("名称主体相同，地名或组织形式不同：{left} 与 {right}。", left=one.full, right=other.full)
    percent = int(_likeness(one, other) * 100)
    problem = "名称相似度 {percent}%：{left} 与 {right}。"
    return msg(problem, percent=percent, left=one.full, right=other.full)


def _explain_county(left: Candidate, right: Candidate, level: str | None) -> Message | None:
    if level == "different":
        return msg("所在县（市、区）不同：{left} 与 {right}。", left=left.county, right=right.county)
    return msg("所在县（市、区）相同。") if level else None


def _explain_representative(level: str | None) -> Message | None:
    """Names of people are not repeated here."""
    if level == "different":
        return msg("法定代表人不同。")
    return msg("法定代表人相同。") if level else None


def _explain_address(left: Candidate, right: Candidate, level: str | None) -> Message | None:
    if level == "different":
        return msg("地址不同：{left} 与 {right}。", left=left.address.text, right=right.address.text)
    if level == "same_road":
        return msg("地址在同一路或同一村：{road}。", road=left.address.road)
    return msg("地址相同。") if level else None
