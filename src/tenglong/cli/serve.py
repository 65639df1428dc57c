"""`tenglong serve`: the pages and the background worker, in one command."""

import argparse
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

from django.core.management import call_command

from tenglong.actions.calendar import count_anew
from tenglong.cli.bulletins import OPERATOR


def add_to(topics: Any) -> None:
    """Register the command."""
    parser = topics.add_parser("serve", help="启动网站和后台任务")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址，默认只限本机")
    parser.add_argument("--port", type=int, default=8000, help="端口")
    parser.add_argument("--processes", type=int, help="网站进程数，默认每个处理器一个，至少 2 个、至多 8 个")
    parser.add_argument("--threads", type=int, default=4, help="每个进程的线程数")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Migrate, then run the worker and the web server until a signal comes; ends with 1 when one of them ends.

    A program that was upgraded may know holidays that the one before did not: dates that are open follow.
    """
    call_command("migrate", verbosity=0)
    count_anew(actor=OPERATOR, at=datetime.now(UTC))
    worker = subprocess.Popen([sys.executable, "-m", "tenglong.cli", "worker"])
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "tenglong.config.wsgi:application"),
            *("--bind", f"{arguments.host}:{arguments.port}"),
            *("--workers", str(arguments.processes or _processes()), "--threads", str(arguments.threads)),
            "--preload",  # the program is read once and shared by all processes
            *("--timeout", "120", "--log-level", "warning"),
            *("--max-requests", "20000", "--max-requests-jitter", "2000"),  # not all begin anew at once
        ]
    )
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: sys.exit(0))
    sys.stdout.write(f"http://{arguments.host}:{arguments.port}/\n")
    sys.stdout.flush()
    try:
        os.wait()
    finally:
        _stop(worker, server)
    sys.stderr.write("tenglong: 网站或后台任务自行退出，已全部停止；请查看上面的原因后重新启动。\n")
    return 1


def _processes() -> int:
    """One for each processor this program may use: a process makes one page at a time."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(max(allowed, 2), 8)


def _stop(*children: subprocess.Popen[bytes]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
