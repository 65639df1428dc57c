"""What is free: fund and financing, less what was paid and what contracts take."""

from decimal import Decimal

import pytest

from tenglong.domain.roadmap.accounts import Account, committed_of, paid_of
from tests.unit.domain.roadmap.invented import START, firm

ACCOUNT = Account(
    Decimal(120000), Decimal(20000), Decimal("32310.57"), Decimal("61340.92"), Decimal("79195.08")
)


def test_the_account_adds_up_and_says_so() -> None:
    assert (ACCOUNT.free, ACCOUNT.planned) == (Decimal("46348.51"), Decimal("17854.16"))
    assert ACCOUNT.left == Decimal("28494.35")
    assert [str(one) for one in ACCOUNT.sentences] == [
        "资金 120000 ＋ 融资 20000 − 已付 32310.57 − 合同待付 61340.92 ＝ 可用 46348.51（万元）。",
        "本方案在合同之外另需 17854.16 万元，完成后余 28494.35 万元。",
    ]


def test_without_a_fund_nothing_is_said_to_be_free() -> None:
    account = Account(None, Decimal(0), Decimal(3), Decimal(4), Decimal(9))
    assert (account.free, account.left, account.planned) == (None, None, 5)
    (said,) = account.sentences
    assert str(said) == "没有填报资金总额；已付 3 万元，合同待付 4 万元，本方案另需 5 万元。"


@pytest.mark.parametrize(
    ("known", "committed"),
    [
        ({"price": Decimal(100), "signed_on": START, "paid": Decimal(30)}, 70),
        ({"price": Decimal(100), "signed_on": START}, 100),
        ({"price": Decimal(100), "signed_on": START, "paid": Decimal(120)}, 0),
        ({"price": Decimal(100), "signed_on": START, "paid": Decimal(30), "state": "suspended"}, 70),
        ({"price": Decimal(100), "paid": Decimal(30)}, 0),  # the contract was ended
        ({"signed_on": START, "paid": Decimal(30)}, 0),
    ],
)
def test_a_contract_in_force_takes_what_was_not_paid_of_its_price(
    known: dict[str, object], committed: int
) -> None:
    one = firm("1", **known)
    assert committed_of(one) == committed
    assert paid_of([one, one]) == 2 * (one.paid or 0)
