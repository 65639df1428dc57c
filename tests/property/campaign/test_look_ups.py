"""A look-up from arrays answers as the obvious one does: every firm of the block compared, field by field."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.campaign.matching.blocking import keys
from tenglong.domain.campaign.matching.lookup import Match, Register
from tenglong.domain.campaign.reconciliation import (
    Certainty,
    judge,
    same_code,
    same_name_and_county,
    thresholds,
)
from tenglong.domain.campaign.reconciliation.comparison import Candidate, Key, candidate, compare
from tenglong.domain.campaign.reconciliation.weighing import weights

CODES = ("", "", "91330421MATE5T017P", "91330421MATE5T025J", "91330421MATE5T0170", "TMP-330421-BAB-000001")
NAMES = st.lists(
    st.tuples(
        st.sampled_from(["", "嘉善县", "平湖"]),
        st.sampled_from(["盛达", "盛大", "宏远", "宏达远", "飞腾"]),
        st.sampled_from(["纽扣", "钮扣", "塑料"]),
        st.sampled_from(["厂", "一厂", "有限公司", "*"]),
    ).map("".join)
    | st.just("厂"),
    max_size=3,
)
ADDRESSES = st.sampled_from(
    [
        "",
        "西塘镇",
        "西塘镇南苑路12号",
        "嘉善县西塘镇南苑路12号",
        "西塘镇南苑路15号",
        "南苑路",
        "西塘镇大舜村",
        "魏塘街道南苑路12号",
    ]
)


def rows(id: Key) -> st.SearchStrategy[Candidate]:
    """Rows that agree and differ in every field."""
    told = (NAMES, *map(st.sampled_from, (CODES, ("", "330421", "330482"), ("", "甲某", "乙某"))), ADDRESSES)
    return st.tuples(*told).map(
        lambda one: candidate(id, *one[0], code=one[1], place=one[2], representative=one[3], address=one[4])
    )


def obvious(firms: list[Candidate], row: Candidate) -> Match:
    """The same answer by `compare` and `probability`, firm by firm."""
    own = set(keys(row))
    block = [firm for firm in firms if own & set(keys(firm)) or (row.code and row.code == firm.code)]
    bearers = [firm for firm in block if same_code(row, firm)]
    exact = bearers or [firm for firm in block if same_name_and_county(row, firm)]
    scored = [(weights().probability(compare(row, firm)), firm) for firm in exact or block]
    scored.sort(key=lambda pair: (-pair[0], str(pair[1].id)))
    certain = [score for score, _ in scored if score >= thresholds().certain_at]
    rivals = len(exact or certain) > 1
    judged = [(firm.id, judge(row, firm, rivals=rivals)) for _, firm in scored[:5]]
    worth = tuple((id, one) for id, one in judged if one.certainty is not Certainty.NONE)
    if not worth:
        return Match(Certainty.NONE, None)
    is_certain = worth[0][1].certainty is Certainty.CERTAIN
    return Match(worth[0][1].certainty, worth[0][0] if is_certain else None, worth)


@given(st.lists(rows(0), min_size=1, max_size=12), rows("row"))
def test_arrays_answer_as_the_obvious_look_up(firms: list[Candidate], row: Candidate) -> None:
    known = [replace(firm, id=number) for number, firm in enumerate(firms)]
    assert Register(known).look_up(row) == obvious(known, row)
