from tenglong.domain.roadmap.options import compiled
from tests.unit.domain.roadmap.small import problem


def test_firms_that_limits_cannot_tell_apart_share_a_cell() -> None:
    cells = compiled(problem()).arrays.cell
    assert cells[0, 0] == cells[2, 0] != cells[1, 0]
    assert len(set(cells[:, 1].tolist())) == 1


def test_a_target_is_a_negated_capacity() -> None:
    options = compiled(problem())
    assert options.capacity.tolist() == [99, 150, -100]
    assert sorted(set(options.arrays.coefficient.tolist())) == [-1, 1]


def test_a_cell_uses_the_rows_of_its_limits_in_their_periods() -> None:
    options = compiled(problem())
    arrays, periods = options.arrays, options.arrays.worth.shape[1]
    money = int(arrays.cell[0, 1])
    rows = [
        arrays.row[arrays.row_start[money * periods + p] : arrays.row_start[money * periods + p + 1]].tolist()
        for p in range(periods)
    ]
    assert rows[0] == [0, 1]
    assert all(row == [1] for row in rows[1:])


def test_an_order_stands_with_both_of_its_firms() -> None:
    arrays = compiled(problem()).arrays
    assert arrays.before_start.tolist() == [0, 1, 1, 1] and arrays.before.tolist() == [1]
    assert arrays.after_start.tolist() == [0, 0, 1, 1] and arrays.after.tolist() == [0]
