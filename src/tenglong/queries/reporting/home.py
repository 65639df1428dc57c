"""What the first page shows: targets and actuals, the race, the course over the weeks, and whose turn it is."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple, TypeVar

from django.db.models import Count

from tenglong.domain.access.policy import Actor, scope_of
from tenglong.domain.access.roles import Permission
from tenglong.domain.campaign import figures as meaning
from tenglong.domain.campaign.cases import machine
from tenglong.domain.kernel.periods import Window
from tenglong.domain.kernel.quantities import MICRO, share
from tenglong.domain.race import ranking
from tenglong.domain.uplift.certificates import expiring_by
from tenglong.queries.campaign.figures import Question, ask
from tenglong.queries.campaign.matches import count_open
from tenglong.queries.campaign.references import Reference, reference_in_force
from tenglong.queries.ledger.fold import fold_rows, is_now
from tenglong.queries.ledger.states import done_slot
from tenglong.queries.race.board import board
from tenglong.queries.reading import read
from tenglong.queries.remembered import recorded, remembered
from tenglong.queries.tasks import CaseTask, Task, case_tasks, forward, tasks_of
from tenglong.queries.uplift.listing import certificates_at
from tenglong.store.models import Case, CaseState, Target

T = TypeVar("T")
LEAD = "lead_pp"
TILES = ("write_off_rate", LEAD, "land_vacated", "energy_freed")
WEEK = timedelta(days=7)
RECORDED_OF = """
SELECT COALESCE((SELECT last_id FROM store_rosterhead WHERE roster_id = %s), 0),
       COALESCE((SELECT MAX(id) FROM store_trailevent WHERE about = %s), 0)
"""


@dataclass(frozen=True)
class Progress:
    """A figure against its target; rate, pace and difference are exact percent and percentage points."""

    figure: meaning.Figure
    target: Fraction | None
    window: Window
    rate: Fraction | None
    pace: Fraction
    difference: Fraction | None


@dataclass(frozen=True)
class Overview:
    """One roster at a glance, for one territory."""

    done: Progress
    figures: dict[str, meaning.Figure]
    race: list[ranking.Row]
    weeks: list["Week"]
    reference: Reference | None


@dataclass(frozen=True)
class Week:
    """How much was done by the end of a week, and how much the pace asks for; both counted in cases."""

    day: date
    done: int
    due: Fraction


@dataclass(frozen=True)
class Turn:
    """Work that waits for somebody: so many cases of a roster in a state whose owner is one of their roles, and the
    `kind` of entry with which these take them on."""

    roster_id: int
    state: str
    kind: str
    cases: int


@dataclass(frozen=True)
class Nobody:
    """So many open cases of a roster have no responsible person."""

    roster_id: int
    cases: int


@dataclass(frozen=True)
class Waiting:
    """Everything that waits for one person."""

    tasks: list[Task]
    cases: list[CaseTask]
    turns: tuple[Turn, ...]
    matches: int
    expiring: int
    nobody: tuple[Nobody, ...]

    @property
    def nothing(self) -> bool:
        """Whether nothing waits."""
        waiting = (self.tasks, self.cases, self.turns, self.matches, self.expiring, self.nobody)
        return not any(waiting)


def overview(asked: Question) -> Overview:
    """The roster at a glance. Answers about all that is known are kept until something new is recorded."""

    def build() -> Overview:
        figures = {
            figure.id: figure for figure in ask(asked, (asked.roster.done_figure, "firms_target", *TILES))
        }
        done = _progress(asked, figures[asked.roster.done_figure], figures["firms_target"])
        return Overview(done, figures, board(asked), weeks(asked, done), reference_in_force(asked, LEAD))

    return _remembered("overview", asked, build)


def glance(asked: Question) -> list[meaning.Figure]:
    """The few figures of a roster that stands beside the chosen one."""
    wanted = ("firms_target", asked.roster.done_figure, "land_vacated", "energy_freed")
    return _remembered("glance", asked, lambda: ask(asked, wanted))


def weeks(asked: Question, progress: Progress) -> list[Week]:
    """The course of the roster's own event, by week, from the start of its window to the day asked for."""
    slot = done_slot(asked.roster.done_figure)
    members, days = _course_now(asked) if is_now(asked.roster.pk, asked.at) else _course_then(asked, slot)
    whole = Fraction(members) if progress.target is None else progress.target
    return [
        Week(day, sum(count for on, count in days.items() if on <= day), whole * progress.window.pace(day))
        for day in _week_ends(progress.window.start, asked.as_of)
    ]


def _course_now(asked: Question) -> tuple[int, Counter[date]]:
    """The targets, and how many of them did it on each day, from the stored fold."""
    states = CaseState.objects.filter(
        roster_id=asked.roster.pk, place_id__in=asked.place_ids, target_on__isnull=False
    )
    counts = states.values_list("done_on").annotate(Count("pk"))
    days = Counter({day: count for day, count in counts if day is not None})
    return sum(count for _, count in counts), days


def _course_then(asked: Question, slot: str) -> tuple[int, Counter[date]]:
    """The same, folded from the ledger as of the day, as known then."""
    rows = fold_rows(asked.roster.pk, ["target", slot], asked.at)
    near = set(
        Case.objects.filter(roster_id=asked.roster.pk, place_id__in=asked.place_ids).values_list(
            "pk", flat=True
        )
    )
    members = {row.case_id for row in rows if row.slot == "target" and row.is_on} & near
    days = Counter(
        row.effective_on for row in rows if row.slot == slot and row.is_on and row.case_id in members
    )
    return len(members), days


def waiting_for(actor: Actor, today: date) -> Waiting:
    """What needs `actor`: steps of uploads, evaluations and roadmaps, cases whose turn is one of their roles, and open
    matches."""
    roles = hash(tuple((grant.role, grant.places) for grant in actor.grants))
    return Waiting(
        tasks=tasks_of(actor, today),
        cases=case_tasks(actor, today),
        turns=remembered(f"turns:{roles}:{recorded()}", lambda: _turns(actor)),
        matches=_open_matches(actor),
        expiring=_expiring(actor, today),
        nobody=remembered(f"nobody:{roles}:{today}:{recorded()}", lambda: _without_responsible(actor)),
    )


def _without_responsible(actor: Actor) -> tuple[Nobody, ...]:
    """How many open cases nobody is responsible for, by roster, for the offices that give cases to people."""
    places = actor.places(Permission.ORGANISE)
    rows = CaseState.objects.filter(
        place_id__in=places, target_on__isnull=False, done_on=None, case__responsible=""
    )
    counted = rows.values_list("roster_id").annotate(Count("pk")).order_by("roster_id")
    return tuple(Nobody(roster_id, count) for roster_id, count in counted)


def _expiring(actor: Actor, today: date) -> int:
    """How many certificates expire soon where the actor is the office: somebody must ask for their renewal."""
    places = actor.places(Permission.ACCEPT)
    return len(certificates_at(places, today, expiring_by=expiring_by(today))) if places else 0


def _turns(actor: Actor) -> tuple[Turn, ...]:
    """The cases whose turn is one of the actor's roles, by roster and in the order of the states."""
    turns: Counter[tuple[int, str]] = Counter()
    kinds: dict[str, str] = {}
    for grant in actor.grants:
        owned = [state.id for state in machine().states.values() if state.owner == grant.role]
        moves = {state: move.kind for state in owned if (move := forward(state, [grant.role]))}
        states = list(moves)
        kinds |= moves
        rows = CaseState.objects.filter(place_id__in=grant.places, state__in=states)
        for roster_id, state, cases in rows.values_list("roster_id", "state").annotate(Count("pk")):
            turns[roster_id, state] = max(turns[roster_id, state], cases)
    order = list(machine().states)
    ordered = sorted(turns.items(), key=lambda item: (item[0][0], order.index(item[0][1])))
    return tuple(Turn(roster, state, kinds[state], cases) for (roster, state), cases in ordered)


def _progress(asked: Question, done: meaning.Figure, members: meaning.Figure) -> Progress:
    """Against the target set for the territory, without one against the number of cases to settle."""
    row = (
        Target.objects.filter(
            roster_id=asked.roster.pk, code=asked.territory, figure=done.id, recorded_at__lte=asked.known_at
        )
        .order_by("recorded_at", "id")
        .last()
    )
    window = Window(row.start, row.deadline) if row else Window(asked.roster.start, asked.roster.deadline)
    target = Fraction(row.quantity, MICRO) if row else members.exact
    ratio = share(done.exact or 0, target or 0)
    rate = None if ratio is None else ratio * 100
    pace = window.pace(asked.as_of) * 100
    return Progress(done, target or None, window, rate, pace, None if rate is None else rate - pace)


def _week_ends(start: date, until: date) -> list[date]:
    """Every seventh day backwards from `until` to the start of the window, in order; at most two years."""
    ends: list[date] = []
    day = until
    while day >= start and len(ends) < 104:
        ends.append(day)
        day -= WEEK
    return ends[::-1]


def _open_matches(actor: Actor) -> int:
    return count_open(scope_of(actor, Permission.MATCH))


class _Rest(NamedTuple):
    """The last entry of a roster, and the last deed about it."""

    last: int
    deed: int


def rests_on(asked: Question) -> str:
    """What an answer rests on: nothing recorded for the roster since, no entry, target or reference; "" for answers
    about what was known before, which are not kept."""
    ((last, deeds),) = read(_Rest, RECORDED_OF, asked.roster.pk, f"roster:{asked.roster.pk}")
    if asked.at.last_id < last:
        return ""
    places = hash(asked.place_ids)
    return f"{asked.roster.pk}:{asked.territory}:{asked.as_of}:{last}:{deeds}:{places}"


def _remembered(name: str, asked: Question, build: Callable[[], T]) -> T:
    """`build`'s answer, kept as long as what it rests on stays."""
    mark = rests_on(asked)
    return remembered(f"{name}:{mark}", build) if mark else build()
