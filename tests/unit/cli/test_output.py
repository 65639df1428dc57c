"""Who gives a command is a name that a trail can be read by."""

import argparse

import pytest

from tenglong.cli.output import LONGEST_NAME, OPERATOR, operator
from tenglong.domain.kernel.errors import BadValue


def test_whoever_is_named_stands_behind_the_machine() -> None:
    assert operator(argparse.Namespace(by="")) == OPERATOR
    assert operator(argparse.Namespace(by=" 演示员 ")).name == "命令行（演示员）"


@pytest.mark.parametrize("name", ["  ", "甲\n乙", "甲\u202e乙", "甲" * (LONGEST_NAME + 1)])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(BadValue, match="--as"):
        operator(argparse.Namespace(by=name))
