"""Putting the places that ship with the program into the database."""

from datetime import datetime

from django.core.management.color import no_style
from django.db import connection, transaction

from tenglong.actions.steps import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.errors import NotAllowed
from tenglong.domain.kernel.messages import msg
from tenglong.domain.registry.territory import load_places
from tenglong.queries.registry.territory import forget_territory
from tenglong.store.models import Place


@transaction.atomic
def install_places(*, actor: Actor, at: datetime) -> int:
    """Add the shipped places that are not there yet, keeping their ids; gives how many were added.

    Raises:
        NotAllowed: only the person at the machine may do this.
    """
    if not actor.everywhere:
        raise NotAllowed(msg("行政区划由系统管理员在服务器上维护，请联系管理员。"))
    there = set(Place.objects.values_list("pk", flat=True))
    rows = [row for row in load_places().places.values() if row.id not in there]
    Place.objects.bulk_create(
        [
            Place(
                id=row.id,
                code=row.code,
                name=row.name,
                level=row.level.value,
                parent_id=row.parent_id,
                order=row.order,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
                successor_id=row.successor_id,
            )
            for row in rows
        ]
    )
    with connection.cursor() as cursor:  # so that a place added later gets an id of its own
        for sql in connection.ops.sequence_reset_sql(no_style(), [Place]):
            cursor.execute(sql)
    if rows:
        leave(by=actor.name, at=at, deed="install_places", about="territory", added=len(rows))
    forget_territory()
    return len(rows)
