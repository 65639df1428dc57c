"""`tenglong worker`: do the waiting jobs (imports, bulletins, evaluations, roadmaps) until stopped."""

import argparse
from typing import Any

from tenglong.cli.keeping import keep
from tenglong.cli.serve import worker_commands
from tenglong.domain.jobs.lanes import lanes
from tenglong.jobs.handlers import check_handlers
from tenglong.jobs.worker import run_lane, run_pending


def add_to(topics: Any) -> None:
    """The command and its options."""
    parser = topics.add_parser("worker", help="处理后台任务")
    parser.add_argument("--lane", choices=list(lanes().lanes), help="只办理一条队列（由 serve 启动）")
    parser.add_argument("--once", action="store_true", help="处理完等待中的任务即退出")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve one lane in this process, or every lane with processes that are kept alive."""
    check_handlers()
    lane = lanes().lanes.get(arguments.lane)
    if arguments.once:
        run_pending(among=[lane] if lane else None)
    elif lane:
        run_lane(lane)
    else:
        keep([], worker_commands())
    return 0
