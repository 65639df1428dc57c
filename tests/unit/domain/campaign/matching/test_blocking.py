"""Rows that share a key are compared; what is not known makes no key. All firms are invented."""

from tenglong.domain.campaign.matching.blocking import COLUMNS, columns, key_rules, keys
from tenglong.domain.campaign.reconciliation.comparison import candidate


def test_every_key_is_a_column() -> None:
    assert {column for line in key_rules() for column in line} <= set(COLUMNS)


def test_columns_hold_what_is_known() -> None:
    row = candidate(1, "嘉善县盛达塑料纽扣厂", code="91330421MATE5T017Q", place="330421103")
    found = {column: value for column, value in columns(row, row.names[0]).items() if value is not None}
    assert found == {
        "full_name": "嘉善县盛达塑料纽扣厂",
        "core": "盛达塑料纽扣",
        "head": "盛达",
        "second": "达塑",
        "third": "塑料",
        "inner": "塑料",
        "tail": "纽扣",
        "body": "塑料纽扣",
        "county": "330421",
    }


def test_what_is_not_known_makes_no_key() -> None:
    named = [
        line
        for line in key_rules()
        if not {"county", "representative", "road", "number", "address"} & set(line)
    ]
    assert len(list(keys(candidate(1, "盛达纽扣厂")))) == len(named)
    assert list(keys(candidate(1, "", place="330421"))) == []


def test_former_names_make_keys_too() -> None:
    both = set(keys(candidate(1, "盛达纽扣厂", "宏远塑料厂")))
    assert set(keys(candidate(2, "宏远塑料厂"))) < both
