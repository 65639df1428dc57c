"""疑似重复: the register held against itself, many answers at once, and the way back."""

import pytest

from tenglong.actions.campaign.duplicates import decide_many, find_duplicates, request_search
from tenglong.actions.campaign.matches import undo
from tenglong.domain.kernel.errors import BadValue, NotAllowed, NotFound
from tenglong.store.models import Firm, FirmMerge, Job, MatchPair, TrailEvent
from tests.factories import PINGHU, World, build_firm, build_world
from tests.integration.campaign.world import MACHINE, NOON, make_actor
from tests.integration.web import signed_in, text_of

JIASHAN = "330421"


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=2)


@pytest.fixture
def doubled(world: World) -> list[Firm]:
    """Three spellings of one firm, as landed registers have them."""
    place = world.cases[JIASHAN][0].firm.place
    names = ("嘉善试丙纽扣厂", "嘉善县试丙钮扣厂", "嘉善试丙纽扣有限公司")
    return [build_firm(name, place) for name in names]


def questions(firms: list[Firm]) -> set[tuple[int, int]]:
    """Open questions about `firms`, by the places of both in the list."""
    place = {firm.pk: at for at, firm in enumerate(firms)}
    pairs = MatchPair.objects.filter(state="open", firm__in=firms).values_list("firm_id", "candidate_id")
    return {(place[one], place[other]) for one, other in pairs}


def test_the_register_is_held_against_itself_once(doubled: list[Firm]) -> None:
    assert find_duplicates(JIASHAN, actor=MACHINE, at=NOON) >= 2
    assert questions(doubled) == {(1, 0), (2, 0)}
    assert TrailEvent.objects.filter(deed="find_duplicates").count() == 1
    assert find_duplicates(JIASHAN, actor=MACHINE, at=NOON) == 0


def test_a_territory_is_searched_by_whose_it_is(doubled: list[Firm]) -> None:
    foreign = make_actor("外县", "county_office", PINGHU)
    for deed in (find_duplicates, request_search):
        with pytest.raises((NotAllowed, NotFound)):
            deed(JIASHAN, actor=foreign, at=NOON)
    find_duplicates(PINGHU, actor=foreign, at=NOON)
    assert not questions(doubled)


def test_many_are_answered_at_once_and_taken_back_one_by_one(doubled: list[Firm]) -> None:
    find_duplicates(JIASHAN, actor=MACHINE, at=NOON)
    ids = [pair.pk for pair in MatchPair.objects.filter(firm__in=doubled)]
    refused = decide_many(ids, True, actor=MACHINE, at=NOON)
    assert refused.done == 0 and len(refused.refused) == 2 and "理由" in str(refused.refused[0])
    assert decide_many(ids, True, actor=MACHINE, at=NOON, reason="同一厂房").done == 2
    assert Firm.objects.filter(absorbed_by=doubled[0]).count() == 2
    undo(FirmMerge.objects.get(absorbed=doubled[1]).pk, actor=MACHINE, at=NOON, reason="看错了")
    assert questions(doubled) == {(1, 0)}
    with pytest.raises(BadValue, match="没有选择"):
        decide_many([], False, actor=MACHINE, at=NOON)


def test_the_page_searches_and_answers(doubled: list[Firm]) -> None:
    client = signed_in("demo-jiashan")
    client.post("/duplicates/search", {"territory": JIASHAN})
    assert Job.objects.get(kind="find_duplicates").params["code"] == JIASHAN
    find_duplicates(JIASHAN, actor=MACHINE, at=NOON)
    page = text_of(client.get("/duplicates?register"))
    assert "嘉善县试丙钮扣厂" in page and "嘉善试丙纽扣厂" in page
    ids = [pair.pk for pair in MatchPair.objects.filter(firm__in=doubled)]
    answer = client.post("/duplicates/decide", {"pair": ids, "same": "0", "register": "1"}, follow=True)
    assert "已认定 2 对" in text_of(answer)
    assert not questions(doubled)
    assert "没有选择任何一对" in text_of(client.post("/duplicates/decide", {"same": "0"}, follow=True))
    assert client.post("/duplicates/decide", {"same": "x"}, follow=True).status_code == 200
