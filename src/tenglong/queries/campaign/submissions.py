"""Who had a hand in what a case submitted, by whichever way it came: nobody approves their own submission."""

from collections.abc import Iterable, Mapping, Sequence

from tenglong.domain.campaign.evidence import Handled, submitted_kinds
from tenglong.domain.kernel.process import Person
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.queries.intake.imports import import_of, uploaders
from tenglong.queries.ledger.fold import facts_of_cases
from tenglong.queries.ledger.states import surviving_history
from tenglong.queries.trail import askers
from tenglong.store.models import Import, Roadmap

People = dict[int, list[Person]]
Histories = Mapping[int, Sequence[Fact]]
ByCase = dict[int, list[Handled]]


def submissions(histories: Histories) -> ByCase:
    """By case, what it submitted, the latest first: who recorded each entry, or accepted the file that brought it, who
    handed that file in, and who asked for the roadmap that it carries out.

    `histories` are the entries that count, in the order of the fold.
    """
    return _told(histories, accepted=True)


def submissions_of(case_ids: Iterable[int]) -> ByCase:
    """The same, read from the ledger."""
    return submissions({case: surviving_history(facts) for case, facts in facts_of_cases(case_ids).items()})


def handed_in(histories: Histories) -> ByCase:
    """The same without who accepted a file: that was its second person, and may be the next file's too."""
    return _told(histories, accepted=False)


def _told(histories: Histories, *, accepted: bool) -> ByCase:
    found = {
        case: [fact for fact in reversed(facts) if fact.kind in submitted_kinds()]
        for case, facts in histories.items()
    }
    told = [fact for facts in found.values() for fact in facts]
    files, roadmaps = _uploaders(told), _askers(told)
    return {
        case: [_handled(fact, files, roadmaps, accepted) for fact in facts] for case, facts in found.items()
    }


def _handled(fact: Fact, files: People, roadmaps: People, accepted: bool) -> Handled:
    brought, asked = files.get(import_of(fact), []), roadmaps.get(fact.details.get("roadmap", 0), [])
    recorded = [fact.recorded_by] if accepted or not import_of(fact) else []
    return Handled(fact.kind, frozenset({*recorded, *brought, *asked}), fact.id)


def _uploaders(facts: Iterable[Fact]) -> People:
    ids = {import_of(fact) for fact in facts} - {0}
    return {batch.pk: uploaders(batch) for batch in Import.objects.filter(pk__in=ids)} if ids else {}


def _askers(facts: Iterable[Fact]) -> People:
    ids = {fact.details["roadmap"] for fact in facts if "roadmap" in fact.details}
    return {roadmap.pk: askers(roadmap) for roadmap in Roadmap.objects.filter(pk__in=ids)} if ids else {}
