"""The review of doubtful matches: both sides, the decision, and taking it back."""

import re
from datetime import UTC, datetime

import pytest

from tenglong.domain.kernel.messages import msg
from tenglong.store.models import Firm, MatchPair
from tests.factories import World, build_firm, build_world
from tests.integration.web import signed_in, text_of


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=3)


@pytest.fixture
def pair(world: World) -> MatchPair:
    known = world.cases["330421"][1].firm
    known.address = "西塘镇大舜村一号"
    known.save()
    fresh = build_firm("演示西塘镇贰号厂", known.place)
    fresh.address = "西塘镇大舜村二号"
    fresh.save()
    return MatchPair.objects.create(
        firm=fresh, candidate=known, place=known.place, probability_micro=930_000,
        reasons=[msg("所在县（市、区）相同。").to_json()], created_at=datetime(2021, 11, 1, tzinfo=UTC),
    )  # fmt: skip


def absorbed_by(firm_id: int) -> int | None:
    return Firm.objects.get(pk=firm_id).absorbed_by_id


def test_both_sides_stand_side_by_side_with_differences_in_words(pair: MatchPair) -> None:
    page = signed_in("demo-jiashan").get("/matches").content.decode()
    rows = {
        re.search(r"<th[^>]*>(.*?)</th>", row)[1]: re.sub(r"<[^>]+>|\s+", " ", row)
        for row in re.findall(r"<tr[^>]*>\s*<th scope.*?</tr>", page, re.DOTALL)
    }
    assert "不同" in rows["地址"] and "一号" in rows["地址"] and "二号" in rows["地址"]
    assert "相同" in rows["属地"]
    assert "所在县（市、区）相同。" in page and "0.93" in page


def test_one_firm_needs_grounds_and_can_be_taken_back(pair: MatchPair) -> None:
    client = signed_in("demo-jiashan")
    refused = client.post(f"/matches/{pair.pk}/same", {"reason": ""}, follow=True)
    assert "须写明理由" in text_of(refused) and absorbed_by(pair.firm_id) is None
    client.post(f"/matches/{pair.pk}/same", {"reason": "同一厂房"})
    assert absorbed_by(pair.firm_id) == pair.candidate_id
    decided = client.get("/matches?decided").content.decode()
    assert "同一家企业" in decided
    answer = client.post(f"/matches/{pair.pk}/undo", {"reason": "看错了"}, follow=True)
    assert "重新待办" in text_of(answer) and absorbed_by(pair.firm_id) is None
    assert "待认定 1" in text_of(client.get("/matches"))


def test_different_firms_can_be_taken_back_too(pair: MatchPair) -> None:
    client = signed_in("demo-jiashan")
    client.post(f"/matches/{pair.pk}/different")
    assert "目前没有等待认定的企业" in text_of(client.get("/matches"))
    refused = client.post(f"/matches/{pair.pk}/undo", {"reason": ""}, follow=True)
    assert "须写明理由" in text_of(refused)
    client.post(f"/matches/{pair.pk}/undo", {"reason": "有新证据"})
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by, pair.decided_at) == ("open", "", None)


def test_a_question_that_is_open_has_no_answer_to_take_back(pair: MatchPair) -> None:
    answer = signed_in("demo-jiashan").post(f"/matches/{pair.pk}/undo", {"reason": "试试"}, follow=True)
    assert "目前是“待认定”" in text_of(answer)


def test_others_neither_see_nor_decide(pair: MatchPair) -> None:
    other = signed_in("demo-pinghu")
    assert "贰号厂" not in text_of(other.get("/matches"))
    assert other.post(f"/matches/{pair.pk}/different").status_code == 404
    assert signed_in("demo-xitang").get("/matches").status_code == 403
    assert MatchPair.objects.get().state == "open"
