"""The pieces of evidence of a case as somebody sees them: what lies there, what lacks, what they may do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tenglong.domain.access.policy import Actor
from tenglong.domain.campaign.evidence import Handled, check_not_own, permission_for
from tenglong.domain.campaign.held import counting_now
from tenglong.domain.campaign.matrix import Item, Need, Piece, Verdict, matrix_of
from tenglong.domain.kernel.errors import NotAllowed
from tenglong.domain.kernel.messages import Message
from tenglong.domain.kernel.rulebook import Rulebook
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.kinds import EVIDENCE_ADDED, EVIDENCE_WAIVED
from tenglong.queries.campaign.checklists import checklist_of
from tenglong.queries.campaign.steps import next_steps
from tenglong.queries.campaign.submissions import submissions
from tenglong.queries.ledger.fold import facts_of_cases
from tenglong.queries.ledger.states import surviving_history
from tenglong.queries.registry.firm_cases import CaseNow
from tenglong.queries.registry.rulebook import rulebook_of
from tenglong.store.models import Case


@dataclass(frozen=True)
class Line:
    """A piece on the page of its case. `entry_id` is the entry that is the piece, or that waives it; 0 where there is
    none. What the person may do: record `kind`, give files (to the entry, else under the number of the piece), waive
    it; `barred` says why they may not waive it although it could be."""

    item: Item
    entry_id: int = 0
    day: str = ""
    why: str = ""
    kind: str = ""
    gives: bool = False
    waives: bool = False
    barred: Message | None = None


@dataclass(frozen=True)
class Pieces:
    """The checklist of a case; `there` of `asked` pieces lie there."""

    measure: str
    lines: tuple[Line, ...]

    @property
    def asked(self) -> int:
        """How many pieces must lie there."""
        return sum(
            line.item.need != Need.LATER and line.item.verdict != Verdict.NEEDLESS for line in self.lines
        )

    @property
    def lacking(self) -> int:
        """How many of them lack or are misdated."""
        return sum(line.item.blocks for line in self.lines)

    @property
    def late(self) -> int:
        """How many of these are late."""
        return sum(line.item.late for line in self.lines)


def pieces_of(
    case: Case | CaseNow, history: Sequence[Fact], book: Rulebook, actor: Actor, *, offered: frozenset[str]
) -> Pieces:
    """The checklist of a case as this person sees it; `offered` are the kinds that they may record now."""
    found = checklist_of(history, book)
    counting, told = counting_now(history), _told_of(history)
    records, waives = (
        actor.may(permission_for(kind), case.place_id) for kind in (EVIDENCE_ADDED, EVIDENCE_WAIVED)
    )
    barred = _barred(actor, submissions({case.id: history})[case.id]) if waives else None

    def line(item: Item) -> Line:
        kinds = item.piece.kinds
        fact = next((counting[kind] for kind in kinds if kind in counting), told.get(item.piece.id))
        waivable = waives and item.need == Need.MAY and item.verdict == Verdict.MISSING
        missing = next((kind for kind in kinds if kind in offered and kind not in counting), "")
        return Line(
            item=item,
            entry_id=fact.id if fact else 0,
            day=fact.effective_on.isoformat() if fact else "",
            why=str(fact.details.get("reason", "")) if fact and fact.kind == EVIDENCE_WAIVED else "",
            kind=missing if item.lacks else "",
            gives=records
            and item.verdict == Verdict.MISSING
            and (not kinds or (item.piece.files and bool(fact))),
            waives=waivable and barred is None,
            barred=barred if waivable else None,
        )

    return Pieces(found.measure, tuple(line(item) for item in found.items))


def pieces_of_case(case: Case, actor: Actor, today: date) -> Pieces:
    """The checklist of one case as this person sees it."""
    facts = facts_of_cases([case.pk])[case.pk]
    book = rulebook_of(case.place_id, today)
    offered = next_steps(case, actor, today, facts).offered
    return pieces_of(case, surviving_history(facts), book, actor, offered=offered)


def piece_of(case: Case, id: str, today: date) -> Piece:
    """A piece as it is asked where the case lies.

    Raises:
        NotFound: there is no such piece.
    """
    return matrix_of(rulebook_of(case.place_id, today)).piece(id)


def _told_of(history: Sequence[Fact]) -> Mapping[str, Fact]:
    """The last entry that gave or waived a piece, by its number."""
    mine = (EVIDENCE_ADDED, EVIDENCE_WAIVED)
    return {fact.details["piece"]: fact for fact in history if fact.kind in mine and "piece" in fact.details}


def _barred(actor: Actor, submitted: Sequence[Handled]) -> Message | None:
    try:
        check_not_own(EVIDENCE_WAIVED, actor.known_as, submitted)
    except NotAllowed as error:
        return error.message
    return None
