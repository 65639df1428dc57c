"""Names in the order that people give them."""

import pytest

from tenglong.domain.kernel.ordering import natural


@pytest.mark.parametrize(
    "names",
    [
        ["第1攻坚小组", "第2攻坚小组", "第10攻坚小组"],
        [
            "第一整治区块",
            "第二整治区块",
            "第三整治区块",
            "第九整治区块",
            "第十整治区块",
            "第十一整治区块",
            "第二十整治区块",
        ],
        ["北区", "南区", "第一区", ""],
        ["一分二厂", "一分十厂", "二分一厂"],
    ],
)
def test_numbers_in_names_count_and_no_name_comes_last(names: list[str]) -> None:
    assert sorted(reversed(names), key=natural) == names


def test_what_is_no_number_is_compared_as_text() -> None:
    names = ["一二三厂", "十十厂", "三三厂"]
    assert sorted(names, key=natural) == ["一二三厂", "三三厂", "十十厂"]
