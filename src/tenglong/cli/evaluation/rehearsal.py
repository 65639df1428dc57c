"""What a draft scheme does to the firms of a file: who moves, which rule decides alone, what each change does."""

import sys
from collections.abc import Sequence

from tenglong.cli.evaluation.firms import Firms, names_in
from tenglong.cli.output import print_table
from tenglong.domain.evaluation.rehearsal import Matrix
from tenglong.domain.evaluation.schemes import Scheme

SHOWN = 30  # firms on the terminal


def print_rehearsal(before: Scheme, after: Scheme, firms: Firms) -> None:
    """Print the movements of `firms` from the scheme in force to the draft."""
    import polars as pl

    from tenglong.domain.evaluation.rehearsal import contributions, deciding_rules, movement
    from tenglong.domain.evaluation.tables.parquet import scan
    from tenglong.domain.evaluation.trials.frames import trials_on_frame

    wide = before.model_copy(update={"column": after.column | before.column})
    frame = scan(firms.table.path).with_columns(pl.col("id").cast(pl.String)).collect()
    trials = trials_on_frame(wide, frame, firms.year)
    moved = movement(before, after, trials)
    _print_matrix(moved.matrix, _grades(before, after))
    names = names_in(firms)
    rows = [
        [one.firm, names.get(one.firm, ""), one.before or "—", one.after or "—"] for one in moved.switches
    ]
    if rows:
        print_table(["企业编号", "企业名称", "现行", "草案"], rows[:SHOWN])
    left = f"，另有 {len(rows) - SHOWN} 家未列出" if len(rows) > SHOWN else ""
    sys.stdout.write(f"{firms.year} 年共 {len(rows)} 家企业等级变动{left}。\n")
    for part in contributions(before, after, trials):
        count = f"不能单独实行：{part.problem}" if part.problem else f"单独实行时 {len(part.switches)} 家变动"
        sys.stdout.write(f"{part.difference.sentence}：{count}\n")
    for rule in deciding_rules(after, trials):
        if rule.switches:
            sys.stdout.write(f"草案的“{rule.name}”单独决定 {len(rule.switches)} 家企业的等级。\n")


def _print_matrix(matrix: Matrix, grades: Sequence[str]) -> None:
    """From the grade in force (rows) to that of the draft (columns)."""
    header = ["现行 → 草案", *(grade or "无" for grade in grades)]
    rows = [[old or "无", *(str(matrix.get((old, new), 0)) for new in grades)] for old in grades]
    print_table(header, rows)


def _grades(before: Scheme, after: Scheme) -> list[str]:
    found: dict[str, None] = {}
    for scheme in (before, after):
        found |= dict.fromkeys(step.grade for step in (scheme.grades.steps if scheme.grades else ()))
        found |= dict.fromkeys(one.grade for one in scheme.exempt if one.grade)
    return [*found, ""]
