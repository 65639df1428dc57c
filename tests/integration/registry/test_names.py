"""Search finds a name in whatever characters it is typed."""

import pytest

from tenglong.queries.registry.names import name_like


@pytest.mark.parametrize("typed", ["桐鄉", " 桐乡 ", "桐\u200b乡", "桐\u200e鄉"])
def test_what_is_typed_is_looked_for_as_it_is_seen(typed: str) -> None:
    assert ("firm__name__contains", "桐乡") in name_like(typed, "firm__").children


def test_names_in_the_register_are_matched_by_what_is_left_of_them_too() -> None:
    assert ("core_name__contains", "长盛龙门") in name_like("⻓盛 龍門").children
