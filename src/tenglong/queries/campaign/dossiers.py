"""What the dossier of a case holds: its entries with their proofs, what was asked for and came, who approved it."""

from collections.abc import Sequence
from datetime import datetime
from importlib import resources

from tenglong.domain.campaign.cases import machine
from tenglong.domain.campaign.dossiers import Approval, Dossier, Piece, Subject
from tenglong.domain.campaign.evidence import EVIDENCE, Handled, approved_by, approves
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.ledger.checker import evidence_path
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.entries import files_of, proved_by
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.domain.reporting.addressing import address
from tenglong.queries.campaign.evidence import FilesNeeded
from tenglong.queries.campaign.submissions import handed_in, submissions
from tenglong.queries.campaign.timelines import Line, timelines
from tenglong.queries.checkpoints import proofs_of
from tenglong.queries.intake.imports import import_of
from tenglong.queries.kernel.rules import text_of
from tenglong.queries.ledger.fold import facts_of_cases
from tenglong.queries.ledger.states import surviving_history
from tenglong.queries.registry.rulebook import rulebook
from tenglong.queries.registry.territory import territory
from tenglong.store.models import Case

RULES = (
    ("tenglong.domain.ledger", "kinds.toml"),
    ("tenglong.domain.campaign", "moves.toml"),
    ("tenglong.domain.campaign", "approvals.toml"),
)
"""The program's own rule files under which a case is judged: what may be said, what may follow, who approves what."""


def dossier_of(case: Case, *, at: datetime, by: str) -> Dossier:
    """Everything for the bag of a case but the files themselves, proven up to the last checkpoint.

    Raises:
        NotFound: nothing was recorded of the case; Conflict: the last checkpoint does not cover it.
    """
    facts = sorted(facts_of_cases([case.pk])[case.pk], key=lambda fact: fact.id)
    if not facts:
        raise NotFound(msg("该案件还没有任何记录，不能生成档案。"))
    checkpoint, entries = proofs_of(case.roster, {fact.id: fact.canonical().decode() for fact in facts})
    lines = sorted(timelines({case.pk: facts})[case.pk], key=lambda line: line.fact.key)
    return Dossier(
        subject=_subject(case, at),
        facts=tuple(facts),
        entries=tuple(entries),
        checkpoint=checkpoint,
        pieces=tuple(_pieces(lines, facts)),
        approvals=tuple(_approvals(case.pk, facts)),
        approving=tuple(kind for kind in vocabulary().kinds if approves(kind)),
        rules=_rules(case.pk, facts),
        made_at=at,
        made_by=by,
    )


def _rules(case_id: int, facts: Sequence[Fact]) -> dict[str, bytes]:
    """The texts by name; of what must come with an entry, every one that counted when one of these was recorded."""
    found = {name: resources.files(package).joinpath(name).read_bytes() for package, name in RULES}
    asked = FilesNeeded([case_id])
    for digest in sorted({asked.digest(fact) for fact in facts}):
        found[f"evidence-{digest[:16]}.toml"] = (text_of(EVIDENCE.id, digest) or "").encode()
    return found


def _subject(case: Case, at: datetime) -> Subject:
    places = territory().places
    place, office = places[case.place_id], places[case.roster.place_id]
    return Subject(
        case=case.pk,
        roster=case.roster.code,
        roster_title=case.roster.title,
        number=case.number,
        firm=case.firm.name,
        code=case.firm.code,
        place=place.name,
        state=machine().states[case.now.state].zh,
        office=address(
            rulebook(office.code, china_date(at), at), office.level, office.name, case.roster.done_figure
        ).office,
        synthetic=case.firm.synthetic,
    )


def _pieces(lines: Sequence[Line], facts: Sequence[Fact]) -> list[Piece]:
    """Of each entry that counts and that asks for files or has some, what is there and what lacks."""
    paths: dict[int, list[str]] = {}
    for fact in facts:
        for number, file in enumerate(files_of(fact), 1):
            paths.setdefault(proved_by(fact), []).append(evidence_path(fact.id, number, file.name))
    return [
        _piece(line, tuple(paths.get(line.fact.id, ())))
        for line in lines
        if line.voided_by is None and (line.needed or line.fact.id in paths)
    ]


def _piece(line: Line, files: tuple[str, ...]) -> Piece:
    fact, needed = line.fact, line.needed
    return Piece(
        entry=fact.id,
        kind=fact.kind,
        name=line.kind.zh,
        on=fact.effective_on.isoformat(),
        needed=needed,
        files=files,
        lacks=max(needed - len(files), 0),
        past=line.past,
    )


def _approvals(case_id: int, facts: Sequence[Fact]) -> list[Approval]:
    """Every approval, also those taken back, in the order in which they were recorded."""
    history = surviving_history(facts)
    by_hand, by_table = submissions({case_id: history})[case_id], handed_in({case_id: history})[case_id]
    place = {fact.id: number for number, fact in enumerate(history)}
    found = []
    for fact in facts:
        if not approves(fact.kind):
            continue
        told = by_table if import_of(fact) else by_hand
        before = [one for one in told if place[one.entry_id] < place.get(fact.id, 0)]
        found.append(_approval(fact, list(approved_by(fact.kind, before)), fact.id in place))
    return found


def _approval(fact: Fact, approved: Sequence[Handled], counts: bool) -> Approval:
    people = {person for one in approved for person in one.people if isinstance(person, str)}
    return Approval(
        entry=fact.id,
        kind=fact.kind,
        name=vocabulary().kind(fact.kind).zh,
        on=fact.effective_on.isoformat(),
        by=fact.recorded_by,
        of=tuple(sorted(one.entry_id for one in approved)),
        people=tuple(sorted(people)),
        counts=counts,
    )
