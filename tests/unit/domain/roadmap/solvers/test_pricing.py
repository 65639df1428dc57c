from dataclasses import replace

import numpy as np

from tenglong.domain.roadmap.checking import check_certificate
from tenglong.domain.roadmap.options import compiled
from tenglong.domain.roadmap.solvers.pricing import OrderLines, certificate, no_prices, prices_of
from tenglong.domain.roadmap.solvers.quick.bounds import QuickDual
from tenglong.domain.roadmap.solvers.quick.offering import take_out
from tests.unit.domain.roadmap.small import crowded, problem


def test_a_price_of_an_order_is_paid_by_who_is_early_and_earned_by_who_goes_first() -> None:
    lines = OrderLines(compiled(problem()))
    moved = lines.moved(np.array([[0, 0, 7, 0]]))
    first, then = lines.line[1], lines.line[0]
    assert moved[then].tolist() == [-7, -7, -7, 0]
    assert moved[first].tolist() == [7, 7, 0, 0]
    assert lines.line[2] == -1 and lines.count == 2


def test_a_certificate_gives_its_prices_back() -> None:
    given = problem()
    options = compiled(given)
    take_out(options)
    free = no_prices(options)
    prices = replace(free, rows=free.rows + 0.125)
    proof = certificate(given, QuickDual(options), prices)
    assert check_certificate(given, proof) == []
    found = prices_of(options, proof)
    assert found is not None and np.allclose(found.rows, 0.125) and not found.orders.any()


def test_prices_of_other_limits_or_orders_do_not_fit() -> None:
    options = compiled(problem())
    proof = certificate(problem(), QuickDual(options), no_prices(options))
    assert prices_of(options, proof) is not None
    wrong = [
        replace(proof, limits=proof.limits[1:]),
        replace(proof, floors=(1,)),
        replace(proof, denominator=0),
        replace(proof, orders=((9, 0, 1),)),
        replace(proof, limits=(-1, *proof.limits[1:])),
    ]
    assert all(prices_of(options, one) is None for one in wrong)
    assert prices_of(compiled(crowded()), proof) is None
