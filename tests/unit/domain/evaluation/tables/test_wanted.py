"""Which columns a scheme needs."""

import pytest

from tenglong.domain.evaluation.screening.rules import shipped_rules
from tenglong.domain.evaluation.tables.wanted import wanted_by, wanted_for_screening
from tenglong.domain.kernel.errors import BadValue
from tests.unit.domain.evaluation.tables.samples import SCHEME, scheme


def test_columns_that_nothing_reads_need_not_be_there() -> None:
    spare = '[column.spare]\nzh = "备用"\nen = "Spare"\n'
    wanted = wanted_by(scheme(SCHEME.replace("[column.land]", spare + "[column.land]")))
    assert wanted.required == {"tax", "energy", "land", "industry", "fresh"}
    assert "spare" in wanted.column


def test_screening_needs_nothing() -> None:
    assert wanted_for_screening(shipped_rules(), 2022).required == frozenset()


def test_two_schemes_on_one_table() -> None:
    one = wanted_by(scheme())
    more = SCHEME.replace("[column.land]", '[column.spare]\nzh = "备用"\nen = "Spare"\n[column.land]')
    assert set(one.joined(wanted_by(scheme(more))).column) == {*one.column, "spare"}
    with pytest.raises(BadValue, match="不能用同一张企业表"):
        one.joined(wanted_by(scheme(SCHEME.replace('unit = "亩"', 'unit = "公顷"'))))
