"""Addresses are taken apart just enough to compare them. All invented."""

import pytest

from tenglong.domain.registry.addresses import Nearness, nearness, normalise_address


@pytest.mark.parametrize(
    ("typed", "town", "road", "number"),
    [
        ("浙江省嘉兴市嘉善县西塘镇南苑路 12 号", "西塘", "南苑路", "12"),
        ("嘉善西塘南苑路12-3号", "西塘", "南苑路", "12"),
        ("西塘镇大舜村", "西塘", "大舜村", ""),
        ("西塘桥街道海港大道８８号", "西塘桥", "海港大道", "88"),
        ("嘉興市南湖區", "", "", ""),
        ("", "", "", ""),
    ],
)
def test_parts_are_found(typed: str, town: str, road: str, number: str) -> None:
    found = normalise_address(typed)
    assert (found.town, found.road, found.number) == (town, road, number)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("嘉善县西塘镇南苑路12号", "浙江省嘉善县西塘镇南苑路12号", Nearness.SAME),
        ("西塘镇南苑路12号3幢", "南苑路12号", Nearness.SAME),
        ("西塘镇南苑路12号", "西塘镇南苑路88号", Nearness.SAME_ROAD),
        ("西塘镇南苑路12号", "西塘镇邮电路12号", Nearness.DIFFERENT),
        ("西塘镇南苑路12号", "西塘镇", Nearness.UNKNOWN),
        ("", "", Nearness.UNKNOWN),
    ],
)
def test_nearness(left: str, right: str, expected: Nearness) -> None:
    assert nearness(normalise_address(left), normalise_address(right)) is expected
