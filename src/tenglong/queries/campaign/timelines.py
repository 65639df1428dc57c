"""The timeline of a case: every entry, those taken back with the correction that did it, and the files."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tenglong.domain.access.policy import Scope
from tenglong.domain.campaign.evidence import approves
from tenglong.domain.campaign.particulars import TOLD, Part, parts_of
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.quantities import from_micro
from tenglong.domain.ledger.entries import ALWAYS, causes_of, is_void, root_of, said_by, surviving
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.kinds import Attribute, Kind, vocabulary
from tenglong.queries.campaign.cases import case_by_id
from tenglong.queries.campaign.evidence import FilesNeeded
from tenglong.queries.files import is_whole
from tenglong.queries.ledger.fold import facts_of_cases
from tenglong.queries.reading import marks, read
from tenglong.queries.registry.sources import file_names, named
from tenglong.store.models import Case, Entry, Parcel


@dataclass(frozen=True)
class Proof:
    """A file that proves an entry; `digest` is its SHA-256. `spoilt`: it is missing or no longer what it was."""

    id: int
    entry_id: int
    name: str
    size: int
    digest: str
    spoilt: bool = False


@dataclass(frozen=True)
class Line:
    """An entry as it is read. `voided_by` is the correction that took it back.

    `source` holds file, sheet and cell of an imported entry; it is empty when a person recorded it. `needed` is how
    many files had to come with it.
    """

    fact: Fact
    kind: Kind
    amount: Decimal | None
    parcel: str
    files: tuple[Proof, ...]
    voided_by: Fact | None
    source: dict[str, Any]
    needed: int

    @property
    def said(self) -> tuple[tuple[Attribute, str], ...]:
        """What the entry says of its subject, attribute by attribute."""
        known = vocabulary().attributes
        return tuple((known[id], text) for id, text in said_by(self.fact).items())

    @property
    def told(self) -> tuple[tuple[Part, str], ...]:
        """What the entry says in particular, in the order of the rules."""
        said = self.fact.details.get(TOLD) or {}
        return tuple((part, said[part.id]) for part in parts_of(self.fact.kind) if part.id in said)

    @property
    def lacks(self) -> bool:
        """Whether it counts without the files that the rules ask for."""
        return self.voided_by is None and len(self.files) < self.needed

    @property
    def past(self) -> bool:
        """Whether it is an approval that came in by a table (历史补录)."""
        return bool(self.source) and approves(self.fact.kind)

    @property
    def correctable(self) -> bool:
        """Whether it may be taken back by itself: what opens a case, and what follows by rule, may not."""
        return not (self.kind.from_the_start or causes_of(self.fact))

    @property
    def piece(self) -> str:
        """The number of the piece of evidence that it gives or waives, "" where it does neither."""
        return str(self.fact.details.get("piece", ""))

    @property
    def reason(self) -> str:
        """The reason given."""
        return str(self.fact.details.get("reason") or "")


PROOFS = "SELECT id, entry_id, name, size, digest FROM store_evidence WHERE case_id IN ({marks}) ORDER BY id"


def timelines(facts: Mapping[int, list[Fact]]) -> dict[int, list[Line]]:
    """The lines of cases whose entries are `facts`, latest effective first; corrections stand with what they
    correct."""
    files: dict[int, list[Proof]] = defaultdict(list)
    for proof in read(Proof, PROOFS.format(marks=marks(facts)), *facts) if facts else ():
        files[proof.entry_id].append(replace(proof, spoilt=not is_whole(proof.digest)))
    every = [fact for found in facts.values() for fact in found]
    on_parcels = {fact.parcel_id for fact in every if fact.parcel_id}
    rows = Parcel.objects.filter(pk__in=on_parcels).values_list("pk", "number")
    parcels = dict(rows) if on_parcels else {}
    names, needed = file_names(_source(fact) for fact in every), FilesNeeded(facts)
    return {
        id: [
            Line(
                fact=fact,
                kind=vocabulary().kind(fact.kind),
                amount=None if fact.quantity is None else from_micro(fact.quantity),
                parcel=parcels.get(fact.parcel_id or 0, ""),
                files=tuple(files.get(fact.id, ())),
                voided_by=void,
                source=named(_source(fact), names),
                needed=needed.of(fact),
            )
            for fact, void in _shown(found)
        ]
        for id, found in facts.items()
    }


def line_by_id(entry_id: int, scope: Scope) -> tuple[Case, Line]:
    """One entry with its case.

    Raises:
        NotFound: there is none, or its case lies where the person may not look.
    """
    row = Entry.objects.filter(pk=entry_id).first()
    if row is not None:
        case = case_by_id(row.case_id, scope)
        for line in timelines(facts_of_cases([case.pk]))[case.pk]:
            if line.fact.id == entry_id:
                return case, line
    raise NotFound(msg("没有第 {id} 号台账记录，请从企业档案中选择。", id=entry_id))


def _shown(facts: list[Fact]) -> list[tuple[Fact, Fact | None]]:
    """Every entry but the corrections, latest first, each with the correction that took it back."""
    counting = {fact.id for fact in surviving(facts, ALWAYS)}
    corrections = {root_of(fact): fact for fact in facts if is_void(fact)}
    entries = sorted((fact for fact in facts if not is_void(fact)), key=lambda fact: fact.key, reverse=True)
    return [(fact, None if fact.id in counting else corrections.get(fact.id)) for fact in entries]


def _source(fact: Fact) -> dict[str, Any]:
    return fact.details.get("source") or {}
