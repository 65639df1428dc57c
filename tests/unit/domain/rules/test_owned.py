"""Which files a city owns: each is read by the reader of the shipped one, which itself may be put."""

import pytest

from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.sources import is_clean
from tenglong.domain.rules.owned import MOST_BYTES, READERS, file_problems, owned, owned_by, rule_process


def test_every_reader_is_listed_and_every_shipped_file_may_be_put() -> None:
    assert {rule.id for rule in READERS} == set(owned())
    for one in owned().values():
        assert file_problems(one, "x.toml", one.shipped_text.encode()) == ()


@pytest.mark.parametrize("id", owned())
def test_no_file_that_users_are_shown_holds_developers_notes(id: str) -> None:
    assert [line for line in owned()[id].shipped_text.splitlines() if not is_clean(line)] == []


@pytest.mark.parametrize(
    ("rule", "old", "new", "said"),
    [
        ("cards", 'from = "0"', 'form = "0"', "没有 card[1].form 这一项"),
        ("cards", 'above = "-10"', 'above = "ten"', "above 应为引号内的数字"),
        ("cards", 'zh = "绿牌"', "", "缺少 card[1].zh"),
        ("bulletin", "{territory}已销号", "{teritory}已销号", "可用的有：{territory}、{value}"),
        ("bulletin", "{territory}已销号", "{territory.x}已销号", "没有可填的内容"),
        ("bulletin", "{territory}已销号", "{territory:>99999999}已销号", "没有可填的内容"),
        ("bulletin", "{territory}已销号", "{territory已销号", "花括号没有写对"),
        ("bulletin", "width_mm = 9\n", "width_mm = 900\n", "合计不超过 156"),
        ("bulletin", '"firms_closed", ', '"firms_shut", ', "没有“firms_shut”可用"),
        ("bulletin", 'key = "rank"', 'key = "luck"', "没有“luck”可用"),
        ("bulletin", '"涉及企业"]', '"涉及企业", "备注"]', "headers 应有 6 项"),
        ("bulletin_roadmap", "width_mm = ", "width_mm = 9", "合计不超过 156"),
        ("addressing", 'other = "完成"', "", "done_word 缺少 other"),
        ("addressing", 'title = ["关于{whole}{subject}工作", "进展情况的通报"]', "title = []", "至少写一行"),
        ("evidence", "signed = 1", "sgined = 1", "没有“sgined”这种台账事项"),
        ("evidence", "signed = 1", "signed = 900", "应为 0 至 20 的整数"),
        ("tables", 'header = "企业名称"', 'header = "企业全称"', "只能增减 synonyms"),
        ("screening", 'id = "R04"', 'id = "R99"', "R99 不存在"),
        ("prices", 'lever = "electricity"', 'lever = "luck"', "请核对每条价格"),
    ],
)
def test_a_wrong_file_is_refused_with_key_and_remedy(rule: str, old: str, new: str, said: str) -> None:
    text = owned()[rule].shipped_text
    assert old in text
    problems = file_problems(owned()[rule], "x.toml", text.replace(old, new, 1).encode())
    assert problems and said in str(problems[0]) and "x.toml" in str(problems[0])


def test_a_large_file_and_an_unknown_rule_are_refused() -> None:
    assert "请确认选对了文件" in str(file_problems(owned()["cards"], "x.toml", b"#" * (MOST_BYTES + 1))[0])
    with pytest.raises(NotFound, match="可由本市规定的有：cards"):
        owned_by("kinds")
    assert set(rule_process().steps) == {"put", "release", "withdraw"}
