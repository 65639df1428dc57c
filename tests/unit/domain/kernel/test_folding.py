"""What looks the same is the same."""

import pytest

from tenglong.domain.kernel.folding import as_of_2022, folded, is_plain, legible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("⻓盛⻰⻔", "长盛龙门"),
        ("⾦⽯", "金石"),
        ("嘉善\ue863泰", "嘉善䶮泰"),
        ("嘉善鑫\u200e淼焱\u202c", "嘉善鑫淼焱"),
        ("西塘\xad镇\u200b\ufe0f\U000e0100", "西塘镇"),
        ("\uf9dd\U0002f804", "利你"),
        ("ＡＢ（甲）", "ＡＢ（甲）"),
        ("\ue81e\ue7c7\ue78d", "\u9fb4\u1e3f\ufe10"),
        ("\ue000", "\ue000"),
    ],
)
def test_a_text_is_read_as_it_is_seen(text: str, seen: str) -> None:
    assert legible(text) == seen
    assert legible(seen) == seen


def test_plain_text_is_told_by_one_look() -> None:
    assert is_plain("91330421MATE5T017P 嘉善县") and is_plain("")
    assert not any(map(is_plain, ["ＡＢ", "西塘\u200b镇", "⻓盛", "甲\t", "\x7f"]))


def test_for_comparison_width_and_traditional_characters_go_as_well() -> None:
    assert folded(" 桐鄉市（甲） ") == "桐乡市(甲)"
    assert folded("黃巖⻓") == "黄岩长"


def test_bytes_of_gb18030_give_the_characters_of_2022() -> None:
    assert as_of_2022(b"\xfe\x59\xa8\xbc\xa6\xd9".decode("gb18030")) == "\u9fb4\u1e3f\ufe10"
