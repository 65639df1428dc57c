"""`tenglong import`: the same verdicts, sentences and gate as on the page."""

from pathlib import Path

import pytest

from tenglong.cli.__main__ import main
from tenglong.domain.kernel.errors import BadFile, BadValue, NotAllowed, NotFound
from tenglong.store.models import Case, Firm, Import, TrailEvent
from tests.factories import build_people
from tests.integration.campaign.world import build_places, csv_file, make_roster

pytestmark = pytest.mark.django_db
HEADER = ["县(市、区)", "镇(街道)", "企业名称", "列入日期"]
GOOD = ["嘉善县", "西塘镇", "嘉善甲演示纽扣有限公司", "2021-05-01"]
BAD = ["嘉善县", "西塘镇", "嘉善乙演示纽扣有限公司", "2021-13-01"]
FOREIGN = ["平湖市", "新仓镇", "平湖丙演示纽扣有限公司", "2021-05-01"]


@pytest.fixture(autouse=True)
def site(db: None) -> None:
    build_places()
    make_roster()
    build_people()


def ran(tmp_path: Path, *rows: list[str], more: tuple[str, ...] = ()) -> int:
    path = tmp_path / "台账.csv"
    path.write_bytes(csv_file(HEADER, *rows))
    about = ("--kind", "case_ledger", "--roster", "city-2021", "--territory", "330421", "--day", "2021-11-09")
    return main(["import", str(path), *about, *more])


def test_it_judges_and_does_nothing_more(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(tmp_path, GOOD, BAD) == 1
    said = capsys.readouterr().out
    assert "读入 2 行，其中新增 1，更新 0，无变化 0，退回 1。" in said
    assert "D3" in said and "2021-13-01" in said
    assert not Case.objects.exists() and Import.objects.get().state == Import.State.STAGED


def test_it_accepts_where_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(tmp_path, GOOD, more=("--accept", "--as", "演示员")) == 0, capsys.readouterr()
    assert "已入库" in capsys.readouterr().out
    batch = Import.objects.get()
    assert (batch.state, batch.uploaded_by, batch.decided_by) == (
        "accepted",
        "命令行（演示员）",
        "命令行（演示员）",
    )
    assert Case.objects.get().firm.name == GOOD[2]
    assert ran(tmp_path, GOOD, more=("--accept",)) == 0  # nothing is new: nothing to accept
    assert "无变化 1" in capsys.readouterr().out


def test_an_account_has_its_own_rights_and_no_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(tmp_path, FOREIGN, more=("--user", "demo-jiashan", "--as", "演示员")) == 1
    event = TrailEvent.objects.get(deed="act_for")
    assert (event.by, event.details["file"]) == (
        "命令行（演示员）",
        "台账.csv",
    )  # an account is not acted for unseen
    assert "不在本次导入的辖区" in capsys.readouterr().out
    assert ran(tmp_path, GOOD, more=("--user", "demo-pinghu")) == NotAllowed.exit_code
    assert ran(tmp_path, GOOD, more=("--user", "nobody-there")) == NotFound.exit_code
    assert not Firm.objects.exists()


def test_what_an_account_may_not_accept_stays_where_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(tmp_path, GOOD, more=("--user", "demo-xitang")) == NotAllowed.exit_code
    town = ("--territory", "330421103")
    path = tmp_path / "台账.csv"
    about = (
        "--kind",
        "case_ledger",
        "--roster",
        "city-2021",
        *town,
        "--day",
        "2021-11-09",
        "--user",
        "demo-xitang",
    )
    assert main(["import", str(path), *about, "--accept"]) == NotAllowed.exit_code
    assert "权限" in capsys.readouterr().err and not Case.objects.exists()


def test_an_approval_needs_a_second_person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "台账.csv"
    path.write_bytes(csv_file([*HEADER, "计划日期", "方案批准日期"], [*GOOD, "2021-05-06", "2021-05-10"]))
    about = ("--kind", "case_ledger", "--roster", "city-2021", "--territory", "330421", "--day", "2021-11-09")
    assert main(["import", str(path), *about, "--accept", "--user", "demo-jiashan"]) == NotAllowed.exit_code
    assert "不能由上传人本人确认" in capsys.readouterr().err and not Case.objects.exists()


def test_what_cannot_be_read_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    about = ("--kind", "firms", "--territory", "330421")
    assert main(["import", str(tmp_path / "none.xlsx"), *about]) == BadFile.exit_code
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 no workbook")
    assert main(["import", str(broken), *about]) == BadFile.exit_code
    assert main(["import", str(broken), *about, "--day", "昨天"]) == BadValue.exit_code
    assert not Firm.objects.exists() and "Traceback" not in capsys.readouterr().err
