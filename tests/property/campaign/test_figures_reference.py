"""Figures as of any day, as known at any moment: the SQL against the pure fold, one obvious line of Python a figure."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenglong.actions.campaign.cases import open_case
from tenglong.actions.ledger.appending import append, void
from tenglong.domain.campaign.figures import Definition, definition, definitions
from tenglong.domain.kernel.errors import UserError
from tenglong.domain.kernel.quantities import MICRO, to_micro
from tenglong.domain.ledger.entries import AsOf, Draft, Slots, attributes, fold
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.domain.registry.book import OWNER
from tenglong.queries.campaign.figures import Question, ask
from tenglong.queries.campaign.rosters import RosterView
from tenglong.queries.ledger.fold import chain_of
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Case, Parcel, Place, Roster
from tests.factories import build_firm
from tests.integration.campaign.world import NOON, START, build_places, make_roster
from tests.integration.ledger.history_world import CITY, EVERYWHERE

pytestmark = pytest.mark.django_db

TOWNS = ("330421103", "330421001", "330482001")
PARTIES = ("landlord", "tenant", "tenant", OWNER)
OF_ALL = ("listed", "proposed")
EVENTS = (
    "pushed", "listed", "kept", "targeted", "removed", "signed", "contract_ended", "emptied", "closed", "demolished",
    "checked", "written_off", "reopened", "note",
)  # fmt: skip
AMOUNTS = (
    "area_signed", "area_vacated", "energy_freed", "energy_baseline", "wastewater_freed", "wastewater_baseline",
    "cod_freed", "land_expected",
)  # fmt: skip
DONE = ("premises", "closure", "write_off")
BROUGHT_BY = {
    "area_signed": ("contract",),
    "area_vacated": ("premises",),
    "area_demolished": ("demolition",),
    "area_net": ("demolition",),
    "energy_freed": DONE,
    "wastewater_freed": DONE,
    "cod_freed": DONE,
}

Step = tuple[int, str, int, int, int]
"""Which case, what (an entry, or `void` of one of its own), on which day, how much, on which parcel (none is 2)."""

steps: st.SearchStrategy[Step] = st.tuples(
    st.integers(0, 3),
    st.sampled_from((*EVENTS, *AMOUNTS, "void", "described")),
    st.integers(0, 9),
    st.integers(0, 4),
    st.integers(0, 2),
)


@pytest.fixture
def roster() -> Roster:
    """Four cases in three towns of two counties, and two parcels that any of them may speak of."""
    build_places()
    made = make_roster()
    for number, party in enumerate(PARTIES):
        place = Place.objects.get(code=TOWNS[number % 3], valid_to=None)
        firm = build_firm(f"演示{number}厂", place)
        open_case(made, firm, place, at=NOON, by="甲", source={}, party=party)
    for number in range(2):
        Parcel.objects.create(number=f"P{number}", place=place)
    return made


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(steps, min_size=8, max_size=16), day=st.integers(0, 10), known=st.integers(0, 20))
def test_figures_are_what_the_plain_fold_adds_up_to(
    roster: Roster, story: list[Step], day: int, known: int
) -> None:
    with transaction.atomic():
        targets = [Draft(case.pk, "targeted", START) for case in roster.cases.order_by("number")[:3]]
        append(roster, targets, by="甲", at=NOON)
        play(roster, story)
        for at in product((day_of(day), day_of(99)), (known, 2**40)):
            for code in (CITY, "330421", TOWNS[0]):
                slow, asked = (
                    Slow(roster, AsOf(*at), code),
                    Question(RosterView.of(roster), code, at[0], NOON, AsOf(*at), EVERYWHERE),
                )
                assert {one.id: one.exact for one in ask(asked)} == {
                    id: slow.value(id) for id in definitions()
                }
        transaction.set_rollback(True)


class Slow:
    """What counts at a point, looked up in the fold of all entries for each figure anew."""

    def __init__(self, roster: Roster, at: AsOf, code: str):
        facts = [fact for fact, _ in chain_of(roster.pk)]
        self._slots: Slots = fold(facts, at, vocabulary())
        self._said = attributes(facts, at, vocabulary())
        self._cases = {case.pk: case for case in Case.objects.filter(roster=roster)}
        self._places = territory().at(at.day).members(code)
        self._targets = {
            case for ((_, case), slot), fact in self._slots.items() if slot == "target" and on(fact.kind)
        }

    def value(self, id: str) -> Fraction | None:
        """The exact value; nothing is compared with a reference here."""
        one = definition(id)
        if one.lead_of:
            return None
        if one.part:
            part, whole = self.value(one.part), self.value(one.whole)
            return part / whole * 100 if whole else None
        if one.certificate or not all(self._is_said(slot) for slot in amounts_of(one)):
            return None
        if one.off:
            return self._count(one, [fact.case_id for fact in self._of("target") if not on(fact.kind)])
        if one.more_than == "":
            return self._count(one, [case for case in self._targets if self._water(case)[0] > 0])
        if one.more_than:
            left = [case for case in self._targets if self._water(case)[0] > self._water(case)[1]]
            return self._count(one, left)
        if one.count:
            everybody = one.count in OF_ALL
            facts = [fact for fact in self._of(one.count) if on(fact.kind)]
            return self._count(
                one, [fact.case_id for fact in facts if everybody or fact.case_id in self._targets]
            )
        return Fraction(self._sum(one.sum) - self._sum(one.less), MICRO)

    def _is_said(self, slot: str) -> bool:
        """Whether an amount is stated, or nothing has happened with which one is to be."""
        said = {fact_slot for fact_slot in (slot, *BROUGHT_BY.get(slot, ())) if self._holds(fact_slot)}
        return slot in said or (slot in BROUGHT_BY and not said)

    def _holds(self, slot: str) -> bool:
        facts = (fact for fact in self._of(slot) if on(fact.kind))
        return any(fact.case_id in self._targets and self._here(fact.case_id) for fact in facts)

    def party_of(self, case_id: int) -> str:
        """Landlord or tenant at the point that is asked about."""
        said = self._said.get((("case", case_id), "party"))
        return said.text if said else ""

    def _here(self, case_id: int) -> bool:
        return self._cases[case_id].place_id in self._places

    def _of(self, slot: str) -> list:
        return [fact for (_, of), fact in self._slots.items() if of == slot]

    def _count(self, one: Definition, cases: list[int]) -> Fraction:
        wanted = [case for case in cases if self._here(case)]
        return Fraction(sum(not one.party or self.party_of(case) == one.party for case in wanted))

    def _sum(self, slot: str) -> int:
        facts = [
            fact for fact in self._of(slot) if fact.case_id in self._targets and self._here(fact.case_id)
        ]
        return sum(fact.quantity or 0 for fact in facts)

    def _water(self, case: int) -> tuple[int, int]:
        found = [
            self._slots.get((("case", case), slot)) for slot in ("wastewater_baseline", "wastewater_freed")
        ]
        before, freed = (fact.quantity or 0 if fact else 0 for fact in found)
        return before, freed


def amounts_of(one: Definition) -> list[str]:
    """The slots of the amounts that a figure adds up or compares."""
    compared = [one.count, one.more_than] if one.more_than is not None else []
    return [slot for slot in (*compared, one.sum, one.less) if slot]


def on(kind: str) -> bool:
    """Whether an entry of the kind fills its slot."""
    return vocabulary().kind(kind).on


def day_of(number: int) -> date:
    """So many days after the roster began."""
    return START + timedelta(days=number)


def play(roster: Roster, story: list[Step]) -> None:
    """Record what the story says where the rules allow it."""
    cases, parcels = list(roster.cases.order_by("number")), list(Parcel.objects.order_by("number"))
    for minute, step in enumerate(story):
        try:
            with transaction.atomic():
                tell(roster, cases[step[0]], parcels, step, NOON + timedelta(minutes=minute))
        except UserError:
            continue


def tell(roster: Roster, case: Case, parcels: list[Parcel], step: Step, at: datetime) -> None:
    """One step of a story; a void of nothing is nothing."""
    _, kind, day, amount, parcel = step
    if kind == "void":
        mine = [fact for fact, _ in chain_of(roster.pk) if fact.case_id == case.pk and not fact.corrects]
        for fact in mine[amount : amount + 1]:
            void(roster, fact, reason="演示更正", by="甲", at=at)
        return
    quantity = to_micro(Decimal(amount)) if kind in AMOUNTS else None
    on_parcel = parcels[parcel].pk if kind.startswith("area") and parcel < len(parcels) else None
    details: dict = {"reason": "演示"}
    if kind == "described":
        details["said"] = {"party": PARTIES[amount % len(PARTIES)]}
    append(roster, [Draft(case.pk, kind, day_of(day), on_parcel, quantity, details=details)], by="甲", at=at)
