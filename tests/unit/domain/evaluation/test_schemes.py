"""The tables of a scheme and their paths."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from tenglong.domain.evaluation.schemes import Indicator, english_names, parts
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


def test_what_a_file_calls_things_has_its_english_twin() -> None:
    scheme = scheme_of("""
        exempt = [{ id = "small", zh = "小企业", en = "Small firm", when = "land < 3" }]
        [[indicator]]
        id = "x"
        zh = "亩均税收"
        en = "Tax per mu"
        unit = "万元/亩"
        unit_en = "10,000 CNY/mu"
        method = "ratio"
        benchmark = { given = 1 }
    """)
    names = english_names(scheme)
    assert (names["小企业"], names["亩均税收"], names["万元/亩"]) == (
        "Small firm",
        "Tax per mu",
        "10,000 CNY/mu",
    )
