"""The columns of the register."""

from tenglong.domain.evaluation.columns import ALWAYS, register_columns


def test_every_kept_table_has_columns_that_the_register_fills() -> None:
    assert set(ALWAYS) <= register_columns().keys()
    assert ALWAYS[:2] == ("id", "year")


def test_numbers_have_units_where_they_need_one() -> None:
    columns = register_columns().values()
    assert [one.id for one in columns if one.type == "number" and not one.unit] == ["year"]
    assert register_columns()["years_in_d"].grade == "D"
