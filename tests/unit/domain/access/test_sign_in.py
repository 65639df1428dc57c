"""How long whoever typed wrong passwords waits, and which user names could be taken for another."""

from datetime import UTC, datetime, timedelta

import pytest

from tenglong.domain.access.sign_in import Attempt, Delay, SignInRules, sign_in_rules
from tenglong.domain.kernel.errors import BadValue

NOW = datetime(2021, 5, 3, 4, tzinfo=UTC)
RULES = SignInRules(timedelta(hours=1), Delay(2, 10, 60), Delay(4, 1, 5), ("0o", "1il", "-_."))


def attempts(*told: tuple[int, str, bool]) -> list[Attempt]:
    """Attempts so many seconds ago, from an address, right or wrong."""
    return [Attempt(NOW - timedelta(seconds=ago), address, right) for ago, address, right in told]


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (2, 0), (3, 10), (4, 20), (5, 40), (6, 60), (5000, 60)]
)
def test_the_wait_doubles_up_to_its_longest(failures: int, seconds: int) -> None:
    assert RULES.same_address.after(failures) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("told", "address", "seconds"),
    [
        ([], "a", 0),
        ([(3, "a", False), (2, "a", False)], "a", 0),
        ([(4, "a", False), (3, "a", False), (2, "a", False)], "a", 8),
        ([(4, "a", False), (3, "a", False), (2, "a", False)], "b", 0),
        ([(40, "a", False), (30, "a", False), (20, "a", False)], "a", 0),
        ([(5, "a", True), (4, "a", False), (3, "a", False), (2, "a", False)], "a", 8),
        ([(4, "a", False), (3, "a", False), (2, "a", True), (1, "a", False)], "a", 0),
        ([(4, "a", False), (3, "a", False), (2, "b", True), (1, "a", False)], "a", 9),
        ([(3700, "a", False), (3600, "a", False), (2, "a", False)], "a", 0),
        ([(0, str(number), False) for number in range(6)], "b", 2),
        ([(0, str(number), False) for number in range(60)], "b", 5),
    ],
)
def test_wrong_passwords_count_by_address_and_more_mildly_from_everywhere(
    told: list[tuple[int, str, bool]], address: str, seconds: int
) -> None:
    assert RULES.wait(attempts(*told), address, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("name", ["li-1", "Li.l", "LI_I", "li1​", "Ιi-x", "a b", ""])
def test_names_that_look_like_another_or_have_other_signs_are_refused(name: str) -> None:
    with pytest.raises(BadValue, match="混淆"):
        RULES.check_name(name, ["li-l", "wang"])


def test_other_names_are_taken() -> None:
    RULES.check_name("wang2", ["li-l", "wang"])
    RULES.check_name("嘉善-王", ["li-l", "wang"])


def test_the_shipped_rules_keep_nobody_out_for_long() -> None:
    rules = sign_in_rules()
    assert rules.any_address.longest_seconds <= 60 < rules.same_address.longest_seconds


@pytest.mark.parametrize(
    ("steps", "seconds"),
    [
        (["code", "code"], 0),
        (["code", "code", "code"], 9),
        (["code", "", "code", "", "code"], 9),  # wrong passwords between them are no codes
        (["code", "code", "right", "code"], 0),
        (["code", "provider", "closed", "code"], 0),
    ],
)
def test_wrong_codes_count_from_everywhere(steps: list[str], seconds: int) -> None:
    told = [
        Attempt(NOW - timedelta(seconds=len(steps) - at), str(at), step == "right", step.replace("right", ""))
        for at, step in enumerate(steps)
    ]
    assert RULES.wait_for_code(told, NOW) == timedelta(seconds=seconds)
