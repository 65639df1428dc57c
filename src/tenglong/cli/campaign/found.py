"""`tenglong found`: the first day of an installation: tables, places, and the first account."""

import argparse
import sys
from datetime import UTC, datetime

from django.core.management import call_command

from tenglong.actions.access.people import add_user
from tenglong.actions.registry.territory import install_places
from tenglong.cli.output import add_operator, operator
from tenglong.domain.access.roles import roles
from tenglong.domain.registry.divisions import shipped_place


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--user", required=True, help="用户名")
    parser.add_argument("--name", required=True, help="姓名或岗位名称")
    parser.add_argument(
        "--territory", required=True, help="行政区划代码：省、市、县 6 位，镇街 9 位，如 441300"
    )
    parser.add_argument("--role", default="city_office", choices=sorted(roles()), help="角色")
    add_operator(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make the first account; its password is printed once."""
    place = shipped_place(arguments.territory)
    call_command("migrate", verbosity=0)
    actor, at = operator(arguments), datetime.now(UTC)
    added = install_places(actor=actor, at=at, code=place.code)
    user, password = add_user(
        actor=actor,
        at=at,
        username=arguments.user,
        display_name=arguments.name,
        code=place.code,
        role=arguments.role,
    )
    sys.stdout.write(f"辖区：{place.name}（{place.code}）。行政区划新增 {added} 条。")
    sys.stdout.write(f"账号 {user.username}，初始密码 {password}（仅显示一次）。\n")
    return 0
