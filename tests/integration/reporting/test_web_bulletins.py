"""Bulletins, units and the ledger check on their pages."""

import pytest

from tenglong.actions.ledger.appending import void
from tenglong.jobs.worker import run_pending
from tenglong.queries.ledger.fold import to_fact
from tenglong.store.models import Bulletin, Entry, Target
from tests.factories import World, build_world
from tests.integration.web import signed_in, text_of


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=3)


def issue(client, as_of: str = "2021-10-31") -> Bulletin:
    answer = client.post("/bulletins/issue", {"as_of": as_of})
    assert answer.status_code == 302 and "/bulletins/issuing/" in answer["Location"]
    assert "排队等待中" in text_of(client.get(answer["Location"]))
    run_pending()
    assert "办理完成" in text_of(client.get(answer["Location"]))
    return Bulletin.objects.latest("pk")


def test_preview_says_what_issuing_freezes(world: World) -> None:
    client = signed_in("demo-city")
    preview = text_of(client.get("/bulletins/preview?as_of=2021-10-31"))
    bulletin = issue(client)
    said = text_of(client.get(f"/bulletins/{bulletin.pk}"))
    start, end = "关于全市高耗低效企业", "三、亮点与典型"
    body = preview[preview.index(start) : preview.index(end)].split("以2")[0]
    assert body in said
    assert bulletin.digest in said


def test_the_document_downloads_and_is_made_again_to_the_byte(world: World) -> None:
    client = signed_in("demo-city")
    bulletin = issue(client)
    download = client.get(f"/bulletins/{bulletin.pk}.docx")
    assert download.content == bytes(bulletin.document)
    assert download["Content-Disposition"].startswith("attachment")
    again = client.post(f"/bulletins/{bulletin.pk}/again", follow=True)
    assert "摘要与签发时一致" in text_of(again) and bulletin.digest in text_of(again)


def test_with_todays_knowledge_says_what_moved_and_why(world: World) -> None:
    client = signed_in("demo-city")
    bulletin = issue(client)
    assert "没有变动" in text_of(client.get(f"/bulletins/{bulletin.pk}/today"))
    from django.utils import timezone

    row = Entry.objects.filter(kind="written_off").latest("pk")
    void(world.hcle, to_fact(row), reason="佐证不实", by="demo-city", at=timezone.now())
    said = text_of(client.get(f"/bulletins/{bulletin.pk}/today"))
    assert "变动的数据" in said and "销号企业数" in said and "佐证不实" in said


def test_only_issuers_issue_and_other_counties_see_no_bulletin_of_it(world: World) -> None:
    county = signed_in("demo-jiashan")
    bulletin = issue(county)
    assert bulletin.place.code == "330421"
    assert signed_in("demo-xitang").post("/bulletins/issue", {"as_of": "2021-10-31"}).status_code == 403
    stranger = signed_in("demo-pinghu")
    for address in (
        f"/bulletins/{bulletin.pk}",
        f"/bulletins/{bulletin.pk}.docx",
        f"/bulletins/{bulletin.pk}/today",
    ):
        assert stranger.get(address).status_code == 404
    assert "嘉善县" not in text_of(stranger.get("/bulletins"))


def test_a_job_is_shown_to_whoever_asked_for_it(world: World) -> None:
    county = signed_in("demo-jiashan")
    answer = county.post("/bulletins/issue", {"as_of": "2021-10-31"})
    job = answer["Location"].rsplit("/", 1)[1]
    assert county.get(f"/jobs/{job}").status_code == 200
    assert signed_in("demo-pinghu").get(f"/jobs/{job}").status_code == 404


def test_units_stand_in_official_order_with_their_targets(world: World) -> None:
    said = text_of(signed_in("demo-city").get("/places"))
    order = [
        said.index(f" {name} ")
        for name in ("南湖区", "秀洲区", "嘉善县", "平湖市", "海盐县", "海宁市", "桐乡市")
    ]
    assert order == sorted(order)
    assert "原 秀城区，至 2005-05-17" in said


def test_targets_and_reference_values_are_set_by_the_rosters_managers(world: World) -> None:
    form = {"code": "330421", "figure": "firms_written_off", "quantity": "８"}
    city = signed_in("demo-city")
    assert "目标已登记" in text_of(city.post("/places/targets", form, follow=True))
    assert Target.objects.filter(code="330421").latest("pk").quantity == 8_000_000
    assert "不是数字" in text_of(city.post("/places/targets", form | {"quantity": "八家"}, follow=True))
    assert signed_in("demo-jiashan").post("/places/targets", form).status_code == 403
    point = {"day": "2021-11-09", "percent": "59.4", "source": "省专班反馈"}
    assert "省专班反馈" in text_of(city.post("/places/references", point, follow=True))


def test_the_ledger_check_says_that_it_holds(world: World) -> None:
    auditor = signed_in("demo-audit")
    address = auditor.post("/ledger/check")["Location"]
    assert "排队等待中" in text_of(auditor.get(address))
    run_pending()
    shown = text_of(auditor.get(address))
    assert shown.count("哈希链完整") == 3 and "登记簿：" in shown  # two ledgers and the book of the register
    assert signed_in("demo-jiashan").get("/ledger").status_code == 403


def test_an_unknown_address_is_a_page_not_a_traceback(world: World) -> None:
    answer = signed_in("demo-city").get("/nothing")
    assert answer.status_code == 404
    assert "没有这个页面" in text_of(answer)


def test_sections_are_worded_before_issue_and_the_snapshot_says_by_whom(world: World) -> None:
    client = signed_in("demo-city")
    said = {"problems": "1.个别单位材料报送不及时。\n嘉善县已销号999家。", "as_of": "2021-10-31"}
    page = client.post("/bulletins/preview?as_of=2021-10-31", said)
    text = text_of(page)
    assert (
        page.status_code == 200 and "个别单位材料报送不及时。" in text and "“999家”与计算的数据不一致" in text
    )
    answer = client.post("/bulletins/issue", said)
    run_pending()
    assert "办理完成" in text_of(client.get(answer["Location"]))
    bulletin = Bulletin.objects.latest("pk")
    [mark] = bulletin.content["edited"]
    assert (mark["section"], mark["by"], mark["name"]) == ("problems", "demo-city", "市整治办演示员")
    assert mark["computed"] and "个别单位材料报送不及时。" in bulletin.content["problems"]
    shown = text_of(client.get(f"/bulletins/{bulletin.pk}"))
    assert "人工修改的部分" in shown and "市整治办演示员 于" in shown
    assert "摘要与签发时一致" in text_of(client.post(f"/bulletins/{bulletin.pk}/again", follow=True))


def test_what_was_not_changed_is_computed_when_it_is_issued(world: World) -> None:
    client = signed_in("demo-city")
    same = {"problems": "甲。\n乙。", "computed_problems": "甲。\n乙。", "as_of": "2021-10-31"}
    client.post("/bulletins/issue", same)
    run_pending()
    assert "edited" not in Bulletin.objects.latest("pk").content


def test_the_preview_says_that_the_day_is_issued_already(world: World) -> None:
    client = signed_in("demo-city")
    assert "已经签发" not in text_of(client.get("/bulletins/preview?as_of=2021-10-31"))
    bulletin = issue(client)
    page = client.get("/bulletins/preview?as_of=2021-10-31").content.decode()
    assert "已经签发（第 1 期）" in page and f'href="/bulletins/{bulletin.pk}?' in page
    assert 'formaction="/bulletins/issue"' not in page


def test_too_long_a_sentence_is_said_on_the_preview(world: World) -> None:
    client = signed_in("demo-city")
    answer = client.post("/bulletins/preview?as_of=2021-10-31", {"problems": "长" * 501})
    assert answer.status_code == 422 and "最多 500 个字" in text_of(answer)
