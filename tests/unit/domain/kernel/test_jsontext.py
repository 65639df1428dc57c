"""The fast writer writes what the standard library writes."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.kernel.jsontext import canonical, compact, read

TEXTS = st.text(st.characters(exclude_categories=()))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def standard(value, *, sort_keys=False):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys)


@given(PLAIN)
def test_the_text_is_that_of_the_standard_library(value):
    assert compact(value) == standard(value)
    assert canonical(value) == standard(value, sort_keys=True)


def test_control_characters_and_numbers_of_any_length_are_written_alike():
    value = {"甲": "".join(map(chr, range(0xA0))) + "\u2028", "a": 2**70, "half": "\ud800"}
    assert compact(value) == standard(value)
    assert canonical(value) == standard(value, sort_keys=True)


def test_what_was_written_is_read():
    value = {"甲": [1, -(2**63), None, True, {"": "\n"}]}
    assert read(compact(value)) == read(canonical(value).encode()) == value


def test_what_is_no_json_value_is_refused():
    with pytest.raises(TypeError):
        compact(date(2021, 11, 9))
