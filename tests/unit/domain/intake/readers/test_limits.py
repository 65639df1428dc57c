"""The bounds leave room for the work they were made for."""

from tenglong.domain.intake.readers.limits import Limits


def test_a_ledger_of_100_000_rows_and_60_columns_fits() -> None:
    limits = Limits()
    assert limits.rows >= 100_001 and limits.columns >= 60
    assert limits.unzipped_bytes >= 100_000 * 60 * 100
