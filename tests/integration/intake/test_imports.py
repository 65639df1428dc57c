"""The case ledger from upload to acceptance: nothing lost, nothing doubled, nothing guessed."""

import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from tenglong.actions import intake
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.errors import BadValue, Conflict, NotAllowed
from tenglong.domain.kernel.messages import Message
from tenglong.queries.files import path_of
from tenglong.queries.ledger.states import differing_states
from tenglong.queries.matters import open_steps
from tenglong.store.models import Case, CaseState, Entry, Firm, Import, Job, Roster
from tests.integration.campaign.world import (
    MACHINE,
    NOON,
    TODAY,
    accepted,
    amount,
    build_places,
    counts,
    csv_file,
    day,
    make_actor,
    make_roster,
    sentences,
    staged,
    xlsx_file,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.in_earnest]

HEADER = [
    "序号", "县(市、区)", "镇(街道)", "企业名称", "统一社会信用代码", "批次", "签约日期", "腾空日期", "核查日期",
    "销号日期", "实际腾出用地(亩)", "实际腾出用能(吨标煤)", "综合能耗(吨标煤)", "房东/承租关系",
]  # fmt: skip
ALPHA = [
    1,
    "嘉善县",
    "西塘镇",
    "嘉善甲甲纽扣厂",
    "",
    "腾退",
    "2021-05-01",
    "2021-06-01",
    "2021-07-01",
    "2021-07-10",
    "12.5",
    "300",
    "420",
    "",
]
BETA = [2, "南湖区", "凤桥镇", "嘉兴乙乙染整有限公司", "", "执法", "2021-05-03", "", "", "", "", "", "88", ""]


@pytest.fixture
def roster() -> Roster:
    build_places()
    return make_roster()


def changed(row: list, **cells: object) -> list:
    """A row with some cells replaced, by header."""
    return [cells.get(name, old) for name, old in zip(HEADER, row, strict=True)]


def test_staging_changes_nothing_and_accounts_for_every_row(roster: Roster) -> None:
    bad = changed(ALPHA, 企业名称="嘉善丙丙厂", 销号日期="2021-13-01")
    batch = staged(csv_file(HEADER, ALPHA, BETA, bad), roster=roster)
    assert batch.state == Import.State.STAGED
    assert counts(batch) == (2, 0, 0, 1)
    assert not Firm.objects.exists() and not Case.objects.exists() and not Entry.objects.exists()
    assert "2021-13-01" in sentences(batch, 4)


def test_accepting_writes_the_ledger(roster: Roster) -> None:
    accepted(csv_file(HEADER, ALPHA, BETA), roster=roster)
    case = Case.objects.get(firm__name="嘉善甲甲纽扣厂")
    now = CaseState.objects.get(case=case)
    assert now.state == "written_off" and now.target_on == roster.start
    assert now.done_on == date(2021, 7, 10) and now.land == 12_500_000
    assert now.energy == 300_000_000 and amount(now, "energy_baseline") == 420_000_000
    assert case.firm.temporary_id.startswith("TMP-330421-")
    written_off = Entry.objects.get(case_id=case.pk, kind="written_off")
    assert written_off.details["source"]["cell"] == "J2"
    assert differing_states(roster.pk) == []


def test_the_same_file_twice_changes_nothing(roster: Roster) -> None:
    content = csv_file(HEADER, ALPHA, BETA)
    accepted(content, roster=roster)
    before = Entry.objects.count(), Firm.objects.count()
    assert counts(accepted(content, roster=roster)) == (0, 0, 2, 0)
    assert (Entry.objects.count(), Firm.objects.count()) == before


def test_another_date_is_a_correction(roster: Roster) -> None:
    accepted(csv_file(HEADER, ALPHA), roster=roster)
    batch = accepted(csv_file(HEADER, changed(ALPHA, 签约日期="2021-04-30")), roster=roster)
    assert counts(batch) == (0, 1, 0, 0)
    void = Entry.objects.get(kind="void")
    assert Entry.objects.get(pk=void.corrects).kind == "signed" and void.details["reason"] == "导入更正"
    assert day(CaseState.objects.get(), "contract") == date(2021, 4, 30)


def test_a_date_moved_onto_a_later_step_of_the_same_day_stands(roster: Roster) -> None:
    accepted(csv_file(HEADER, ALPHA), roster=roster)
    batch = accepted(csv_file(HEADER, changed(ALPHA, 腾空日期="2021-07-01")), roster=roster)
    assert counts(batch) == (0, 1, 0, 0)
    assert CaseState.objects.get().state == "written_off"
    assert differing_states(roster.pk) == []


def test_a_blank_cell_never_erases(roster: Roster) -> None:
    accepted(csv_file(HEADER, ALPHA), roster=roster)
    batch = staged(csv_file(HEADER, changed(ALPHA, 销号日期="", 批次="")), roster=roster)
    assert counts(batch) == (0, 0, 1, 0)


def test_an_impossible_history_is_told_at_its_cell(roster: Roster) -> None:
    batch = staged(csv_file(HEADER, changed(ALPHA, 核查日期="")), roster=roster)
    assert counts(batch) == (0, 0, 0, 1)
    assert batch.rows.get().messages[0]["ref"] == "J2"
    assert "销号" in sentences(batch, 2)


def test_the_future_is_refused(roster: Roster) -> None:
    batch = staged(csv_file(HEADER, changed(BETA, 签约日期="2021-12-01")), roster=roster)
    assert counts(batch) == (0, 0, 0, 1) and "2021-12-01" in sentences(batch, 2)


def test_tenants_add_no_land(roster: Roster) -> None:
    accepted(csv_file(HEADER, changed(ALPHA, **{"房东/承租关系": "承租"})), roster=roster)
    assert CaseState.objects.get().land == 0
    assert "承租" in sentences(Import.objects.get(), 2)


def test_rows_of_one_file(roster: Roster) -> None:
    other = changed(ALPHA, 批次="执法")
    batch = staged(csv_file(HEADER, ALPHA, ALPHA, other), roster=roster)
    assert counts(batch) == (1, 0, 1, 1)
    assert "与第 2 行重复" in sentences(batch, 3) and "第 2 行" in sentences(batch, 4)


def test_every_row_has_its_own_right(roster: Roster) -> None:
    town = make_actor("xitang", "town_team", "330421103")
    batch = staged(csv_file(HEADER, ALPHA, BETA), roster=roster, actor=town, code="330421103")
    assert counts(batch) == (1, 0, 0, 1)
    assert "不在本次导入的辖区" in sentences(batch, 3)
    with pytest.raises(NotAllowed):
        intake.accept(batch.pk, actor=town, at=NOON)
    with pytest.raises(NotAllowed):
        staged(csv_file(HEADER, BETA), roster=roster, actor=town, code="330402")


def test_processes_of_a_firm_stay_with_its_case(roster: Roster) -> None:
    accepted(csv_file([*HEADER, "主要工序"], [*ALPHA, "染色/印花"], [*BETA, ""]), roster=roster)
    assert dict(Case.objects.values_list("firm__name", "processes")) == {
        "嘉善甲甲纽扣厂": "染色、印花",
        "嘉兴乙乙染整有限公司": "",
    }
    again = staged(csv_file([*HEADER, "主要工序"], [*ALPHA, "染色，印花"]), roster=roster)
    assert counts(again) == (0, 0, 1, 0)
    firms = csv_file(
        ["县(市、区)", "镇(街道)", "企业名称", "主要工序"],
        ["嘉善县", "西塘镇", "嘉善甲甲纽扣厂", "电镀；染色"],
    )
    accepted(firms, "firms")
    assert Case.objects.get(firm__name="嘉善甲甲纽扣厂").processes == "电镀、染色"
    assert counts(staged(firms, "firms")) == (0, 0, 1, 0)


def test_zones_are_found_by_their_other_names(roster: Roster) -> None:
    zone = changed(BETA, **{"县(市、区)": "经开区", "镇(街道)": "塘汇街道"})
    batch = staged(csv_file(HEADER, zone), roster=roster)
    assert counts(batch) == (1, 0, 0, 0)
    unknown = changed(BETA, **{"镇(街道)": "没有镇"})
    assert counts(staged(csv_file(HEADER, unknown), roster=roster)) == (0, 0, 0, 1)


def test_a_wrong_check_digit_is_only_a_warning(roster: Roster) -> None:
    batch = accepted(csv_file(HEADER, changed(ALPHA, 统一社会信用代码="91330421MA2XXXXX11")), roster=roster)
    assert counts(batch) == (1, 0, 0, 0)
    assert "校验位" in sentences(batch, 2)
    assert Firm.objects.get().code_status == "check_failed"


def test_a_broken_file_fails_with_a_sentence(roster: Roster) -> None:
    batch = staged(b"PK\x03\x04 not a workbook", roster=roster, filename="台账.xlsx")
    assert batch.state == Import.State.FAILED and not batch.rows.exists()
    assert "台账.xlsx" in str(Message.from_json(batch.problem))
    assert Job.objects.get().state == Job.State.DONE and not Firm.objects.exists()


def test_the_workbook_comes_back_marked(roster: Roster) -> None:
    bad = changed(ALPHA, 企业名称="嘉善丙丙厂", 销号日期="2021-13-01")
    batch = staged(xlsx_file(HEADER, ALPHA, bad), roster=roster, filename="台账.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(path_of(batch.returned_digest).read_bytes()))
    sheet = book.worksheets[0]
    assert sheet["J3"].comment and "2021-13-01" in sheet["J3"].comment.text
    assert sheet.cell(1, len(HEADER) + 1).value == "错误说明"
    assert sheet.cell(3, len(HEADER) + 1).value.startswith("未导入")
    assert book.sheetnames[-1] == "导入结果"


def test_withdrawn_before_acceptance_leaves_nothing(roster: Roster) -> None:
    batch = staged(csv_file(HEADER, ALPHA), roster=roster)
    intake.withdraw(batch.pk, actor=MACHINE, at=NOON)
    assert not batch.rows.exists()
    with pytest.raises(Conflict):
        intake.accept(batch.pk, actor=MACHINE, at=NOON)


def test_ones_own_upload_is_told_by_the_account_not_by_the_name(roster: Roster) -> None:
    """Somebody who may import, but not accept, takes back what they handed in themselves and nothing else."""
    town = make_actor("xitang", "town_team", "330421103")
    batch = staged(csv_file(HEADER, ALPHA), roster=roster, actor=town, code="330421103")
    namesake, renamed = replace(town, user_id=-1), replace(town, name="别名")
    assert [step_ids(batch, person) for person in (town, renamed, namesake)] == [
        {"restage", "withdraw"},
        {"restage", "withdraw"},
        {"restage"},
    ]
    with pytest.raises(NotAllowed):
        intake.withdraw(batch.pk, actor=namesake, at=NOON)
    assert intake.withdraw(batch.pk, actor=renamed, at=NOON).decided_by == "别名"


def step_ids(batch: Import, actor: Actor) -> set[str]:
    return {offer.step.id for offer in open_steps(batch, actor, TODAY)}


def test_withdrawn_after_acceptance_voids_everything(roster: Roster) -> None:
    accepted(csv_file(HEADER, ALPHA), roster=roster)
    second = accepted(
        csv_file(HEADER, changed(ALPHA, 签约日期="2021-04-30", 批次="执法"), BETA), roster=roster
    )
    with pytest.raises(BadValue):
        intake.withdraw(second.pk, actor=MACHINE, at=NOON)
    intake.withdraw(second.pk, actor=MACHINE, at=NOON, reason="传错文件")
    first = CaseState.objects.get(case__firm__name="嘉善甲甲纽扣厂")
    assert day(first, "contract") == date(2021, 5, 1) and first.state == "written_off"
    assert Case.objects.get(pk=first.case_id).batch == "vacate"
    assert CaseState.objects.get(case__firm__name="嘉兴乙乙染整有限公司").state == "new"
    assert differing_states(roster.pk) == []


def test_withdrawal_names_what_builds_on_it(roster: Roster) -> None:
    first = accepted(csv_file(HEADER, changed(ALPHA, 核查日期="", 销号日期="")), roster=roster)
    accepted(csv_file(HEADER, ALPHA), roster=roster)
    with pytest.raises(Conflict, match="不能撤回"):
        intake.withdraw(first.pk, actor=MACHINE, at=NOON, reason="传错文件")


def test_a_plan_grown_old_is_refused(roster: Roster) -> None:
    accepted(csv_file(HEADER, ALPHA), roster=roster)
    old = staged(csv_file(HEADER, changed(ALPHA, 签约日期="2021-04-30")), roster=roster)
    accepted(csv_file(HEADER, changed(ALPHA, 签约日期="2021-04-29")), roster=roster)
    with pytest.raises(Conflict, match="重新预检"):
        intake.accept(old.pk, actor=MACHINE, at=NOON)
    old.refresh_from_db()
    assert old.state == Import.State.STAGED


def test_accepting_twice_does_it_once(roster: Roster) -> None:
    batch = accepted(csv_file(HEADER, ALPHA), roster=roster)
    before = Entry.objects.count()
    assert intake.accept(batch.pk, actor=MACHINE, at=NOON).state == Import.State.ACCEPTED
    assert Entry.objects.count() == before
