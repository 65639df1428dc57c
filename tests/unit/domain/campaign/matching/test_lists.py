"""Lists are matched one to one, the same way every time, and as the single look-ups judge. All invented."""

import random

import pytest

from tenglong.domain.campaign.matching import splink_engine
from tenglong.domain.campaign.matching.lists import Pair, match_lists, match_within
from tenglong.domain.campaign.reconciliation import Certainty
from tenglong.domain.campaign.reconciliation.comparison import Candidate, candidate

CODES = ("91330421MATE5T017P", "91330421MATE5T025J", "92330421MATE5T017L", "91330421MADEM0011L")
BRANDS = ("盛达", "宏远", "金鑫", "恒瑞", "永隆", "康泰", "博海", "飞腾", "润丰", "锦绣")
TRADES = ("纽扣", "塑料", "五金", "印染", "家具", "模具")


def firms() -> list[Candidate]:
    names = [f"嘉善县{brand}{trade}厂" for brand in BRANDS for trade in TRADES]
    return [
        candidate(number, name, place="330421", address=f"西塘镇南苑路{number}号")
        for number, name in enumerate(names)
    ]


def rows() -> list[Candidate]:
    """The firms again, under another legal form and partly with one wrong character, shuffled."""
    dice, found = random.Random(1), []
    for number, name in enumerate(f"{brand}{trade}有限公司" for brand in BRANDS for trade in TRADES):
        wrong = name[:3] + "X" + name[4:] if number % 3 == 0 else name
        found.append(candidate(f"r{number}", wrong, place="330421", address=f"嘉善县西塘镇南苑路{number}号"))
    dice.shuffle(found)
    return found


def kinds(pairs: list[Pair]) -> dict[tuple[object, object], Certainty]:
    return {(pair.left_id, pair.right_id): pair.certainty for pair in pairs}


def test_exact_joins_come_first() -> None:
    left = [
        candidate(1, "嘉善盛达纽扣厂", code=CODES[0], place="330421"),
        candidate(2, "嘉善宏远塑料厂", place="330421"),
        candidate(3, "嘉善金鑫五金厂", code=CODES[1], place="330421"),
        candidate(4, "嘉善恒瑞印染厂", code=CODES[2], place="330421"),
    ]
    right = [
        candidate("d", "海宁飞腾模具有限公司", code=CODES[2], place="330421"),
        candidate("c", "嘉善金鑫五金厂", code=CODES[3], place="330421"),
        candidate("b", "嘉善宏远塑料厂（个人）", place="330421"),
        candidate("a", "嘉善盛达纽扣有限公司", code=CODES[0], place="330482"),
    ]
    assert kinds(match_lists(left, right)) == {
        (1, "a"): Certainty.CERTAIN,
        (2, "b"): Certainty.CERTAIN,
        (3, "c"): Certainty.DOUBTFUL,
        (4, "d"): Certainty.DOUBTFUL,
    }


def test_miswritten_rows_find_their_firms() -> None:
    pairs = match_lists(firms(), rows())
    assert [pair.left_id for pair in pairs] == list(range(60))
    assert all(pair.right_id == f"r{pair.left_id}" for pair in pairs)


def test_the_same_lists_give_the_same_pairs_in_any_order() -> None:
    left, right = firms(), rows()
    again = match_lists(list(reversed(left)), sorted(right, key=lambda row: str(row.id)))
    assert sorted(again, key=lambda pair: str(pair.left_id)) == sorted(
        match_lists(left, right), key=lambda pair: str(pair.left_id)
    )


@pytest.mark.parametrize(
    ("left", "right"), [([], []), (firms()[:1], []), ([candidate(1, "")], [candidate(2, "")])]
)
def test_nothing_matches_nothing(left: list[Candidate], right: list[Candidate]) -> None:
    assert match_lists(left, right) == []


def test_one_row_against_one() -> None:
    right = [candidate("r", "盛达纽扣厂", place="330421", address="西塘镇南苑路0号")]
    assert kinds(match_lists(firms()[:1], right)) == {(0, "r"): Certainty.CERTAIN}


def test_rows_of_one_list_are_held_against_the_earlier_ones() -> None:
    names = ("嘉善试丙纽扣厂", "嘉善远东水泥厂", "嘉善县试丙钮扣厂", "嘉善试丙纽扣有限公司")
    found = match_within([candidate(number, name, place="330421") for number, name in enumerate(names)])
    assert kinds(found) == {(2, 0): Certainty.DOUBTFUL, (3, 0): Certainty.DOUBTFUL}
    assert match_within([]) == []


def test_keys_of_too_many_rows_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    left = [candidate(1, "嘉善盛达精密纽扣厂", place="330421")]
    near = [candidate("n", "嘉善盛大精密纽扣厂", place="330421")]
    same = [candidate("s", "盛达精密纽扣", place="330421")]
    assert kinds(match_lists(left, near)) == {(1, "n"): Certainty.DOUBTFUL}
    monkeypatch.setattr(splink_engine, "_most_pairs", lambda: 0)
    assert kinds(match_lists(left, near)) == {}
    assert kinds(match_lists(left, same)) == {(1, "s"): Certainty.DOUBTFUL}


def test_the_same_name_in_another_county_is_doubtful() -> None:
    right = [candidate("r", "嘉善县盛达纽扣厂", place="330482")]
    assert kinds(match_lists(firms()[:1], right)) == {(0, "r"): Certainty.DOUBTFUL}


def test_two_rows_of_one_code_are_doubtful_and_only_one_is_proposed() -> None:
    left = [candidate(1, "嘉善盛达纽扣厂", code=CODES[0], place="330421")]
    right = [
        candidate("a", "嘉善盛达纽扣有限公司", code=CODES[0], place="330421"),
        candidate("b", "盛达纽扣公司", code=CODES[0], place="330421"),
    ]
    assert list(kinds(match_lists(left, right)).values()) == [Certainty.DOUBTFUL]


def test_matching_is_silent(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    match_lists(firms(), rows())
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []
