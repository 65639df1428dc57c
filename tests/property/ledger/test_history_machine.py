"""Whatever people do, in whatever order: what was answered as of (day, known at) is answered for ever after.

A machine draws the deeds; the clock goes on with each. Every example is undone by a savepoint, so that the small
world is built once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tenglong.actions import intake
from tenglong.actions.campaign import matches
from tenglong.actions.campaign.cases import record_entry, set_plan, void_entry
from tenglong.actions.campaign.rosters import freeze_version
from tenglong.actions.reporting.bulletins import issue, reissue, with_todays_knowledge
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.errors import NotFound, UserError
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.queries.files import path_of
from tenglong.queries.ledger.fold import chain_of
from tenglong.queries.registry.parcels import parcels_of
from tenglong.queries.registry.territory import forget_territory
from tenglong.queries.verification_register import register_problem
from tenglong.store.models import (
    Bulletin,
    Case,
    Firm,
    FirmMerge,
    Import,
    MatchPair,
    Roster,
    RosterVersion,
)
from tests.integration.campaign.files import complete_file
from tests.integration.campaign.world import MACHINE, NOON
from tests.integration.ledger.history_world import CITY, Cells, asked, unexplained, unproven, uploaded
from tests.property.ledger.history_moves import (
    AMOUNTS,
    ANSWERS,
    DUE,
    EVENTS,
    PEOPLE,
    SETTLEMENTS,
    World,
    build_world,
    days,
    firms,
    ledger_rows,
    numbers,
    people,
    registers,
    tables,
)
from tests.reading import read_here

pytestmark = pytest.mark.django_db

STEP = timedelta(hours=5)
PAST = (date(2021, 8, 2), date(2021, 11, 5))
some = st.integers(0, 11)
either = st.integers(0, 1)
TOGETHER = (("figures", "race", "overdue", "lineage"), ("bulletin", "roadmap facts"))
"""What is asked after a step: the one or the other, for the time's sake."""


class Campaign(RuleBasedStateMachine):
    """Two people at work on two rosters."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self._savepoint = transaction.atomic()
        self._savepoint.__enter__()
        self.now: datetime = NOON
        self.kept: list[tuple[str, Roster, date, datetime, Any]] = []
        self.digests: dict[tuple[int, ...], str] = {}
        self.sound, self.steps = True, 0
        forget()

    def teardown(self) -> None:
        try:
            if self.sound:
                self.ask_again(self.kept)
                assert all(reissue(bulletin).identical for bulletin in Bulletin.objects.all())
        finally:
            transaction.set_rollback(True)
            self._savepoint.__exit__(None, None, None)
            forget()

    # ---- what people do ---------------------------------------------------------------------------

    @contextmanager
    def deed(self) -> Iterator[datetime]:
        """A step: the clock goes on; what is refused changes nothing."""
        self.now += STEP
        try:
            with transaction.atomic():
                yield self.now
        except UserError:
            pass

    @rule(row=ledger_rows, which=either, who=people)
    def upload(self, row: Cells, which: int, who: Actor) -> None:
        """A ledger with a case that says something else."""
        with self.deed() as at:
            batch = self._staged(("case_ledger", row), which, who, at)
            intake.accept(batch.pk, actor=who, at=at)

    @rule(table=registers, who=people)
    def upload_register(self, table: tuple[str, Cells], who: Actor) -> None:
        """Firms or what was observed of them."""
        with self.deed() as at:
            batch = self._staged(table, 0, who, at)
            intake.accept(batch.pk, actor=who, at=at)

    @rule(table=tables, which=either, who=people)
    def stage(self, table: tuple[str, Cells], which: int, who: Actor) -> None:
        """A table is looked at, and others work on before it is accepted."""
        with self.deed() as at:
            self._staged(table, which, who, at)

    @precondition(lambda self: self._imports(Import.State.STAGED).exists())
    @rule(n=some, who=people)
    def accept(self, n: int, who: Actor) -> None:
        with self.deed() as at:
            intake.accept(chosen(self._imports(Import.State.STAGED), n).pk, actor=who, at=at)

    @precondition(lambda self: self._imports(Import.State.ACCEPTED).exists())
    @rule(n=some, who=people)
    def upload_again(self, n: int, who: Actor) -> None:
        """A table that was accepted comes once more as it is."""
        with self.deed() as at:
            old = chosen(self._imports(Import.State.ACCEPTED), n)
            content = path_of(old.digest).read_bytes()
            again = intake.upload(
                actor=who, at=at, kind=old.kind, roster=old.roster, code=old.code, stream=[content],
                filename=old.filename, business_day=china_date(at),
            )  # fmt: skip
            assert again.digest == old.digest
            intake.stage(again.pk, at=at)
            intake.accept(again.pk, actor=who, at=at)

    @precondition(lambda self: self._imports(Import.State.ACCEPTED).exists())
    @rule(n=some, who=people)
    def withdraw(self, n: int, who: Actor) -> None:
        with self.deed() as at:
            batch = chosen(self._imports(Import.State.ACCEPTED), n)
            intake.withdraw(batch.pk, actor=who, at=at, reason="填错")

    @rule(n=some, kind=st.sampled_from(EVENTS), day=days, proof=st.booleans(), who=people)
    def record(self, n: int, kind: str, day: date, proof: bool, who: Actor) -> None:
        with self.deed() as at:
            self._record(self._case(n), kind, day, at, who, files=[photograph()] if proof else [])

    @rule(n=some, kind=st.sampled_from(AMOUNTS), day=days, amount=numbers)
    def record_amount(self, n: int, kind: str, day: date, amount: str) -> None:
        with self.deed() as at:
            case = self._case(n)
            on = parcel_of(case, n) if kind.startswith("area") else None
            self._record(case, kind, day, at, MACHINE, quantity=Decimal(amount), parcel_id=on)

    @rule(n=some, day=days, land=numbers)
    def finish(self, n: int, day: date, land: str) -> None:
        """Closed, checked and written off by hand, with photographs and what was freed."""
        with self.deed() as at:
            case = self._case(n)
            worker, checker = PEOPLE
            for kind, who in (("closed", worker), ("checked", checker), ("written_off", checker)):
                self._record(case, kind, day, at, who, files=[photograph()])
            self._record(
                case, "area_vacated", day, at, MACHINE, quantity=Decimal(land), parcel_id=parcel_of(case, n)
            )

    @rule(n=some, kind=st.sampled_from(("reopened", "removed")), day=days)
    def relapse(self, n: int, kind: str, day: date) -> None:
        """A case that is done is not, or one that is not done leaves the list."""
        with self.deed() as at:
            states = ("written_off", "confirmed")
            cases = Case.objects.select_related("roster", "firm")
            if kind == "reopened":
                cases = cases.filter(now__state__in=states)
            self._record(chosen(cases, n), kind, day, at, MACHINE)

    @rule(n=st.integers(0, 60), which=either, who=people)
    def void(self, n: int, which: int, who: Actor) -> None:
        """One of the latest entries is taken back."""
        with self.deed() as at:
            ids = [fact.id for fact, _ in chain_of(self.world.rosters[which].pk)]
            void_entry(actor=who, at=at, entry_id=ids[-1 - n % len(ids)], reason="误录")

    @rule(kept=firms, doubled=firms)
    def merge(self, kept: str, doubled: str) -> None:
        with self.deed() as at:
            one, other = Firm.objects.get(name=kept), Firm.objects.get(name=doubled)
            if one.pk != other.pk:
                pair, _ = MatchPair.objects.get_or_create(
                    firm=other, candidate=one,
                    defaults={"place": other.place, "probability_micro": 900_000, "created_at": at},
                )  # fmt: skip
                matches.decide(pair.pk, True, actor=MACHINE, at=at, reason="实地核对为同一家")

    @precondition(lambda self: FirmMerge.objects.exists())
    @rule(n=some)
    def undo_merge(self, n: int) -> None:
        with self.deed() as at:
            matches.undo(chosen(FirmMerge.objects, n).pk, actor=MACHINE, at=at, reason="看错了")

    @rule(n=some, due=st.sampled_from(DUE), team=st.sampled_from(("一组", "三组")))
    def plan(self, n: int, due: date, team: str) -> None:
        with self.deed() as at:
            set_plan(
                actor=MACHINE,
                at=at,
                case=self._case(n),
                batch="vacate",
                measure="close",
                due_on=due,
                team=team,
            )

    @rule(settle=st.sampled_from(SETTLEMENTS), number=st.integers(1, 5))
    def settle(self, settle: Callable[[Roster, int, datetime], None], number: int) -> None:
        """The office says anew what a roster means, what is to be reached, or what it is compared with."""
        with self.deed() as at:
            settle(self._roster(0), number, at)

    @rule(which=either, back=st.integers(0, 9))
    def publish(self, which: int, back: int) -> None:
        """A bulletin, and the members as they are frozen."""
        with self.deed() as at:
            as_of = china_date(at) - timedelta(days=back)
            issue(actor=MACHINE, at=at, roster=self._roster(which), code=CITY, as_of=as_of)
            freeze_version(actor=MACHINE, at=at, roster=self._roster(which), as_of=as_of)

    # ---- what must hold ---------------------------------------------------------------------------

    @invariant()
    def what_was_answered_stays(self) -> None:
        """Some questions are asked after every step, and two that were asked before once more; all at the end."""
        forget()
        step = self.steps
        names, roster = TOGETHER[step % 2], self._roster(step // 2 % 2)
        day, known_at = (china_date(self.now), *PAST)[step % 3], self.now + STEP - timedelta(seconds=1)
        if step:
            self.ask_again([self.kept[5 * step % len(self.kept)], self.kept[-1]])
        for name in names:
            answer = ANSWERS[name](asked(roster, known_at, day=day))
            self.kept.append((name, roster, day, known_at, answer))
        self.steps += 1

    @invariant()
    def the_ledger_is_proven(self) -> None:
        assert unproven() == [] and register_problem() is None

    @invariant()
    def every_moved_cell_has_a_reason(self) -> None:
        for bulletin in Bulletin.objects.order_by("id"):
            assert unexplained(with_todays_knowledge(bulletin, at=self.now)) == []

    @invariant()
    def equal_members_have_equal_digests(self) -> None:
        for version in RosterVersion.objects.order_by("id"):
            members = tuple(version.case_ids)
            assert self.digests.setdefault(members, version.digest) == version.digest

    def ask_again(self, kept: list[tuple[str, Roster, date, datetime, Any]]) -> None:
        """The same questions have the same answers."""
        for name, roster, day, known_at, before in kept:
            now = ANSWERS[name](asked(roster, known_at, day=day))
            self.sound = now == before
            assert now == before, f"{name} of {roster.code} as of {day}, known at {known_at}"

    # ---- small things -----------------------------------------------------------------------------

    def _roster(self, which: int) -> Roster:
        return Roster.objects.get(pk=self.world.rosters[which].pk)

    def _case(self, n: int) -> Case:
        return chosen(Case.objects.select_related("roster", "firm"), n)

    def _staged(self, table: tuple[str, Cells], which: int, who: Actor, at: datetime) -> Import:
        kind, row = table
        roster = self._roster(which) if kind == "case_ledger" else None
        return uploaded(row, kind=kind, roster=roster, actor=who, at=at, day=china_date(at))

    def _imports(self, state: Import.State) -> Any:
        """Those that the machine handed in."""
        return Import.objects.filter(state=state, uploaded_at__gte=NOON)

    def _record(self, case: Case, kind: str, day: date, at: datetime, who: Actor, **more: Any) -> None:
        if kind == "written_off":
            complete_file(case, at=at, day=day)
        details = {"reason": "演示"}
        record_entry(actor=who, at=at, case=case, kind=kind, effective_on=day, details=details, **more)


def chosen(rows: Any, n: int) -> Any:
    """One of the rows, whatever `n` is; refused where there are none."""
    found = list(rows.order_by("id"))
    if not found:
        raise NotFound(msg("没有可选的，请换一个。"))
    return found[n % len(found)]


def parcel_of(case: Case, n: int) -> int | None:
    """One of the parcels that land of the case may be told of."""
    held = parcels_of(case)
    return held[n % len(held)].id if held else None


def forget() -> None:
    """What was remembered must not answer for what is stored."""
    cache.clear()
    forget_territory()


def photograph() -> SimpleUploadedFile:
    """A piece of evidence."""
    return SimpleUploadedFile("现场.jpg", b"\xff\xd8\xff\x00", "image/jpeg")


def test_no_history_breaks_a_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    read_here(monkeypatch)
    Campaign.world = build_world()
    run_state_machine_as_test(
        Campaign,
        settings=settings(
            max_examples=settings().max_examples // 2,
            stateful_step_count=10,
            suppress_health_check=list(HealthCheck),
            phases=[phase for phase in Phase if phase is not Phase.shrink],
        ),
    )
