"""The numbers of write-offs: year, code of the place, and a running number that is never given twice."""

from datetime import date

from tenglong.domain.ledger.kinds import vocabulary
from tenglong.store.models import Case, Entry, Roster


def next_number(case: Case, day: date) -> str:
    """The number of a write-off of `day`, as in 2021-330421103-0007; the caller keeps others from asking meanwhile.

    It follows the highest that was ever given there, whether that write-off still counts or was revoked.
    """
    begins = f"{day.year}-{case.place.code}-"
    given = Entry.objects.filter(
        roster_id__in=list(Roster.objects.values_list("pk", flat=True)),
        slot=vocabulary().kind("written_off").slot,
        kind="written_off",
        case_id__in=Case.objects.filter(place__code=case.place.code).values("pk"),
    ).values_list("details__number", flat=True)
    last = max((int(one.removeprefix(begins)) for one in given if (one or "").startswith(begins)), default=0)
    return f"{begins}{last + 1:04d}"
