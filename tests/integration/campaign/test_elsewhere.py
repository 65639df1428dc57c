"""A firm is not public property: what an office learns of a firm that lies elsewhere, and who is moved elsewhere."""

from datetime import date
from typing import Any

import pytest

from tenglong.actions import intake
from tenglong.actions.campaign import matches
from tenglong.actions.campaign.cases import open_case
from tenglong.actions.campaign.rosters import create_roster
from tenglong.domain.access.policy import Actor, scope_of
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import Conflict, NotAllowed, NotFound
from tenglong.domain.kernel.periods import Window
from tenglong.queries.campaign.matches import PairView, open_pairs
from tenglong.queries.intake.imports import import_for, visible_imports
from tenglong.queries.jobs.overview import job_for, jobs_of
from tenglong.queries.registry.firms import firm_file
from tenglong.queries.registry.parcels import parcels_of
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import (
    Case,
    Firm,
    Holding,
    Import,
    Job,
    MatchPair,
    Membership,
    Parcel,
    Place,
    Roster,
    User,
)
from tests.integration.campaign.world import (
    MACHINE,
    NOON,
    TODAY,
    accepted,
    build_places,
    csv_file,
    make_actor,
    sentences,
    staged,
)

pytestmark = pytest.mark.django_db

JIASHAN, PINGHU = "330421", "330482"
CODE, NAME, ADDRESS = "91330421MA28A0AAXL", "嘉善甲乙丙纽扣有限公司", "西塘镇纽扣路1号"
HEADER = ["县(市、区)", "镇(街道)", "企业名称", "统一社会信用代码", "地址", "推送日期"]
OURS = ["平湖市", "当湖街道"]
SECRETS = (NAME, ADDRESS, "西塘", "嘉善", "55", "12.5")


@pytest.fixture
def firm() -> Firm:
    """A firm of Jiashan on Jiashan's roster, with land and figures."""
    build_places()
    row = ["嘉善县", "西塘镇", NAME, CODE, ADDRESS, "2021-06-01"]
    accepted(csv_file(HEADER, row), "pushed_roster", roster=own_roster("jiashan-own", JIASHAN), code=JIASHAN)
    figures = csv_file(
        ["县(市、区)", "镇(街道)", "企业名称", "统一社会信用代码", "年度", "税收(万元)"],
        ["嘉善县", "西塘镇", NAME, CODE, "2020", "55"],
    )
    accepted(figures, "observations", code=JIASHAN)
    return Firm.objects.get()


@pytest.fixture
def pinghu(firm: Firm) -> Actor:
    return make_actor("pinghu", "county_office", PINGHU)


@pytest.fixture
def jiashan(firm: Firm) -> Actor:
    return make_actor("jiashan", "county_office", JIASHAN)


def own_roster(code: str, place: str) -> Roster:
    return create_roster(
        actor=MACHINE, at=NOON, code=code, title="县名单", issuer="县整治办", definition_text="用于测试",
        place=Place.objects.get(code=place, valid_to=None), window=Window(date(2021, 4, 27), date(2021, 12, 31)),
    )  # fmt: skip


def pushed(actor: Actor, name: str, code: str) -> Import:
    """Pinghu pushes a firm into its own roster."""
    roster = Roster.objects.filter(code="pinghu-own").first() or own_roster("pinghu-own", PINGHU)
    rows = csv_file(HEADER, [*OURS, name, code, "", "2021-06-01"])
    batch = staged(rows, "pushed_roster", roster=roster, actor=actor, code=PINGHU)
    intake.accept(batch.pk, actor=actor, at=NOON)
    batch.refresh_from_db()
    return batch


def seen_by(actor: Actor) -> list[PairView]:
    return open_pairs(scope_of(actor, Permission.MATCH))


def test_a_code_of_a_firm_elsewhere_opens_a_question_and_shows_nothing(
    firm: Firm, pinghu: Actor, jiashan: Actor
) -> None:
    batch = pushed(pinghu, "平湖某厂", CODE)
    assert "登记在其他辖区，请与其整治办核对" in sentences(batch, 2)
    case = Case.objects.get(roster__code="pinghu-own")
    assert case.firm_id != firm.pk
    with pytest.raises(NotFound):
        firm_file(firm.pk, scope_of(pinghu))
    [asked], [answering] = seen_by(pinghu), seen_by(jiashan)
    told = (
        sentences(batch, 2)
        + str(asked.right)
        + str(asked.reasons)
        + str(firm_file(case.firm_id, scope_of(pinghu)))
    )
    assert [secret for secret in SECRETS if secret in told] == []
    assert answering.right.name == NAME and answering.left.name == "平湖某厂"
    assert (answering.left.firm_id, answering.left.address, answering.left.rosters) == (0, "", ())


def test_a_name_of_a_firm_elsewhere_is_answered_with_nothing(
    firm: Firm, pinghu: Actor, jiashan: Actor
) -> None:
    batch = pushed(pinghu, NAME, "")
    assert sentences(batch, 2) == "" and not MatchPair.objects.exists()
    assert Case.objects.get(roster__code="pinghu-own").firm_id != firm.pk


LEASE = [
    "县(市、区)",
    "镇(街道)",
    "企业名称",
    "房东/承租关系",
    "宗地编号",
    "房东名称",
    "房东信用代码",
    "列入日期",
]


def rented(actor: Actor, landlord: str, code: str, *, tenant: str = "平湖某租户") -> Import:
    """Pinghu writes down who lets to one of its firms."""
    roster = Roster.objects.filter(code="pinghu-own").first() or own_roster("pinghu-own", PINGHU)
    row = [*OURS, tenant, "承租", "P-1", landlord, code, "2021-06-01"]
    batch = staged(csv_file(LEASE, row), roster=roster, actor=actor, code=PINGHU)
    intake.accept(batch.pk, actor=actor, at=NOON)
    batch.refresh_from_db()
    return batch


def test_a_landlord_elsewhere_is_a_question_and_its_firm_is_tied_to_nothing(
    firm: Firm, pinghu: Actor, jiashan: Actor
) -> None:
    batch = rented(pinghu, "平湖某房东", CODE)
    said = sentences(batch, 2)
    assert "登记在其他辖区，请与其整治办核对" in said and not [one for one in SECRETS if one in said]
    lease = Holding.objects.get()
    assert lease.landlord is not None and lease.landlord_id != firm.pk
    assert (lease.landlord.name, lease.landlord.place.code[:6]) == ("平湖某房东", PINGHU)
    [asked], [answering] = seen_by(pinghu), seen_by(jiashan)
    assert not [one for one in SECRETS if one in str(asked.right) + str(asked.reasons)]
    assert answering.right.name == NAME and answering.left.name == "平湖某房东"
    again = rented(pinghu, "平湖某房东", CODE)
    assert (again.unchanged, again.read) == (1, 1) and MatchPair.objects.count() == 1
    decide: dict[str, Any] = {"at": NOON, "reason": "信用代码相同"}
    pair = MatchPair.objects.get()
    matches.decide(pair.pk, True, actor=pinghu, **decide)
    assert matches.decide(pair.pk, True, actor=jiashan, **decide).state == "same"


def test_a_lease_that_is_known_gets_no_landlord_from_elsewhere(firm: Firm, pinghu: Actor) -> None:
    rented(pinghu, "", "")
    assert Holding.objects.get().landlord is None
    rented(pinghu, "平湖某房东", CODE)
    assert Holding.objects.get().landlord_id not in (None, firm.pk) and MatchPair.objects.count() == 1


def test_the_name_of_a_landlord_elsewhere_is_answered_with_nothing(firm: Firm, pinghu: Actor) -> None:
    batch = rented(pinghu, NAME, "")
    assert sentences(batch, 2) == "" and not MatchPair.objects.exists()
    assert Holding.objects.get().landlord is None


def test_a_landlord_of_ones_own_is_tied_by_code_and_by_name(firm: Firm, jiashan: Actor) -> None:
    roster = Roster.objects.get(code="jiashan-own")
    rows = [
        ["嘉善县", "西塘镇", tenant, "承租", number, name, code, "2021-06-01"]
        for tenant, number, name, code in (("甲租户厂", "P-1", "", CODE), ("乙租户厂", "P-2", NAME, ""))
    ]
    accepted(csv_file(LEASE, *rows), roster=roster, code=JIASHAN)
    assert set(Holding.objects.values_list("landlord_id", flat=True)) == {firm.pk}


def test_a_merge_needs_both_offices(firm: Firm, pinghu: Actor, jiashan: Actor) -> None:
    pushed(pinghu, "平湖某厂", CODE)
    pair = MatchPair.objects.get()
    decide: dict[str, Any] = {"at": NOON, "reason": "信用代码相同"}
    with pytest.raises(NotAllowed):
        matches.decide(pair.pk, True, actor=jiashan, **decide)  # who keeps the record asks first
    assert matches.decide(pair.pk, True, actor=pinghu, **decide).state == "claimed"
    assert not Firm.objects.exclude(absorbed_by=None).exists()
    with pytest.raises(Conflict):  # it waits for the other one
        matches.decide(pair.pk, True, actor=pinghu, **decide)
    assert matches.decide(pair.pk, True, actor=jiashan, **decide).state == "same"
    assert Case.objects.get(roster__code="pinghu-own").firm_id == firm.pk


def test_either_office_may_say_that_it_is_another_firm(firm: Firm, pinghu: Actor, jiashan: Actor) -> None:
    pushed(pinghu, "平湖某厂", CODE)
    pair = MatchPair.objects.get()
    assert matches.decide(pair.pk, False, actor=jiashan, at=NOON).state == "different"
    again = pushed(pinghu, "平湖某厂", CODE)
    assert again.unchanged == 1 and Firm.objects.count() == 2


def test_of_a_firm_elsewhere_a_roster_shows_what_its_keeper_released(firm: Firm, pinghu: Actor) -> None:
    """However the case came on the roster."""
    roster, place = own_roster("pinghu-own", PINGHU), Place.objects.get(code="330482001", valid_to=None)
    case = open_case(roster, firm, place, at=NOON, by="命令行", source={})
    whole, shown = firm_file(firm.pk, scope_of(MACHINE)), firm_file(firm.pk, scope_of(pinghu))
    assert whole.firm.address == ADDRESS and whole.series
    assert (shown.firm.name, [one.id for one in shown.cases]) == (NAME, [case.pk])
    assert (shown.firm.address, shown.land, shown.series, shown.years) == ("", [], [], ())
    assert parcels_of(case) == []


def test_the_number_of_a_parcel_elsewhere_tells_nothing_of_it(firm: Firm, pinghu: Actor) -> None:
    place = Place.objects.get(code="330421103", valid_to=None)
    parcel = Parcel.objects.create(
        number="善-1", area_micro=12_500_000, address=ADDRESS, title_number="证1", place=place
    )
    pushed(pinghu, "平湖某厂", "")
    own = Case.objects.get(roster__code="pinghu-own").firm
    Holding.objects.create(parcel=parcel, firm=own, relation="owner", source={})
    [land] = firm_file(own.pk, scope_of(pinghu)).land
    assert (land.parcel, land.area, land.address, land.title_number) == ("善-1", None, "", "")


def test_who_is_moved_elsewhere_sees_nothing_of_the_old_territory(firm: Firm, jiashan: Actor) -> None:
    user = User.objects.get(username="jiashan")
    row = ["嘉善县", "西塘镇", NAME, CODE, ADDRESS, "2021-06-02"]
    batch = staged(
        csv_file(HEADER, row), "pushed_roster", roster=Roster.objects.get(), actor=jiashan, code=JIASHAN
    )
    job = Job.objects.latest("id").pk
    assert visible_imports(jiashan)[0] == batch and job_for(job, jiashan).about
    Membership.objects.filter(user=user).delete()
    Membership.objects.create(user=user, code=PINGHU, role="county_office")
    moved = actor_of(user, TODAY)
    assert visible_imports(moved) == [] and jobs_of(moved) == []
    for ask in (lambda: import_for(batch.pk, moved), lambda: job_for(job, moved)):
        with pytest.raises(NotFound):
            ask()
