"""Sentences and their values."""

from decimal import Decimal

import pytest

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import Message, msg

ENGLISH = {"“{value}”不是{what}。": "“{value}” is not {what}.", "日期": "a date"}


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
