"""Where one unit stands among its neighbours, for those who may not look into these: ranks and totals only.

Sums over so few firms that one of them could be worked out stay away (disclosure.toml, docs/adr/0019).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from tenglong.domain.access.policy import Scope
from tenglong.domain.campaign.figures import TARGET
from tenglong.domain.campaign.lateness import due
from tenglong.domain.evaluation.disclosure import smallest_group
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.race.needed import Needed, needed
from tenglong.domain.race.ranking import Row
from tenglong.queries.campaign.figures import Question
from tenglong.queries.ledger.fold import fold_rows, is_now
from tenglong.queries.ledger.states import done_slot
from tenglong.queries.race.board import board
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Case


@dataclass(frozen=True)
class Standing:
    """The board of the unit above, the unit's own line, and what it still has to do. `over` is the unit above."""

    over: str
    row: Row
    rows: Sequence[Row]
    needed: Needed | None

    @property
    def ranked(self) -> int:
        """How many units have a rank."""
        return sum(row.rank is not None for row in self.rows)


@dataclass(frozen=True)
class Missing:
    """A target that is not done; `late` are the days past its day."""

    case_id: int
    number: int
    firm: str
    due_on: date
    late: int


def standing(asked: Question) -> Standing | None:
    """Where the unit of the question stands; None for the roster's own territory and for what is not below it."""
    known = territory(asked.known_at)
    tree, roster_code = known.at(asked.as_of), known.places[asked.roster.place_id].code
    above = [place.code for place in tree.ancestors(asked.territory)]
    if roster_code not in above:
        return None
    over = above[0]
    whole = replace(asked, territory=over, scope=Scope(tree.members(over)))
    rows = [_told(row, asked) for row in board(whole)]
    own = next((row for row in rows if row.entrant.code == asked.territory), None)
    return None if own is None else Standing(over, own, rows, needed(own.entrant, asked.as_of))


def standing_of(asked: Question) -> Standing:
    """The same for a page about it. Raises NotFound where the unit has no line on a board."""
    found = standing(asked)
    if found is None:
        raise NotFound(msg("本单位在这份名单中没有赛马位次，请选择名单属地以下的单位。"))
    return found


def missing(asked: Question, today: date) -> list[Missing]:
    """The targets of the unit that are not done on the day, as far as the person may see them, by their day."""
    cases = Case.objects.filter(roster_id=asked.roster.pk, place_id__in=asked.place_ids)
    if is_now(asked.roster.pk, asked.at):
        found = cases.filter(now__target_on__isnull=False, now__done_on__isnull=True)
    else:
        found = cases.filter(pk__in=_missing_then(asked))
    rows = found.values_list("pk", "number", "firm__name", "due_on")
    deadline = asked.roster.deadline
    shown = [(pk, number, firm, due(said, deadline)) for pk, number, firm, said in rows]
    return [
        Missing(pk, number, firm, by.on, by.days_late(today, is_target=True, is_done=False))
        for pk, number, firm, by in sorted(shown, key=lambda one: (one[3].on, one[1]))
    ]


def _missing_then(asked: Question) -> list[int]:
    done = done_slot(asked.roster.done_figure)
    on = {
        (row.case_id, row.slot) for row in fold_rows(asked.roster.pk, [TARGET, done], asked.at) if row.is_on
    }
    return [id for id, slot in on if slot == TARGET and (id, done) not in on]


def _told(row: Row, asked: Question) -> Row:
    """A line as a neighbour may see it: without sums over very few firms."""
    unit = row.entrant
    if unit.code == asked.territory or unit.done >= smallest_group():
        return row
    return replace(row, entrant=replace(unit, land=None, energy=None))
