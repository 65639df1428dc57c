"""Who may record what: the same by hand, in the review and by accepting a file."""

import pytest

from tenglong.actions import imports
from tenglong.actions.cases import record_entry
from tenglong.actions.review import review_cases
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.errors import NotAllowed
from tenglong.queries.steps import next_steps
from tenglong.store.models import Case, Entry, Import, Place, Roster
from tests.integration.campaign import (
    NOON,
    START,
    TODAY,
    accepted,
    build_places,
    csv_file,
    make_actor,
    make_roster,
    staged,
)

pytestmark = pytest.mark.django_db(transaction=True)

PUSHED = ["县(市、区)", "镇(街道)", "企业名称"]
LEDGER = [*PUSHED, "列入日期", "签约日期", "核查日期", "销号日期"]
FIRM = ["嘉善县", "西塘镇", "嘉善甲甲纽扣厂"]


@pytest.fixture
def roster() -> Roster:
    build_places()
    return make_roster()


@pytest.fixture
def suspect(roster: Roster) -> Case:
    """A case of Xitang that was pushed and nothing more."""
    accepted(csv_file(PUSHED, FIRM), "pushed_roster", roster=roster)
    return Case.objects.get()


@pytest.mark.parametrize(("kind", "rises"), [("kept", True), ("targeted", False)])
def test_the_issuers_steps_ask_for_the_rosters_own_place(suspect: Case, kind: str, rises: bool) -> None:
    county = make_actor("jiashan", "county_office", "330421")
    offered = {step.kind.id for step in next_steps(suspect, county).moves}
    assert (kind in offered) is rises
    if rises:
        record_entry(actor=county, at=NOON, case=suspect, kind=kind, effective_on=TODAY)
        return
    with pytest.raises(NotAllowed):
        record_entry(actor=county, at=NOON, case=suspect, kind=kind, effective_on=TODAY)
    with pytest.raises(NotAllowed):
        review_cases(
            actor=county,
            at=NOON,
            roster=suspect.roster,
            case_ids=[suspect.pk],
            kind=kind,
            effective_on=TODAY,
        )
    assert Entry.objects.count() == 1
