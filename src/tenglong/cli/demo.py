"""`tenglong demo`: load the demonstration, once."""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg

Progress = Callable[[int, int, datetime], None]


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Load the demonstration and say how to sign in.

    Raises:
        NotFound: the program was installed without it.
    """
    if find_spec("tenglong.demo") is None:
        raise NotFound(msg("安装的程序不带演示数据，请取得源代码后用 make run 装载。"))
    from tenglong.demo.people import PEOPLE

    started = time.monotonic()
    if run_demo(settings.DATA, _tell):
        sys.stdout.write(f"\n演示数据已装载，用时 {time.monotonic() - started:.0f} 秒。\n")
    sys.stdout.write(f"演示账号（密码均为 {settings.DEMO_PASSWORD}）：\n")
    for person in PEOPLE:
        sys.stdout.write(f"  {person.username:<14}{person.display_name}\n")
    sys.stdout.write(f"演示表格在 {settings.DATA / 'demo-workbooks'}，可用于试上传。\n")
    return 0


def run_demo(data_dir: Path, progress: Progress) -> bool:
    """Migrate, then load the demonstration with its workbooks under `data_dir`; False when it was there before.

    Raises:
        Conflict: the database holds other data.
    """
    from tenglong.demo.load import load  # not in the wheel

    call_command("migrate", verbosity=0)
    return load(data_dir / "demo-workbooks", settings.DEMO_PASSWORD, progress)


def _tell(done: int, total: int, day: datetime) -> None:
    if sys.stdout.isatty() or done in (1, total) or done % 20 == 0:
        end = "" if sys.stdout.isatty() else "\n"
        sys.stdout.write(f"\r演示回放 {done}/{total}  {day:%Y-%m-%d}{end}")
        sys.stdout.flush()
