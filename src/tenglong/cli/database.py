"""Loads Django for the commands that use the database."""

import os
from pathlib import Path

import django

from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg

OF_A_CHECKOUT = Path("var", "tenglong.sqlite3")
"""Where `make run` puts the demonstration."""


def check_told() -> None:
    """Raises NotFound where nobody said which site is meant: a second, empty one would be begun."""
    if not os.environ.get("TENGLONG_DATA") and not OF_A_CHECKOUT.exists():
        problem = (
            "没有说明是哪个站点：请先设置站点的环境变量（TENGLONG_DATA 等）再运行，见 docs/how-to/deploy.md；"
            "试用演示请运行 make run。"
        )
        raise NotFound(msg(problem))


def set_up() -> None:
    """Load the settings and apps; a second time does nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenglong.config.settings")
    django.setup()
