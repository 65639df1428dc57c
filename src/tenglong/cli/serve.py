"""`tenglong serve`: the pages and the background workers of every lane, in one command."""

import argparse
import os
import sys
from datetime import UTC, datetime

from django.core.management import call_command

from tenglong.cli.keeping import keep
from tenglong.cli.output import OPERATOR
from tenglong.domain.jobs.lanes import lanes


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--host", default="127.0.0.1", help="监听地址，默认只限本机")
    parser.add_argument("--port", type=int, default=8000, help="端口")
    parser.add_argument("--processes", type=int, help="网站进程数，默认每个处理器一个，至少 2 个、至多 8 个")
    parser.add_argument("--threads", type=int, default=4, help="每个进程的线程数")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Migrate, then run the web server and the workers until a signal comes; ends with 1 when the web server ends.

    A worker that ends is started again, and the site goes on meanwhile. A program that was upgraded may know holidays
    that the one before did not: dates that are open follow.
    """
    from tenglong.actions.kernel.calendar import count_anew  # with the handlers it loads nearly everything
    from tenglong.jobs.handlers import check_handlers
    from tenglong.queries.matters import check_processes

    check_handlers()
    check_processes()
    call_command("migrate", verbosity=0)
    count_anew(actor=OPERATOR, at=datetime.now(UTC))
    server = [
        *(sys.executable, "-m", "gunicorn", "tenglong.config.wsgi:application"),
        *("--bind", f"{arguments.host}:{arguments.port}"),
        *("--workers", str(arguments.processes or _processes()), "--threads", str(arguments.threads)),
        *("--worker-class", "tenglong.config.front.Front"),
        "--preload",  # the program is read once and shared by all processes
        *("--timeout", "120", "--log-level", "warning"),
        *("--max-requests", "20000", "--max-requests-jitter", "2000"),  # not all begin anew at once
    ]
    sys.stdout.write(f"http://{arguments.host}:{arguments.port}/\n")
    sys.stdout.flush()
    keep([server], worker_commands())
    sys.stderr.write("tenglong: 网站自行退出，已全部停止；请查看上面的原因后重新启动。\n")
    return 1


def worker_commands() -> list[list[str]]:
    """One process for each job that may run at a time, lane by lane."""
    command = [sys.executable, "-m", "tenglong.jobs"]
    return [[*command, lane.id] for lane in lanes().lanes.values() for _ in range(lane.at_once)]


def _processes() -> int:
    """One for each processor this program may use: a process makes one page at a time."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(max(allowed, 2), 8)
