"""What somebody with the database in hand changes does not go unnoticed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tenglong.actions.ledger.appending import append
from tenglong.actions.registry.book import Statement, refold_register, tell
from tenglong.domain.ledger.entries import Draft
from tenglong.queries.verification import verify
from tenglong.queries.verification_register import register_problem
from tenglong.store.models import Case, Entry, Firm, Parcel, Place, RegisterEntry, Roster
from tests.factories import build_firm
from tests.guards import guards_down
from tests.integration.campaign.world import build_places

pytestmark = pytest.mark.django_db
BEGAN = datetime(2021, 9, 1, 1, tzinfo=UTC)


@pytest.fixture
def entries() -> list[int]:
    """The numbers of four entries of a case: a target, its contract, land of a parcel and energy."""
    build_places()
    town = Place.objects.filter(level="town").order_by("code")[0]
    roster = Roster.objects.create(
        code="r", title="演示名单", issuer="演示", definition="演示", place=town, start=date(2021, 9, 1),
        deadline=date(2021, 12, 31), done_figure="firms_written_off", created_at=BEGAN, created_by="演示",
    )  # fmt: skip
    firm = Firm.objects.create(
        name="演示厂", core_name="演示", code_status="none", place=town, created_at=BEGAN
    )
    case = Case.objects.create(roster=roster, firm=firm, place=town, number=1, created_at=BEGAN)
    parcel = Parcel.objects.create(number="P", place=town)
    drafts = [
        Draft(case.pk, "targeted", date(2021, 9, 1)),
        Draft(case.pk, "signed", date(2021, 9, 2)),
        Draft(case.pk, "area_vacated", date(2021, 9, 3), parcel.pk, 5_000_000),
        Draft(case.pk, "energy_freed", date(2021, 9, 3), None, 7_000_000),
    ]
    return [fact.id for fact in append(roster, drafts, by="甲", at=BEGAN + timedelta(days=9))]


def said() -> str:
    (report,) = verify()
    assert not report.holds
    return str(report.sentence)


def test_an_untouched_ledger_holds(entries: list[int]) -> None:
    assert [report.holds for report in verify()] == [True]


@pytest.mark.parametrize(
    ("number", "change"),
    [
        (3, {"quantity": 8_000_000}),
        (1, {"kind": "emptied"}),
        (2, {"slot": "area_net"}),
        (1, {"is_on": False}),
        (2, {"subject": -999}),
        (3, {"subject": -999}),
    ],
)
def test_a_changed_entry_is_named(entries: list[int], number: int, change: dict[str, object]) -> None:
    with guards_down():
        Entry.objects.filter(pk=entries[number]).update(**change)
    assert f"第 {entries[number]} 号记录" in said()


@pytest.mark.parametrize(("number", "named"), [(1, 2), (3, 2)], ids=["middle", "end"])
def test_a_deleted_entry_is_noticed(entries: list[int], number: int, named: int) -> None:
    with guards_down():
        Entry.objects.filter(pk=entries[number]).delete()
    assert f"第 {entries[named]} 号记录" in said()


def test_the_register_is_held_against_its_book_and_made_anew_from_it() -> None:
    build_places()
    firm = build_firm("演示纽扣厂", Place.objects.get(code="330421103", valid_to=None))
    tell([Statement("firm", firm.pk, {"address": "一号"}, None, {})], by="甲", at=BEGAN)
    assert register_problem() is None and Firm.objects.get().address == "一号"
    Firm.objects.update(address="二号")
    assert "tenglong ledger refold" in str(register_problem())
    assert refold_register() == 1 and Firm.objects.get().address == "一号" and register_problem() is None
    with guards_down():
        RegisterEntry.objects.filter(pk=1).update(details={"said": {"name": "别的厂"}, "source": {}})
    assert "哈希链" in str(register_problem())


def test_a_firm_that_no_entry_speaks_of_is_told() -> None:
    build_places()
    firm = build_firm("演示纽扣厂", Place.objects.get(code="330421103", valid_to=None))
    Firm.objects.create(
        name="混入的厂", core_name="混入", place=firm.place, code_status="none", created_at=BEGAN
    )
    assert "没有登记簿记录" in str(register_problem())
