"""The pages of units: the tree, the search, a unit's page, and recording what happens to it."""

import pytest

from tenglong.queries.registry.territory import forget_territory, territory
from tenglong.store.models import PlaceStep
from tests.factories import CITY, JIASHAN, XITANG, World, build_world
from tests.integration.web import signed_in, text_of

pytestmark = pytest.mark.django_db
FORM = {"kind": "rename", "name": "演示镇", "day": "2021-11-10", "reason": "演示批文"}


@pytest.fixture
def world() -> World:
    made = build_world()
    forget_territory()
    yield made
    forget_territory()


def test_the_tree_holds_everything_under_ones_own(world: World) -> None:
    said = text_of(signed_in("demo-city").get("/places"))
    assert "西塘镇" in said and "嘉兴港区" in said
    county = text_of(signed_in("demo-jiashan").get("/places"))
    assert "西塘镇" in county and "平湖市" not in county


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("西塘", "西塘桥街道"),
        ("秀城", "南湖区"),
        ("330421103", "西塘镇"),
        ("鹽官", "盐官镇"),
        ("港区", "嘉兴港区"),
    ],
)
def test_a_unit_is_found_by_name_former_name_and_code(world: World, asked: str, shown: str) -> None:
    assert shown in text_of(signed_in("demo-city").get(f"/places?find={asked}"))


def test_a_search_without_a_hit_says_so(world: World) -> None:
    assert "没有名称、旧名或代码含“北京”的单位" in text_of(signed_in("demo-city").get("/places?find=北京"))


def test_the_page_of_a_unit_offers_what_ones_office_may_record(world: World) -> None:
    county = signed_in("demo-jiashan")
    own, town = text_of(county.get(f"/places/one/{JIASHAN}")), text_of(county.get(f"/places/one/{XITANG}"))
    assert "新增下级单位" in own and "更名" not in own
    assert (
        "更名" in town
        and "撤销" in town
        and "新增下级单位" not in text_of(signed_in("demo-xitang").get(f"/places/one/{XITANG}"))
    )
    assert county.get("/places/one/330482").status_code == 404
    assert county.get("/places/one/999999").status_code == 404


def test_a_step_is_recorded_shown_and_taken_back(world: World) -> None:
    county = signed_in("demo-jiashan")
    said = text_of(county.post(f"/places/one/{XITANG}/steps", FORM, follow=True))
    assert "单位变动已登记" in said and "更名 · 西塘镇 → 演示镇" in said and "演示批文" in said
    step = PlaceStep.objects.get()
    said = text_of(county.post(f"/places/steps/{step.pk}/take-back", {"reason": "登记错了"}, follow=True))
    assert "这一步变动已撤回" in said
    assert PlaceStep.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"reason": ""}, "这个字段是必填项"),
        ({"name": "魏塘街道"}, "同一上级之下已有“魏塘街道”"),
        ({"kind": "close", "other": "没有镇"}, "没有“没有镇”"),
        ({"kind": "close", "other": ""}, "请填写承接单位"),
        ({"day": "2999-01-01"}, "晚于今天"),
    ],
)
def test_what_is_wrong_is_said_in_the_form(world: World, changed: dict[str, str], sentence: str) -> None:
    answer = signed_in("demo-jiashan").post(f"/places/one/{XITANG}/steps", FORM | changed)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not PlaceStep.objects.exists()


def test_a_kind_that_is_none_is_refused(world: World) -> None:
    answer = signed_in("demo-jiashan").post(f"/places/one/{XITANG}/steps", FORM | {"kind": "take_back"})
    assert answer.status_code == 400


def test_a_closed_unit_names_its_successor_and_the_people_left_behind(world: World) -> None:
    county = signed_in("demo-jiashan")
    form = FORM | {"kind": "merge", "other": "魏塘街道"}
    said = text_of(county.post(f"/places/one/{XITANG}/steps", form, follow=True))
    assert "已于 2021-11-10 撤并，承接单位： 魏塘街道" in said
    assert "个账号授权在已撤并的单位" in said
    assert "原 西塘镇，至 2021-11-10" in text_of(county.get("/places"))


def test_the_units_under_one_come_when_it_is_opened(world: World) -> None:
    city = signed_in("demo-city")
    answer = city.get(f"/places/under/{JIASHAN}", headers={"HX-Request": "true"})
    assert "西塘镇" in text_of(answer) and "<html" not in answer.content.decode()
    assert city.get(f"/places/under/{JIASHAN}")["Location"].endswith(f"/places/one/{JIASHAN}")


def test_programs_record_and_read_steps(world: World) -> None:
    county = signed_in("demo-jiashan")
    body = {
        "kind": "split",
        "territory": XITANG,
        "day": "2021-11-10",
        "reason": "演示批文",
        "name": "演示东镇",
    }
    made = county.post("/api/v1/territory/steps", body, "application/json")
    assert made.status_code == 201, made.content
    assert (made.json()["name"], made.json()["open"]) == ("西塘镇", True)
    assert territory().at(PlaceStep.objects.get().day).has("330421Z11")
    back = county.post(
        f"/api/v1/territory/steps/{made.json()['id']}/take-back", {"reason": "登记错了"}, "application/json"
    )
    assert back.json()["takes_back"] == made.json()["id"]
    kinds = [one["kind"] for one in county.get("/api/v1/territory/steps").json()["items"]]
    assert kinds == ["take_back", "split"]
    assert signed_in("demo-pinghu").get("/api/v1/territory/steps").json()["items"] == []
    answer = signed_in("demo-pinghu").post("/api/v1/territory/steps", body, "application/json")
    assert answer.status_code == 403
    assert county.get(f"/api/v1/territory/steps?territory={CITY}").json()["items"] == []
