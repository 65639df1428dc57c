import pytest

from tenglong.domain.evaluation.replay import replay
from tests.unit.domain.evaluation.county import scheme

PROMOTE = '[[adjust]]\nid = "green"\nzh = "绿色工厂"\nen = "x"\nwhen = "new"\nkind = "promote"\n'
DEMOTE = '[[adjust]]\nid = "fallen"\nzh = "规上转规下"\nen = "x"\nwhen = "new"\nkind = "demote"\n'
FIX = '[[adjust]]\nid = "top"\nzh = "五百强"\nen = "x"\nwhen = "new"\nkind = "fix"\ngrade = "A"\n'


@pytest.mark.parametrize(
    ("rules", "grade", "fitted", "after"),
    [
        (PROMOTE, "C", {"green"}, ["B"]),
        (PROMOTE, "A", {"green"}, ["A"]),
        (PROMOTE + "steps = 2\n", "D", {"green"}, ["B"]),
        (PROMOTE + 'steps = 3\nnot_above = "B"\n', "D", {"green"}, ["B"]),
        (PROMOTE + 'not_above = "B"\n', "A", {"green"}, ["A"]),
        (DEMOTE, "D", {"fallen"}, ["D"]),
        (DEMOTE + 'steps = 2\nnot_below = "C"\n', "B", {"fallen"}, ["C"]),
        (DEMOTE, "C", {"fallen", "new"}, ["D", "C"]),
        (FIX, "D", {"top"}, ["A"]),
        (FIX, "D", {"top", "accident"}, ["A", "C"]),
        (FIX, "D", set(), []),
    ],
)
def test_rules_are_carried_out_in_the_order_of_the_file(
    rules: str, grade: str, fitted: set[str], after: list[str]
) -> None:
    turns = replay(scheme(('[[adjust]]\nid = "new"', f'{rules}[[adjust]]\nid = "new"')), grade, fitted)
    assert [turn.after for turn in turns] == after
    assert [turn.before for turn in turns] == [grade, *after][: len(after)]


def test_nothing_after_a_veto_lifts_above_it() -> None:
    last = scheme(('kind = "veto"\ngrade = "C"\n', f'kind = "veto"\ngrade = "C"\n{FIX}'))
    assert [turn.after for turn in replay(last, "B", {"accident", "top"})] == ["C", "C"]


VETO = '[[adjust]]\nid = "{0}"\nzh = "{0}"\nen = "x"\nwhen = "new"\nkind = "veto"\ngrade = "{1}"\n'


@pytest.mark.parametrize(
    ("vetoes", "grade", "after"),
    [
        ("C B", "A", ["C", "C", "C"]),
        ("B C", "A", ["B", "C", "C"]),
        ("D C", "A", ["D", "D", "D"]),
        ("B B", "A", ["B", "B", "B"]),
        ("C B", "D", ["D", "D", "C"]),
    ],
)
def test_vetoes_are_cumulative_whichever_comes_first(vetoes: str, grade: str, after: list[str]) -> None:
    rules = [VETO.format(f"v{number}", step) for number, step in enumerate(vetoes.split())]
    found = scheme(('[[adjust]]\nid = "new"', f'{"".join(rules)}{FIX}[[adjust]]\nid = "new"'))
    assert [turn.after for turn in replay(found, grade, {"v0", "v1", "top"})] == after


def test_without_grades_there_is_nothing_to_replay() -> None:
    bare = scheme().model_copy(update={"grades": None})
    assert replay(bare, "A", {"new"}) == ()
