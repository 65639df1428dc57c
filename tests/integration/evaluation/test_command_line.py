"""A result that is kept in the database, explained on the command line."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tenglong.actions.evaluation import runs
from tenglong.cli.__main__ import main
from tenglong.domain.evaluation.kept import to_bytes
from tenglong.queries.evaluation.runs import table_of
from tests.integration.evaluation.world import build_county, drafted, grades, scheme_in_force, worked

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_kept_result_is_explained_and_its_letter_waits_for_publicity(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    county = build_county()
    run = worked(drafted(county, scheme_in_force(county)))
    firm = county.firms[-1]
    assert main(["explain", str(firm.pk), "--run", str(run.pk)]) == 0
    said = capsys.readouterr().out
    assert firm.name in said and "总分" in said
    letter = tmp_path / "letter.docx"
    assert main(["explain", str(firm.pk), "--run", str(run.pk), "--letter", str(letter)]) == 7
    assert "公示后" in capsys.readouterr().err and not letter.exists()


def test_a_kept_run_is_computed_again_and_a_changed_result_shows(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    county = build_county()
    run = drafted(county, scheme_in_force(county))
    assert main(["reproduce", str(run.pk)]) == 0
    assert run.result_digest in capsys.readouterr().out
    other = replace(runs.compute(run, table_of(run), run.input_digest), results={})
    monkeypatch.setattr(runs, "compute", lambda *_: other)
    assert main(["reproduce", str(run.pk)]) == 1
    assert "10 家企业不同" in capsys.readouterr().out
    assert main(["reproduce", "999999"]) == 6


@pytest.mark.parametrize(("firm", "run", "code"), [("1", "999999", 6), ("x", "0", 6)])
def test_what_is_not_there(firm: str, run: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", firm, "--run", run]) == code
    assert capsys.readouterr().err.count("\n") == 1


def test_the_kept_table_gives_the_same_grades_without_the_database(tmp_path: Path) -> None:
    county = build_county()
    run = worked(drafted(county, scheme_in_force(county)))
    (tmp_path / "scheme.toml").write_text(run.scheme.text, encoding="utf-8")
    (tmp_path / "firms.csv").write_bytes(b"".join(to_bytes(table_of(run))))
    files = [str(tmp_path / name) for name in ("scheme.toml", "firms.csv", "out.csv")]
    assert main(["evaluate", *files, "--year", str(run.year)]) == 0
    rows = pl.read_csv(tmp_path / "out.csv", infer_schema=False).sort(pl.col("id").cast(pl.Int64))
    assert "".join(grade or "-" for grade in rows["grade"]) == grades(run)
