"""When a row is a firm: certain, doubtful or not, and why.

Certain are only: the same credit code with names that are alike; the same full name in the same county,
the only one there on both sides; or a probability above the threshold with no rival, names that tell one firm
(the same body and legal form, no other place) and nothing that contradicts. However much else agrees, an
address among it, names that tell two firms go to a person, and so do parent and branch, different valid codes
and different counties.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cache

from tenglong.domain.campaign.reconciliation.comparison import (
    Candidate,
    Field,
    Levels,
    compare,
    explain,
    joinable_names,
    rules,
    similarity,
)
from tenglong.domain.campaign.reconciliation.weighing import weights
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.registry.names import is_branch, tell_one_firm


class Certainty(StrEnum):
    """What happens to a match: taken, shown to a person, or no match."""

    CERTAIN = "certain"
    DOUBTFUL = "doubtful"
    NONE = "none"


@dataclass(frozen=True)
class Thresholds:
    """Probabilities of reconciliation.toml; `same_code_similarity` is a likeness of names."""

    certain_at: float
    doubtful_at: float
    same_code_similarity: float
    within_at: float = 1.0

    @property
    def within_one_list(self) -> "Thresholds":
        """Those for rows of one list: they are doubtful from `within_at` on."""
        return replace(self, doubtful_at=self.within_at)


@dataclass(frozen=True)
class Judgement:
    """The decision on two rows, its probability (four decimals) and one sentence per reason."""

    certainty: Certainty
    probability: Decimal
    reasons: tuple[Message, ...]


@cache
def thresholds() -> Thresholds:
    """The thresholds that ship with the program."""
    content = rules().content
    return Thresholds(
        float(content["certain_at"]),
        float(content["doubtful_at"]),
        float(content["same_code_similarity"]),
        float(content["within_at"]),
    )


def judge(left: Candidate, right: Candidate, *, rivals: bool, limits: Thresholds | None = None) -> Judgement:
    """Decide on two rows; `rivals` says that another row would match one of them as well."""
    limits, levels = limits or thresholds(), compare(left, right)
    probability = weights().probability(levels)
    warning = _doubt(left, right, levels, rivals, limits)
    if same_code(left, right) or same_name_and_county(left, right):
        certainty = Certainty.DOUBTFUL if warning else Certainty.CERTAIN
        probability = max(probability, limits.certain_at)
    elif probability >= limits.certain_at:
        warning = warning or _told_apart(left, right)
        certainty = Certainty.DOUBTFUL if warning else Certainty.CERTAIN
    elif probability >= limits.doubtful_at or levels[Field.NAME] == "full":
        certainty = Certainty.DOUBTFUL
    else:
        certainty = Certainty.NONE
    reasons = explain(left, right)
    return Judgement(certainty, Decimal(f"{probability:.4f}"), (warning, *reasons) if warning else reasons)


def same_code(left: Candidate, right: Candidate) -> bool:
    """Whether both rows bear one code."""
    return bool(left.code) and left.code == right.code


def same_name_and_county(left: Candidate, right: Candidate) -> bool:
    """Whether a full name, present or former, that may be joined on is the same in the same county."""
    shared = {name.full for name in joinable_names(left)} & {name.full for name in joinable_names(right)}
    return bool(shared) and bool(left.county) and left.county == right.county


def _doubt(
    left: Candidate, right: Candidate, levels: Levels, rivals: bool, limits: Thresholds
) -> Message | None:
    """Why a person must look although the rows seem to match."""
    if rivals:
        return msg("还有其他记录同样符合，需要人工选择。")
    if same_code(left, right):
        return _doubt_of_one_code(left, right, limits)
    if levels[Field.CODE] == "different":
        return msg("名称相符，但信用代码不同，需要人工核对。")
    if levels[Field.COUNTY] == "different":
        return msg("名称相符，但所在县（市、区）不同，需要人工核对。")
    return None


def _doubt_of_one_code(left: Candidate, right: Candidate, limits: Thresholds) -> Message | None:
    silent = not (left.names and right.names)
    if not silent and similarity(left, right) < limits.same_code_similarity:
        return msg("信用代码相同，但名称差别很大，需要人工核对。")
    if not silent and is_branch(left.names[0], right.names[0]):
        return msg("信用代码相同，但一方是另一方的分支机构，需要人工核对。")
    return None


def _told_apart(left: Candidate, right: Candidate) -> Message | None:
    """Why names that are alike may be those of two firms; None where a pair of them tells one."""
    pairs = [(one, other) for one in joinable_names(left) for other in joinable_names(right)]
    if any(tell_one_firm(one, other) for one, other in pairs):
        return None
    if any(is_branch(one, other) for one, other in pairs):
        return msg("一方可能是另一方的分支机构，属于另一处场所，需要人工核对。")
    if any(one.core == other.core for one, other in pairs):
        return msg("名称主体相同，但地名、组织形式或分支部分不同，可能是两家，需要人工核对。")
    return msg("名称只是相近，地址等相同也不能认定是同一家，需要人工核对。")
