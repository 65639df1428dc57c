"""What counts for a figure, read off the lines of one case."""

import pytest

from tenglong.domain.campaign.figures import Counter, Line, Measure, Part, Tally, Totals, definition, of_terms

MEMBER = Line("target", True, None, 1)


def brought(measure: Measure, *lines: Line) -> Part | None:
    return Counter.of([measure]).parts(lines).get(measure)


@pytest.mark.parametrize(
    ("measure", "lines", "count", "total"),
    [
        (Measure("contract"), [MEMBER, Line("contract", True, None, 2)], 1, 0),
        (Measure("contract"), [Line("contract", True, None, 2)], None, 0),
        (Measure("contract"), [MEMBER, Line("contract", False, None, 2)], None, 0),
        (Measure("listed", everyone=True), [Line("listed", True, None, 2)], 1, 0),
        (Measure("target", on=False, everyone=True), [Line("target", False, None, 2)], 1, 0),
        (Measure("target", on=False, everyone=True), [MEMBER], None, 0),
        (Measure("area"), [MEMBER, Line("area", True, 5, 2), Line("area", True, 7, 3)], 2, 12),
        (Measure("water", than=""), [MEMBER, Line("water", True, 1, 2)], 1, 0),
        (Measure("water", than=""), [MEMBER, Line("water", True, 0, 2)], None, 0),
        (
            Measure("water", than="freed"),
            [MEMBER, Line("water", True, 5, 2), Line("freed", True, 4, 3)],
            1,
            0,
        ),
        (
            Measure("water", than="freed"),
            [MEMBER, Line("water", True, 5, 2), Line("freed", True, 5, 3)],
            None,
            0,
        ),
        (Measure("water", than=""), [Line("water", True, 1, 2)], None, 0),
    ],
)
def test_what_a_case_brings(measure, lines, count, total):
    part = brought(measure, *lines)
    assert (part.count, part.total) == (count, total) if count else part is None


def test_totals_of_a_difference_are_counted_by_party():
    totals = Totals()
    totals.add("energy_baseline", "tenant", 1, 9_000_000)
    totals.add("energy_freed", "tenant", 1, 4_000_000)
    terms = definition("energy_after").terms
    assert of_terms(terms, totals) == of_terms(terms, totals, "tenant") == 5
    assert of_terms(terms, totals, "landlord") == 0


def test_measures_have_names_of_their_own():
    keys = [
        Measure("a").key, Measure("a", on=False).key, Measure("a", everyone=True).key, Measure("a", than="").key,
        Measure("a", than="b").key,
    ]  # fmt: skip
    assert len(set(keys)) == len(keys)


CASES = {
    "member": [MEMBER, Line("contract", True, None, 2), Line("area", True, 5, 3), Line("area", True, 7, 4)],
    "none": [Line("listed", True, None, 1), Line("area", True, 9, 2)],
    "removed": [Line("target", False, None, 1), Line("water", True, 3, 2)],
    "discharger": [MEMBER, Line("water", True, 5, 2), Line("freed", False, 9, 3), Line("freed", True, 4, 4)],
}
MEASURES = [
    Measure("contract"), Measure("area"), Measure("area", everyone=True), Measure("target", on=False, everyone=True),
    Measure("water", than=""), Measure("water", than="freed"), Measure("water", than="", everyone=True),
]  # fmt: skip


def test_a_tally_adds_up_what_each_case_brings() -> None:
    counter = Counter.of(MEASURES)
    tally, expected = Tally(counter), dict[tuple[int, str, str], list[int]]()
    for place, lines in enumerate([*CASES.values(), *CASES.values()]):
        tally.add(place % 3, "owner", [line[:3] for line in lines], 1)
        for measure, part in counter.parts(lines).items():
            cell = expected.setdefault((place % 3, "owner", measure.key), [0, 0])
            cell[0] += part.count
            cell[1] += part.total
    assert tally.sums() == expected
    assert {key for _, _, key in expected} == {measure.key for measure in MEASURES}


def test_what_is_taken_away_again_leaves_nothing() -> None:
    tally = Tally(Counter.of(MEASURES))
    for sign in (1, -1):
        for lines in CASES.values():
            tally.add(1, "", [line[:3] for line in lines], sign)
    assert tally.sums() == {}
