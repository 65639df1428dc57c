"""Recording on the pages: only what may follow, with what it needs, and nothing typed is lost."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tenglong.domain.kernel.periods import china_date
from tenglong.store.models import Case, CaseState, Entry, Evidence, Parcel
from tests.factories import World, build_world
from tests.integration.web import signed_in, text_of

PDF = b"%PDF-1.4 made for a test"


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=3)


@pytest.fixture
def case(world: World) -> Case:
    """A target in Xitang on which nothing has been done."""
    return world.cases["330421"][1]


def send(client: Client, case: Case, kind: str, **form: Any) -> Any:
    form = {"effective_on": "2021-11-20", "reason": "", **form}
    return client.post(f"/cases/{case.pk}/record?kind={kind}", form, follow=True)


def proof(name: str = "合同.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def state(case: Case) -> str:
    return CaseState.objects.get(case=case).state


def offered(client: Client, case: Case) -> set[str]:
    page = client.get(f"/cases/{case.pk}/record").content.decode()
    return set(re.findall(r'href="\?kind=(\w+)"', page))


def test_only_steps_that_state_and_permission_allow_are_offered(world: World, case: Case) -> None:
    town, county = offered(signed_in("demo-xitang"), case), offered(signed_in("demo-jiashan"), case)
    assert {"planned", "signed", "energy_freed", "note"} <= town
    assert not {"written_off", "checked", "pushed", "void", "power_cut"} & town
    assert "removed" in county - town
    assert offered(signed_in("demo-audit"), case) == set()


def test_a_step_that_was_not_offered_is_refused_with_a_sentence(world: World, case: Case) -> None:
    answer = send(signed_in("demo-xitang"), case, "written_off", files=[proof()])
    assert answer.status_code == 409 and "不能登记“销号”" in text_of(answer)
    assert signed_in("demo-pinghu").get(f"/cases/{case.pk}/record").status_code == 404


def test_recording_says_the_new_state_and_whose_turn_it_is(world: World, case: Case) -> None:
    answer = send(signed_in("demo-xitang"), case, "signed", files=[proof(), proof("照片.pdf")])
    assert answer.redirect_chain[0][0] == f"/cases/{case.pk}"
    assert f"已登记“签约”。{case.firm.name}现为“已签约”，轮到镇（街道）专班办理。" in text_of(answer)
    assert state(case) == "signed"
    assert Evidence.objects.filter(case_id=case.pk).count() == 2


def test_files_stay_when_something_else_is_wrong(world: World, case: Case) -> None:
    client = signed_in("demo-xitang")
    refused = send(client, case, "signed", effective_on="2999-01-01", reason="双方盖章", files=[proof()])
    page = refused.content.decode()
    assert refused.status_code == 422 and "晚于今天" in page and "双方盖章" in page and "合同.pdf" in page
    kept = re.findall(r'name="kept" value="([^"]+)"', page)
    answer = send(client, case, "signed", kept=kept)
    assert state(case) == "signed" and "已登记" in text_of(answer)
    assert Evidence.objects.get(case_id=case.pk).name == "合同.pdf"


def test_a_reference_to_a_kept_file_cannot_be_made_up(world: World, case: Case) -> None:
    answer = send(signed_in("demo-xitang"), case, "signed", kept=["made:up"])
    assert answer.status_code == 422 and "至少 1 份佐证材料，目前 0 份" in text_of(answer)


@pytest.mark.parametrize(
    "name, content, sentence",
    [
        ("清单.exe", b"MZ", "不是可接受的佐证文件"),
        ("照片.jpg", b"<html>", "内容不是 jpg 文件"),
        ("合同.pdf", b"%PDF" + b"0" * (20 * 1024 * 1024), "超过 20 MB"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_named(
    world: World, case: Case, name: str, content: bytes, sentence: str
) -> None:
    answer = send(signed_in("demo-xitang"), case, "signed", files=[proof(name, content)])
    assert answer.status_code == 422 and sentence in text_of(answer)
    assert state(case) == "target" and not Evidence.objects.filter(case_id=case.pk).exists()


def test_an_amount_of_land_asks_for_its_parcel(world: World, case: Case) -> None:
    parcel = Parcel.objects.create(number="演示地块", place=case.place)
    parcel.holdings.create(firm=case.firm, relation="owner")
    client = signed_in("demo-xitang")
    missing = send(client, case, "area_vacated", quantity="12.5")
    assert missing.status_code == 422 and "演示地块" in missing.content.decode()
    send(client, case, "area_vacated", quantity="１２．５", parcel=parcel.pk)
    entry = Entry.objects.get(case_id=case.pk, kind="area_vacated")
    assert (entry.quantity, entry.subject_type, entry.subject) == (12_500_000, "parcel", parcel.pk)


def test_no_more_land_than_the_parcel_has(world: World, case: Case) -> None:
    parcel = Parcel.objects.create(number="演示地块", place=case.place, area_micro=12_000_000)
    parcel.holdings.create(firm=case.firm, relation="owner")
    client = signed_in("demo-xitang")
    refused = send(client, case, "area_vacated", quantity="12.5", parcel=parcel.pk)
    assert refused.status_code == 422 and "面积 12.5 亩大于宗地 演示地块 的面积 12 亩" in text_of(refused)
    send(client, case, "area_vacated", quantity="12", parcel=parcel.pk)
    assert Entry.objects.get(case_id=case.pk, kind="area_vacated").quantity == 12_000_000


@pytest.mark.parametrize("text", ["很多", "-3", "1.2345678"])
def test_an_amount_must_be_a_number(world: World, case: Case, text: str) -> None:
    answer = send(signed_in("demo-xitang"), case, "energy_freed", quantity=text)
    assert answer.status_code == 422 and not Entry.objects.filter(
        case_id=case.pk, kind="energy_freed", quantity=3_000_000
    )
    assert 'class="invalid-feedback' in answer.content.decode()


def test_a_step_that_needs_a_reason_asks_for_it(world: World, case: Case) -> None:
    client = signed_in("demo-jiashan")
    assert send(client, case, "removed").status_code == 422
    send(client, case, "removed", reason="已注销")
    assert state(case) == "removed"
    assert Entry.objects.filter(case_id=case.pk, kind="removed").get().details == {"reason": "已注销"}


def test_nobody_is_offered_the_approval_of_their_own_submission(world: World, case: Case) -> None:
    client = signed_in("demo-jiashan")
    send(client, case, "signed", files=[proof()])
    send(client, case, "emptied", files=[proof()])
    send(client, case, "submitted")
    said = text_of(client.get(f"/cases/{case.pk}/record"))
    assert "须由他人办理" in said and "checked" not in offered(client, case)
    assert send(client, case, "checked", files=[proof()]).status_code == 409
    assert "checked" in offered(signed_in("demo-city"), case)


def test_what_the_ledger_refuses_is_said_on_the_form(world: World, case: Case) -> None:
    client = signed_in("demo-xitang")
    answer = send(client, case, "signed", effective_on="2021-09-02", files=[proof()])
    assert answer.status_code == 422 and "不能登记“签约”" in text_of(answer)
    assert "合同.pdf" in answer.content.decode()


def test_taking_back_needs_a_reason_and_the_right(world: World, case: Case) -> None:
    send(signed_in("demo-xitang"), case, "signed", files=[proof()])
    entry = Entry.objects.get(case_id=case.pk, kind="signed")
    assert signed_in("demo-xitang").get(f"/entries/{entry.pk}/void").status_code == 403
    assert signed_in("demo-pinghu").get(f"/entries/{entry.pk}/void").status_code == 404
    county = signed_in("demo-jiashan")
    assert county.post(f"/entries/{entry.pk}/void", {"reason": "  "}).status_code == 422
    answer = county.post(f"/entries/{entry.pk}/void", {"reason": "合同未生效"}, follow=True)
    assert "现为“整治对象”" in text_of(answer) and "已作废：合同未生效" in text_of(answer)
    assert state(case) == "target"


def test_what_later_entries_need_cannot_be_taken_back(world: World, case: Case) -> None:
    client = signed_in("demo-jiashan")
    send(client, case, "signed", files=[proof()])
    send(client, case, "emptied", files=[proof()])
    signed = Entry.objects.get(case_id=case.pk, kind="signed")
    answer = client.post(f"/entries/{signed.pk}/void", {"reason": "误录"})
    assert answer.status_code == 422 and "腾空" in text_of(answer)


def test_the_form_begins_with_today(world: World, case: Case) -> None:
    today = china_date(timezone.now())
    page = signed_in("demo-xitang").get(f"/cases/{case.pk}/record?kind=planned").content.decode()
    assert f'value="{today}"' in page and f'max="{today}"' in page
    assert (
        send(
            signed_in("demo-xitang"), case, "planned", effective_on=str(today + timedelta(days=1))
        ).status_code
        == 422
    )
