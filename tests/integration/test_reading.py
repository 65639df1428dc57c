"""Rows as plain values: in the order of the statement, with moments that say their zone."""

from datetime import UTC, datetime
from typing import NamedTuple

from tenglong.queries.reading import marks, read
from tenglong.store.models import TrailEvent

NOON = datetime(2021, 11, 9, 4, tzinfo=UTC)


class Line(NamedTuple):
    deed: str
    at: datetime


def test_rows_are_what_the_shape_makes_of_them(db: None) -> None:
    for number in (1, 2, 3):
        TrailEvent.objects.create(by="甲", at=NOON, deed=f"deed_{number}", about=f"thing:{number}")
    wanted = ["thing:1", "thing:3"]
    sql = "SELECT deed, at FROM store_trailevent WHERE about IN ({marks}) ORDER BY id DESC"
    found = read(Line, sql.format(marks=marks(wanted)), *wanted)
    assert found == [Line("deed_3", NOON), Line("deed_1", NOON)]
    assert found[0].at.tzinfo is not None
