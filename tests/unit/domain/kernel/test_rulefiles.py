"""Rule files: TOML that names its source."""

import hashlib
from pathlib import Path

import pytest

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.rulefiles import load_rules_from, parse_rules, parse_toml

RAW = 'source = "浙政发〔2021〕31号"\nlimit = 3\n'.encode()


def test_rules_carry_their_source_and_the_hash_of_their_bytes() -> None:
    rules = parse_rules("limits.toml", RAW)
    assert rules.source == "浙政发〔2021〕31号"
    assert rules.content["limit"] == 3
    assert rules.digest == hashlib.sha256(RAW).hexdigest()


def test_one_changed_byte_is_another_digest() -> None:
    assert parse_rules("limits.toml", RAW + b"\n").digest != parse_rules("limits.toml", RAW).digest


def test_a_city_may_keep_its_own_file(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_bytes(RAW)
    assert load_rules_from(path) == parse_rules("ours.toml", RAW)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"limit = 3", "source"),
        (b'source = ["a"]', "source"),
        (b"limit =", "TOML"),
        (b'source = "\xff"', "TOML"),
    ],
)
def test_a_wrong_file_is_named_with_the_reason(raw: bytes, why: str) -> None:
    with pytest.raises(BadRules, match=f"wrong.toml.*{why}"):
        parse_rules("wrong.toml", raw)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ('source "x"', "第 1 行第 8 个字，键的后面应为等号"),
        ("a = [1,", "第 1 行第 8 个字，这里应为数字"),
        ("a = [1 2]", "第 1 行第 8 个字，列表的方括号没有写完"),
        ('a = 1\n税 = "x', "第 2 行第 1 个字，键名只能用英文字母"),
        ('a = 1\nb = "x', "第 2 行第 7 个字，引号没有写完"),
        ('a = "x\nb = 1', "第 1 行第 7 个字，引号没有写完，或文字里有不能用的字符"),
        ("a = {b = 1\n", "第 1 行第 11 个字，花括号没有写完"),
        ("a = 1\na = 2", "第 2 行第 6 个字，这一项或这个表在前面已经写过"),
        ("[a]\n[a]", "第 2 行第 3 个字，这一项或这个表在前面已经写过"),
        ("[a\nb = 1", "第 1 行第 3 个字，表名的方括号没有写完"),
        ("a = “x”", "第 1 行第 5 个字，这里应为数字、true、false 或加引号的文字"),
        ("a = 1 b = 2", "第 1 行第 7 个字，值的后面应换行"),
        ("a = 2020-02-30", "第 1 行第 5 个字，日期或时间不存在"),
        ('a = "C:\\q"', "反斜杠应写两个"),
        ("a = {b = 1, b = 2}", "第 1 行第 18 个字，这一项在前面已经写过"),
        ("a = " + "[" * 5000, "数字过长或嵌套过深"),
        ("= 1", "第 1 行第 1 个字，"),
    ],
)
def test_what_is_no_toml_is_told_with_line_and_character(raw: str, why: str) -> None:
    with pytest.raises(BadRules) as caught:
        parse_rules("wrong.toml", raw.encode())
    said = str(caught.value)
    assert said.startswith("规则文件 wrong.toml 不是有效的 TOML：") and why in said
    assert said.endswith("请改正后重试。")


def test_another_encoding_is_told_with_line_and_character() -> None:
    raw = b"a = 1\n" + 'source = "来源"'.encode("gb18030")
    with pytest.raises(BadRules, match="第 2 行第 11 个字不是 UTF-8 编码，请另存后重试"):
        parse_rules("wrong.toml", raw)


@pytest.mark.parametrize("key", [".".join(["a"] * 33), " . ".join(['"a b"'] * 33), ".".join(["'a.b'"] * 33)])
def test_a_key_of_very_many_parts_is_refused_before_it_is_parsed(key: str) -> None:
    with pytest.raises(BadRules, match="deep.toml 第 2 行第 1 个字起的键名层级过多"):
        parse_toml("deep.toml", f"b = 1\n{key} = 1".encode())


def test_a_key_of_many_parts_is_read() -> None:
    content = parse_toml("deep.toml", f"{'.'.join(['a'] * 32)} = 1.5\nb = 'www.example.com'".encode())
    assert content["b"] == "www.example.com" and content["a"]["a"]


@pytest.mark.parametrize("text", ["a" * 200_000, "a." * 31 + "a " * 100_000, '"' * 200_000, "a-b " * 50_000])
def test_looking_for_such_keys_takes_one_pass(text: str) -> None:
    """A search that took the square of the length would take minutes here."""
    with pytest.raises(BadRules):
        parse_toml("long.toml", text.encode())
