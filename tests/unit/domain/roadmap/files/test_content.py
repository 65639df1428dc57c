"""Numbers of a file as they are written, and a digest of what it says."""

from decimal import Decimal

import orjson
import pytest

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.roadmap.files.content import content_digest, content_of, plain_bytes
from tests.unit.domain.roadmap import second


def test_numbers_are_read_as_they_are_written_and_written_as_they_were_read() -> None:
    raw = b'{"a":123456789012.123456,"b":0.00000001,"c":[1,-2,0.10]}'
    found = content_of(raw, "x.json")
    assert found == {
        "a": Decimal("123456789012.123456"),
        "b": Decimal("0.00000001"),
        "c": [1, -2, Decimal("0.1")],
    }
    assert plain_bytes(found) == raw.replace(b"0.10", b"0.1")


def test_the_digest_is_that_of_the_second_checker() -> None:
    file = second.rich()
    assert content_digest(content_of(orjson.dumps(file), "x.json")) == second.digest(file)


@pytest.mark.parametrize(
    "raw", [b"\xff", b"[" * 100_000, b'{"a":1,"a":1}', b"[1e3]", b"[NaN]", b"[-0.0]", b"[1,]"]
)
def test_what_is_not_of_the_form_is_refused(raw: bytes) -> None:
    with pytest.raises(BadFile):
        content_of(raw, "x.json")


def test_half_a_letter_has_no_digest() -> None:
    with pytest.raises(BadFile):
        content_digest(content_of(b'["\\ud800"]', "x.json"))
