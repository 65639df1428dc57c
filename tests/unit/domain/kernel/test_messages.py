"""Sentences and their values."""

from decimal import Decimal

import pytest

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import Message, either, label, listed, msg, together

ENGLISH = {
    "“{value}”不是{what}。": "“{value}” is not {what}.",
    "日期": "a date",
    "签约": "Signed",
    "{first}”或“{rest}": "{first}” or “{rest}",
}


def test_a_message_is_chinese_until_a_face_translates_it() -> None:
    message = msg("“{value}”不是{what}。", value="昨天", what=msg("日期"))
    assert str(message) == "“昨天”不是日期。"
    assert message.render(ENGLISH.__getitem__) == "“昨天” is not a date."


def test_a_message_survives_storage() -> None:
    message = msg("“{value}”不是{what}。", value=Decimal("1.50"), what=msg("日期"))
    stored = message.to_json()
    assert stored["params"]["value"] == "1.50"
    assert str(Message.from_json(stored)) == str(message)


def test_an_error_carries_its_message() -> None:
    with pytest.raises(BadValue) as caught:
        raise BadValue(msg("“{value}”不是数字", value="x"))
    assert str(caught.value) == "“x”不是数字"
    assert caught.value.message.params == {"value": "x"}


def test_labels_in_a_sentence_are_translated_with_it() -> None:
    message = msg("{what}", what=either(["签约", "日期", "签约"]))
    assert str(message) == "签约”或“日期”或“签约"
    assert message.render(lambda text: ENGLISH.get(text, text)) == "Signed” or “a date” or “Signed"
    assert str(Message.from_json(message.to_json())) == str(message)


def test_labels_are_joined_as_the_sentence_needs_them() -> None:
    assert [str(join(["甲", "乙"])) for join in (either, together, listed)] == [
        "甲”或“乙",
        "甲”和“乙",
        "甲、乙",
    ]
    assert listed(["甲"]) == label("甲")
    assert not listed([])
