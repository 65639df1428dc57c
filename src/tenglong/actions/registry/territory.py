"""Putting the places that ship with the program into the database."""

from datetime import datetime

from django.core.management.color import no_style
from django.db import connection, transaction

from tenglong.actions.steps import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.errors import NotAllowed
from tenglong.domain.kernel.messages import msg
from tenglong.domain.registry.divisions import shipped_with
from tenglong.domain.registry.territory import Place as PlaceRow
from tenglong.queries.registry.territory import forget_territory
from tenglong.store.models import Place

AT_ONCE = 5_000


@transaction.atomic
def install_places(*, actor: Actor, at: datetime, code: str) -> int:
    """Add the shipped place that bears `code`, what lies under it and what stands above it, as far as they are not
    there yet, with the ids that every installation gives them; gives how many were added.

    Raises:
        NotAllowed: only the person at the machine may do this; NotFound: there is no such place.
    """
    if not actor.everywhere:
        raise NotAllowed(msg("行政区划由系统管理员在服务器上维护，请联系管理员。"))
    there = dict(Place.objects.order_by("valid_from").values_list("code", "id"))
    shipped = shipped_with(code)
    own = {row.id: there.get(row.code, row.id) for row in shipped}
    rows = [row for row in shipped if row.code not in there]
    Place.objects.bulk_create([_stored(row, own) for row in rows], batch_size=AT_ONCE)
    with connection.cursor() as cursor:  # so that a place added later gets an id of its own
        for sql in connection.ops.sequence_reset_sql(no_style(), [Place]):
            cursor.execute(sql)
    if rows:
        leave(by=actor.name, at=at, deed="install_places", about="territory", added=len(rows), code=code)
    forget_territory()
    return len(rows)


def _stored(row: PlaceRow, own: dict[int, int]) -> Place:
    """`own`: the ids under which the places above are there."""
    return Place(
        id=row.id,
        code=row.code,
        name=row.name,
        level=row.level.value,
        parent_id=own.get(row.parent_id or 0),
        order=row.order,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        successor_id=row.successor_id,
    )
