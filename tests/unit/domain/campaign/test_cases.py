"""Histories of one case as small tables: what may follow on what."""

import pytest

from tenglong.domain.campaign.cases import check_history, standing
from tenglong.domain.kernel.errors import Conflict
from tests.unit.domain.ledger.samples import entry

REASON = {"reason": "测试"}


def history(text: str):
    """One entry a word, a day apart; kinds that need a reason get one."""
    return [entry(n, kind, day=n, details=REASON) for n, kind in enumerate(text.split(), start=1)]


ALLOWED = """
suspected         | pushed
removed           | pushed screened verified removed
target            | pushed verified kept dept_reviewed county_confirmed city_confirmed province_confirmed targeted
target            | targeted
signed            | targeted planned approved appraised offered signed
written_off       | targeted signed emptied power_cut handed_over demolished checked publicised written_off
written_off       | targeted signed emptied checked written_off demolished
written_off       | targeted noticed case_filed decided performed power_cut water_cut closed checked written_off
written_off       | targeted scheme_filed constructing completed submitted checked town_passed county_passed written_off
emptied           | targeted scheme_filed decided emptied
returned          | targeted closed submitted returned
written_off       | targeted closed submitted returned submitted returned submitted checked written_off
reopened          | targeted closed checked written_off reopened
written_off       | targeted closed checked written_off reopened closed checked written_off
confirmed         | targeted closed checked written_off look_back_passed
suspended         | targeted signed suspended
signed            | targeted signed suspended resumed
planned           | targeted signed contract_ended
target            | targeted note
"""

REFUSED = """
处于“整治对象”，不能登记“销号”           | targeted written_off
先登记“签约”或“企业申请断水断电” | targeted power_cut
先登记“签约”或“企业申请断水断电” | targeted signed contract_ended water_cut
“腾空”.*之前须先有               | targeted emptied
处于“未入列”，不能登记“签约”     | signed
处于“已销号”，不能登记“剔除”     | targeted closed checked written_off removed
处于“中止”，不能登记“腾空”       | targeted signed suspended emptied
处于“退回整改”，不能登记“销号”   | targeted closed submitted returned written_off
处于“疑似”，不能登记“下达告知书” | pushed noticed
"""


def rows(table: str):
    return [tuple(cell.strip() for cell in line.split("|")) for line in table.strip().splitlines()]


@pytest.mark.parametrize(("state", "kinds"), rows(ALLOWED))
def test_allowed(state, kinds):
    facts = history(kinds)
    check_history(facts)
    assert standing(facts).shown == state


@pytest.mark.parametrize(("sentence", "kinds"), rows(REFUSED))
def test_refused(sentence, kinds):
    with pytest.raises(Conflict, match=sentence):
        check_history(history(kinds))


def test_no_punishment_hangs_on_a_suspected_firm():
    """domain.md §11.3-12: nothing punitive on `suspected`."""
    for kind in ("noticed", "case_filed", "decided", "closed", "power_cut", "water_cut"):
        with pytest.raises(Conflict):
            check_history(history(f"pushed {kind}"))


def test_a_reason_is_asked_for():
    with pytest.raises(Conflict, match="登记“剔除”.*须写明理由"):
        check_history([entry(1, "pushed"), entry(2, "removed", day=1)])
