"""The file of a firm: facts, land, years, timelines, and the right to see them."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tenglong.actions.campaign.cases import record_entry
from tenglong.domain.access.policy import scope_of
from tenglong.queries.registry.firms import firm_file
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import Evidence, FirmMerge, FirmName, Holding, Import, Observation, Parcel
from tests.factories import AS_OF, BEGAN, World, at_day, build_firm, build_world
from tests.integration.web import signed_in, text_of

PDF = b"%PDF-1.4 made for a test"


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=3)


def address(world: World, number: int = 1, unit: str = "330421") -> str:
    return f"/firms/{world.cases[unit][number].firm_id}"


def with_evidence(world: World) -> Evidence:
    actor = actor_of(world.people["demo-xitang"], AS_OF)
    proof = SimpleUploadedFile("合同 一.pdf", PDF, content_type="text/html")
    case = world.cases["330421"][1]
    recorded = record_entry(
        actor=actor, at=at_day(90), case=case, kind="signed", effective_on=AS_OF, files=[proof]
    )
    return recorded.evidence[0]


def test_the_timeline_keeps_what_was_taken_back_with_its_reason(world: World) -> None:
    answer = signed_in("demo-city").get(address(world))
    page, said = answer.content.decode(), text_of(answer)
    assert "<s><strong>腾出用能</strong> 650 吨标准煤</s>" in page
    assert "已作废：误录" in said and "情况说明" in said
    assert "轮到 镇（街道）专班 办理" in said and "可以办理：" in said


def test_entries_say_which_file_and_cell_they_come_from(world: World) -> None:
    batch = Import.objects.create(
        kind="observations", code="330421", filename="年度数据.xlsx", digest="d", size=1, business_day=AS_OF,
        uploaded_by="demo-jiashan", uploaded_at=BEGAN,
    )  # fmt: skip
    firm = world.cases["330421"][1].firm
    for quantity in (4_000_000, 5_500_000):
        Observation.objects.create(
            firm=firm, year=2020, indicator="energy", quantity=quantity, unit="tce", basis="calorific",
            source={"import": batch.pk, "sheet": "2020", "cell": "K7"}, recorded_at=BEGAN, recorded_by="demo-jiashan",
        )  # fmt: skip
    answer = signed_in("demo-city").get(address(world))
    said = text_of(answer)
    assert "年度数据.xlsx · 2020 · K7" in said
    assert "综合能耗 吨标准煤 当量 5.5 原为 4" in said
    assert "总台账" in said


def test_land_names_the_other_side_only_where_it_may_be_seen(world: World) -> None:
    firm, place = world.cases["330421"][1].firm, world.cases["330421"][1].place
    landlord = build_firm("演示外县房东", world.cases["330482"][0].place)
    parcel = Parcel.objects.create(number="演示地块", place=place, area_micro=8_260_000)
    Holding.objects.create(parcel=parcel, firm=firm, relation="tenant", landlord=landlord)
    assert "演示外县房东" in text_of(signed_in("demo-city").get(address(world)))
    jiashan = text_of(signed_in("demo-jiashan").get(address(world)))
    assert "演示外县房东" not in jiashan and "其他辖区的企业" in jiashan and "8.26 亩" in jiashan


def test_a_merged_record_leads_to_the_firm_it_turned_out_to_be(world: World) -> None:
    kept, twin = world.cases["330421"][1].firm, build_firm("演示重复户", world.cases["330421"][1].place)
    twin.absorbed_by = kept
    twin.save()
    FirmMerge.objects.create(
        kept=kept, absorbed=twin, decided_by="demo-city", decided_at=BEGAN, reason="同一执照"
    )
    answer = signed_in("demo-city").get(f"/firms/{twin.pk}", follow=True)
    assert answer.redirect_chain == [(f"/firms/{kept.pk}", 302)]
    assert "演示重复户" in text_of(answer) and "同一执照" in text_of(answer)


def test_names_and_a_doubtful_code_are_shown(world: World) -> None:
    firm = world.cases["330421"][1].firm
    firm.code = "91330421MA28A0AAX1"
    firm.save()
    until = AS_OF - timedelta(days=400)
    FirmName.objects.create(firm=firm, name="演示旧名厂", core_name="旧", until=until, recorded_at=BEGAN)
    said = text_of(signed_in("demo-city").get(address(world)))
    assert "校验位不符" in said and f"演示旧名厂 —{until}" in said


def test_who_may_not_see_a_firm_cannot_tell_it_from_one_that_is_not_there(world: World) -> None:
    other, none = signed_in("demo-pinghu").get(address(world)), signed_in("demo-pinghu").get("/firms/999999")
    assert other.status_code == none.status_code == 404
    assert text_of(other) == text_of(none)
    case = world.cases["330421"][1].pk
    assert signed_in("demo-pinghu").get(f"/cases/{case}").status_code == 404


def test_only_the_cases_of_ones_own_places_are_shown(world: World) -> None:
    case = world.cases["330421"][0]
    moved = world.cases["330482"][0].place
    case.firm.cases.filter(roster=world.own).update(place=moved)
    scope = scope_of(actor_of(world.people["demo-jiashan"], AS_OF))
    assert [one.id for one in firm_file(case.firm_id, scope).cases] == [case.pk]


def test_evidence_is_handed_out_as_a_file_to_save_and_only_inside_the_territory(world: World) -> None:
    proof = with_evidence(world)
    answer = signed_in("demo-jiashan").get(f"/evidence/{proof.pk}")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment")
    assert signed_in("demo-pinghu").get(f"/evidence/{proof.pk}").status_code == 404
    assert signed_in("demo-nobody").get(f"/evidence/{proof.pk}").status_code == 403
    assert "合同 一.pdf" in text_of(signed_in("demo-jiashan").get(address(world)))


def test_the_file_asks_the_database_no_more_than_this(
    world: World, django_assert_max_num_queries: Any
) -> None:
    client = signed_in("demo-city")
    client.get(address(world))
    with django_assert_max_num_queries(19):  # one of them for what is new of the organisation
        client.get(address(world))


@pytest.mark.parametrize("language, word", [("zh-hant", "企業"), ("en", "Record progress")])
def test_the_file_speaks_other_languages(world: World, language: str, word: str) -> None:
    answer = signed_in("demo-city").get(address(world), headers={"accept-language": language})
    assert word in text_of(answer) or word in answer.content.decode()


def test_a_code_in_doubt_is_shown_beside_the_known_one(world: World) -> None:
    client, firm = signed_in("demo-city"), world.cases["330421"][1].firm
    assert "存疑代码" not in text_of(client.get(address(world)))
    type(firm).objects.filter(pk=firm.pk).update(doubtful_code="91330421MA00000001")
    page = text_of(client.get(address(world)))
    assert "存疑代码 91330421MA00000001" in page and "校验位不符，请核对营业执照" in page
    assert client.get(f"/api/v1/firms/{firm.pk}").json()["doubtful_code"] == "91330421MA00000001"
