"""Rule files: TOML that names its source."""

import hashlib
from pathlib import Path

import pytest

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.rulefiles import load_rules_from, parse_rules

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
