import numpy as np

from tenglong.domain.roadmap.solvers import exact, near
from tenglong.domain.roadmap.solvers.exhaustive import best_plan
from tests.unit.domain.roadmap.small import problem, search


def test_options_that_no_better_plan_can_hold_are_left_out() -> None:
    found = search(problem())
    exact.start_prices(found)
    assert found.plan is not None and found.certificate is not None
    kept, every = near.all_near(found), near.all_near(search(problem()))
    assert len(kept) <= len(every)
    best = best_plan(problem())
    assert best is not None
    if best.value > found.plan.value:
        for firm in np.flatnonzero(best.measure >= 0):
            same = (
                (kept.firm == firm) & (kept.measure == best.measure[firm]) & (kept.start == best.start[firm])
            )
            assert same.any()
