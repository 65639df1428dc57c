"""Sections worded by hand: what was typed is marked, and its numbers are held against the figures."""

from datetime import UTC, datetime

import pytest

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.reporting.bulletins import BulletinContent
from tenglong.domain.reporting.bulletins.editing import Editor, contradictions, edited, sentences_in
from tests.unit.domain.reporting.samples import sample_content

WHO = Editor("demo-city", "市整治办演示员", datetime(2021, 11, 9, 8, tzinfo=UTC))


def typed(*said: str) -> BulletinContent:
    return edited(sample_content(), {"problems": said}, WHO)


def test_a_field_holds_one_sentence_on_each_line() -> None:
    assert sentences_in("1.甲乡进度慢。\n\n 2、乙镇材料不齐。\r\n1.5万亩未腾出。") == (
        "甲乡进度慢。", "乙镇材料不齐。", "1.5万亩未腾出。",
    )  # fmt: skip


def test_what_was_typed_is_marked_and_what_was_computed_stays_beside_it() -> None:
    before = sample_content()
    content = typed(*before.problems, "个别单位材料报送不及时。")
    [mark] = content.edited
    assert (mark.section, mark.computed, mark.by, mark.name) == (
        "problems",
        before.problems,
        WHO.login,
        WHO.name,
    )
    assert mark.typed(content) == ("个别单位材料报送不及时。",)
    assert BulletinContent.from_json(content.to_json()) == content


def test_the_same_words_are_no_edit_and_leave_the_snapshot_as_it_was() -> None:
    before = sample_content()
    content = edited(before, {"problems": before.problems, "highlights": before.highlights}, WHO)
    assert content == before and "edited" not in content.to_json()


@pytest.mark.parametrize(
    "said",
    ["嘉善县已完成84家，完成率87.5%。", "嘉善县腾出用地0.14万亩。", "全市已销号520家，腾出8,940亩。",
     "各单位要在3个工作日内报送。",
     "嘉善县还差12户。"],
)  # fmt: skip
def test_numbers_that_are_the_computed_ones_are_not_warned_of(said: str) -> None:
    assert contradictions(typed(said)) == ()


@pytest.mark.parametrize(
    ("said", "number"),
    [("嘉善县已完成85家。", "85家"), ("嘉善县完成率87.6%。", "87.6%"), ("全市腾出用地９千，合计9940亩。", "9940亩"),
     ("嘉善县腾出用地0.15万亩。", "0.15万亩")],
)  # fmt: skip
def test_a_number_that_contradicts_the_figures_is_warned_of(said: str, number: str) -> None:
    [warning] = contradictions(typed(said))
    assert f"“{number}”与计算的数据不一致" in str(warning)


def test_too_much_is_refused() -> None:
    with pytest.raises(BadValue, match="最多 20 条"):
        typed(*map(str, range(21)))
    with pytest.raises(BadValue, match="最多 500 个字"):
        typed("长" * 501)
