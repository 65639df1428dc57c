"""The import centre: handed in, judged in the background, looked at, accepted or taken back."""

import io
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tenglong.domain.intake.kinds import table_kinds
from tenglong.jobs.worker import run_pending
from tenglong.store.models import Case, CaseState, Import
from tests.factories import World, build_world
from tests.integration.campaign.world import csv_file
from tests.integration.web import signed_in, text_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.in_earnest]

HEADER = ["县(市、区)", "镇(街道)", "企业名称", "签约日期", "腾空日期", "不认识的列"]
GOOD = ["嘉善县", "西塘镇", "嘉善甲甲纽扣厂", "2021-10-01", "2021-10-05", "甲"]
TARGET = ["嘉善县", "西塘镇", "演示西塘镇2号厂", "2021-10-01", "2021-10-05", "甲"]
BAD = ["嘉善县", "西塘镇", "嘉善乙乙纽扣厂", "2021-13-01", "", "乙"]
TOTAL = ["合计", "", "", "", "", ""]


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world(per_unit=3)


def hand_in(client: Client, content: bytes, filename: str = "台账.csv", **form: Any) -> Any:
    form = {"kind": "case_ledger", "roster": "hcle", "code": "330421", "business_day": "2021-11-09", **form}
    file = SimpleUploadedFile(filename, content)
    return client.post("/imports", {**form, "file": file}, follow=True)


def staged(client: Client, *rows: list[str]) -> str:
    """The address of a staged import."""
    answer = hand_in(client, csv_file(HEADER, *rows))
    assert "等待预检" in text_of(answer), text_of(answer)
    run_pending()
    return answer.redirect_chain[-1][0]


def test_a_file_goes_from_upload_to_the_ledger(world: World) -> None:
    client = signed_in("demo-city")
    address = staged(client, GOOD, BAD, TOTAL)
    said = text_of(client.get(address))
    assert "读取 2 行 = 新增 1 + 更新 0 + 不变 0 + 退回 1" in said
    assert "不认识的列" in said and "合计行" in said and "2021-13-01" in said
    assert not Case.objects.filter(firm__name=GOOD[2]).exists()
    client.post(f"{address}/accept")
    assert "正在入账" in text_of(client.get(address))
    run_pending()
    assert "已确认" in text_of(client.get(address))
    case = Case.objects.get(firm__name=GOOD[2])
    assert CaseState.objects.get(case=case).state == "emptied"
    assert "台账.csv" in text_of(client.get(f"/firms/{case.firm_id}"))


def test_rows_are_shown_by_verdict(world: World) -> None:
    client = signed_in("demo-jiashan")
    address = staged(client, GOOD, BAD)
    rejected, inserted = (
        text_of(client.get(f"{address}?verdict={verdict}")) for verdict in ("rejected", "inserted")
    )
    assert BAD[2] in rejected and GOOD[2] not in rejected
    assert GOOD[2] in inserted and BAD[2] not in inserted
    assert client.get(f"{address}?verdict=nonsense&page=99").status_code == 200


def test_many_rows_are_paged(world: World) -> None:
    client = signed_in("demo-jiashan")
    rows = [["嘉善县", "西塘镇", f"嘉善第{n}号纽扣厂", "", "", ""] for n in range(60)]
    address = staged(client, *rows)
    first, second = client.get(address), client.get(f"{address}?page=2")
    assert "嘉善第49号" in text_of(first) and "嘉善第50号" not in text_of(first)
    assert "嘉善第59号" in text_of(second) and "第 2 / 2 页" in text_of(second)


def test_progress_asks_again_until_the_work_is_done(world: World) -> None:
    client = signed_in("demo-jiashan")
    address = hand_in(client, csv_file(HEADER, GOOD)).redirect_chain[-1][0]
    assert b'hx-trigger="every 1s"' in client.get(f"{address}/progress").content
    run_pending()
    assert client.get(f"{address}/progress")["HX-Refresh"] == "true"


def test_the_returned_workbook_and_the_original_are_files_to_save(world: World) -> None:
    client = signed_in("demo-jiashan")
    address = staged(client, GOOD, BAD)
    returned = client.get(f"{address}/returned.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(returned.streaming_content)))
    assert any("2021-13-01" in str(cell.value) for sheet in book for row in sheet for cell in row)
    assert returned["Content-Disposition"].startswith("attachment")
    original = client.get(f"{address}/original")
    assert b"".join(original.streaming_content) == csv_file(HEADER, GOOD, BAD)
    assert original["Content-Type"] == "application/octet-stream"


def test_a_file_that_cannot_be_read_shows_its_sentence(world: World) -> None:
    client = signed_in("demo-jiashan")
    address = hand_in(client, b"not a workbook", "台账.xlsx").redirect_chain[-1][0]
    run_pending()
    said = text_of(client.get(address))
    assert "未能读取" in said and "没有改动任何数据" in said
    client.post(f"{address}/restage")
    assert "等待预检" in text_of(client.get(address))


def test_a_staged_import_is_withdrawn_without_a_reason_an_accepted_one_with(world: World) -> None:
    client = signed_in("demo-city")
    address = staged(client, GOOD)
    assert "已撤回" in text_of(client.post(f"{address}/withdraw", follow=True))
    address = staged(client, GOOD)
    client.post(f"{address}/accept")
    run_pending()
    assert client.post(f"{address}/withdraw", {"reason": " "}).status_code == 422
    answer = client.post(f"{address}/withdraw", {"reason": "报错了县"}, follow=True)
    assert "已撤回" in text_of(answer)
    case = Case.objects.get(firm__name=GOOD[2])
    assert CaseState.objects.get(case=case).state == "new"


def test_a_town_hands_in_but_the_county_accepts(world: World) -> None:
    town = signed_in("demo-xitang")
    answer = hand_in(town, csv_file(HEADER, TARGET), code="330421103")
    run_pending()
    address = answer.redirect_chain[-1][0]
    page = text_of(town.get(address))
    assert "待有确认权限的整治办确认入账" in page and "确认入账？" not in page
    assert town.post(f"{address}/accept").status_code == 403
    assert "确认入账" in text_of(signed_in("demo-jiashan").get(address))
    assert Import.objects.get().state == Import.State.STAGED


def test_the_county_is_told_why_it_cannot_accept_new_targets_of_the_citys_roster(world: World) -> None:
    county = signed_in("demo-jiashan")
    address = staged(county, GOOD)
    said = county.get(address)
    assert "表中有“列为整治对象”" in text_of(said) and f"{address}/accept" not in said.content.decode()
    assert county.post(f"{address}/accept").status_code == 403
    assert f"{address}/accept" in signed_in("demo-city").get(address).content.decode()


def test_others_see_neither_the_import_nor_its_files(world: World) -> None:
    address = staged(signed_in("demo-jiashan"), GOOD)
    other = signed_in("demo-pinghu")
    for part in ("", "/progress", "/returned.xlsx", "/original"):
        assert other.get(address + part).status_code == 404, part
    for deed in ("accept", "restage", "withdraw"):
        assert Import.objects.get().state == Import.State.STAGED
        other.post(f"{address}/{deed}")
    assert Import.objects.get().state == Import.State.STAGED
    assert "台账.csv" not in text_of(other.get("/imports"))


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"roster": ""}, "须先选择名单"),
        ({"business_day": "2999-01-01"}, "晚于今天"),
        ({"filename": "台账.pdf"}, "不是可导入的文件"),
        ({"code": "330482"}, "330482"),
    ],
)
def test_what_was_chosen_wrongly_is_said_beside_it(
    world: World, change: dict[str, str], sentence: str
) -> None:
    answer = hand_in(signed_in("demo-jiashan"), csv_file(HEADER, GOOD), **change)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Import.objects.exists()


def test_an_auditor_looks_but_is_offered_no_upload(world: World) -> None:
    answer = signed_in("demo-audit").get("/imports")
    assert answer.status_code == 200 and "上传表格" not in text_of(answer)
    signed_in("demo-audit").post("/imports", {"kind": "firms"})
    assert not Import.objects.exists()


@pytest.mark.parametrize("kind", table_kinds())
def test_templates_offer_ones_own_towns(world: World, kind: str) -> None:
    answer = signed_in("demo-jiashan").get(f"/imports/templates/{kind}.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    offered = {cell.value for row in book["选项"] for cell in row}
    assert "西塘镇" in offered and "当湖街道" not in offered


def test_a_row_says_old_and_new_and_rows_are_found_by_what_they_do(world: World) -> None:
    client = signed_in("demo-city")
    client.post(f"{staged(client, TARGET)}/accept")
    run_pending()
    later = [*TARGET[:4], "2021-10-08", "甲"]
    address = staged(client, GOOD, later, BAD)
    page = client.get(address)
    said = text_of(page)
    assert "更正已登记的 1" in said and "新企业 1" in said and "新案件 1" in said
    assert "2021-10-05 → 2021-10-08" in said and "2021-13-01" in said
    corrected = text_of(client.get(f"{address}?deed=corrections"))
    assert TARGET[2] in corrected and GOOD[2] not in corrected and BAD[2] not in corrected
    assert GOOD[2] in text_of(client.get(f"{address}?deed=firm"))
    assert client.get(f"{address}?deed=nonsense").status_code == 200
    client.post(f"{address}/accept")
    run_pending()
    assert "2021-10-05 → 2021-10-08" in text_of(client.get(address))


def test_after_accepting_the_page_says_what_is_next_and_by_whom(world: World) -> None:
    town, county = signed_in("demo-xitang"), signed_in("demo-jiashan")
    answer = hand_in(town, csv_file(HEADER, TARGET, BAD), code="330421103")
    run_pending()
    address = answer.redirect_chain[-1][0]
    said = text_of(town.get(address))
    assert "待有确认权限的整治办确认入账" in said and "可办理的人" in said and "demo-jiashan" not in said
    assert "确认入账（1 行）" in text_of(county.get(address))
    county.post(f"{address}/accept")
    run_pending()
    page = county.get(address).content.decode()
    assert "改正退回的 1 行" in page and f"{address}/returned.xlsx" in page
    assert "有 1 户轮到" in page and re.search('/cases\\?[^"]*roster=hcle[^"]*owner=', page)


def test_a_pushed_roster_is_frozen_next(world: World) -> None:
    client, header = signed_in("demo-city"), ["县(市、区)", "镇(街道)", "企业名称"]
    content = csv_file(header, ["嘉善县", "西塘镇", "嘉善丙丙纽扣厂"])
    address = hand_in(client, content, kind="pushed_roster", code="330400").redirect_chain[-1][0]
    run_pending()
    client.post(f"{address}/accept")
    run_pending()
    page = client.get(address).content.decode()
    assert "冻结新版本" in page and 'href="/rosters/hcle' in page
