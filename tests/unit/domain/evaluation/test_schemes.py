"""The tables of a scheme and their paths."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from tenglong.domain.evaluation.schemes import Indicator, in_english, parts
from tenglong.domain.evaluation.shipped import shipped_scheme
from tests.spec.evaluation.cases import scheme_of


def test_every_table_has_its_path() -> None:
    scheme = scheme_of("""
        exempt = [{ id = "small", when = "land < 3" }]
        grades = { by = "quota", steps = [{ grade = "A", share = 50 }, { grade = "B" }] }
        indicator = [{ id = "x", method = "ratio", benchmark = { given = 1 } }]
    """)
    paths = [path for path, _ in parts(scheme) if not path.startswith("column")]
    assert paths == [
        *("", "scope", "exempt[small]", "indicator[x]", "indicator[x].benchmark", "points_limit", "total"),
        *("grades", "grades.steps[A]", "grades.steps[B]"),
    ]


def test_a_rule_is_a_word_or_a_number() -> None:
    values = {"id": "x", "zh": "x", "en": "x", "numerator": "a", "unit": "", "weight": 1}
    assert Indicator.model_validate({**values, "missing": Decimal("-3.0")}).missing == Decimal("-3")
    assert Indicator.model_validate({**values, "missing": "average"}).missing == "average"
    with pytest.raises(ValidationError):
        Indicator.model_validate({**values, "missing": 1.5})


def test_in_english_things_are_called_as_the_file_calls_them() -> None:
    scheme = shipped_scheme("demo-jiaxing-2020")
    one = scheme.indicator[0]
    said = in_english(lambda text: f"translated {text}", scheme)
    assert one.en and (said(one.zh), said(one.unit)) == (one.en, one.unit_en)
    assert said("总分 {total} 分。") == "translated 总分 {total} 分。"
