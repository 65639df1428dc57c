"""One search over firms, cases, rosters and documents: by whatever they are called, and only what one may see."""

import pytest

from tenglong.actions.reporting.bulletins import issue
from tenglong.domain.registry.book import core_of
from tenglong.queries.registry.territory import actor_of
from tenglong.queries.reporting.search import AT_MOST, Hit, search
from tenglong.store.models import Firm, FirmName
from tests.factories import AS_OF, CITY, JIASHAN, MACHINE, World, at_day, build_firm, build_world
from tests.integration.web import signed_in, text_of


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=3)


def found(world: World, text: str, who: str = "demo-city") -> list[Hit]:
    return search(text, actor_of(world.people[who], AS_OF), AS_OF)


def titles(world: World, text: str, sort: str = "firm", who: str = "demo-city") -> list[str]:
    return [hit.title for hit in found(world, text, who) if hit.sort == sort]


@pytest.mark.parametrize("typed", ["演示西塘镇2号", "演示西塘鎮２號厂", "演示 西塘镇\u200b2号厂"])
def test_a_firm_is_found_however_its_name_is_typed(world: World, typed: str) -> None:
    assert titles(world, typed) == ["演示西塘镇2号厂"]


def test_a_firm_is_found_by_former_name_and_by_code(world: World) -> None:
    firm = world.cases[JIASHAN][1].firm
    FirmName.objects.create(
        firm=firm,
        name="旧时（嘉善）钮扣厂",
        core_name=core_of("旧时（嘉善）钮扣厂"),
        recorded_at=at_day(70),
        source={},
    )
    for typed in ("旧时(嘉善)钮扣厂", "舊時（嘉善）鈕扣廠", "钮扣厂"):
        [hit] = [one for one in found(world, typed) if one.sort == "firm"]
        assert (hit.id, hit.title, hit.matched) == (str(firm.pk), firm.name, "旧时（嘉善）钮扣厂")
    coded = build_firm("有代码的厂", world.cases[JIASHAN][0].place)
    Firm.objects.filter(pk=coded.pk).update(code="91330421MA2CYT8J3X")
    assert [one.id for one in found(world, "91330421ma2c")] == [str(coded.pk)]


def test_a_merged_firm_is_found_as_the_one_it_turned_out_to_be(world: World) -> None:
    kept, other = world.cases[JIASHAN][1].firm, build_firm("并入前的厂", world.cases[JIASHAN][0].place)
    other.absorbed_by = kept
    other.save()
    [hit] = found(world, "并入前的厂")
    assert (hit.id, hit.title, hit.matched) == (str(kept.pk), kept.name, "并入前的厂")


def test_a_firm_elsewhere_answers_nothing(world: World) -> None:
    firm = world.cases[JIASHAN][1].firm
    assert titles(world, firm.name) == [firm.name] == titles(world, firm.name, who="demo-jiashan")
    assert found(world, firm.name, "demo-pinghu") == [] == found(world, firm.name, "demo-nobody")


def test_cases_rosters_and_documents_are_found_by_number_and_title(world: World) -> None:
    case = world.cases[JIASHAN][1]
    hits = [hit for hit in found(world, f"第{case.number}号") if hit.sort == "case"]
    assert str(case.pk) in [hit.id for hit in hits]
    assert str(case.pk) not in [hit.id for hit in found(world, f"{case.number}", "demo-pinghu")]
    assert "hcle" in [hit.id for hit in found(world, "高耗低效") if hit.sort == "roster"]
    made = issue(actor=MACHINE, at=at_day(70), roster=world.hcle, code=CITY, as_of=AS_OF)
    for typed in (f"{AS_OF.year}年第1期", f"第1期 {AS_OF}"):
        assert str(made.pk) in [hit.id for hit in found(world, typed) if hit.sort == "bulletin"]
    assert titles(world, f"{AS_OF.year}年第1期", "bulletin", "demo-jiashan") == []


@pytest.mark.parametrize("typed", ["", "  ", "（）", "\0", "%", "_"])
def test_nothing_is_found_for_nothing(world: World, typed: str) -> None:
    assert found(world, typed) == []


def test_the_box_stands_on_every_page_and_its_answer_leads_on(world: World) -> None:
    client = signed_in("demo-city")
    assert 'action="/search"' in client.get("/cases").content.decode()
    firm = world.cases[JIASHAN][1].firm
    assert f'href="/firms/{firm.pk}"' in client.get("/search", {"q": firm.name}).content.decode()
    assert "没有找到" in text_of(client.get("/search", {"q": "没有的厂"}))
    assert f"每类最多列出 {AT_MOST} 项" in text_of(client.get("/search", {"q": "演示"}))
    answer = client.get("/api/v1/search", {"q": firm.name}).json()
    assert answer["items"][0]["id"] == str(firm.pk)
