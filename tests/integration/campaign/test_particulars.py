"""Visits, appraisals, prices and payments of a case on the page: what is told of them, and what comes first."""

import pytest

from tenglong.store.models import Case, Entry
from tests.factories import World, build_world
from tests.integration.campaign.test_web_entries import offered, proof, send
from tests.integration.web import signed_in, text_of


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=3)


@pytest.fixture
def case(world: World) -> Case:
    """A target in Xitang on which nothing has been done."""
    return world.cases["330421"][1]


def last(case: Case) -> Entry:
    return Entry.objects.filter(case_id=case.pk).order_by("-id")[0]


def test_a_visit_stands_in_the_file_with_who_what_and_what_next(case: Case) -> None:
    town = signed_in("demo-xitang")
    form = town.get(f"/cases/{case.pk}/record?kind=consulted").content.decode()
    assert "对方要价（万元）" in form and 'name="told_next_on"' in form
    answer = send(
        town, case, "consulted", told_met="户主、组长", told_demand="1,200", told_next_on="2021-11-25"
    )
    assert last(case).details["told"] == {"met": "户主、组长", "demand": "1200", "next_on": "2021-11-25"}
    assert answer.redirect_chain[0][0] == f"/cases/{case.pk}"
    shown = text_of(town.get(f"/firms/{case.firm_id}"))
    assert "在场人员：户主、组长；对方要价（万元）：1200；下次上门：2021-11-25" in shown


def test_a_price_whose_parts_do_not_add_up_is_said_and_nothing_typed_is_lost(case: Case) -> None:
    town, before = signed_in("demo-xitang"), last(case).pk
    typed = {"told_compensation": "90", "told_bonus": "9.99"}
    answer = send(town, case, "contract_price", quantity="100", **typed)
    assert "合计 99.99 万元，两者须一分不差" in text_of(answer)
    assert 'value="9.99"' in answer.content.decode() and last(case).pk == before
    send(town, case, "contract_price", quantity="99.99", **typed)
    assert last(case).quantity == 99_990_000


def test_nothing_is_paid_before_mortgages_were_looked_up(case: Case) -> None:
    town = signed_in("demo-xitang")
    send(town, case, "signed", files=[proof(), proof("照片.pdf")])
    assert "paid_amount" not in offered(town, case)
    assert "首次付款前须核查抵押和查封，请先登记“抵押查封核查无碍”" in text_of(
        town.get(f"/cases/{case.pk}/record")
    )
    assert send(town, case, "paid_amount", quantity="30").status_code == 409
    send(town, case, "unencumbered", told_asked="不动产登记中心 2021-118号")
    assert "paid_amount" in offered(town, case)
    send(town, case, "paid_amount", quantity="30")
    assert last(case).kind == "paid_amount"


def test_a_shared_meter_is_split_before_power_is_cut(case: Case) -> None:
    town = signed_in("demo-xitang")
    assert "power_cut" not in offered(town, case)
    send(town, case, "consented", files=[proof()])
    assert "power_cut" in offered(town, case)
    send(town, case, "power_shared", told_sharers="隔壁作坊")
    assert "power_cut" not in offered(town, case)
    send(town, case, "power_split")
    assert "power_cut" in offered(town, case)
