"""The parcels that an amount of land reported for a case may belong to."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from tenglong.domain.kernel.quantities import from_micro
from tenglong.store.models import Case, Entry, Parcel


@dataclass(frozen=True)
class Choice:
    """A parcel by its number, with its area in mu where it is known."""

    id: int
    number: str
    area: Decimal | None


def parcels_of(case: Case) -> list[Choice]:
    """The parcels that the firm holds, and those that entries of the case name already."""
    named = Entry.objects.filter(case_id=case.pk).exclude(parcel_id=None).values("parcel_id")
    rows = Parcel.objects.filter(Q(holdings__firm_id=case.firm_id) | Q(pk__in=named)).distinct()
    return [
        Choice(row.pk, row.number, None if row.area_micro is None else from_micro(row.area_micro))
        for row in rows.order_by("number")
    ]
