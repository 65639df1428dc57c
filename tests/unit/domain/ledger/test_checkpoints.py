"""What a checkpoint says, whether it can be believed, and spans of numbers."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.ledger.checker import text_of
from tenglong.domain.ledger.checkpoints import (
    Line,
    Stated,
    differing_lines,
    gaps_of,
    head_of,
    joined,
    key_after,
    key_before,
    spans_of,
)
from tenglong.domain.ledger.signing import public_key, sign

SEED = b"s" * 32
LINES = (Line("roster a", "甲", 2, 5, "ab", ((1, 1), (5, 5))), Line("register", "登记簿", 0, 0, "cd", ()))


def made(*lines: Line) -> Stated:
    head = head_of(number=3, taken_at=datetime(2021, 9, 1, tzinfo=UTC), previous="", lines=lines)
    return Stated(head, lines, public_key(SEED), sign(SEED, text_of(head)))


def test_a_head_says_which_key_comes_next_and_which_came_before() -> None:
    about = {"number": 3, "taken_at": datetime(2021, 9, 1, tzinfo=UTC), "previous": "", "lines": LINES}
    plain = head_of(**about)
    assert set(plain) == {"format", "number", "taken_at", "previous", "lines", "root"}
    assert key_after(plain, "a") == key_before(plain, "a") == "a"
    named = head_of(**about, next_key="b")
    assert (key_before(named, "a"), key_after(named, "a")) == ("a", "b")
    broken = head_of(**about, broke={"key": "a", "reason": "x"})
    assert (key_before(broken, "b"), key_after(broken, "b")) == ("a", "b")


def test_what_a_file_says_is_what_was_written() -> None:
    assert Stated.from_json(made(*LINES).to_json()) == made(*LINES)
    assert made(*LINES).problem is None and made(*LINES).head["previous"] == "0" * 64


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"lines": LINES[:1]}, "内容与其摘要不符"),
        ({"lines": (replace(LINES[0], title="乙"), LINES[1])}, "内容与其摘要不符"),
        ({"signature": "00" * 64}, "签名不成立"),
        ({"key": public_key(b"t" * 32)}, "签名不成立"),
        ({"cosignatures": ({"witness": "省", "key": "00", "signature": "00"},)}, "见证方“省”"),
    ],
)
def test_what_cannot_be_believed_is_named(change: dict[str, object], words: str) -> None:
    assert words in str(replace(made(*LINES), **change).problem)


@pytest.mark.parametrize("data", [None, {}, [], {"head": {}, "lines": [], "key": "", "signature": ""}])
def test_what_is_no_checkpoint_is_refused(data: object) -> None:
    with pytest.raises(BadFile, match="不是校验点文件"):
        Stated.from_json(data)


def test_lines_that_differ() -> None:
    other = replace(LINES[0], root="ef")
    assert differing_lines(made(*LINES), made(other, LINES[1])) == (LINES[0],)
    assert differing_lines(made(*LINES), made(LINES[1])) == (LINES[0],)


def test_spans() -> None:
    assert spans_of([1, 2, 5, 7, 8]) == ((1, 2), (5, 5), (7, 8)) and spans_of([]) == ()
    assert joined([(5, 6), (1, 2), (3, 4), (9, 9)]) == ((1, 6), (9, 9))
    assert gaps_of(((2, 3), (6, 7), (8, 9))) == ((1, 1), (4, 5)) and gaps_of(()) == ()
