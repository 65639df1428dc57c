"""Which part of its parcel an amount of land speaks of: that of an owner who holds one beside the others' land."""

from collections.abc import Sequence

from tenglong.domain.ledger.entries import Draft
from tenglong.domain.ledger.kinds import PARCEL, vocabulary
from tenglong.queries.registry.merges import kept_firms
from tenglong.store.models import Case, Holding


def on_own_parts(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts, those about land of an owner's own part filed under it: so parts of a parcel add up, while reports of
    one part, or of the parcel whoever makes them, replace each other."""
    parcels = {draft.parcel_id for draft in drafts if _is_of_land(draft)}
    parts = _parts(sorted(id for id in parcels if id is not None))
    if not parts:
        return list(drafts)
    kept, wanted = kept_firms(), {draft.case_id for draft in drafts}
    firms = dict(Case.objects.filter(pk__in=wanted).values_list("id", "firm_id"))
    found = {(parcel, kept.get(firm, firm)): id for (parcel, firm), id in parts.items()}

    def part(draft: Draft) -> int | None:
        firm = firms[draft.case_id]
        return found.get((draft.parcel_id or 0, kept.get(firm, firm)))

    return [draft._replace(subject_id=part(draft)) if _is_of_land(draft) else draft for draft in drafts]


def _is_of_land(draft: Draft) -> bool:
    return draft.parcel_id is not None and vocabulary().kind(draft.kind).subject == PARCEL


def _parts(parcels: Sequence[int]) -> dict[tuple[int, int], int]:
    """The holdings that are parts of some parcels, by parcel and firm."""
    found = {}
    for start in range(0, len(parcels), 500):
        rows = Holding.objects.filter(parcel_id__in=parcels[start : start + 500], part_micro__isnull=False)
        found.update(
            {(parcel, firm): id for id, parcel, firm in rows.values_list("id", "parcel_id", "firm_id")}
        )
    return found
