"""Whom a bulletin is addressed to."""

import pytest

from tenglong.domain.kernel.rulebook import SHIPPED
from tenglong.domain.registry.territory import Level
from tenglong.domain.reporting.addressing import address


@pytest.mark.parametrize(
    ("level", "name", "whole"),
    [
        ("city", "嘉兴市", "全市"),
        ("county", "嘉善县", "全县"),
        ("county", "海宁市", "全市"),
        ("county", "南湖区", "全区"),
        ("town", "西塘镇", "全镇"),
        ("town", "惠民街道", "全街道"),
    ],
)
def test_how_a_territory_is_called(level, name, whole):
    assert address(SHIPPED, level, name, "firms_written_off").whole == whole


def test_every_level_has_an_address():
    for level in Level:
        assert address(SHIPPED, str(level), "某地", "firms_vacated").recipients
