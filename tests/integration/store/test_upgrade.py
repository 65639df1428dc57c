"""A ledger of the first form: what stood beside its entries is said in it, and was known when it was known."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from tenglong.actions.ledger.appending import append
from tenglong.actions.ledger.projection import refold_what_migrations_left
from tenglong.domain.ledger.entries import AsOf, Draft, attributes
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.domain.registry.book import core_of
from tenglong.domain.registry.industry import read_industry
from tenglong.queries.ledger.fold import chain_of, last_id_at, said_of_cases
from tenglong.queries.registry.parcels import held_on
from tenglong.queries.verification import verify
from tenglong.queries.verification_register import register_problem
from tenglong.store import upgrade, upgrade_register
from tenglong.store.models import (
    Case,
    Firm,
    FirmName,
    Holding,
    Import,
    ImportRow,
    Parcel,
    Place,
    Recording,
    RegisterEntry,
    Roster,
    RosterHead,
    TrailEvent,
)
from tests.factories import build_firm
from tests.guards import guards_down
from tests.integration.campaign.world import build_places, make_roster

pytestmark = pytest.mark.django_db
BEGAN = datetime(2021, 9, 1, 1, tzinfo=UTC)
DAY = date(2021, 9, 1)


@pytest.fixture
def roster() -> Roster:
    """A case whose team was planned by hand and whose zone and party came with an import, each beside an entry."""
    build_places()
    made = make_roster()
    place = Place.objects.get(code="330421103", valid_to=None)
    case = Case.objects.create(
        roster=made, firm=build_firm("演示厂", place), place=place, number=1, created_at=BEGAN
    )
    for days, kind in enumerate(("targeted", "planned", "note")):
        append(made, [Draft(case.pk, kind, DAY)], by="甲", at=at_day(days))
    beside = {"party": "tenant", "zone": "西区", "team": "二组", "due_on": date(2021, 12, 1)}
    Case.objects.filter(pk=case.pk).update(**beside)
    said = {"before": {"team": "一组", "due_on": ""}, "after": {"team": "二组", "due_on": "2021-12-01"}}
    TrailEvent.objects.create(at=at_day(1), by="甲", deed="plan_case", about=f"case:{case.pk}", details=said)
    batch = Import.objects.create(
        kind="case_ledger", roster=made, code="330421", filename="台账.xlsx", digest="0" * 64, size=1,
        business_day=DAY, state="accepted", uploaded_by="甲", uploaded_at=BEGAN, decided_by="乙", decided_at=at_day(2),
    )  # fmt: skip
    plan = {"attributes": {"zone": ["东区", "西区"], "party": ["landlord", "tenant"]}}
    ImportRow.objects.create(batch=batch, sheet="表", row=2, verdict="updated", case_id=case.pk, plan=plan)
    return made


def at_day(days: int) -> datetime:
    return BEGAN + timedelta(days=days)


def test_what_stood_beside_the_entries_was_known_when_it_was_known(roster: Roster) -> None:
    before = [last_id_at(roster.pk, at_day(days)) for days in range(3)]
    upgrade.record_what_stood_beside(connection)
    refold_what_migrations_left()
    names = ("party", "zone", "team", "due_on")
    told = [fact for fact, _ in chain_of(roster.pk)]
    case = roster.cases.get()
    expected = (
        ("tenant", "东区", "一组", ""),
        ("tenant", "东区", "二组", "2021-12-01"),
        ("tenant", "西区", "二组", "2021-12-01"),
    )
    for last_id, values in zip(before, expected, strict=True):
        at = AsOf(DAY, last_id)
        found = said_of_cases(roster.pk, at, names)[case.pk]
        assert tuple(found.get(name, "") for name in names) == values
        slow = {id: one.text for (_, id), one in attributes(told, at, vocabulary()).items()}
        assert {name: slow.get(name, "") for name in names} == dict(zip(names, values, strict=True))
    assert (case.party, case.zone, case.team, case.due_on) == ("tenant", "西区", "二组", date(2021, 12, 1))
    assert [str(report.sentence) for report in verify() if not report.holds] == []


def test_what_stood_in_the_register_is_its_first_entries(roster: Roster) -> None:
    with guards_down():
        RegisterEntry.objects.all().delete()
        Recording.objects.filter(roster_id=0).delete()
        RosterHead.objects.filter(pk=0).delete()
    firm, batch = Firm.objects.get(), Import.objects.get()
    read = read_industry("4119")
    Firm.objects.update(address="一号", industry=read.code, industry_edition=read.edition)
    FirmName.objects.create(
        firm=firm, name="演示旧厂", core_name=core_of("演示旧厂"), recorded_at=at_day(1), source={"import": 7}
    )
    parcel = Parcel.objects.create(number="P1", area_micro=5_000_000, place=firm.place)
    held = {"parcel": parcel, "firm": firm}
    Holding.objects.create(**held, relation="owner", floor_area_micro=9, source={"import": batch.pk})
    Holding.objects.create(**held, relation="tenant", landlord=firm, since=DAY, until=date(2021, 9, 3))
    upgrade_register.record_register(connection)
    known = [sorted(one.relation for one in held_on(DAY, known_at=at_day(days))) for days in (-1, 0, 1, 2)]
    assert known == [[], ["tenant"], ["tenant"], ["owner", "tenant"]]
    assert [one.relation for one in held_on(date(2021, 9, 3))] == ["owner"]
    said = {(one.subject_type, one.recorded_at, one.import_id) for one in RegisterEntry.objects.all()}
    assert ("holding", at_day(2), batch.pk) in said and ("name", at_day(1), 7) in said
    assert register_problem() is None
